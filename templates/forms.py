"""Compiled forms: a document rendered once per language and class, then spliced for each addressee.

A form is a tree of constant stretches, slots and branches. Renderers produce ordinary text (plain, HTML, the
XML parts of a .docx) in which an addressee's values are represented by marks from the private use area;
`compile_form` turns that text into a tree. Splicing needs nothing but the tree and the values, so that a
letter from the archive comes back byte for byte without the renderer that made it (docs/decisions/0002).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Value = str | bool
Escape = Callable[[str, str], str]  # (value, the slot's detail) -> text fit for its place

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


@dataclass(frozen=True, slots=True)
class Form:
    """A compiled text. ``parts`` alternate freely; two constants never follow each other."""

    parts: tuple[Part, ...]

    @property
    def is_constant(self) -> bool:
        """Tell whether every addressee gets the same text."""
        return all(isinstance(part, Constant) for part in self.parts)

    def splice(self, values: Sequence[Value], escapes: Mapping[str, Escape]) -> str:
        """Return the text for one addressee's ``values``, each escaped for its place."""
        pieces: list[str] = []
        self._splice_into(pieces, values, escapes)
        return "".join(pieces)

    def _splice_into(self, pieces: list[str], values: Sequence[Value], escapes: Mapping[str, Escape]) -> None:
        for part in self.parts:
            if isinstance(part, Constant):
                pieces.append(part.text)
            elif isinstance(part, Slot):
                pieces.append(escapes[part.kind](str(values[part.index]), part.detail))
            else:
                chosen = part.then if values[part.index] else part.otherwise
                chosen._splice_into(pieces, values, escapes)

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


def _map_part(part: Part, change: Callable[[str], str]) -> Part:
    if isinstance(part, Constant):
        return Constant(change(part.text))
    if isinstance(part, Branch):
        return Branch(part.index, part.then.map_constants(change), part.otherwise.map_constants(change))
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


def unpack_values(packed: bytes) -> tuple[Value, ...]:
    """Unpack what `pack_values` made; raises ValueError if it is damaged."""
    values = json.loads(packed)
    if not isinstance(values, list) or not all(isinstance(value, str | bool) for value in values):
        raise ValueError("the packed values of an addressee are damaged")
    return tuple(values)
