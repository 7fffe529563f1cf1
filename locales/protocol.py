"""How addressees are spoken to: the protocol tables of data/<language>/protocol.toml.

Five kinds of words by role × {m, f, unknown, collective}: the salutation, the line of the address, the office held (for
an address without a name), the reference to the addressee within the text, and whom a note verbale greets;
complimentary closes by rank; and what a note verbale says at its beginning and end. A cell that no authority has
confirmed says ``reviewed = false``, which `check` repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from locales.missing import MissingWording
from locales.patterns import fields_of, fill, parts_of
from locales.roles import ALIASES
from locales.tables import (
    CELLS,
    CELLS_OF_ALL,
    NOTE_CELLS,
    PARTICULARS,
    SPOKEN,
    Table,
    as_table,
    named_texts,
    texts_of,
)

Kind = Literal["salutation", "address", "position", "reference", "note-addressee"]

Key = TypeVar("Key")
FORMS = ("of", "to", "plural")  # further forms of words
_ARABIC_TO, _ARABIC_THE = "ل", "ال"  # written together they are «لل»
_FINAL = ",:;.!،：，。！؛ "


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words of protocol. ``vocative`` is the salutation as the close repeats it; empty in other words.

    ``forms`` are those of a reference after a preposition or in a case: ``of``, ``to``; and of a close to several:
    ``plural``. ``is_plural``: a salutation of several, whose close is in the plural where the language has one.
    """

    text: str
    vocative: str = ""
    is_plural: bool = False
    forms: Mapping[str, str] = field(default_factory=dict)
    reviewed: bool = False
    source: str = ""

    def form(self, name: str) -> str:
        """Return the words in a form; those without one of that name serve as they are."""
        return self.forms.get(name, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Words that agree with the signatory: masculine → feminine, in sentences that have one of ``near``."""

    near: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One language's tables. ``order`` is that of an address's particulars, ``persons`` the words of «I» and «you»."""

    language: str
    words: Mapping[tuple[str, str, str], Wording]  # (kind, role, cell)
    closings: Mapping[str, tuple[Wording, str]]  # rank: pattern, and the words where there is no vocative
    notes: Mapping[tuple[str, str], Wording]  # (opening | closing | sender, cell by the gender of the office's name)
    order: tuple[str, ...] = PARTICULARS
    persons: tuple[str, ...] = ()
    agreement: Agreement = Agreement()

    def word(self, kind: Kind, role: str, *, gender: str = "", collective: bool = False) -> Wording:
        """Return what a table has for a role, or for its usual key if an office has no words of its own for that name.

        Raises MissingWording for a cell that the table does not have.

        ``collective`` asks for the plural or mixed form; else ``gender`` decides, and where it is not known, the form
        that fits both.
        """
        cell = "collective" if collective else gender if gender in ("m", "f") else "unknown"
        for name in (role, ALIASES.get(role, role)):
            wording = self.words.get((kind, name, cell))
            if wording is not None:
                return wording
        raise MissingWording(kind, f"{role}.{cell}", self.language)

    def closing(self, rank: str, salutation: Wording) -> Wording:
        """Return the close that repeats the vocative of a salutation; raises MissingWording for an unknown rank."""
        found = self.closings.get(rank)
        if found is None:
            raise MissingWording("closing", rank, self.language)
        pattern, plain = found
        vocative = salutation.vocative
        if not vocative and "{vocative}" in pattern.text:
            if not plain:
                raise MissingWording("closing", f"{rank}.plain", self.language)
            return Wording(text=plain, reviewed=pattern.reviewed, source=pattern.source)
        words = pattern.form("plural") if salutation.is_plural else pattern.text
        text = fill(words, {"vocative": vocative})
        return Wording(text=text, reviewed=pattern.reviewed, source=pattern.source)

    def note(self, part: str, gender: str = "") -> Wording:
        """Return the pattern of a note verbale's ``opening`` or ``closing``; raises MissingWording.

        ``gender`` is that of the office's name in this language, where words agree with it.
        """
        cell = gender or "unknown"
        wording = self.notes.get((part, cell))
        if wording is None:
            raise MissingWording("note", f"{part}.{cell}", self.language)
        return wording

    def word_for(self, kind: Kind, roles: tuple[str, ...], *, gender: str = "", collective: bool = False) -> Wording:
        """Return the words for the first of ``roles`` that this kind has any for; raises MissingWording."""
        return self.word(kind, self.role_for(kind, roles), gender=gender, collective=collective)

    def role_for(self, kind: Kind, roles: tuple[str, ...]) -> str:
        """Return the first of ``roles`` that this kind has any words for, by its name there; else the last."""
        names = [name for role in roles for name in (role, ALIASES.get(role, role))]
        return next((name for name in names if self.has_words(kind, name)), roles[-1])

    def has_words(self, kind: Kind, role: str) -> bool:
        """Tell whether a kind has words for a role of the tables, in any cell."""
        return any((kind, role, cell) in self.words for cell in CELLS)

    def sender(self, office: str) -> str:
        """Return an office's name as it begins a sentence; empty in a language that needs an article for it."""
        pattern = self.notes.get(("sender", "unknown"))
        return fill(pattern.text, {"office": office}) if pattern else ""

    def address_lines(self, pattern: str, particulars: Mapping[str, str], person: str) -> tuple[str, ...]:
        """Return the lines of an addressee's address.

        ``pattern`` is the line of the table, ``particulars`` are name, title, organisation, country, and
        ``of-country`` («of Brazil»), any of them empty; ``person`` is the name with its title of courtesy, for a line
        that does not name the person. The line takes the place of what it says; where it lacks something, it is left
        out, and the particulars stand alone.
        """
        needed = fields_of(pattern)
        said = {"organisation", "country"} if "of-country" in needed else set(needed)
        own = fill_words(pattern, particulars) if needed and all(particulars.get(name) for name in needed) else ""
        if not own:
            said = set()
        lines = [own] if "name" not in said and self.order[0] == "name" else []
        for name in self.order:
            if name in said:
                lines.append("" if own in lines else own)
            else:
                lines.append(person if name == "name" else particulars.get(name, ""))
        return tuple(line for line in lines if line)

    def roles(self, kind: Kind = "salutation") -> tuple[str, ...]:
        """Return the roles that a kind of words has, in the order of the tables."""
        return tuple(dict.fromkeys(role for of_kind, role, _ in self.words if of_kind == kind))


def fill_words(pattern: str, values: Mapping[str, str]) -> str:
    """Put values into a pattern of protocol; the Arabic ل grows together with the article of what follows it."""
    pieces: list[str] = []
    for part, is_name in parts_of(pattern):
        text = values[part] if is_name else part
        joins = is_name and pieces[-1].endswith(_ARABIC_TO) and text.startswith(_ARABIC_THE)
        pieces.append(_ARABIC_TO + text.removeprefix(_ARABIC_THE) if joins else text)
    return "".join(pieces)


def build_protocol(language: str, built_in: Table, overlay: Table) -> Protocol:
    """Lay an office's table over the built-in one, cell by cell.

    A cell with words of its own replaces the built-in cell. One without only signs it off
    (``reviewed = true``, ``source``) and keeps its words. ``any`` stands for all four cells.
    """
    words: dict[tuple[str, str, str], Wording] = {}
    closings: dict[str, tuple[Wording, str]] = {}
    notes: dict[tuple[str, str], Wording] = {}
    rest: dict[str, Table] = {}
    for layer in (built_in, overlay):
        for kind in SPOKEN:
            for role, cells in as_table(layer.get(kind)).items():
                for cell, said in _each_cell(as_table(cells), CELLS):
                    _lay(words, (kind, role, cell), said, has_vocative=kind == "salutation")
        for rank, close in as_table(layer.get("closing")).items():
            table = as_table(close)
            below, plain = closings.get(rank, (None, ""))
            wording = _laid(table, below)
            if wording is not None:
                closings[rank] = wording, str(table.get("plain", "" if "text" in table else plain))
        for part, cells in as_table(layer.get("note")).items():
            for cell, said in _each_cell(as_table(cells), NOTE_CELLS):
                _lay(notes, (part, cell), said)
        for key in ("address-lines", "persons", "agreement"):
            rest[key] = rest.get(key, {}) | as_table(layer.get(key))
    return Protocol(
        language=language,
        words=words,
        closings=closings,
        notes=notes,
        order=texts_of(rest["address-lines"].get("order")) or PARTICULARS,
        persons=texts_of(rest["persons"].get("words")),
        agreement=Agreement(
            near=texts_of(rest["agreement"].get("near")),
            forms=named_texts(rest["agreement"].get("forms")),
        ),
    )


def _each_cell(cells: Table, names: tuple[str, ...]) -> Iterator[tuple[str, Table]]:
    """Yield the cells of a row, what «any» says of them all first."""
    yield from ((cell, as_table(cells.get(CELLS_OF_ALL))) for cell in names)
    yield from ((cell, as_table(cells.get(cell))) for cell in names)


def _lay(into: dict[Key, Wording], key: Key, said: Table, *, has_vocative: bool = False) -> None:
    wording = _laid(said, into.get(key), has_vocative=has_vocative)
    if wording is not None:
        into[key] = wording


def _laid(said: Table, below: Wording | None, *, has_vocative: bool = False) -> Wording | None:
    if "text" in said:
        text = str(said["text"])
        return Wording(
            text=text,
            vocative=str(said.get("vocative", text.rstrip(_FINAL) if has_vocative else "")),
            is_plural=said.get("several") is True,
            forms={name: str(said[name]) for name in FORMS if name in said},
            reviewed=said.get("reviewed") is True,
            source=str(said.get("source", "")),
        )
    if below is None or not said:
        return None
    return Wording(
        text=below.text,
        vocative=str(said.get("vocative", below.vocative)),
        is_plural=said.get("several", below.is_plural) is True,
        forms={**below.forms, **{name: str(said[name]) for name in FORMS if name in said}},
        reviewed=bool(said.get("reviewed", below.reviewed)),
        source=str(said.get("source", below.source)),
    )
