"""Blocks of a letter as WordprocessingML text with slot marks, styled after the paragraph that they replace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from letters.blocks import (
    Block,
    Conditional,
    Heading,
    Inline,
    LineBreak,
    List,
    PageBreak,
    Paragraph,
    Quote,
    Table,
    Text,
)
from letters.composed import Annex
from templates.escapes import one_line
from templates.forms import ELSE_MARK, END_MARK, if_mark
from templates.frame import BOX, TICKED_BOX, constant
from templates.wordinline import InlineWriter, broken, with_properties
from templates.wordstyles import indent
from templates.wordxml import as_text, put, remove

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_PAGE_WIDTH = 9070  # twentieths of a point between the margins of A4: a first guess for columns, Word fits them
_MAX_LEVEL = 8
_QUOTE_INDENT = 567
_WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"
_BOX_FONT = "MS Gothic"
_MAX_TITLE = 64  # characters of a content control's title that Word shows


class BlockWriter:
    """Writes blocks in the place of a paragraph with properties ``paragraph`` and ``run``."""

    def __init__(self, inline: InlineWriter, paragraph: Element, run: Element) -> None:
        self.inline = inline
        self.context = inline.context
        self.base = with_properties(paragraph)
        self.run = with_properties(run)
        remove(self.base, "sectPr", "pPrChange")

    def blocks(self, blocks: Sequence[Block], left: int = 0) -> str:
        """Return blocks set in by ``left`` twentieths of a point."""
        pieces: list[str] = []
        new_page = False
        for block in blocks:
            if new_page and not isinstance(block, Paragraph | Heading):
                pieces.append(self.page_break())
                new_page = False
            if isinstance(block, PageBreak):
                new_page = True
                continue
            pieces.append(self.block(block, left, new_page=new_page))
            new_page = False
        if new_page:
            pieces.append(self.page_break())
        return "".join(pieces)

    def block(self, block: Block, left: int, *, new_page: bool = False) -> str:
        """Return one block."""
        match block:
            case Paragraph(children=children):
                return self.paragraph(children, left=left, new_page=new_page)
            case Heading(level=level, children=children):
                return self.heading(children, level, new_page=new_page)
            case List():
                return self.list(block, left, 0, last=True)
            case Table():
                return self.table(block, left)
            case Quote(blocks=inner):
                return self.blocks(inner, left + _QUOTE_INDENT)
            case Conditional(condition=int(index), then=then, otherwise=otherwise):
                return if_mark(index) + self.blocks(then, left) + ELSE_MARK + self.blocks(otherwise, left) + END_MARK
            case _:
                raise TypeError(f"a letter that is composed holds no {block!r}")

    def paragraph(self, children: Iterable[Inline], *, left: int = 0, new_page: bool = False) -> str:
        """Return a paragraph like the one that is replaced."""
        properties = with_properties(self.base)
        if left:
            put(properties, "ind", left=str(left))
        return self.finished(properties, self.inline.inline(children, self.run), new_page=new_page)

    def finished(self, properties: Element, runs: str, *, new_page: bool = False) -> str:
        """Return a paragraph of properties and runs; right to left in such a document."""
        if new_page:
            put(properties, "pageBreakBefore")
        if self.context.direction == "rtl":
            put(properties, "bidi")
        elif self.context.is_turned:
            put(properties, "bidi", val="0")
        return f"<w:p>{as_text(properties)}{runs}</w:p>"

    def page_break(self) -> str:
        """Return a paragraph that holds nothing but a page break."""
        return self.finished(with_properties(self.base), '<w:r><w:br w:type="page"/></w:r>')

    def heading(self, children: Iterable[Inline], level: int, *, new_page: bool = False) -> str:
        """Return a heading."""
        from lxml import etree

        return self.titled(self.inline.inline(children, etree.Element(self.run.tag)), level, new_page=new_page)

    def titled(self, runs: str, level: int, *, new_page: bool = False) -> str:
        """Return runs as a heading; Word's first three levels are used."""
        properties = _empty_like(self.base)
        put(properties, "pStyle", val=self.context.style_ids[f"heading {min(max(level, 1), 3)}"])
        return self.finished(properties, runs, new_page=new_page)

    def bullets(self, texts: Iterable[str]) -> str:
        """Return plain lines as a bulleted list."""
        number = self.context.numbering.bullets(self.context.direction)
        return "".join(
            self.finished(self.listed("list bullet", number, 0, 0), self.inline.text(text, self.run)) for text in texts
        )

    def listed(self, style: str, number: int, level: int, left: int, *, last: bool = False) -> Element:
        """Return the properties of an item's first paragraph; the list's last keeps the distance to what follows."""
        properties = with_properties(self.base)
        put(properties, "pStyle", val=self.context.style_ids[style])
        if not last:
            remove(properties, "spacing")
        numbering = put(properties, "numPr")
        _append(numbering, "ilvl", str(level))
        _append(numbering, "numId", str(number))
        own, hanging = indent(level, self.context.direction)
        put(properties, "ind", left=str(left + own), hanging=str(hanging))
        return properties

    def list(self, block: List, left: int, level: int, *, last: bool) -> str:
        """Return a list; ``last`` says that no item of a list around it follows."""
        level = min(level, _MAX_LEVEL)
        numbering, direction = self.context.numbering, self.context.direction
        number = numbering.numbered(block.start, level, direction) if block.ordered else numbering.bullets(direction)
        style = "list number" if block.ordered else "list bullet"
        pieces: list[str] = []
        for position, item in enumerate(block.items, start=1):
            ends = last and position == len(block.items)
            first, *rest = item.blocks or (Paragraph(()),)
            if not isinstance(first, Paragraph):
                first, rest = Paragraph(()), [first, *rest]
            properties = self.listed(style, number, level, left, last=ends and not rest)
            box = ""
            if item.ticked is not None:
                box = tick_box(first.children, ticked=item.ticked)
                box += self.inline.text(" " if block.ordered else "\t", self.run)
                if not block.ordered:
                    self.unnumbered(properties, level, left)
            pieces.append(self.finished(properties, box + self.inline.inline(first.children, self.run)))
            for at, inner in enumerate(rest, start=1):
                if isinstance(inner, List):
                    closes = ends if at == len(rest) else not isinstance(rest[at], List)
                    pieces.append(self.list(inner, left, level + 1, last=closes))
                else:
                    pieces.append(self.block(inner, left + indent(level, self.context.direction)[0]))
        return "".join(pieces)

    @staticmethod
    def unnumbered(properties: Element, level: int, left: int) -> None:
        """Take the bullet off an item: its box stands in its place, where any direction has room for it."""
        numbering = put(properties, "numPr")
        _append(numbering, "ilvl", "0")
        _append(numbering, "numId", "0")
        own, hanging = indent(level, "ltr")
        put(properties, "ind", left=str(left + own), hanging=str(hanging))

    def table(self, block: Table, left: int) -> str:
        """Return a table whose first row is repeated on each page."""
        columns = max((len(row) for row in block.rows), default=0)
        if not columns:
            return ""
        backwards = "<w:bidiVisual/>" if self.context.direction == "rtl" else ""
        share = 5000 * max(_PAGE_WIDTH - left, 0) // _PAGE_WIDTH  # of the page's width, in fiftieths of a per cent
        inset = f'<w:tblInd w:w="{left}" w:type="dxa"/>' if left else ""
        properties = (
            f'<w:tblPr><w:tblStyle w:val="{escape(self.context.style_ids["table grid"])}"/>{backwards}'
            f'<w:tblW w:w="{share}" w:type="pct"/>{inset}<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0"'
            ' w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr>'
        )
        width = _PAGE_WIDTH // columns
        grid = f'<w:tblGrid>{f"""<w:gridCol w:w="{width}"/>""" * columns}</w:tblGrid>'
        rows: list[str] = []
        for number, row in enumerate(block.rows):
            cells = "".join(
                self.cell(
                    row[column] if column < len(row) else (), self.alignment(block, column), width, bold=not number
                )
                for column in range(columns)
            )
            heading = "" if number else "<w:tblHeader/>"
            rows.append(f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{cells}</w:tr>")
        # Word joins two tables that touch, so a small empty paragraph follows each.
        return f"<w:tbl>{properties}{grid}{''.join(rows)}</w:tbl>{self.gap()}"

    def gap(self) -> str:
        """Return a small empty paragraph."""
        properties = _empty_like(self.base)
        put(properties, "spacing", before="0", after="0", line="160", lineRule="exact")
        return self.finished(properties, "")

    @staticmethod
    def alignment(block: Table, column: int) -> str:
        """Return a column's w:jc, where «left» is the beginning of the line in either direction."""
        wanted = block.alignments[column] if column < len(block.alignments) else "start"
        return {"center": "center", "end": "right"}.get(wanted, "left")

    def cell(self, children: Iterable[Inline], alignment: str, width: int, *, bold: bool) -> str:
        """Return a table cell."""
        properties = _empty_like(self.base)
        put(properties, "spacing", before="40", after="40")
        put(properties, "jc", val=alignment)
        run = with_properties(self.run, "b", "bCs") if bold else self.run
        paragraph = self.finished(properties, self.inline.inline(children, run))
        return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'

    def annex(self, annex: Annex) -> str:
        """Return an annex on a page of its own, in its own language; its label is in the letter's."""
        from lxml import etree

        if not annex.title:
            return self.page_break() + self.blocks(annex.blocks)
        writer = self.speaking(annex) if annex.language else self
        label, *lines = annex.title
        plain = etree.Element(self.run.tag)
        runs = self.inline.inline(label, plain)
        if lines:
            runs += writer.inline.inline([LineBreak(), *broken(lines)], plain)
        return writer.titled(runs, 1, new_page=True) + writer.blocks(annex.blocks)

    def speaking(self, annex: Annex) -> BlockWriter:
        """Return a writer like this one for an annex in a language of its own."""
        inline = InlineWriter(self.context.second(annex.language, annex.direction), self.inline.part)
        inline.takes_notes = self.inline.takes_notes
        return BlockWriter(inline, self.base, self.run)


def tick_box(words: Sequence[Inline], *, ticked: bool) -> str:
    """Return a box that can be ticked in Word; elsewhere it is a sign, of a typeface that most machines have.

    A content control of Word 2010 ([MS-DOCX] 2.5.3.11 checkbox); its title (w:alias) is what the box is for.
    """
    what = "".join(child.text for child in words if isinstance(child, Text))
    title = f'<w:alias w:val="{escape(one_line(constant(what))[:_MAX_TITLE])}"/>' if what.strip() else ""
    states = "".join(
        f'<w14:{name}State w14:val="{ord(sign):04X}" w14:font="{_BOX_FONT}"/>'
        for name, sign in (("checked", TICKED_BOX), ("unchecked", BOX))
    )
    return (
        f'<w:sdt><w:sdtPr>{title}<w14:checkbox xmlns:w14="{_WORD_2010}"><w14:checked w14:val="{int(ticked)}"/>{states}'
        f'</w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="{_BOX_FONT}" w:eastAsia="{_BOX_FONT}"'
        f' w:hAnsi="{_BOX_FONT}" w:cs="{_BOX_FONT}" w:hint="eastAsia"/></w:rPr>'
        f"<w:t>{TICKED_BOX if ticked else BOX}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def _append(parent: Element, name: str, value: str) -> None:
    from lxml import etree

    from templates.wordxml import w

    etree.SubElement(parent, w(name), {w("val"): value})


def _empty_like(properties: Element) -> Element:
    from lxml import etree

    return etree.Element(properties.tag)
