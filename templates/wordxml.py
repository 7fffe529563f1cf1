"""WordprocessingML in small: names, the order of elements that the schema demands, properties as text.

Source: ECMA-376 part 1, sections 17.3.1.26 (pPr), 17.3.2.28 (rPr), 17.6.17 (sectPr).
"""

from __future__ import annotations

from copy import deepcopy
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


PPR_ORDER = _names(
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
RPR_ORDER = _names(
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish"
    " webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang"
    " eastAsianLayout specVanish oMath"
)
SECTPR_ORDER = _names(
    "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols"
    " formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"
)
TBLPR_ORDER = _names(
    "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd"
    " tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange"
)
_ORDERS = {"pPr": PPR_ORDER, "rPr": RPR_ORDER, "sectPr": SECTPR_ORDER, "tblPr": TBLPR_ORDER}


def w(name: str) -> str:
    """Return the full name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def local(element: Element) -> str:
    """Return an element's name without its namespace; empty for comments."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def put(properties: Element, name: str, **attributes: str) -> Element:
    """Set the property ``name`` at its place in ``properties`` (pPr, rPr, sectPr, tblPr), replacing it if there."""
    from lxml import etree

    remove(properties, name)
    element = etree.Element(w(name), {w(key): value for key, value in attributes.items()})
    order = _ORDERS[local(properties)]
    place = order.index(name)
    for position, sibling in enumerate(properties):
        if local(sibling) in order and order.index(local(sibling)) > place:
            properties.insert(position, element)
            return element
    properties.append(element)
    return element


def remove(properties: Element, *names: str) -> None:
    """Remove the properties of these names."""
    for name in names:
        for found in properties.findall(w(name)):
            properties.remove(found)


def is_on(switch: Element) -> bool:
    """Tell whether a property that is a switch, such as w:bidi, is on."""
    return switch.get(w("val"), "1") not in ("0", "false", "off")


def properties_of(element: Element, name: str) -> Element:
    """Return the pPr, rPr or tblPr of an element, made as its first child if missing."""
    from lxml import etree

    found = element.find(w(name))
    if found is None:
        found = etree.Element(w(name))
        element.insert(0, found)
    return found


def copy_properties(element: Element, name: str) -> Element:
    """Return a copy of an element's pPr or rPr, empty if it has none."""
    from lxml import etree

    found = element.find(w(name))
    if found is None:
        return etree.Element(w(name))
    copied: Element = deepcopy(found)
    copied.tail = None
    return copied


def as_text(properties: Element) -> str:
    """Return properties as text with the prefix ``w``; what is not WordprocessingML is left out; empty if empty."""
    if not len(properties) and not properties.attrib and local(properties) in _ORDERS:
        return ""
    attributes = "".join(
        f' w:{name.rpartition("}")[2]}="{escape(str(value))}"'
        for name, value in ((str(key), value) for key, value in properties.attrib.items())
        if name.startswith(f"{{{W}}}")
    )
    inside = "".join(as_text(child) for child in properties if str(child.tag).startswith(f"{{{W}}}"))
    name = local(properties)
    return f"<w:{name}{attributes}>{inside}</w:{name}>" if inside else f"<w:{name}{attributes}/>"


def put_text(element: Element, text: str, *, after: bool = False) -> None:
    """Put text (marks) directly before or after an element, where its siblings are."""
    if after:
        element.tail = text + (element.tail or "")
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + text
        return
    parent = element.getparent()
    if parent is not None:
        parent.text = (parent.text or "") + text


def drop(element: Element) -> None:
    """Remove an element; text that follows it stays."""
    if element.tail:
        tail, element.tail = element.tail, None
        put_text(element, tail)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
