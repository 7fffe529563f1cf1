"""The parts of a Word document that came from outside, opened within limits, as ECMA-376 part 2 relates them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from office.xml import UnsafeXmlError, parse_xml
from office.ziplayout import read_zip

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_PART = 20_000_000  # bytes of a part, unpacked; the text of a book has a few millions
# What stands for a character within a run (ECMA-376 part 1, 17.3.3).
CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_STRICT_NAMES = (
    (_STRICT, b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship of a part: what kind it is, and the part or address that it leads to."""

    kind: str  # the last word of its type: footnotes, hyperlink …
    target: str  # a part's name, or an address as it stands
    is_outside: bool


class WordParts:
    """The parts of one document; raises `UnsafeZipError` for what is no .zip or not a harmless one."""

    def __init__(self, data: bytes) -> None:
        self.parts = read_zip(data)

    def tree(self, name: str) -> Element:
        """Parse a part; one that is not there has an empty root. Raises `UnsafeXmlError`, also for one too large.

        The «strict» form of the format is read as the usual one (ECMA-376 part 1, annex on namespaces).
        """
        data = self.parts.get(name, b"<none/>")
        if len(data) > MAX_PART:
            raise UnsafeXmlError(f"has a part larger than {MAX_PART // 1_000_000} MB: {name}")
        if b"http://purl.oclc.org/ooxml/" in data[:4000]:
            for strict, usual in _STRICT_NAMES:
                data = data.replace(strict, usual)
        return parse_xml(data)

    def main(self) -> str:
        """Return the name of the part with the text; empty if there is none."""
        return next((found.target for found in self.related("").values() if found.kind == "officeDocument"), "")

    def related(self, name: str) -> dict[str, Related]:
        """Return the relationships of a part by their ids; those of the package for an empty name."""
        folder, file = posixpath.split(name)
        found: dict[str, Related] = {}
        for item in self.tree(posixpath.join(folder, "_rels", f"{file}.rels")):
            target = str(item.get("Target"))
            is_outside = item.get("TargetMode") == "External"
            if not is_outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[str(item.get("Id"))] = Related(str(item.get("Type")).rpartition("/")[2], target, is_outside)
        return found


def local_name(element: Element) -> str:
    """Return the name of a WordprocessingML element; of another one its name in full, which matches nothing."""
    return str(element.tag).removeprefix(WORD)


def flat(element: Element) -> Iterator[Element]:
    """Yield the children, going into what only wraps them: content controls, tracked insertions, custom XML."""
    for child in element:
        if local_name(child) in _WRAPPERS:
            yield from flat(child)
        else:
            yield child


def is_deleted(row: Element) -> bool:
    """Tell whether a row of a table is deleted by a tracked change."""
    return row.find(f"{WORD}trPr/{WORD}del") is not None
