"""Words of protocol that a letter uses and no authority has confirmed: all of a letter in one finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from letters.checks.versions import Versions
from letters.model import Audience, Kind, Letter
from letters.places import letter_file
from locales.locale import Locale
from locales.missing import MissingWords
from locales.protocol import Kind as WordKind
from locales.protocol import Protocol, Wording
from locales.tables import NOTE_CELLS
from office.findings import Finding, Level

MAX_SHOWN = 5  # of a language; the rest is counted
_ONE_EACH = (("m", False), ("f", False), ("", False))
_ALL = (("", True),)
_Cells = dict[str, list[str]]  # what is unreviewed → its cells


def check_unreviewed(letter: Letter, versions: Versions, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield, once for the letter, role × cell × language of the words that nobody has confirmed."""
    languages: dict[str, list[str]] = {}  # by what they lack
    speaks = any("courtesy" in use.expression.filters for use in versions.uses)
    for language, locale in locales.items():
        found: _Cells = {}
        for audience in letter.audiences:
            _gather(found, letter, audience, locale.protocol, speaks=speaks)
        if found:
            languages.setdefault(_named(found), []).append(language)
    if languages:
        shown = "; ".join(f"{', '.join(tags)}: {words}" for words, tags in languages.items())
        role = letter.audiences[0].salutation
        yield Finding(
            level=Level.WARNING,
            code="unreviewed-protocol",
            message=f"no authority has confirmed these words of protocol: {shown}",
            hint=(
                f"circulars protocol {role} shows them. When your protocol service has confirmed a cell, write"
                " reviewed = true in locales/<language>/protocol.toml."
            ),
            file=letter_file(letter.slug),
            line=letter.lines.get("audience.0.salutation", letter.audiences[0].line),
        )


def _gather(found: _Cells, letter: Letter, audience: Audience, protocol: Protocol, *, speaks: bool) -> None:
    cells = _ALL if audience.collective else _ONE_EACH
    kinds: list[WordKind] = []
    if letter.kind is Kind.NOTE_VERBALE:
        kinds.append("note-addressee")
        for part in ("opening", "closing"):
            _note(found, f"note {part}", [("", protocol.notes.get((part, cell))) for cell in NOTE_CELLS])
    else:
        kinds.append("salutation")
        _note(found, f"close «{audience.closing}»", [("", protocol.closings.get(audience.closing, (None,))[0])])
    if not audience.collective and not audience.lines:
        kinds.append("address")
    if speaks:
        kinds.append("reference")
    for kind in kinds:
        words = [
            (_cell(gender, collective), _word(protocol, kind, audience.salutation, gender, collective))
            for gender, collective in cells
        ]
        _note(found, f"{kind} {audience.salutation}", words)


def _word(protocol: Protocol, kind: WordKind, role: str, gender: str, collective: bool) -> Wording | None:
    try:
        return protocol.word(kind, role, gender=gender, collective=collective)
    except MissingWords:
        return None  # composing reports it


def _cell(gender: str, collective: bool) -> str:
    return "collective" if collective else gender or "unknown"


def _note(found: _Cells, name: str, words: list[tuple[str, Wording | None]]) -> None:
    for cell, word in words:
        if word is not None and word.text and not word.reviewed and cell not in found.setdefault(name, []):
            found[name].append(cell)
    if not found.get(name):
        found.pop(name, None)


def _named(found: _Cells) -> str:
    """Return «salutation minister (m, f), close «high», and 2 more»."""
    names = [f"{name} ({', '.join(cells)})" if cells != [""] else name for name, cells in found.items()]
    rest = len(names) - MAX_SHOWN
    return ", ".join(names[:MAX_SHOWN]) + (f", and {rest} more" if rest > 0 else "")
