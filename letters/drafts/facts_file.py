"""The letter.toml of a letter that was a draft: what was found, what is assumed, what a person must confirm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from letters.drafts.matching import Matched
from letters.drafts.stating import Facts
from locales.dates import Moment, Month
from office.characters import unfit_character

MAX_REMARK = 160  # characters of the draft's words in a remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What letter.toml says that no draft tells."""

    file: str  # the draft's name
    date: date
    place: str
    reference: str  # empty where a series numbers it
    series: str
    source: str
    languages: Sequence[str]
    signatory: str
    list_name: str
    remarks: Sequence[str] = ()  # to be confirmed beside the facts


def facts_text(matched: Matched, facts: Facts, links: dict[str, str], assumed: Assumed) -> str:
    """Return the text of letter.toml."""
    where = facts.where
    groups = (
        _head(matched, facts, links, assumed),
        _audience(matched, assumed),
        *(
            _entry("events", key, where, [("start", event.start), ("end", event.end)])
            for key, event in facts.events.items()
        ),
        *(
            _entry("deadlines", key, where, [("date", deadline.date), ("rule", deadline.rule)])
            for key, deadline in facts.deadlines.items()
        ),
        *(_ask(key, what) for key, what in facts.asks.items()),
        _table("links", links.items(), where),
        _table("facts", facts.figures.items(), where),
        _proposed(matched.proposed),
    )
    return "\n\n".join(filter(None, ("\n".join(group) for group in groups))) + "\n"


def _head(matched: Matched, facts: Facts, links: dict[str, str], assumed: Assumed) -> Iterator[str]:
    yield f"# Read from {_remark(assumed.file)}."
    yield "# What stands in to_confirm is to be looked at: correct it, then take it off the list. As long as it names"
    yield "# something, the letter cannot be planned."
    if assumed.reference:
        yield f"reference = {_text(assumed.reference)}"
    else:
        yield f"series = {_text(assumed.series)}"
    if matched.file_reference:
        yield f"file_reference = {_text(matched.file_reference)}"
    yield f"kind = {_text(str(matched.kind))}"
    yield f"date = {assumed.date}"
    yield f"place = {_text(assumed.place)}"
    if matched.unit:
        yield f"unit = {_text(matched.unit)}"
    yield f"source = {_text(assumed.source)}"
    yield f"languages = {_list(assumed.languages)}"
    yield f"signatory = {_text(assumed.signatory)}"
    yield f"signature = {_text(str(matched.signature))}"
    yield f"contacts = {_list(matched.contacts)}"
    if matched.copies:
        yield f"copies = {_list(matched.copies)}"
    if facts.relates:
        entries = (f'{{ to = {_text(reference)}, as = "refers-to" }}' for reference in facts.relates)
        yield f"relates = [{', '.join(entries)}]"
    yield 'attach = ["docx"]'
    names = [*dict.fromkeys(matched.unconfirmed)]
    names += [f"events.{key}" for key in facts.events]
    names += [f"deadlines.{key}" for key in facts.deadlines]
    names += [f"links.{key}" for key in links] + [f"facts.{key}" for key in facts.figures]
    names += ["asks"] if facts.asks else []
    names += list(dict.fromkeys(assumed.remarks))
    if names:
        yield "to_confirm = ["
        yield from (f"    {_text(name)}," for name in names)
        yield "]"


def _audience(matched: Matched, assumed: Assumed) -> Iterator[str]:
    yield "[[audience]]"
    yield f"list = {_text(assumed.list_name)}"
    if matched.lines:
        yield f"lines = {_list(matched.lines)}"
    yield f"address = {_text('personal' if matched.personal else 'collective')}"
    yield f"salutation = {_text(matched.salutation)}"
    yield f"closing = {_text(matched.closing)}"


def _entry(
    group: str, key: str, where: dict[str, tuple[str, str]], values: Iterable[tuple[str, Moment | str | None]]
) -> Iterator[str]:
    yield _said(where, f"{group}.{key}")
    yield f"[{group}.{key}]"
    yield from (f"{name} = {_value(value)}" for name, value in values if value is not None)


def _ask(deadline: str, what: str) -> Iterator[str]:
    yield "[[asks]]"
    yield f"id = {_text(deadline)}"
    yield f"what = {_text(what)}"
    yield f"deadline = {_text(deadline)}"
    yield 'reply = ["mail", "post"]'


def _table(group: str, values: Iterable[tuple[str, object]], where: dict[str, tuple[str, str]]) -> Iterator[str]:
    items = list(values)
    if items:
        yield f"[{group}]"
        for key, value in items:
            yield f"{key} = {_value(value)}  {_said(where, f'{group}.{key}')}".rstrip()


def _proposed(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "# What the draft has besides, and the office does not know or the letter does not print:"
        yield from (f"# {_remark(line, most=2_000)}" for line in lines)


def _said(where: dict[str, tuple[str, str]], name: str) -> str:
    place, words = where.get(name, ("", ""))
    return f"# {_remark(place)}: «{_remark(words)}»" if place else "#"


def _value(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat()
        case date() | int():
            return str(value)
        case Month():
            return f'"{value}"'
    return _text(str(value))


def _text(text: str) -> str:
    """Return a TOML string (TOML 1.0, Basic strings)."""
    return json.dumps(_remark(text, most=2_000), ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _remark(text: str, *, most: int = MAX_REMARK) -> str:
    """Return words on one line, without characters that a TOML file may not hold."""
    bare = " ".join("".join(" " if unfit_character(c) else c for c in text).split(" "))
    return bare if len(bare) <= most else f"{bare[: most - 1]}…"
