"""The memory as a TMX 1.4 file (Localization Industry Standards Association, Open Standard TMX 1.4b), in and out.

Marks of Markdown and fields are inline elements: ``<bpt>`` and ``<ept>`` for what opens and closes, ``<ph>`` for the
rest. Of other programs' files the marks are dropped, since they are none of ours, and the words kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from locales.characters import forbidden_character
from locales.languages import LANGUAGES
from locales.marks import ENDS, Kind, pieces
from locales.memory.units import Remembered
from office.findings import Finding, Level
from office.xml import UnsafeXmlError, append_text, line_of, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 100_000_000
_DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_REFERENCE, _RELEASED = "x-reference", "x-released"
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})  # other characters than those of the United Nations
_PAIRED = frozenset({"bpt", "ept"})
_MARKS = _PAIRED | {"ph", "it", "ut"}
_GAP = "\ue003"  # where a mark was dropped
_TYPED_TAG = re.compile(r"</?[a-z]\d{1,3}/?>")  # as OmegaT writes its tags into the words: «<f0>word</f0>»
_DROPPED = re.compile(rf"(?<=\w){_GAP}+(?=\w)")
_LINK_END = re.compile(r"\]\(.*\)", re.DOTALL)
_DAY = re.compile(r"\d{8}")
_SHOWN_TAGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TmxFile:
    """What a TMX file holds. ``findings`` say what could not be used; an error among them, that nothing could."""

    units: tuple[Remembered, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_tmx(data: bytes, name: str) -> TmxFile:
    """Read a TMX file called ``name``; languages are folded to ours (en-GB, zh-CN), others left out."""
    if len(data) > MAX_BYTES:
        return _refused(name, f"is larger than {MAX_BYTES // 1_000_000} MB", "Divide it into smaller files.")
    try:
        root = parse_xml(data, doctype=True)
    except UnsafeXmlError as error:
        return _refused(name, str(error), "Export it again as TMX 1.4 from the program that made it.")
    if _local(root) != "tmx":
        return _refused(name, f"begins with <{_local(root) or 'something else'}>, not with <tmx>", "Choose a TMX file.")
    reading = _Reading(name)
    units = tuple(reading.units(root))
    findings = tuple(reading.findings())
    if not units:
        return _refused(name, "holds no text in two of our languages", f"We have {', '.join(LANGUAGES)}.", findings)
    return TmxFile(units=units, findings=findings)


def write_tmx(units: Iterable[Remembered], *, made: datetime, source: str = "*all*") -> bytes:
    """Return units as a TMX file in UTF-8. ``source`` is the language that the others were translated from."""
    from lxml import etree

    root = etree.Element("tmx", version="1.4")
    moment = f"{made.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    head = {
        "creationtool": "circulars", "creationtoolversion": "1", "segtype": "paragraph", "o-tmf": "circulars",
        "adminlang": "en", "srclang": source, "datatype": "plaintext", "creationdate": moment,
    }  # fmt: skip
    etree.SubElement(root, "header", head)
    body = etree.SubElement(root, "body")
    for unit in units:
        _write_unit(body, unit)
        body[-1].tail = "\n"
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, doctype=_DOCTYPE)
    return written


def our_language(tag: str) -> str:
    """Return which of the six languages a tag names, whatever its region; empty for none of them."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    return first if first in LANGUAGES and not (first == "zh" and _TRADITIONAL.intersection(rest)) else ""


# Writing


def _write_unit(body: Element, unit: Remembered) -> None:
    from lxml import etree

    dated = {"creationdate": f"{unit.day:%Y%m%dT000000Z}"} if unit.day else {}
    element = etree.SubElement(body, "tu", dated)
    etree.SubElement(element, "prop", type=_REFERENCE).text = unit.origin
    etree.SubElement(element, "prop", type=_RELEASED).text = "yes" if unit.released else "no"
    numbers: dict[str, str] = {}
    for language, text in unit.texts.items():
        variant = etree.SubElement(element, "tuv", {_XML_LANG: language})
        _write_segment(etree.SubElement(variant, "seg"), text, numbers)


