"""XML that comes from outside, parsed so that it can neither reach out nor fill the memory; text that XML can hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


class UnsafeXmlError(Exception):
    """The text is not XML, or has what is refused; ``declares_doctype`` tells the second from the first."""

    def __init__(self, message: str, *, declares_doctype: bool = False) -> None:
        super().__init__(message)
        self.declares_doctype = declares_doctype


def parse_xml(data: bytes, *, doctype: bool = False) -> Element:
    """Return the root element; raises `UnsafeXmlError`, also for a DOCTYPE: entities are defined there.

    ``doctype`` lets one pass that only names a definition, as TMX files do: it is not loaded.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnsafeXmlError(f"is not valid XML: {error}") from None
    info: Any = root.getroottree().docinfo
    definition = info.internalDTD
    declares = definition is not None and [*definition.iterentities(), *definition.iterelements()]
    if declares or (not doctype and (info.doctype or definition is not None)):
        raise UnsafeXmlError("declares a DOCTYPE, which is refused", declares_doctype=True)
    return root


def fit(text: str) -> str:
    """Return the text with U+FFFD for each character that XML cannot hold."""
    return _UNFIT.sub("\ufffd", text)


def append_text(parent: Element, text: str) -> None:
    """Put text behind all that an element holds."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def line_of(element: Element) -> int | None:
    """Return the line where the element begins, if it was parsed from a file."""
    line: Any = element.sourceline
    return int(line) if line else None
