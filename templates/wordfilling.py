"""Fills the fields of a letterhead's parts with a composed letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from letters.composed import Composed
from templates.forms import END_MARK, if_mark
from templates.frame import sole_value
from templates.letterfields import (
    BLOCK_FIELDS,
    LISTED_FIELDS,
    FieldPlace,
    fields_in,
    heal,
    joined,
    owner,
    paragraphs,
    texts_of,
    without_fields,
)
from templates.wordblocks import BlockWriter
from templates.wordframe import FrameWriter
from templates.wordinline import WordContext
from templates.wordpackage import WordPackage
from templates.wordpictures import room
from templates.wordxml import copy_properties, drop, is_on, properties_of, put, put_text, remove, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Of a content control (ECMA-376 part 1, section 17.5.2): where its text comes from, and what may be chosen.
_CONTROLS = ("dataBinding", "showingPlcHdr", "text", "date", "comboBox", "dropDownList")
_LOOK_CHANGES = ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "tcPrChange", "trPrChange")
# Stands in the tree for a piece of XML made as text; put in when the part is written out.
_PIECE = "\ue020{}\ue021"
_KEPT = ("drawing", "pict", "object", "fldChar", "fldSimple")
_RANGES = ("bookmarkStart", "bookmarkEnd"), ("permStart", "permEnd"), ("commentRangeStart", "commentRangeEnd")
_SETTING = frozenset(map(w, ("tab", "ptab", "br", "cr", "sym", "fldChar")))  # what a line has besides its text
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
        self.frame = FrameWriter(context, composed, part)
        self.root = context.package.tree(part) if root is None else root

    def fill(self) -> None:
        """Fill all fields of the part; annexes follow the page's last paragraph unless they have a field."""
        _open_controls(self.root)
        _take_out_of_controls(self.root)
        _settle_looks(self.root)
        if self.context.direction == "rtl":
            if not self.context.language:
                _align_again(self.root, self.context.package)
            _turn(self.root)
        elif self.context.is_turned:
            _turn_back(self.root)
        after_body: BlockWriter | None = None
        for paragraph in paragraphs(self.root):
            heal(paragraph)
            if any(place.name == "body" for place in fields_in(joined(paragraph))):
                after_body = BlockWriter(self.frame.inline, *_styled_like(paragraph))
            self.fill_paragraph(paragraph)
        if after_body is not None and "annexes" not in self.context.placed:
            self.append_rest(after_body)
        _drop_halves(self.root)

    def piece(self, xml: str) -> str:
        """Keep a piece of XML and return the mark that stands for it."""
        self.pieces.append(xml)
        return _PIECE.format(len(self.pieces) - 1)

    def append_rest(self, writer: BlockWriter) -> None:
        """Put what has no field of its own at the end of the page, styled like the letter's text: copies, annexes."""
        xml = self.copies_without_place(writer) + self.frame.annexes(writer)
        body = self.root.find(w("body"))
        if xml and body is not None and len(body):
            last = body[-1]
            put_text(last, self.piece(xml), after=last.tag != w("sectPr"))

    def copies_without_place(self, writer: BlockWriter) -> str:
        """Return who gets a copy if the letterhead has no field for it: it stands before the annexes."""
        xml = "" if "copies" in self.context.placed else self.frame.copies(writer)
        return writer.gap() + xml if xml else ""

    def fill_paragraph(self, paragraph: Element) -> None:
        """Fill one paragraph; it goes if it held nothing but fields that are empty."""
        in_box = next(paragraph.iterancestors(w("txbxContent")), None) is not None
        self.frame.inline.takes_notes = self.part == self.context.package.main and not in_box
        text = joined(paragraph)
        places = fields_in(text)
        alone = len(places) == 1 and not without_fields(text).strip()
        if alone and _is_block(paragraph, places[0]):
            self.fill_block(paragraph, places[0])
            return
        _, run = _styled_like(paragraph)
        contents = "".join(self.frame.line(place, run) for place in places)
        if places and not contents and not without_fields(text).strip():
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

    def fill_block(self, paragraph: Element, place: FieldPlace) -> None:
        """Replace a paragraph by the paragraphs of a block field."""
        writer = BlockWriter(self.frame.inline, *_styled_like(paragraph))
        xml = self.frame.block(place, writer, dependent=_has_neighbours(paragraph))
        if place.name == "annexes":
            xml = self.copies_without_place(writer) + xml
        if not xml:
            _empty(paragraph)
            return
        put_text(paragraph, self.piece(xml))
        if _must_stay(paragraph):
            _clear(paragraph)
        else:
            drop(paragraph)

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

        properties, width = copy_properties(run, "rPr"), room(run)
        for child in list(run):
            if child.tag == w("rPr"):
                continue
            if child.tag == w("t"):
                put_text(run, self.piece(self.filled(child.text or "", properties, width)))
                continue
            alone = etree.Element(w("r"))
            alone.append(copy_properties(run, "rPr"))
            child.tail = None
            alone.append(child)
            run.addprevious(alone)
        drop(run)

    def filled(self, text: str, properties: Element, width: int) -> str:
        """Return a text with its fields filled, as runs; ``width`` is the room for pictures, if known."""
        pieces: list[str] = []
        position = 0
        for place in fields_in(text):
            pieces.append(self.frame.inline.text(text[position : place.start], properties))
            pieces.append(self.frame.line(place, properties, width))
            position = place.end
        pieces.append(self.frame.inline.text(text[position:], properties))
        return "".join(pieces)


