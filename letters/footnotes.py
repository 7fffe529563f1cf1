"""Footnotes of a letter: each mark gets its number and its words, in the order in which they appear.

A number is the same for every addressee, so a mark cannot stand under a condition about the addressee; and a note is
printed once, so it has one mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Footnote,
    Heading,
    Inline,
    Link,
    List,
    ListItem,
    NoteMark,
    Paragraph,
    Quote,
    Strong,
    Table,
)
from letters.markdown import Document
from office.findings import Finding, Level


class Footnotes:
    """Numbers the footnotes of a letter from 1, text after text, and on through the second language of it."""

    def __init__(self) -> None:
        self._count = 0

    def numbered(self, document: Document) -> tuple[Document, list[Finding]]:
        """Return a text, its conditions on facts decided, with its footnotes in the places of their marks.

        The findings say which of them cannot stand there.
        """
        placing = _Placing(document, self._count)
        subject = tuple(placing.inlines(line) for line in document.subject)
        blocks = placing.blocks(document.blocks)
        self._count = placing.count
        return replace(document, subject=subject, blocks=blocks), placing.findings


class _Placing:
    """Puts the footnotes of one text in their places; ``count`` goes on from the texts before it."""

    def __init__(self, document: Document, count: int) -> None:
        self.document = document
        self.count = count
        self.findings: list[Finding] = []
        self._placed: set[str] = set()
        self._under_condition = False

    def blocks(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """Return blocks with their footnotes."""
        return tuple(self.block(block) for block in blocks)

    def block(self, block: Block) -> Block:  # noqa: PLR0911 - one line a kind of block
        """Return a block with its footnotes."""
        match block:
            case Paragraph(children=children):
                return Paragraph(self.inlines(children))
            case Heading(level=level, children=children):
                return Heading(level, self.inlines(children))
            case List(items=items):
                return replace(block, items=tuple(ListItem(self.blocks(item.blocks), item.ticked) for item in items))
            case Table(rows=rows):
                return replace(block, rows=tuple(tuple(self.inlines(cell) for cell in row) for row in rows))
            case Quote(blocks=inner):
                return Quote(self.blocks(inner))
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                before, self._under_condition = self._under_condition, True
                made = Conditional(condition, self.blocks(then), self.blocks(otherwise))
                self._under_condition = before
                return made
        return block

    def inlines(self, children: Sequence[Inline]) -> tuple[Inline, ...]:
        """Return inlines with their footnotes."""
        return tuple(made for child in children for made in self.inline(child))

    def inline(self, child: Inline) -> tuple[Inline, ...]:
        """Return an inline with its footnotes; a mark without a footnote is left out, and has been reported."""
        match child:
            case NoteMark(label=label):
                return self.note(label)
            case Strong(children=inner) | Emphasis(children=inner):
                return (type(child)(self.inlines(inner)),)
            case Link(target=target, children=inner):
                return (Link(target, self.inlines(inner)),)
        return (child,)

    def note(self, label: str) -> tuple[Inline, ...]:
        """Return the footnote of a label with the next number."""
        if label not in self.document.notes:
            return ()
        if self._under_condition:
            hint = "Write what it says into the text, in brackets; or give the class a text of its own: body.CLASS.md."
            message = f"the footnote [^{label}] stands under a condition about the addressee: numbers would differ"
            self._report("footnote-in-condition", label, message, hint)
            return ()
        if label in self._placed:
            hint = f"Give the second one a text of its own: [^{label}-b], and below it [^{label}-b]: its text"
            self._report("footnote-repeated", label, f"the mark of the footnote [^{label}] stands twice", hint)
            return ()
        self._placed.add(label)
        self.count += 1
        return (Footnote(self.count, self.document.notes[label]),)

    def _report(self, code: str, label: str, message: str, hint: str) -> None:
        line = self.document.marks.get(label)
        self.findings.append(
            Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=self.document.file, line=line)
        )
