"""Names: columns that a list does not have, facts that no text states, texts that no class reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from letters.checks.versions import Versions
from letters.model import Audience, Event, Letter
from letters.places import letter_file, letter_folder
from letters.segments import annex_files, body_stem, text_stems
from locales.dates import day_of
from office.findings import Finding, Level
from office.model import Office
from office.suggestions import did_you_mean

_GROUPS = ("events", "links", "facts", "texts")


def check_columns(
    letter: Letter, office: Office, versions: Versions, columns: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Yield names of columns that a list does not have. Lists that are not in ``columns`` are left out."""
    for index, audience in enumerate(letter.audiences):
        known = columns.get(audience.list_name)
        if known is None:
            continue
        for path in sorted(audience.where.paths) if audience.where is not None else ():
            if path[0] not in known:
                line = letter.lines.get(f"audience.{index}.where", audience.line)
                yield _unknown_column(path[0], audience, known, letter_file(letter.slug), line)
        stems = {stem for stem in versions.documents if not stem.startswith("body")}
        stems.add(body_stem(letter, office, audience.name))
        for use in versions.uses:
            for path in sorted(use.expression.paths):
                if use.stem in stems and path[0] == "recipient" and len(path) > 1 and path[1] not in known:
                    yield _unknown_column(f"recipient.{path[1]}", audience, known, use.file, use.line)


def _unknown_column(name: str, audience: Audience, known: frozenset[str], file: str, line: int | None) -> Finding:
    column = name.removeprefix("recipient.")
    return Finding(
        level=Level.ERROR,
        code="unknown-column",
        message=f"«{name}» is not known: the list «{audience.list_name}» has no column «{column}»",
        hint=did_you_mean(column, known),
        file=file,
        line=line,
    )


def check_usage(letter: Letter, office: Office, versions: Versions) -> Iterator[Finding]:
    """Yield facts, links and deadlines that no text states, and texts that nobody reads."""
    used = {path[:2] for use in versions.uses for path in use.expression.paths if len(path) > 1}
    for group in _GROUPS:
        for key in getattr(letter, group):
            if (group, key) not in used and not _is_told_otherwise(letter, group, key, used):
                yield _note(
                    letter, f"{group}.{key}", "unused-fact", f"no text of the letter states {group}.{key}",
                    f"State it with {{{{ {group}.{key} }}}}, or take it out of letter.toml.",
                )  # fmt: skip
    shown = {key for group, key in used if group == "events"}
    for key, deadline in letter.deadlines.items():
        days = {day for name, event in letter.events.items() if name in shown for day in _days(event)}
        if ("deadlines", key) not in used and day_of(deadline.date) not in days:
            yield _note(
                letter, f"deadlines.{key}", "deadline-not-shown", f"no text of the letter states the deadline «{key}»",
                f"Addressees must know it: {{{{ deadlines.{key} | date }}}}.",
            )  # fmt: skip
    yield from _links_of_asks(letter, used)
    yield from _unread_texts(letter, office)


def _is_told_otherwise(letter: Letter, group: str, key: str, used: set[tuple[str, ...]]) -> bool:
    """Tell whether a fact reaches the reader in another way: a link that an ask names, the day of a deadline."""
    if group == "links":
        return any(f"link:{key}" in ask.reply for ask in letter.asks)
    if group == "events":
        told = {day_of(deadline.date) for name, deadline in letter.deadlines.items() if ("deadlines", name) in used}
        return told.issuperset(_days(letter.events[key]))
    return False


def _days(event: Event) -> list[object]:
    return [day_of(moment) for moment in (event.start, event.end) if moment is not None]


def _links_of_asks(letter: Letter, used: set[tuple[str, ...]]) -> Iterator[Finding]:
    for index, ask in enumerate(letter.asks):
        for reply in ask.reply:
            key = reply.removeprefix("link:")
            if key != reply and key in letter.links and ("links", key) not in used:
                yield Finding(
                    level=Level.WARNING,
                    code="ask-link-not-shown",
                    message=f"the ask «{ask.id}» is answered at links.{key}, but no text shows that link",
                    hint=f"Write [words]({{{{ links.{key} }}}}) where the letter asks for it.",
                    file=letter_file(letter.slug),
                    line=letter.lines.get(f"asks.{index}.reply", ask.line),
                )


def _unread_texts(letter: Letter, office: Office) -> Iterator[Finding]:
    read = set(text_stems(letter, office))
    classes = [f"body.{audience.name}" for audience in letter.audiences]
    twice = dict(_annexes_twice(letter, office, read))
    for path in sorted(letter_folder(letter.slug, office).glob("*.md")):
        stem = path.name.removesuffix(".md")
        if stem in twice:
            yield Finding(
                level=Level.ERROR,
                code="annex-twice",
                message=f"there are two files for one annex: {twice[stem]}.md, which is printed, and {path.name}",
                hint="Keep one; or give the other the next number that is free.",
                file=letter_file(letter.slug, path.name),
            )
        elif stem not in read:
            wanted = ["body", *classes, "annex-1", "annex-1.en", "reply-form", "reminder"]
            yield Finding(
                level=Level.WARNING,
                code="text-not-used",
                message=f"nobody reads {path.name}: no class and no annex has this name",
                hint=did_you_mean(stem, wanted),
                file=letter_file(letter.slug, path.name),
            )
    without_own = [name for name in classes if name not in read]
    if "body" in read and not without_own and letter.audiences:
        message = "nobody reads body.md: every class has a text of its own"
        yield _note(letter, "audience", "text-not-used", message, "Remove it, or the text of a class.")


def _annexes_twice(letter: Letter, office: Office, read: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of annexes that another file of the same number keeps from being read, and that other one."""
    for number in range(1, sum(stem.startswith("annex-") for stem in read) + 1):
        first, *others = annex_files(letter_folder(letter.slug, office), number)
        yield from ((other, first) for other in others)


def _note(letter: Letter, key: str, code: str, message: str, hint: str) -> Finding:
    return Finding(
        level=Level.NOTE,
        code=code,
        message=message,
        hint=hint,
        file=letter_file(letter.slug),
        line=letter.lines.get(key),
    )
