"""Words of protocol that a letter uses and no authority has confirmed: all of a letter in one finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from letters.addressees import Spoken, SpokenTo
from letters.checks.versions import Versions
from letters.model import Audience, Kind, Letter
from letters.places import letter_file
from locales.locale import Locale
from locales.missing import MissingWords
from locales.protocol import Kind as WordKind
from locales.protocol import Protocol, Wording
from locales.tables import NOTE_CELLS
from office.findings import Finding, Level

MAX_SHOWN = 12  # of a language; the rest is counted
_ONE_EACH = (("m", False), ("f", False), ("", False))
_ALL = (("", True),)
_Cells = dict[str, list[str]]  # what is unreviewed → its cells


def check_unreviewed(
    letter: Letter, versions: Versions, locales: Mapping[str, Locale], spoken_to: SpokenTo
) -> Iterator[Finding]:
    """Yield, once for the letter, role × cell × language of the words that nobody has confirmed.

    A personal audience uses the cells of those who stand on its list, or, where nobody has looked, all of its own.
    """
    languages: dict[str, list[str]] = {}  # by what they lack
    speaks = any("courtesy" in use.expression.filters for use in versions.uses)
    for language, locale in locales.items():
        found: _Cells = {}
        for index, audience in enumerate(letter.audiences):
            _gather(found, letter, audience, locale.protocol, spoken_to.get(index, ()), speaks=speaks)
        if found:
            languages.setdefault(_named(found), []).append(language)
    if languages:
        shown = "; ".join(f"{', '.join(tags)}: {words}" for words, tags in languages.items())
        roles = {audience.salutation for audience in letter.audiences}
        roles |= {spoken.role for group in spoken_to.values() for spoken in group if spoken.role}
        asked = min(roles) if len(roles) == 1 else "--unreviewed"
        yield Finding(
            level=Level.WARNING,
            code="unreviewed-protocol",
            message=f"no authority has confirmed these words of protocol: {shown}",
            hint=(
                f"circulars protocol {asked} shows them. When your protocol service has confirmed a cell, write"
                " reviewed = true in locales/<language>/protocol.toml."
            ),
            file=letter_file(letter.slug),
            line=letter.lines.get("audience.0.salutation", letter.audiences[0].line),
        )


def _gather(
    found: _Cells,
    letter: Letter,
    audience: Audience,
    protocol: Protocol,
    spoken: Collection[Spoken],
    *,
    speaks: bool,
) -> None:
    kinds: list[WordKind] = []
    if letter.kind is Kind.NOTE_VERBALE:
        kinds.append("note-addressee")
        for part in ("opening", "closing"):
            _note(found, f"note {part}", [("", protocol.notes.get((part, cell))) for cell in NOTE_CELLS])
    else:
        kinds.append("salutation")
        _note(found, f"close «{audience.closing}»", [("", protocol.closings.get(audience.closing, (None,))[0])])
    if not audience.collective and not audience.lines:
        kinds += ["address", "position"]
    if speaks:
        kinds.append("reference")
    for kind in kinds:
        for role, cells in _roles(protocol, kind, audience, spoken).items():
            words = [(_cell(*cell), _word(protocol, kind, role, *cell)) for cell in cells]
            _note(found, f"{kind} {role}", words)


def _roles(
    protocol: Protocol, kind: WordKind, audience: Audience, spoken: Collection[Spoken]
) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Return the cells of a kind that an audience uses, by role."""
    if audience.collective:
        return {audience.salutation: _ALL}
    if not spoken:
        return {} if kind == "position" else {audience.salutation: _ONE_EACH}
    genders: dict[str, set[str]] = {}
    for one in spoken:
        if kind != "position" or not one.is_named:
            role = protocol.role_for("address" if kind == "position" else kind, (one.role, audience.salutation))
            genders.setdefault(role, set()).add(one.gender)
    return {role: tuple(cell for cell in _ONE_EACH if cell[0] in said) for role, said in genders.items()}


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
