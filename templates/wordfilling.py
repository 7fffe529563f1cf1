"""Fills the fields of a letterhead's parts with a composed letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from letters.blocks import Inline, Text
from letters.composed import Composed
from templates.forms import END_MARK, if_mark
from templates.frame import contact_lines, reference_lines, sole_value, with_colon
from templates.letterfields import BLOCK_FIELDS, fields_in, heal, joined, paragraphs, texts_of
from templates.wordblocks import BlockWriter
from templates.wordinline import InlineWriter, WordContext, broken
from templates.wordxml import copy_properties, drop, properties_of, put, put_text, remove, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Stands in the tree for a piece of XML made as text; put in when the part is written out.
_PIECE = "\ue020{}\ue021"
_PIECES = re.compile("\ue020([0-9]+)\ue021")


def with_pieces(xml: str, pieces: Sequence[str]) -> str:
    """Return a part as XML with the pieces put in the places of their marks."""
    return _PIECES.sub(lambda found: pieces[int(found[1])], xml)


class Filling:
    """Fills the fields of one part, or of ``root``, which is to become a piece of it."""

    def __init__(
        self, context: WordContext, composed: Composed, part: str, pieces: list[str], root: Element | None = None
    ) -> None:
        self.context = context
        self.composed = composed
        self.part = part
        self.pieces = pieces
        self.writer = InlineWriter(context, part)
        self.root = context.package.tree(part) if root is None else root
        self.annexes_placed = False

    def fill(self) -> None:
        """Fill all fields of the part; annexes follow the page's last paragraph unless they have a field."""
        for binding in list(self.root.iter(w("dataBinding"))):
            drop(binding)  # Word would fill a bound content control anew from its own data
        if self.context.direction == "rtl":
            _turn(self.root)
        elif self.context.is_turned:
            _turn_back(self.root)
        after_body: tuple[Element, Element] | None = None
        for paragraph in paragraphs(self.root):
            heal(paragraph)
            places = fields_in(joined(paragraph))
            if any(place.name == "body" for place in places):
                after_body = _styled_like(paragraph)
            self.fill_paragraph(paragraph)
        if after_body is not None and not self.annexes_placed:
            self.append_annexes(*after_body)

    def piece(self, xml: str) -> str:
        """Keep a piece of XML and return the mark that stands for it."""
        self.pieces.append(xml)
        return _PIECE.format(len(self.pieces) - 1)

    def append_annexes(self, paragraph: Element, run: Element) -> None:
        """Put the annexes at the end of the page, styled like the letter's text."""
        writer = BlockWriter(self.writer, paragraph, run)
        xml = "".join(writer.annex(annex) for annex in self.composed.annexes)
        body = self.root.find(w("body"))
        if xml and body is not None and len(body):
            last = body[-1]
            put_text(last, self.piece(xml), after=last.tag != w("sectPr"))

    def fill_paragraph(self, paragraph: Element) -> None:
        """Fill one paragraph; it goes if it held nothing but fields that are empty."""
        text = joined(paragraph)
        places = fields_in(text)
        alone = len(places) == 1 and text.strip() == "{{" + places[0].name + "}}"
        if alone and places[0].name in BLOCK_FIELDS:
            self.fill_block(paragraph, places[0].name)
            return
        _, run = _styled_like(paragraph)
        contents = "".join(self.line(place.name, run) for place in places)
        if places and not contents and not _without_fields(text).strip():
            _empty(paragraph)
            return
        sole = self.sole(places[0].name) if alone else None
        self.fill_runs(paragraph)
        if sole is not None and _has_neighbours(paragraph):
            put_text(paragraph, if_mark(sole))
            put_text(paragraph, END_MARK, after=True)

    def sole(self, name: str) -> int | None:
        """Return the value on which a paragraph depends that shows only this field."""
        if name not in ("salutation", "closing"):
            return None
        return sole_value(self.composed.salutation if name == "salutation" else self.composed.closing)

    def fill_block(self, paragraph: Element, name: str) -> None:
        """Replace a paragraph by the paragraphs of a block field."""
        xml = self.block(name, BlockWriter(self.writer, *_styled_like(paragraph)), dependent=_has_neighbours(paragraph))
        if not xml:
            _empty(paragraph)
            return
        put_text(paragraph, self.piece(xml))
        if _must_stay(paragraph):
            _clear(paragraph)
        else:
            drop(paragraph)

    def block(self, name: str, writer: BlockWriter, *, dependent: bool) -> str:
        """Return a block field as paragraphs; ``dependent`` ones may vanish with an addressee's empty value."""
        composed = self.composed
        match name:
            case "body":
                return writer.blocks(composed.body)
            case "annexes":
                self.annexes_placed = True
                return "".join(writer.annex(annex) for annex in composed.annexes)
            case "references":
                return "".join(writer.paragraph([Text(line.text)]) for line in reference_lines(composed))
            case "contacts":
                return "".join(writer.paragraph([Text(line.text)]) for line in contact_lines(composed))
            case _:
                return self.addressees(writer, dependent=dependent)

    def addressees(self, writer: BlockWriter, *, dependent: bool) -> str:
        """Return whom the letter is for: the printed lines, or the addressee's own address."""
        lines, address = self.composed.addressees, self.composed.address
        if self.composed.addressees_lead:
            return writer.paragraph([Text(self.composed.addressees_lead)]) + writer.bullets(lines)
        if len(lines) > 1:
            return writer.bullets(lines)
        if lines:
            return writer.paragraph([Text(lines[0])])
        if address is None:
            return ""
        paragraph = writer.paragraph([address])
        return f"{if_mark(address.index)}{paragraph}{END_MARK}" if dependent else paragraph

    def line(self, name: str, run: Element) -> str:
        """Return a field as runs, within a line."""
        composed = self.composed
        simple = {
            "office": composed.office_name,
            "unit": composed.unit,
            "signature": composed.signature_note,
            "signatory": composed.signatory_name,
            "title": composed.signatory_title,
        }
        if name in simple:
            return self.writer.text(simple[name], run)
        lines: dict[str, Callable[[], Sequence[Inline]]] = {
            "date_line": lambda: composed.date_line,
            "salutation": lambda: composed.salutation,
            "closing": lambda: composed.closing,
            "subject": self.subject,
            "references": lambda: broken([(Text(line.text),) for line in reference_lines(composed)]),
            "contacts": lambda: broken([(Text(line.text),) for line in contact_lines(composed)]),
            "addressees": self.addressee_line,
        }
        return self.writer.inline(lines[name](), run) if name in lines else ""

    def subject(self) -> Sequence[Inline]:
        """Return the subject with its label, over as many lines as it has."""
        label = with_colon(self.composed.subject_label, self.composed.language)
        lines = broken(self.composed.subject)
        return [Text(label), *lines] if label and lines else lines

    def addressee_line(self) -> Sequence[Inline]:
        """Return whom the letter is for, where the field shares its paragraph with other text."""
        if self.composed.addressees or self.composed.address is None:
            lead = (self.composed.addressees_lead,) if self.composed.addressees_lead else ()
            return broken([(Text(line),) for line in (*lead, *self.composed.addressees)])
        return [self.composed.address]

    def fill_runs(self, paragraph: Element) -> None:
        """Fill the fields within a paragraph's runs; cut a right-to-left letterhead's own text by direction."""
        for run in dict.fromkeys(text.getparent() for text in texts_of(paragraph)):
            if run is None or run.tag != w("r"):
                continue
            content = "".join(text.text or "" for text in run.findall(w("t")))
            if fields_in(content) or self.context.direction == "rtl":
                self.fill_run(run)

    def fill_run(self, run: Element) -> None:
        """Replace a run by runs with its fields filled; pictures, tabs and breaks keep their places."""
        from lxml import etree

        properties = copy_properties(run, "rPr")
        for child in list(run):
            if child.tag == w("rPr"):
                continue
            if child.tag == w("t"):
                put_text(run, self.piece(self.filled(child.text or "", properties)))
                continue
            alone = etree.Element(w("r"))
            alone.append(copy_properties(run, "rPr"))
            child.tail = None
            alone.append(child)
            run.addprevious(alone)
        drop(run)

    def filled(self, text: str, properties: Element) -> str:
        """Return a text with its fields filled, as runs."""
        pieces: list[str] = []
        position = 0
        for place in fields_in(text):
            pieces.append(self.writer.text(text[position : place.start], properties))
            pieces.append(self.line(place.name, properties))
            position = place.end
        pieces.append(self.writer.text(text[position:], properties))
        return "".join(pieces)


