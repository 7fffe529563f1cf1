"""What a translator's tool does to an XLIFF file: sentences as segments, elements of its own, other ways of writing."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element as Element

NS = "{urn:oasis:names:tc:xliff:document:1.2}"
SDL = "http://sdl.com/FileTypes/SdlXliff/1.0"
END_OF_SENTENCE = re.compile(r"(?<=[.!?。！？؟])( *)")


def resegmented(data: bytes, *, conf: str = "Translated") -> bytes:
    """Divide every unit into sentences as Trados does: spaces between them outside, ``sdl:conf`` on each."""
    root = etree.fromstring(data)
    for unit in root.iter(NS + "trans-unit"):
        source, target = unit.find(NS + "source"), unit.find(NS + "target")
        assert source is not None
        divided = etree.Element(NS + "seg-source")
        mids = _divide(source, divided)
        source.addnext(divided)
        if target is not None:
            new = etree.Element(NS + "target", {str(key): str(value) for key, value in target.attrib.items()})
            _divide(target, new)
            divided.addnext(new)
            new.tail = target.tail
            unit.remove(target)
        segments = etree.SubElement(unit, f"{{{SDL}}}seg-defs", nsmap={"sdl": SDL})
        for mid in range(1, mids + 1):
            etree.SubElement(segments, f"{{{SDL}}}seg", {"id": str(mid), "conf": conf})
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _divide(content: Element, into: Element) -> int:
    """Put sentences at the top of ``content`` into ``<mrk>``; elements stay whole, in the sentence they begin in."""
    mark = _new_segment(into, 1)
    count = 1
    stretches = [(None, content.text or ""), *((child, child.tail or "") for child in content)]
    for child, text in stretches:
        if child is not None:
            copy = deepcopy(child)
            copy.tail = None
            mark.append(copy)
        parts = END_OF_SENTENCE.split(text)  # words, space, words, space …, words
        for place in range(0, len(parts), 2):
            _append(mark, parts[place])
            if place + 1 < len(parts) and parts[place + 1]:
                mark.tail = parts[place + 1]
                count += 1
                mark = _new_segment(into, count)
    return count


def _new_segment(into: Element, mid: int) -> Element:
    return etree.SubElement(into, NS + "mrk", {"mtype": "seg", "mid": str(mid)})


def _append(mark: Element, text: str) -> None:
    if len(mark):
        mark[-1].tail = (mark[-1].tail or "") + text
    else:
        mark.text = (mark.text or "") + text


def with_attributes_reversed(data: bytes) -> bytes:
    """Write the attributes in another order, and lay the file out on lines."""
    root = etree.fromstring(data)
    for element in root.iter():
        attributes = list(element.attrib.items())
        for key, _ in attributes:
            del element.attrib[key]
        for key, value in reversed(attributes):
            element.set(key, value)
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="utf-8")


def with_pairs(data: bytes) -> bytes:
    """Write ``<g>`` as ``<bpt>`` and ``<ept>`` and ``<x/>`` as ``<ph>``, with what they stand for as content."""
    root = etree.fromstring(data)
    for element in list(root.iter(NS + "x")):
        element.tag = NS + "ph"
        element.text = element.get("equiv-text") or ""
        del element.attrib["equiv-text"]
    for element in list(root.iter(NS + "g")):
        parent = element.getparent()
        assert parent is not None
        rid = element.get("id") or ""
        before = etree.Element(NS + "bpt", {"id": rid, "rid": rid, "ctype": element.get("ctype") or ""})
        before.text = element.get("equiv-text")
        before.tail = element.text
        after = etree.Element(NS + "ept", {"id": rid, "rid": rid})
        after.tail = element.tail
        place = parent.index(element)
        parent[place : place + 1] = [before, *element, after]
    return etree.tostring(root, xml_declaration=True, encoding="utf-16")  # type: ignore[return-value]