def _write_segment(segment: Element, text: str, numbers: dict[str, str]) -> None:
    """Write words and marks; ``numbers`` give the same mark the same ``x`` in each language of a unit."""
    from lxml import etree

    levels: list[str] = []
    for piece in pieces(text):
        if piece.kind is Kind.WORDS:
            append_text(segment, piece.text)
            continue
        if piece.kind in ENDS.values():
            child = etree.SubElement(segment, "ept", i=levels.pop())
        else:
            number = numbers.setdefault(piece.text, str(len(numbers) + 1))
            marks = {"x": number, "type": str(piece.kind)}
            if piece.kind in ENDS:
                levels.append(str(sum(child.tag == "bpt" for child in segment) + 1))
                marks = {"i": levels[-1], **marks}
            child = etree.SubElement(segment, "bpt" if piece.kind in ENDS else "ph", marks)
        child.text = piece.text


# Reading


class _Reading:
    def __init__(self, name: str) -> None:
        self.name = name
        self.strangers: Counter[str] = Counter()  # languages that are none of ours
        self.unfit: list[tuple[int | None, str]] = []

    def units(self, root: Element) -> Iterator[Remembered]:
        header = next((child for child in root if _local(child) == "header"), None)
        source = our_language(header.get("srclang", "")) if header is not None else ""
        for element in root.iter("{*}tu"):
            unit = self._unit(element, source)
            if unit is not None:
                yield unit

    def findings(self) -> Iterator[Finding]:
        if self.strangers:
            tags = ", ".join(f"{tag[:20]} ({count})" for tag, count in self.strangers.most_common(_SHOWN_TAGS))
            yield _finding(Level.NOTE, "tmx-language", f"Texts in other languages were left out: {tags}.", self.name)
        for line, what in self.unfit[:20]:
            yield _finding(
                Level.WARNING, "tmx-character", f"A text holds {what}; it was left out.", self.name, line=line
            )

    def _unit(self, element: Element, source: str) -> Remembered | None:
        texts: dict[str, str] = {}
        for variant in element:
            if _local(variant) != "tuv":
                continue
            tag = variant.get(_XML_LANG) or variant.get("lang") or ""
            language = our_language(tag)
            text = _text_of(variant)
            bad = forbidden_character(text)
            if not language:
                self.strangers[tag or "none"] += 1
            elif bad:
                self.unfit.append((line_of(variant), bad))
            elif text.strip():
                texts.setdefault(language, text)
        if len(texts) < 2:
            return None
        first = our_language(element.get("srclang", "")) or source
        ordered = {first: texts[first], **texts} if first in texts else texts
        properties = {child.get("type"): child.text or "" for child in element if _local(child) == "prop"}
        origin = (properties.get(_REFERENCE) or "").strip() or self.name
        return Remembered(
            texts=ordered,
            origin="" if forbidden_character(origin) else origin,
            day=_day(element.get("changedate") or element.get("creationdate") or ""),
            released=properties.get(_RELEASED) == "yes",
        )


def _text_of(variant: Element) -> str:
    segment = next((child for child in variant if _local(child) == "seg"), None)
    if segment is None:
        return ""
    text = _TYPED_TAG.sub(_GAP, "".join(_content(segment)))
    return _DROPPED.sub(" ", text).replace(_GAP, "") if _GAP in text else text


def _content(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = _local(child)
        if name in _MARKS:
            text = child.text or "" if not len(child) else "".join(str(part) for part in child.itertext())
            yield _mark(text, is_paired=name in _PAIRED)
        elif name:  # <hi>, and what newer versions may bring
            yield from _content(child)
        yield child.tail or ""


@lru_cache(maxsize=10_000)
def _mark(text: str, *, is_paired: bool) -> str:
    """Return a mark if it is one of ours; nothing, or a gap between words, if another program made it."""
    if is_paired:
        return text if text in {"**", "__", "*", "_", "["} or _LINK_END.fullmatch(text) else ""
    parts = pieces(text)
    return text if len(parts) == 1 and parts[0].kind is not Kind.WORDS else _GAP


def _local(element: Element) -> str:
    tag: object = element.tag  # a function for comments and the like
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _day(moment: str) -> date | None:
    match = _DAY.match(moment)
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _refused(name: str, why: str, hint: str, findings: Sequence[Finding] = ()) -> TmxFile:
    error = _finding(Level.ERROR, "tmx-unreadable", f"The file {why}.", name, hint=hint)
    return TmxFile(findings=(error, *findings))


def _finding(level: Level, code: str, message: str, file: str, *, line: int | None = None, hint: str = "") -> Finding:
    return Finding(level=level, code=code, message=message, hint=hint, file=file, line=line)
