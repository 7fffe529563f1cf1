"""The second language of a bilingual letter in Word: the letterhead's page once more, in a section of its own.

The section begins on a new page, with headers and footers of its own in its language and direction.
"""

from __future__ import annotations

import posixpath
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.wordpackage import OFFICE, WordPackage, relationships_of
from templates.wordxml import R, drop, local, properties_of, put, put_text, remove, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"
_FURTHER = 10_000  # added to the numbers of pictures, which are unique in a document


@dataclass(frozen=True, slots=True)
class PageCopy:
    """A copy of the letterhead's page that is not filled yet; ``stories`` are the parts of its headers and footers."""

    root: Element
    stories: tuple[str, ...]


def copy_page(package: WordPackage) -> PageCopy:
    """Copy a letterhead's page, and its headers and footers as parts of their own."""
    root = deepcopy(package.tree(package.main))
    _forget_identity(root)
    copies: dict[str, str] = {}
    for reference in root.iter(w("headerReference"), w("footerReference")):
        kind = local(reference).removesuffix("Reference")
        original = package.target(package.main, reference.get(f"{{{R}}}id", ""))
        if original:
            if original not in copies:
                copies[original] = _copy_story(package, original, kind)
            target = posixpath.relpath(copies[original], posixpath.dirname(package.main))
            reference.set(f"{{{R}}}id", package.relate(package.main, OFFICE + kind, target))
    return PageCopy(root, tuple(copies.values()))


def append_page(package: WordPackage, page: PageCopy) -> None:
    """Put a page that was filled below the document's own; what stands there becomes a section by itself."""
    from lxml import etree

    body, further = package.tree(package.main).find(w("body")), page.root.find(w("body"))
    if body is None or further is None:
        return  # no letterhead without a body is opened
    end = etree.SubElement(body, w("p"))
    properties = properties_of(end, "pPr")
    put(properties, "spacing", before="0", after="0", line="20", lineRule="exact")
    section = body.find(w("sectPr"))
    if section is None:
        section = etree.Element(w("sectPr"))
    else:
        drop(section)
    properties.append(section)
    if further.find(w("sectPr")) is None:
        etree.SubElement(further, w("sectPr"))
    put(next(further.iter(w("sectPr"))), "type", val="nextPage")
    put_text(end, further.text or "", after=True)
    for element in list(further):
        body.append(element)


def lead_in(root: Element, direction: str) -> None:
    """Let a page that begins with a table begin with a line of one point.

    In a document with footnotes LibreOffice 7 would put an empty paragraph there, as high as the text's.
    """
    from lxml import etree

    body = root.find(w("body"))
    if body is None or not len(body) or body[0].tag != w("tbl"):
        return
    line = etree.Element(w("p"))
    properties = properties_of(line, "pPr")
    put(properties, "spacing", before="0", after="0", line="20", lineRule="exact")
    if direction == "rtl":
        put(properties, "bidi")
    body.insert(0, line)


def _copy_story(package: WordPackage, original: str, kind: str) -> str:
    stem = original.removesuffix(".xml")
    number = 2
    while f"{stem}-{number}.xml" in package.parts:
        number += 1
    name = f"{stem}-{number}.xml"
    package.add(name, package.as_text(original), _TYPE.format(kind))
    _forget_identity(package.tree(name))
    if relationships_of(original) in package.parts:
        package.parts[relationships_of(name)] = package.parts[relationships_of(original)]
    return name


def _forget_identity(root: Element) -> None:
    """Take out of a copy what names a place of the document: there must be one of each."""
    for bookmark in list(root.iter(w("bookmarkStart"), w("bookmarkEnd"))):
        drop(bookmark)
    for control in root.iter(w("sdtPr")):
        remove(control, "id")
    for paragraph in root.iter(w("p"), w("tr")):
        for name in ("paraId", "textId"):
            paragraph.attrib.pop(f"{{{_WORD_2010}}}{name}", "")
    for picture in root.iter(f"{{{_DRAWING}}}docPr"):
        number = str(picture.get("id", ""))
        if number.isdecimal():
            picture.set("id", str(int(number) + _FURTHER))
