"""The Word document: a letterhead filled with a composed letter, compiled into a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

from letters.blocks import Inline, LineBreak, Text
from letters.composed import Composed
from templates.docxform import DocxForm
from templates.escapes import one_line
from templates.forms import END_MARK, Form, compile_form, if_mark, slot_mark
from templates.frame import constant, contact_lines, reference_lines, sole_value, with_colon
from templates.letterfields import BLOCK_FIELDS, fields_in, heal, joined, paragraphs, texts_of
from templates.text import subject_line
from templates.wordblocks import BlockWriter, InlineWriter, WordContext
from templates.wordpackage import CORE, TYPES, WordPackage, open_package
from templates.wordstyles import Numbering, set_language, style_ids
from templates.wordxml import (
    DECLARATION,
    copy_properties,
    drop,
    properties_of,
    put,
    put_text,
    w,
)
from templates.ziplayout import Packed, deflate

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Stands in the tree for a piece of XML made as text; put in when the part is written out.
_PIECE = "\ue020{}\ue021"
_PIECES = re.compile("\ue020([0-9]+)\ue021")
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


def compile_docx(composed: Composed, letterhead: bytes) -> DocxForm:
    """Return the form of the Word document; ``letterhead`` is a .docx without faults (`letterhead_findings`)."""
    package = open_package(letterhead)
    identifiers = style_ids(package)
    set_language(package, composed.language)
    context = WordContext(package, composed.direction, identifiers, Numbering(package))
    pieces: list[str] = []
    for part in package.stories:
        _Filling(context, composed, part, pieces).fill()
    core = _describe(package, composed)
    return _compile(package, context, pieces, core)


class _Filling:
    """Fills the fields of one part."""

    def __init__(self, context: WordContext, composed: Composed, part: str, pieces: list[str]) -> None:
        self.context = context
        self.composed = composed
        self.part = part
        self.pieces = pieces
        self.writer = InlineWriter(context, part)
        self.root = context.package.tree(part)
        self.annexes_placed = False

    def fill(self) -> None:
        for binding in list(self.root.iter(w("dataBinding"))):
            drop(binding)  # Word would fill a bound content control anew from its own data
        if self.context.direction == "rtl":
            _turn(self.root)
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
        writer = BlockWriter(self.writer, paragraph, run)
        xml = "".join(writer.annex(annex) for annex in self.composed.annexes)
        body = self.root.find(w("body"))
        if xml and body is not None and len(body):
            last = body[-1]
            put_text(last, self.piece(xml), after=last.tag != w("sectPr"))

    def fill_paragraph(self, paragraph: Element) -> None:
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
        lines, address = self.composed.addressees, self.composed.address
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
            "date_line": composed.date_line,
            "signature": composed.signature_note,
            "signatory": composed.signatory_name,
            "title": composed.signatory_title,
        }
        if name in simple:
            return self.writer.text(simple[name], run)
        lines: dict[str, Callable[[], Sequence[Inline]]] = {
            "salutation": lambda: composed.salutation,
            "closing": lambda: composed.closing,
            "subject": self.subject,
            "references": lambda: _broken([(Text(line.text),) for line in reference_lines(composed)]),
            "contacts": lambda: _broken([(Text(line.text),) for line in contact_lines(composed)]),
            "addressees": self.addressee_line,
        }
        return self.writer.inline(lines[name](), run) if name in lines else ""

    def subject(self) -> Sequence[Inline]:
        label = with_colon(self.composed.subject_label, self.composed.language)
        lines = _broken(self.composed.subject)
        return [Text(label), *lines] if label and lines else lines

    def addressee_line(self) -> Sequence[Inline]:
        if self.composed.addressees or self.composed.address is None:
            return _broken([(Text(line),) for line in self.composed.addressees])
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
        pieces: list[str] = []
        position = 0
        for place in fields_in(text):
            pieces.append(self.writer.text(text[position : place.start], properties))
            pieces.append(self.line(place.name, properties))
            position = place.end
        pieces.append(self.writer.text(text[position:], properties))
        return "".join(pieces)


def _broken(lines: Sequence[Sequence[Inline]]) -> list[Inline]:
    """Return several lines as one text with line breaks."""
    joined_lines: list[Inline] = []
    for number, line in enumerate(lines):
        if number:
            joined_lines.append(LineBreak())
        joined_lines.extend(line)
    return joined_lines


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


def _describe(package: WordPackage, composed: Composed) -> str:
    """Write title, reference, author and language into the document's properties; return the part's name.

    There are no dates among them: the same letter must give the same bytes.
    """
    references = [escape(one_line(constant(value)), quote=False) for _, value in composed.references if value]
    values = {
        "title": subject_line(composed, lambda index: slot_mark(index, "xml"), escape),
        "subject": ", ".join(references),
        "creator": escape(one_line(constant(composed.office_name)), quote=False),
        "language": escape(composed.language),
    }
    elements = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in values.items() if value)
    xml = (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        f'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">{elements}</cp:coreProperties>'
    )
    name = next(iter(package.related("", CORE)), "")
    if name:
        package.parts[name] = xml.encode("utf-8")
        package.trees.pop(name, None)
        return name
    package.add("docProps/core.xml", xml, _CORE_TYPE)
    package.relate("", CORE, "docProps/core.xml")
    return "docProps/core.xml"


def _compile(package: WordPackage, context: WordContext, pieces: Sequence[str], core: str) -> DocxForm:
    packed: list[Packed] = []
    opened: list[tuple[str, Form]] = []
    first = {TYPES: 0, "_rels/.rels": 1}
    for name in sorted(package.parts, key=lambda part: first.get(part, 2)):
        text = package.parts[name].decode("utf-8") if name == core else _text(package, name, pieces)
        form = compile_form(text) if text is not None else None
        if form is None or form.is_constant:
            packed.append(deflate(name, package.parts[name] if text is None else text.encode("utf-8")))
        else:
            opened.append((name, form))
    return DocxForm(packed=tuple(packed), open_parts=tuple(opened), styles=tuple(context.styles))


def _text(package: WordPackage, name: str, pieces: Sequence[str]) -> str | None:
    """Return a part as XML with its pieces put in; None for what is no XML."""
    if name not in package.trees:
        return None
    return _PIECES.sub(lambda found: pieces[int(found[1])], package.as_text(name))


