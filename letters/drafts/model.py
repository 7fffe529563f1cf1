"""A draft as it was read from Word: paragraphs and tables in their order, whatever they will become in the letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one look. A line break is ``\\n``; ``target`` is where a link leads; ``note`` a footnote's id.

    The span of a footnote has no text.
    """

    text: str
    bold: bool = False
    italic: bool = False
    target: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph's place in a list: ``level`` from 0; ``number`` is that of a numbered item.

    Items of one ``group`` belong to one list. ``form`` is how Word writes the number: decimal, lowerLetter …
    ``indent`` is how far it is set in, in twentieths of a point.
    """

    level: int
    ordered: bool
    number: int = 1
    form: str = "decimal"
    group: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph. ``place`` is its number in the draft, or where else it stands; ``level`` that of a heading, or 0."""

    place: str
    spans: tuple[Span, ...] = ()
    level: int = 0
    item: Item | None = None
    centred: bool = False
    new_page: bool = False
    follows_table: bool = False  # set where a table's cell was dissolved into paragraphs

    @property
    def text(self) -> str:
        """The characters, without looks."""
        return "".join(span.text for span in self.spans)

    @property
    def is_bold(self) -> bool:
        """Whether every word is bold, and there is one."""
        words = [span for span in self.spans if span.text.strip()]
        return bool(words) and all(span.bold for span in words)

    def between(self, start: int, end: int) -> tuple[Span, ...]:
        """Return the spans from one character to another."""
        return tuple(cut(self.spans, start, end))

    def lines(self) -> tuple[Paragraph, ...]:
        """Return the lines of a frame: parted at line breaks and tabs, without empty ones."""
        found: list[Paragraph] = []
        start = 0
        text = self.text
        for place, character in enumerate(text + "\n"):
            if character in "\n\t":
                if text[start:place].strip():
                    found.append(replace(self, spans=stripped(self.between(start, place))))
                start = place + 1
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: rows of cells of paragraphs."""

    place: str
    rows: tuple[tuple[tuple[Paragraph, ...], ...], ...]
    new_page: bool = False

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the paragraphs of all cells, row by row."""
        for row in self.rows:
            for cell in row:
                yield from cell


Block = Paragraph | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment of the draft: who wrote it, what it says, and the words at which it stands."""

    place: str
    author: str
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Left:
    """What a letter's text cannot hold and the draft has: a picture, an equation, hidden words."""

    place: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft, its tracked changes accepted. ``notes`` are the footnotes by id, in the order in which they are named.

    ``margins`` are the lines of its headers and footers. ``languages`` counts the characters of each language that
    the draft claims to be written in. ``changes`` is the number of tracked insertions, deletions and moves.
    """

    blocks: tuple[Block, ...]
    notes: Mapping[str, tuple[Paragraph, ...]] = field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    left: tuple[Left, ...] = ()
    margins: tuple[str, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
    changes: int = 0

    @property
    def text(self) -> str:
        """All words of the text, a paragraph a line."""
        return "\n".join(
            paragraph.text
            for block in self.blocks
            for paragraph in ((block,) if isinstance(block, Paragraph) else block.paragraphs())
        )


@dataclass(frozen=True, slots=True)
class Noted:
    """What was made of a place of the draft; ``todo`` is what a person must do about it, empty for nothing."""

    place: str
    words: str
    made: str
    todo: str = ""


def cut(spans: tuple[Span, ...], start: int, end: int) -> Iterator[Span]:
    """Yield the spans from character ``start`` to ``end``; a footnote stands with the character before it."""
    at = 0
    for span in spans:
        length = len(span.text)
        if not length and start <= at <= end and (at > start or start == 0):
            yield span
        elif at < end and at + length > start:
            yield replace(span, text=span.text[max(start - at, 0) : end - at])
        at += length


def stripped(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the spans without space at either end."""
    text = "".join(span.text for span in spans)
    start = len(text) - len(text.lstrip())
    return tuple(cut(spans, start, len(text.rstrip())))
