"""What a reader sees of a rendered letter, as plain words: to prove that nothing of it was lost on the way.

A link's address follows its words, unless the words are the address: the plain text shows links in the same way.
Nothing here knows how the renderers work; the documents are read as any program reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

from office.xml import parse_xml
from office.ziplayout import read_zip
from templates.wordxml import R, W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Marks of direction, joiners, the soft hyphen, spaces without width (Unicode's format characters, as texts hold them).
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_UNSEEN = {"head", "style", "script", "template", "sup"}  # numbers of footnotes are no words
_WITHIN_LINES = {"a", "b", "bdi", "bdo", "em", "i", "span", "strong", "sub", "u"}
# Ends of content types (ECMA-376 part 1, 11.3).
_STORIES = ("document.main+xml", "header+xml", "footer+xml", "footnotes+xml")
_BREAKS = {f"{{{W}}}{name}": seen for name, seen in (("tab", "\t"), ("br", "\n"), ("cr", "\n"), ("noBreakHyphen", "-"))}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def words_of_docx(document: bytes) -> str:
    """Return the words of a Word document: its body, its headers, footers and footnotes.

    Raises UnsafeZipError or UnsafeXmlError for what is no such document.
    """
    parts = read_zip(document)
    pieces: list[str] = []
    for override in parse_xml(parts["[Content_Types].xml"]):
        name = str(override.get("PartName", "")).lstrip("/")
        if str(override.get("ContentType", "")).endswith(_STORIES) and name in parts:
            _gather(parse_xml(parts[name]), _targets(parts, name), pieces)
    return "".join(pieces)


def words_of_html(page: str) -> str:
    """Return the words of an HTML page, without what no reader sees."""
    reader = _PageReader()
    reader.feed(page)
    reader.close()
    return "".join(reader.pieces)


def folded_words(text: str) -> str:
    """Return text as it is compared: one space between words, no marks of direction or other unseen characters.

    A hyphen at which no line breaks is a hyphen.

    Addresses are compared without percent-encoding, which some outputs need and others do not.
    """
    text = unquote(text) if "%" in text else text
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\u2011", "-")
    return " ".join(seen.split())


def _targets(parts: Mapping[str, bytes], name: str) -> dict[str, str]:
    """Return where the hyperlinks of a part lead, by the id of the relationship."""
    folder, _, file = name.rpartition("/")
    relations = parts.get(f"{folder}/_rels/{file}.rels")
    if relations is None:
        return {}
    return {str(item.get("Id")): str(item.get("Target")) for item in parse_xml(relations)}


def _gather(element: Element, targets: Mapping[str, str], pieces: list[str]) -> None:
    """Add the words of an element; each paragraph is a line of its own."""
    tag = str(element.tag)
    if tag == f"{{{W}}}t":
        pieces.append(element.text or "")
    elif tag in _BREAKS:
        pieces.append(_BREAKS[tag])
    elif tag == f"{{{W}}}r" and element.find(f"{{{W}}}rPr/{{{W}}}vanish") is not None:
        return
    elif tag != _FALLBACK:  # of two forms of the same drawing
        begin = len(pieces)
        for child in element:
            _gather(child, targets, pieces)
        if tag == f"{{{W}}}hyperlink":
            address = targets.get(str(element.get(f"{{{R}}}id")), "")
            pieces[begin:] = [linked("".join(pieces[begin:]), address)]
        elif tag == f"{{{W}}}p":
            pieces.append("\n")


def linked(words: str, address: str) -> str:
    """Return a link's words with its address behind them, unless they are the address."""
    shown = folded_words(words)
    itself = address.removeprefix("mailto:").removeprefix("tel:")
    return words if not address or shown in {address, itself} else f"{words} <{address}>"


class _PageReader(HTMLParser):
    """Gathers the text of a page; blocks are lines of their own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0
        self._links: list[tuple[int, str]] = []  # where the words of an open link begin, and its address

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "a":
            self._links.append((len(self.pieces), dict(attrs).get("href") or ""))
        elif tag not in _WITHIN_LINES:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag in _UNSEEN:
            self._unseen -= 1
        elif tag == "a" and self._links:
            begin, address = self._links.pop()
            outside = "" if address.startswith("#") else address
            self.pieces[begin:] = [linked("".join(self.pieces[begin:]), outside)]
        elif tag not in _WITHIN_LINES:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._unseen:
            self.pieces.append(data)
