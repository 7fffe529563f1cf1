"""The letter that continues another one: the facts of a corrigendum or an addendum, and its first words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from letters.model import Deadline, Letter
from letters.references import normalise_reference
from locales.dates import Moment
from locales.locale import Locale

# The facts by which the text names the letter that it continues.
FIRST, FIRST_DATE = "first_letter", "first_letter_date"
_WORDS: Mapping[str, tuple[str, str]] = {"corrects": ("corrigendum", "Corr"), "adds-to": ("addendum", "Add")}
_NUMBERED = re.compile(r"(?P<first>.+?)(?P<mark>[ /.]*\b(?P<word>Corr|Add|Rev)\.?\s*\d+)", re.IGNORECASE)
_LEADING = re.compile(r"\A(?:[ \t]*(?:#[^\n]*)?\n)+")  # what the first letter says of itself
_NOTE = """\
# It goes to those who got {first}, in the same conversation; to all on the lists with addressees = "lists".
# A deadline or an event that has another date here than there moves; one that is not concerned can be taken out.
"""
# Facts that only texts state: what the new text does not name is left behind.
_STATED = ("facts", "links", "texts")
_OWN = ("asks", "reply_form", "relates", "to_confirm", "addressees", "reference", "series")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How the new letter is called: by a reference, or by the next number of a series."""

    reference: str = ""
    series: str = ""


def next_reference(first: str, relation: str, taken: Sequence[str]) -> str:
    """Return ``CL-22/010 Corr.1`` for a letter that corrects CL-22/010, with the first number that is not ``taken``.

    A corrigendum of Corr.1 is Corr.2 of the same letter, but that of Add.1 is ``Add.1 Corr.1``.
    """
    _, word = _WORDS[relation]
    match = _NUMBERED.fullmatch(first)
    stem = match["first"].rstrip() if match and match["word"].lower() == word.lower() else first
    known = {normalise_reference(reference) for reference in taken}
    number = 1
    while normalise_reference(f"{stem} {word}.{number}") in known:
        number += 1
    return f"{stem} {word}.{number}"


def continuing_facts(
    text: str,
    *,
    first: Letter,
    relation: str,
    label: Label,
    day: date,
    stands: Mapping[str, tuple[Moment, bool]],
    words: str,
) -> str:
    """Return the letter.toml of the letter that continues ``first``, whose own is ``text``; its order and most
    comments stay.

    ``stands`` are the deadlines that are other now than in letter.toml, by key: the moment, and whether it is
    provisional. ``words`` are the new letter's text: of the facts, links and short texts, those that it names
    are taken over; events and deadlines all, so that they can be changed.
    """
    import tomlkit

    document = tomlkit.parse(_LEADING.sub("", text))
    for key in _OWN:
        document.pop(key, None)
    document["kind"] = _WORDS[relation][0]
    document["date"] = day
    document["series" if label.series else "reference"] = label.series or label.reference
    lineage = tomlkit.inline_table()
    lineage.update({"to": first.reference, "as": relation})
    document["relates"] = tomlkit.array()
    document["relates"].append(lineage)
    for key, (moment, provisional) in stands.items():
        deadline = document["deadlines"][key]
        deadline["date"] = moment
        if provisional != bool(deadline.get("provisional", False)):
            deadline["provisional"] = provisional
    for group in _STATED:
        entries = document.get(group, {})
        for key in [key for key in entries if not re.search(rf"\b{group}\.{re.escape(key)}\b", words)]:
            entries.pop(key)
        if group in document and not entries:
            document.pop(group)
    if "facts" not in document:
        document["facts"] = tomlkit.table()
    document["facts"][FIRST] = first.reference
    document["facts"][FIRST_DATE] = first.date
    return f"{_NOTE.format(first=first.reference)}{tomlkit.dumps(document)}"


def first_words(
    locale: Locale, *, relation: str, subject: Sequence[str], deadline: Deadline | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines of the subject and the paragraphs of a letter that continues another, in one language.

    ``subject`` are the lines of the first letter's, ``deadline`` the one day by which it expects answers. The lines and
    paragraphs of all languages pair off. Raises `MissingPhrase` where the language has no words for it.
    """
    fields = {"{reference}": _field(FIRST, "facts"), "{date}": f"{{{{ facts.{FIRST_DATE} | date }}}}"}
    keys = ["opening"]
    if deadline is not None:
        fields["{deadline}"] = f"{{{{ deadlines.{deadline.key} | date }}}}"
        keys.append(deadline.rule)
    if relation == "corrects":
        keys.append("unchanged")

    def filled(key: str) -> str:
        kind = "reminder" if key == "opening" else "continuing"
        words = locale.phrase(kind, key)
        for name, field in fields.items():
            words = words.replace(name, field)
        return words

    lead = filled(relation)
    return (lead, *(line for line in subject if line != lead)), tuple(filled(key) for key in keys)


def one_deadline(letter: Letter) -> Deadline | None:
    """Return the deadline of all the asks that a letter expects answers to, None if there are several or none."""
    keys = {ask.deadline for ask in letter.asks if ask.expected}
    return letter.deadlines.get(keys.pop()) if len(keys) == 1 else None


def subject_lines(body: str) -> Iterator[str]:
    """Yield the lines of a text's subject: its first headings, as Markdown has them without their mark."""
    for line in body.lstrip("\n").split("\n"):
        match = re.fullmatch(r"#\s+(.+?)\s*#*\s*", line)
        if match is None:
            return
        yield match[1]


def _field(key: str, group: str) -> str:
    return f"{{{{ {group}.{key} }}}}"