def _without_fields(text: str) -> str:
    for place in reversed(fields_in(text)):
        text = text[: place.start] + text[place.end :]
    return text


def _styled_like(paragraph: Element) -> tuple[Element, Element]:
    """Return copies of a paragraph's properties and of those of the run in which its text begins."""
    texts = [text for text in texts_of(paragraph) if (text.text or "").strip()]
    run = texts[0].getparent() if texts else None
    properties = copy_properties(paragraph, "rPr") if run is None else copy_properties(run, "rPr")
    return copy_properties(paragraph, "pPr"), properties


def _has_neighbours(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and len(parent.findall(w("p"))) > 1


def _must_stay(paragraph: Element) -> bool:
    """Tell whether a paragraph ends a section or holds a picture or text box."""
    if paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        return True
    return any(next(paragraph.iter(w(name)), None) is not None for name in ("drawing", "pict", "object"))


def _clear(paragraph: Element) -> None:
    for text in texts_of(paragraph):
        text.text = ""


def _empty(paragraph: Element) -> None:
    """Take a paragraph out; one that must stay, and the only one of a cell, stays without text."""
    if _must_stay(paragraph) or not _has_neighbours(paragraph):
        _clear(paragraph)
    else:
        drop(paragraph)


def _turn(root: Element) -> None:
    """Turn a part from right to left: paragraphs, tables and sections."""
    for paragraph in list(root.iter(w("p"))):
        put(properties_of(paragraph, "pPr"), "bidi")
    for table in list(root.iter(w("tbl"))):
        put(properties_of(table, "tblPr"), "bidiVisual")
    for section in list(root.iter(w("sectPr"))):
        put(section, "bidi")


def _turn_back(root: Element) -> None:
    """Turn a part of a right-to-left letterhead from left to right, whatever its styles say."""
    for paragraph in list(root.iter(w("p"))):
        put(properties_of(paragraph, "pPr"), "bidi", val="0")
    for properties in root.iter(w("rPr"), w("tblPr"), w("sectPr")):
        remove(properties, "rtl", "bidiVisual", "bidi")
