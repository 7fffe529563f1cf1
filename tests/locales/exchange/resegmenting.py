"""What a translator's tool does to an XLIFF file: sentences as segments, elements of its own, other ways of writing."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element as Element

NS = "{urn:oasis:names:tc:xliff:document:1.2}"
SDL = "http://sdl.com/FileTypes/SdlXliff/1.0"
END_OF_SENTENCE = re.compile(r"(?<=[.!?。！？؟])( *)")


def resegmented(data: bytes, *, conf: str = "Translated", within: bool = False) -> bytes:
    """Divide every unit into sentences as Trados does: spaces between them outside, ``sdl:conf`` on each."""
    root = etree.fromstring(data)
    for unit in root.iter(NS + "trans-unit"):
        source, target = unit.find(NS + "source"), unit.find(NS + "target")
        assert source is not None
        divided = etree.Element(NS + "seg-source")
        mids = _divide(source, divided, within=within)
        source.addnext(divided)
        if target is not None:
            new = etree.Element(NS + "target", {str(key): str(value) for key, value in target.attrib.items()})
            _divide(target, new, within=within)
            divided.addnext(new)
            new.tail = target.tail
            unit.remove(target)
        segments = etree.SubElement(unit, f"{{{SDL}}}seg-defs", nsmap={"sdl": SDL})
        for mid in range(1, mids + 1):
            etree.SubElement(segments, f"{{{SDL}}}seg", {"id": str(mid), "conf": conf})
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _divide(content: Element, into: Element, *, within: bool) -> int:
    """Put sentences into ``<mrk>``; ``within``: elements around the end of a sentence are divided as well."""
    cutting = _Cutting(into, within)
    cutting.text(content.text or "", at_top=True)
    for child in content:
        cutting.element(child)
        cutting.text(child.tail or "", at_top=True)
    return cutting.count


class _Cutting:
    def __init__(self, into: Element, within: bool) -> None:
        self.into, self.within, self.count = into, within, 0
        self.open: list[Element] = []  # the segment, and the elements open in it
        self.begin()

    def begin(self) -> None:
        self.count += 1
        before = self.open[1:]
        self.open = [_new_segment(self.into, self.count)]
        for element in before:
            self.enter(element)

    def enter(self, element: Element) -> None:
        attributes = {str(key): str(value) for key, value in element.attrib.items()}
        self.open.append(etree.SubElement(self.open[-1], element.tag, attributes))

    def text(self, text: str, *, at_top: bool) -> None:
        parts = END_OF_SENTENCE.split(text) if at_top or self.within else [text]  # words, space, words, space …, words
        for place in range(0, len(parts), 2):
            _append(self.open[-1], parts[place])
            if place + 1 < len(parts) and parts[place + 1]:
                self.open[0].tail = parts[place + 1]
                self.begin()

    def element(self, element: Element) -> None:
        if not (self.within and element.tag == NS + "g"):
            copy = deepcopy(element)
            copy.tail = None
            self.open[-1].append(copy)
            return
        self.enter(element)
        self.text(element.text or "", at_top=False)
        for child in element:
            self.element(child)
            self.text(child.tail or "", at_top=False)
        self.open.pop()


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
