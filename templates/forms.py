"""Compiled forms: a document rendered once per language and class, then spliced for each addressee.

A form is a tree of constant stretches, slots and branches. Renderers produce ordinary text (plain, HTML, the
XML parts of a .docx) in which an addressee's values are represented by marks from the private use area;
`compile_form` turns that text into a tree. Splicing needs nothing but the tree and the values, so that a
letter from the archive comes back byte for byte without the renderer that made it (docs/decisions/0002).

Where many copies are made (mail, Word), a form becomes a `Program`: stretches are converted once into what is
written, text quoted-printable or compressed bytes, and only values are left to do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

Value = str | bool
Escape = Callable[[str, str], str]  # (value, the slot's detail) -> text fit for its place

P = TypeVar("P")

_LATEST = 1024  # values kept converted for each kind of place: many addressees share theirs

# Marks: OPEN kind FIELD index FIELD detail CLOSE. Nothing a user writes may contain them (`is_mark`).
OPEN, FIELD, CLOSE = "\ue010", "\ue011", "\ue012"


@dataclass(frozen=True, slots=True)
class Constant:
    """A stretch that is the same for every addressee."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of value number ``index``; ``kind`` names the escape, ``detail`` is passed to it."""

    index: int
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """One of two forms, by the truth of value number ``index``."""

    index: int
    then: Form
    otherwise: Form


Part = Constant | Slot | Branch


@dataclass(frozen=True)
class Form:
    """A compiled text. ``parts`` alternate freely; two constants never follow each other."""

    parts: tuple[Part, ...]

    @property
    def is_constant(self) -> bool:
        """Tell whether every addressee gets the same text."""
        return all(isinstance(part, Constant) for part in self.parts)

    def splice(self, values: Sequence[Value], escapes: Mapping[str, Escape]) -> str:
        """Return the text for one addressee's ``values``, each escaped for its place."""
        kept = self._programs.get(id(escapes))
        if kept is None:
            kept = self._programs[id(escapes)] = escapes, compile_program(self, escapes, str, str)
        return "".join(kept[1].pieces(values))

    @cached_property
    def _programs(self) -> dict[int, tuple[Mapping[str, Escape], Program[str]]]:
        return {}  # with the escapes themselves, so that their id stays theirs

    def walk(self) -> Iterator[Part]:
        """Yield all parts, those within branches after their branch, in the order of `as_json`."""
        for part in self.parts:
            yield part
            if isinstance(part, Branch):
                yield from part.then.walk()
                yield from part.otherwise.walk()

    @property
    def indices(self) -> frozenset[int]:
        """The numbers of the values that the text can differ in."""
        return frozenset(part.index for part in self.walk() if not isinstance(part, Constant))

    def renumbered(self, numbers: Mapping[int, int]) -> Form:
        """Return the form for values in another order: ``numbers`` has the new number of each."""
        return Form(tuple(_renumbered(part, numbers) for part in self.parts))

    def map_constants(self, change: Callable[[str], str]) -> Form:
        """Return the form with ``change`` applied to every constant stretch."""
        return Form(tuple(_map_part(part, change) for part in self.parts))

    def as_json(self) -> list[object]:
        """Return the canonical shape that is hashed and archived: ``["c", text]``, ``["s", …]``, ``["b", …]``."""
        shaped: list[object] = []
        for part in self.parts:
            if isinstance(part, Constant):
                shaped.append(["c", part.text])
            elif isinstance(part, Slot):
                shaped.append(["s", part.index, part.kind, part.detail])
            else:
                shaped.append(["b", part.index, part.then.as_json(), part.otherwise.as_json()])
        return shaped


@dataclass(frozen=True, slots=True)
class Program(Generic[P]):
    """A form ready for many copies: its stretches as pieces of what is written, and what is left to do.

    ``stretches`` has None in the place of each slot (``fills``: place, number of the value, its conversion) and of
    each branch (``choices``, from the last to the first: place, number of the truth value, both programs).
    """

    stretches: list[P | None]
    fills: tuple[tuple[int, int, Callable[[Value], P]], ...]
    choices: tuple[tuple[int, int, Program[P], Program[P]], ...]

    def pieces(self, values: Sequence[Value]) -> list[P]:
        """Return what one addressee gets, in order."""
        pieces: list[Any] = self.stretches.copy()
        for place, index, convert in self.fills:
            pieces[place] = convert(values[index])
        for place, index, then, otherwise in self.choices:
            chosen = then if values[index] else otherwise
            varies = chosen.fills or chosen.choices
            pieces[place : place + 1] = chosen.pieces(values) if varies else chosen.stretches
        return pieces


def chain(one: Program[bytes], other: Program[bytes]) -> Program[bytes]:
    """Return a program that gives what ``one`` and then ``other`` give; constant neighbours become one stretch."""
    *before, last = one.stretches or [b""]
    first, *after = other.stretches or [b""]
    met = [last, first] if last is None or first is None else [last + first]
    start = len(before) + len(met) - 1
    fills = [(start + place, index, convert) for place, index, convert in other.fills]
    choices = [(start + place, index, then, otherwise) for place, index, then, otherwise in other.choices]
    return Program([*before, *met, *after], (*one.fills, *fills), (*choices, *one.choices))


