"""The Word document: a letterhead filled with a composed letter, compiled into a form."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from html import escape

from letters.composed import Composed
from office.model import OfficeLook
from office.pictures import Picture
from office.ziplayout import Packed, deflate
from templates.docxform import DocxForm, OpenPart, Packing, open_part
from templates.escapes import one_line
from templates.forms import compile_form, slot_mark
from templates.frame import constant
from templates.letterfields import all_fields
from templates.text import title_line
from templates.wordcolours import set_accent
from templates.wordfilling import Filling, with_pieces
from templates.wordinline import WordContext
from templates.wordnotes import WordNotes
from templates.wordpackage import CORE, TYPES, WordPackage, open_package
from templates.wordpages import append_page, copy_page, lead_in
from templates.wordpictures import Pictures
from templates.wordstyles import Numbering, set_language, style_ids
from templates.wordxml import DECLARATION

_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


def compile_docx(
    composed: Composed, letterhead: bytes, *, logo: Picture | None = None, colour: str = OfficeLook().colour
) -> DocxForm:
    """Return the form of the Word document; ``letterhead`` is a .docx without faults (`letterhead_findings`).

    ``logo`` fills the field of that name. ``colour`` (``#rrggbb``) takes the place of the letterhead's first accent
    colour; an office that sets none keeps the letterhead's.
    """
    package = open_package(letterhead)
    identifiers = style_ids(package)
    set_language(package, composed.language)
    if colour != OfficeLook().colour:
        set_accent(package, colour.removeprefix("#").upper())
    notes = WordNotes(package)
    context = WordContext(package, composed.direction, identifiers, Numbering(package), Pictures(package, logo), notes)
    pieces: list[str] = []
    stories = package.stories
    context.is_chinese = composed.language == "zh"
    context.placed = frozenset(place.name for story in stories for place in all_fields(package.tree(story)))
    copies = [(part, copy_page(package)) for part in composed.parts[1:]]
    for story in stories:
        Filling(context, composed, story, pieces).fill()
    for part, page in copies:
        second = context.second(part.language, part.direction)
        Filling(second, part, package.main, pieces, page.root).fill()
        for story in page.stories:
            Filling(second, part, story, pieces).fill()
        append_page(package, page)
    written = dict([_describe(package, composed)])
    if notes.part:
        written[notes.part] = notes.text()
        lead_in(package.tree(package.main), composed.direction)
    return _compile(package, context, pieces, written)


def _describe(package: WordPackage, composed: Composed) -> tuple[str, str]:
    """Return the part of the document's properties, title, reference, author and language: its name and its text.

    The letter's own reference is the identifier and, since Word shows no identifier, a keyword; all references are
    the subject, what sort of letter it is the category (ECMA-376 part 2, section 11). There are no dates among them:
    the same letter must give the same bytes.
    """
    references = [escape(one_line(constant(value)), quote=False) for _, value in composed.references if value]
    reference = escape(one_line(constant(composed.reference)), quote=False)
    values = {
        "title": title_line(composed, lambda index: slot_mark(index, "xml"), escape),
        "subject": ", ".join(references),
        "creator": escape(one_line(constant(composed.office_name)), quote=False),
        "language": escape(composed.language),
        "identifier": reference,
    }
    elements = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in values.items() if value)
    kind = escape(one_line(constant(composed.kind)), quote=False)
    more = {"keywords": reference, "category": kind}
    elements += "".join(f"<cp:{name}>{value}</cp:{name}>" for name, value in more.items() if value)
    xml = (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        f'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">{elements}</cp:coreProperties>'
    )
    name = next(iter(package.related("", CORE)), "")
    if name:
        return name, xml
    package.add("docProps/core.xml", xml, _CORE_TYPE)
    package.relate("", CORE, "docProps/core.xml")
    return "docProps/core.xml", xml


def _compile(package: WordPackage, context: WordContext, pieces: Sequence[str], written: Mapping[str, str]) -> DocxForm:
    """Compile all parts; ``written`` are those that stand as text already."""
    packed: list[Packed] = []
    opened: list[OpenPart] = []
    packing = Packing.chosen(os.environ)
    first = {TYPES: 0, "_rels/.rels": 1}
    for name in sorted(package.parts, key=lambda part: (first.get(part, 2), part)):  # whatever order the zip had
        text = written.get(name) or _text(package, name, pieces)
        form = compile_form(text) if text is not None else None
        if form is None or form.is_constant:
            packed.append(deflate(name, package.parts[name] if text is None else text.encode("utf-8")))
        else:
            opened.append(open_part(name, form, packing))
    return DocxForm(packed=tuple(packed), open_parts=tuple(opened), styles=tuple(context.styles))


def _text(package: WordPackage, name: str, pieces: Sequence[str]) -> str | None:
    """Return a part as XML with its pieces put in; None for what is no XML."""
    if name not in package.trees:
        return None
    return with_pieces(package.as_text(name), pieces)
