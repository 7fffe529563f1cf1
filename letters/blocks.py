"""The blocks a letter's text consists of, free of any language, format or addressee."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from office.expressions import Expression


@dataclass(frozen=True, slots=True)
class Text:
    """Characters."""

    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A ``{{ … }}`` not evaluated yet."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Value:
    """The place of an addressee's value: number ``index`` of the composed letter's slots."""

    index: int


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Italic."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link; ``target`` may hold fields until they are resolved, and values of the addressee after that."""

    target: tuple[Text | Field | Value, ...]
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A break within a paragraph."""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A ``[^…]`` whose footnote has not been found yet."""

    label: str


@dataclass(frozen=True, slots=True)
class Footnote:
    """The mark of a footnote and its words; ``number`` counts from 1 through the letter."""

    number: int
    children: tuple[Inline, ...]


Inline = Text | Field | Value | Strong | Emphasis | Link | LineBreak | NoteMark | Footnote


def joined(children: Iterable[Inline]) -> tuple[Inline, ...]:
    """Return the inlines with texts that follow each other made one, and without empty texts."""
    found: list[Inline] = []
    for child in children:
        if isinstance(child, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + child.text)
        elif child != Text(""):
            found.append(child)
    return tuple(found)


def without_notes(children: Iterable[Inline]) -> Iterator[Inline]:
    """Yield inlines without the footnotes among them: for a subject that stands apart from its letter."""
    for child in children:
        match child:
            case Footnote() | NoteMark():
                continue
            case Strong(children=inner) | Emphasis(children=inner):
                yield type(child)(tuple(without_notes(inner)))
            case Link(target=target, children=inner):
                yield Link(target, tuple(without_notes(inner)))
            case _:
                yield child


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading below the subject; ``level`` from 1."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item; its own text is a Paragraph, a nested list a List among its blocks.

    ``ticked`` says how its box to tick stands; None: it has none.
    """

    blocks: tuple[Block, ...]
    ticked: bool | None = None


@dataclass(frozen=True, slots=True)
class List:
    """A bulleted list, or a numbered one that begins at ``start``."""

    ordered: bool
    start: int
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its heading."""

    alignments: tuple[Literal["start", "center", "end"], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Quoted blocks, set in."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """A thematic break in Markdown: a new page on paper, a rule on a screen."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """``{% if %}`` around whole blocks. After composing, ``condition`` is the number of an addressee's value."""

    condition: Expression | int
    then: tuple[Block, ...]
    otherwise: tuple[Block, ...]


Block = Paragraph | Heading | List | Table | Quote | PageBreak | Conditional
