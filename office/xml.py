"""XML that comes from outside, parsed so that it can neither reach out nor fill the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


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