def compile_program(
    form: Form, escapes: Mapping[str, Escape], stretch: Callable[[str], P], value: Callable[[str], P]
) -> Program[P]:
    """Return the program of a form: ``stretch`` converts what is constant, ``value`` what is escaped for its place.

    Raises KeyError for a slot whose kind is not among ``escapes``.
    """
    conversions: dict[tuple[str, str], Callable[[Value], P]] = {}

    def conversion(slot: Slot) -> Callable[[Value], P]:
        escape, detail = escapes[slot.kind], slot.detail
        return lru_cache(_LATEST)(lambda given: value(escape(str(given), detail)))

    def compiled(form: Form) -> Program[P]:
        stretches: list[P | None] = []
        fills: list[tuple[int, int, Callable[[Value], P]]] = []
        choices: list[tuple[int, int, Program[P], Program[P]]] = []
        for place, part in enumerate(form.parts):
            stretches.append(stretch(part.text) if isinstance(part, Constant) else None)
            if isinstance(part, Slot):
                kind = part.kind, part.detail
                if kind not in conversions:
                    conversions[kind] = conversion(part)
                fills.append((place, part.index, conversions[kind]))
            elif isinstance(part, Branch):
                choices.append((place, part.index, compiled(part.then), compiled(part.otherwise)))
        return Program(stretches, tuple(fills), tuple(reversed(choices)))

    return compiled(form)


def _map_part(part: Part, change: Callable[[str], str]) -> Part:
    if isinstance(part, Constant):
        return Constant(change(part.text))
    if isinstance(part, Branch):
        return Branch(part.index, part.then.map_constants(change), part.otherwise.map_constants(change))
    return part


def _renumbered(part: Part, numbers: Mapping[int, int]) -> Part:
    if isinstance(part, Slot):
        return Slot(numbers[part.index], part.kind, part.detail)
    if isinstance(part, Branch):
        return Branch(numbers[part.index], part.then.renumbered(numbers), part.otherwise.renumbered(numbers))
    return part


def form_from_json(shaped: Sequence[Sequence[object]]) -> Form:
    """Rebuild a form from `Form.as_json`."""
    parts: list[Part] = []
    for item in shaped:
        match item:
            case ["c", str(text)]:
                parts.append(Constant(text))
            case ["s", int(index), str(kind), str(detail)]:
                parts.append(Slot(index, kind, detail))
            case ["b", int(index), list(then), list(otherwise)]:
                parts.append(Branch(index, form_from_json(then), form_from_json(otherwise)))
            case _:
                raise ValueError(f"not a part of a form: {item!r}")
    return Form(tuple(parts))


def is_mark(character: str) -> bool:
    """Tell whether a character is reserved for marks (Unicode's private use area of the first plane)."""
    return "\ue000" <= character <= "\uf8ff"


def slot_mark(index: int, kind: str, detail: str = "") -> str:
    """Return the mark that stands for value number ``index`` in a renderer's output."""
    return f"{OPEN}{kind}{FIELD}{index}{FIELD}{detail}{CLOSE}"


def if_mark(index: int) -> str:
    """Open a branch on the truth of value number ``index``."""
    return slot_mark(index, "if")


ELSE_MARK = slot_mark(0, "else")
END_MARK = slot_mark(0, "end")


def compile_form(text: str) -> Form:
    """Turn a renderer's output with marks into a form; raises ValueError if branches do not pair up."""
    levels: list[_Level] = [_Level()]
    first, *marked = text.split(OPEN)
    levels[0].add_text(first)
    for piece in marked:
        mark, tail = piece.split(CLOSE, 1)
        kind, index, detail = mark.split(FIELD)
        match kind:
            case "if":
                levels.append(_Level(index=int(index)))
            case "else":
                levels[-1].turn()
            case "end":
                if len(levels) == 1:
                    raise ValueError("the end of a branch that was not begun")
                branch = levels.pop().as_branch()
                levels[-1].parts.append(branch)
            case _:
                levels[-1].parts.append(Slot(int(index), kind, detail))
        levels[-1].add_text(tail)
    if len(levels) != 1:
        raise ValueError("a branch that was not ended")
    return Form(tuple(levels[0].parts))


class _Level:
    """The parts gathered at one depth of branches while compiling."""

    def __init__(self, index: int = -1) -> None:
        self.index = index
        self.parts: list[Part] = []
        self.then: Form | None = None

    def add_text(self, text: str) -> None:
        if text:
            self.parts.append(Constant(text))

    def turn(self) -> None:
        if self.index < 0 or self.then is not None:
            raise ValueError("an else without its if")
        self.then, self.parts = Form(tuple(self.parts)), []

    def as_branch(self) -> Branch:
        last = Form(tuple(self.parts))
        return Branch(self.index, last, Form(())) if self.then is None else Branch(self.index, self.then, last)


def pack_values(values: Sequence[Value]) -> bytes:
    """Pack an addressee's values for the store."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


_decode = json.JSONDecoder().raw_decode  # `json.loads` takes four times as long for so little
_only_values = frozenset({str, bool}).issuperset


def unpack_values(packed: bytes) -> tuple[Value, ...]:
    """Unpack what `pack_values` made; raises ValueError if it is damaged."""
    try:
        values, end = _decode(text := packed.decode())
    except RecursionError as error:
        raise ValueError("the packed values of an addressee are damaged") from error
    if end != len(text) or not isinstance(values, list) or not _only_values(map(type, values)):
        raise ValueError("the packed values of an addressee are damaged")
    return tuple(values)
