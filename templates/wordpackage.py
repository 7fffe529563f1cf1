"""A Word document as its parts: content, relationships, content types. Reads any that Word writes, with care."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from office.xml import UnsafeXmlError, parse_xml
from office.ziplayout import UnsafeZipError, read_zip
from templates.forms import is_mark
from templates.wordxml import CONTENT_TYPES, DECLARATION, RELATIONSHIPS, W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = "[Content_Types].xml"


class BadDocumentError(Exception):
    """The file is not a Word document that can be used; ``code`` names the finding, ``hint`` what to do."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


_SAVE_AGAIN = "Open it in Word and save it as «Word Document (.docx)»."


@dataclass
class WordPackage:
    """The parts of one document while it is being filled. ``trees`` are the parts parsed so far."""

    parts: dict[str, bytes]
    main: str = ""
    trees: dict[str, Element] = field(default_factory=dict)

    def tree(self, name: str) -> Element:
        """Return a part's root element, parsed once."""
        if name not in self.trees:
            self.trees[name] = parse(self.parts[name], name)
        return self.trees[name]

    def add(self, name: str, content: str | bytes, content_type: str) -> None:
        """Add a part with its content type."""
        from lxml import etree

        self.parts[name] = content.encode("utf-8") if isinstance(content, str) else content
        types = self.tree(TYPES)
        override = {"PartName": "/" + name, "ContentType": content_type}
        etree.SubElement(types, f"{{{CONTENT_TYPES}}}Override", override)

    def relate(self, source: str, kind: str, target: str, *, external: bool = False) -> str:
        """Return the id of the relationship of ``source`` to ``target``, added if missing."""
        from lxml import etree

        name = relationships_of(source)
        if name not in self.parts:
            self.parts[name] = f'{DECLARATION}<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()
        tree = self.tree(name)
        for found in tree:
            if found.get("Type") == kind and found.get("Target") == target:
                return str(found.get("Id"))
        taken = {found.get("Id") for found in tree}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        attributes = {"Id": f"rId{number}", "Type": kind, "Target": target}
        if external:
            attributes["TargetMode"] = "External"
        etree.SubElement(tree, f"{{{RELATIONSHIPS}}}Relationship", attributes)
        return f"rId{number}"

    def related(self, source: str, kind: str) -> list[str]:
        """Return the names of the parts that ``source`` relates to by ``kind``, in order."""
        found = (self._part_of(source, relation) for relation in self.relations(source) if relation.get("Type") == kind)
        return [path for path in found if path]

    def relations(self, source: str) -> Iterable[Element]:
        """Return the relationships of a part, in order."""
        name = relationships_of(source)
        return self.tree(name) if name in self.parts else ()

    def target(self, source: str, identifier: str) -> str:
        """Return the name of the part that ``source`` relates to by an id; empty if there is none."""
        found = (relation for relation in self.relations(source) if relation.get("Id") == identifier)
        return next((self._part_of(source, relation) for relation in found), "")

    def _part_of(self, source: str, relation: Element) -> str:
        if relation.get("TargetMode") == "External":
            return ""
        target = str(relation.get("Target") or "")
        path = target if target.startswith("/") else posixpath.normpath(f"{posixpath.dirname(source)}/{target}")
        path = path.lstrip("/")
        return path if path in self.parts else ""

    @property
    def stories(self) -> list[str]:
        """The parts with text of the page: the document itself, then headers and footers."""
        found = [self.main, *self.related(self.main, OFFICE + "header"), *self.related(self.main, OFFICE + "footer")]
        return list(dict.fromkeys(found))

    def part(self, kind: str) -> str:
        """Return the name of the main part's only relation of a kind, such as ``styles``; empty if there is none."""
        return next(iter(self.related(self.main, OFFICE + kind)), "")

    def as_text(self, name: str) -> str:
        """Return a part as XML text."""
        from lxml import etree

        return DECLARATION + etree.tostring(self.tree(name), encoding="unicode")


def relationships_of(source: str) -> str:
    """Return the name of the relationships part of a part («» is the package itself)."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def parse(data: bytes, name: str) -> Element:
    """Parse a part; raises `BadDocumentError` if it is not XML, or has a DOCTYPE, through which it could reach out."""
    try:
        return parse_xml(data)
    except UnsafeXmlError as error:
        if not error.declares_doctype:
            raise BadDocumentError("letterhead-damaged", f"the part {name} {error}", _SAVE_AGAIN) from None
        hint = "No office program writes one into a document: ask where the file comes from."
        raise BadDocumentError("letterhead-doctype", f"the part {name} {error}", hint) from None


def open_package(data: bytes) -> WordPackage:
    """Read a .docx; raises `BadDocumentError`."""
    try:
        package = WordPackage(read_zip(data))
    except UnsafeZipError as error:
        raise BadDocumentError("letterhead-unreadable", f"this is not a Word document: {error}", _SAVE_AGAIN) from None
    if TYPES not in package.parts:
        raise BadDocumentError("letterhead-unreadable", "this is not a Word document", _SAVE_AGAIN)
    for name in package.parts:
        if name.endswith((".xml", ".rels")):
            package.tree(name)
    package.main = next(iter(package.related("", OFFICE + "officeDocument")), "")
    _require_plain_document(package)
    return package


def _require_plain_document(package: WordPackage) -> None:
    types = {found.get("PartName"): found.get("ContentType", "") for found in package.tree(TYPES)}
    if not package.main or types.get("/" + package.main) != MAIN_TYPE:
        message = "this is not an ordinary Word document (a template, a document with macros, or another format)"
        raise BadDocumentError("letterhead-unreadable", message, _SAVE_AGAIN)
    if any(name.lower().endswith("vbaproject.bin") for name in package.parts):
        raise BadDocumentError("letterhead-macros", "the document holds macros, which are refused", _SAVE_AGAIN)
    body = package.tree(package.main).find(f"{{{W}}}body")
    if body is None:
        hint = "Save it as «Word Document (.docx)», not as «Strict Open XML Document»."
        raise BadDocumentError("letterhead-unreadable", "the document has no text that can be read", hint)
    for kind in ("styles", "settings", "numbering"):
        if package.part(kind):
            package.tree(package.part(kind))
    for name in [*package.stories, *package.related(package.main, OFFICE + "footnotes")]:
        if package.tree(name).nsmap.get("w") != W:
            raise BadDocumentError("letterhead-unreadable", f"the part {name} is not as Word writes it", _SAVE_AGAIN)
    for name, root in package.trees.items():  # bullets of an icon font stand in numbering.xml
        if any(_is_reserved(element) for element in root.iter()):
            hint = "Take out characters of the private use area (U+E010 to U+E021), often symbols of an icon font."
            raise BadDocumentError("letterhead-reserved", f"the part {name} holds reserved characters", hint)


def _is_reserved(element: Element) -> bool:
    texts = (element.text, element.tail, *element.attrib.values())
    return any(is_mark(character) and character <= "\ue0ff" for text in texts if text for character in str(text))