def _is_block(paragraph: Element, place: FieldPlace) -> bool:
    """Tell whether a field alone in its paragraph becomes paragraphs; it does not if tabs or the like set it in."""
    if place.name not in LISTED_FIELDS:
        return place.name in BLOCK_FIELDS
    runs = (run for run in paragraph.iter(w("r")) if owner(run) is paragraph)
    return not place.separator and not any(child.tag in _SETTING for run in runs for child in run)


def _styled_like(paragraph: Element) -> tuple[Element, Element]:
    """Return copies of a paragraph's properties and of those of the run in which its text begins."""
    texts = [text for text in texts_of(paragraph) if (text.text or "").strip()]
    run = texts[0].getparent() if texts else None
    properties = copy_properties(paragraph, "rPr") if run is None else copy_properties(run, "rPr")
    return copy_properties(paragraph, "pPr"), properties


def _has_neighbours(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and len(parent.findall(w("p"))) + len(parent.findall(w("sdt"))) > 1


def _must_stay(paragraph: Element) -> bool:
    """Tell whether a paragraph ends a section or holds a picture, a text box or a field of Word's own."""
    if paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        return True
    return any(next(paragraph.iter(w(name)), None) is not None for name in _KEPT)


def _clear(paragraph: Element) -> None:
    for text in texts_of(paragraph):
        text.text = ""


def _empty(paragraph: Element) -> None:
    """Take a paragraph out; one that must stay, and the only one of a cell, stays without text."""
    if _must_stay(paragraph) or not _has_neighbours(paragraph):
        _clear(paragraph)
    else:
        drop(paragraph)


def _drop_halves(root: Element) -> None:
    """Take out beginnings and ends of ranges whose other half went with a paragraph."""
    for names in _RANGES:
        begun, ended = ({mark.get(w("id")): mark for mark in root.iter(w(name))} for name in names)
        for number in begun.keys() ^ ended.keys():
            drop({**begun, **ended}[number])


def _open_controls(root: Element) -> None:
    """Make plain holders of rich text of content controls: Word would refill bound ones, and show hints as hints."""
    for properties in root.iter(w("sdtPr")):
        remove(properties, *_CONTROLS)


def _take_out_of_controls(root: Element) -> None:
    """Take paragraphs with fields out of content controls around them: LibreOffice forgets line breaks in those."""
    for control in reversed(list(root.iter(w("sdt")))):  # from within
        content, parent = control.find(w("sdtContent")), control.getparent()
        if content is None or parent is None or content.find(w("p")) is None:
            continue
        if fields_in("".join(text.text or "" for text in content.iter(w("t")))):
            at = parent.index(control)
            parent[at : at + 1] = list(content)


def _align_again(root: Element, package: WordPackage) -> None:
    """Keep on the right what a designer put there without turning the paragraph: once it is turned, that is «left»."""
    styles = package.tree(package.part("styles"))
    styled = any(is_on(found) for found in styles.iter(w("bidi")))
    for paragraph in root.iter(w("p")):
        properties = properties_of(paragraph, "pPr")
        turned, side = properties.find(w("bidi")), properties.find(w("jc"))
        is_turned = styled if turned is None else is_on(turned)
        if not is_turned and side is not None and side.get(w("val")) in ("right", "end"):
            side.set(w("val"), "left")


def _settle_looks(root: Element) -> None:
    """Accept tracked changes of how text looks (ECMA-376 part 1, section 17.13.5): runs of the letter copy the look."""
    for change in list(root.iter(*map(w, _LOOK_CHANGES))):
        drop(change)


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
