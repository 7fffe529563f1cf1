"""The Word document: a letterhead filled with a composed letter, compiled into a form."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from letters.composed import Composed
from office.ziplayout import Packed, deflate
from templates.docxform import DocxForm
from templates.escapes import one_line
from templates.forms import Form, compile_form, slot_mark
from templates.frame import constant
from templates.text import title_line
from templates.wordfilling import Filling, with_pieces
from templates.wordinline import WordContext
from templates.wordpackage import CORE, TYPES, WordPackage, open_package
from templates.wordpages import append_page, copy_page
from templates.wordstyles import Numbering, set_language, style_ids
from templates.wordxml import DECLARATION

_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


def compile_docx(composed: Composed, letterhead: bytes) -> DocxForm:
    """Return the form of the Word document; ``letterhead`` is a .docx without faults (`letterhead_findings`)."""
    package = open_package(letterhead)
    identifiers = style_ids(package)
    set_language(package, composed.language)
    context = WordContext(package, composed.direction, identifiers, Numbering(package))
    pieces: list[str] = []
    stories = package.stories
    copies = [(part, copy_page(package)) for part in composed.parts[1:]]
    for story in stories:
        Filling(context, composed, story, pieces).fill()
    for part, page in copies:
        second = context.second(part.language, part.direction)
        Filling(second, part, package.main, pieces, page.root).fill()
        for story in page.stories:
            Filling(second, part, story, pieces).fill()
        append_page(package, page)
    core = _describe(package, composed)
    return _compile(package, context, pieces, core)


def _describe(package: WordPackage, composed: Composed) -> str:
    """Write title, reference, author and language into the document's properties; return the part's name.

    There are no dates among them: the same letter must give the same bytes.
    """
    references = [escape(one_line(constant(value)), quote=False) for _, value in composed.references if value]
    values = {
        "title": title_line(composed, lambda index: slot_mark(index, "xml"), escape),
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
    return with_pieces(package.as_text(name), pieces)
