"""How addressees are spoken to, role by role: what `circulars protocol` shows to a protocol officer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from locales.languages import LANGUAGES, require_languages
from locales.locale import load_locale
from locales.missing import MissingWords
from locales.protocol import Kind, Protocol, Wording
from locales.roles import ALIASES
from locales.tables import CELLS
from office.errors import NotFoundError
from office.suggestions import did_you_mean

KINDS: tuple[Kind, ...] = ("salutation", "address", "position", "reference", "note-addressee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The words for one role and cell in one language. ``closes`` are the closes of each rank with its vocative."""

    language: str
    role: str
    cell: str
    words: Mapping[Kind, Wording]
    closes: Mapping[str, str]

    @property
    def reviewed(self) -> bool:
        """Whether an authority has confirmed all of its words."""
        return all(word.reviewed for word in self.words.values())

    def as_json(self) -> dict[str, object]:
        """Return the shape that ``protocol --json`` prints."""
        words: dict[str, object] = {kind: _word_json(word) for kind, word in self.words.items()}
        said = {"language": self.language, "role": self.role, "cell": self.cell, "reviewed": self.reviewed}
        return {**said, **words, "closes": dict(self.closes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """One language's rows; with all roles, its closes and its notes verbales as well, by rank and by part."""

    language: str
    rows: tuple[Row, ...]
    closings: Mapping[str, Wording]
    notes: Mapping[str, Wording]


def protocol_tables(office: Path | None, role: str = "", languages: Collection[str] = ()) -> tuple[Tables, ...]:
    """Return the tables of the languages, with the office's own laid over; ``office`` is its folder, if any.

    Raises NotFoundError for a role that no language has, and for a language that the product does not have.
    """
    require_languages(languages)
    folder = office / "locales" if office is not None else None
    protocols = [load_locale(tag, folder).protocol for tag in LANGUAGES if tag in languages or not languages]
    known = dict.fromkeys(name for protocol in protocols for name in protocol.roles())
    wanted = role if role in known else ALIASES.get(role, role)
    if role and wanted not in known:
        raise NotFoundError(f"There is no role «{role}» in the tables.", hint=did_you_mean(role, [*known, *ALIASES]))
    return tuple(_tables(protocol, (wanted,) if role else protocol.roles()) for protocol in protocols)


def _tables(protocol: Protocol, roles: Sequence[str]) -> Tables:
    rows = tuple(row for role in roles for row in _rows(protocol, role))
    notes: dict[str, Wording] = {}
    for (part, cell), word in protocol.notes.items():
        if word not in notes.values():
            notes[part if part not in notes else f"{part} ({cell})"] = word
    closings: dict[str, Wording] = {}
    for rank, (pattern, _) in protocol.closings.items():
        closings[rank] = pattern
        if "plural" in pattern.forms:
            closings[f"{rank} (plural)"] = replace(pattern, text=pattern.forms["plural"])
    return Tables(language=protocol.language, rows=rows, closings=closings, notes=notes)


def _rows(protocol: Protocol, role: str) -> Iterator[Row]:
    for cell in CELLS:
        words: dict[Kind, Wording] = {
            kind: word for kind in KINDS if (word := protocol.words.get((kind, role, cell))) is not None
        }
        if words:
            salutation = words.get("salutation", Wording(text=""))
            closes = {rank: text for rank in protocol.closings if (text := _close(protocol, rank, salutation))}
            yield Row(language=protocol.language, role=role, cell=cell, words=words, closes=closes)


def _close(protocol: Protocol, rank: str, salutation: Wording) -> str:
    try:
        return protocol.closing(rank, salutation).text
    except MissingWords:
        return ""


def _word_json(word: Wording) -> dict[str, object]:
    """Return a wording as data: only the vocative and the forms that it has."""
    said: dict[str, object] = {"text": word.text, "source": word.source, "reviewed": word.reviewed}
    return {**said, **({"vocative": word.vocative} if word.vocative else {}), **word.forms}
