"""The words of a draft's paragraphs: tracked changes accepted, links and footnotes followed, looks kept.

Field codes may span paragraphs, and so may comments: one `RunReader` reads a whole story in order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from letters.drafts.model import Span
from letters.drafts.styles import Styles, is_on, value
from office.characters import unfit_character
from office.wordparts import CHARACTERS, Related, local_name
from office.wordparts import WORD as W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_GONE = frozenset({"del", "moveFrom"})
_UNREAD = frozenset({"pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "delText", "delInstrText", "tblPr", "fldData"})
_HYPERLINK = re.compile(r'\s*HYPERLINK\s+(?:(?!\\l)\\\w\s+)*(?:"([^"]*)"|([^\s"\\]\S*))', re.IGNORECASE)
_MERGE = re.compile(r'\s*MERGEFIELD\s+"?([^"\\]+)', re.IGNORECASE)
# Signs of the fonts Wingdings and Symbol that letters use (their private places F0xx).
_SIGNS = {
    "a8": "☐", "6f": "☐", "71": "☐", "fe": "☒", "fd": "☒", "78": "☒", "52": "☑", "fc": "✓", "b7": "•", "a7": "▪",
    "e0": "→", "2d": "–", "d8": "•",
}  # fmt: skip
BOXES = "☐☑☒"
# Soft hyphens, marks and overrides of direction, spaces without width: the letter sets its own where it needs them.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(slots=True)
class Field:
    """A field code that is being read: its instruction, and whether its result has begun."""

    code: str = ""
    in_result: bool = False
    target: str = ""


@dataclass(slots=True)
class Look:
    """How the characters look at a place."""

    bold: bool = False
    italic: bool = False
    target: str = ""


@dataclass(slots=True)
class RunReader:
    """Reads paragraphs of one story (the body, a footnote) in their order.

    ``boxes`` collects text boxes, which are read after the paragraph that holds them; ``left`` what a letter cannot
    hold; ``commented`` the words of each comment.
    """

    styles: Styles
    links: Mapping[str, Related]
    boxes: list[Element] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    commented: dict[str, list[str]] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)  # places of page breaks in the paragraph that is read
    languages: dict[str, int] = field(default_factory=dict)
    _fields: list[Field] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)  # comments
    _spans: list[Span] = field(default_factory=list)
    _look: Look = field(default_factory=Look)
    _bold: bool = False
    _italic: bool = False

    def paragraph(self, element: Element) -> tuple[Span, ...]:
        """Return the words of a paragraph."""
        self._spans, self.breaks = [], []
        style = value(element.find(f"{W}pPr"), "pStyle")
        self._bold, self._italic = self.styles.switch(style, "b"), self.styles.switch(style, "i")
        self._children(element)
        return tuple(_merged(self._spans))

    def _children(self, element: Element) -> None:
        for child in element:
            self._element(child)

    def _element(self, element: Element) -> None:
        kind = local_name(element)
        if kind in _GONE or kind in _UNREAD:
            return
        match kind:
            case "r":
                self._run(element)
            case "hyperlink":
                self._within_link(element, self._target(str(element.get(_R_ID, ""))))
            case "fldSimple":
                self._simple_field(element)
            case "drawing" | "pict" | "object":
                self._drawing(element)
            case "commentRangeStart":
                number = str(element.get(f"{W}id"))
                self.commented.setdefault(number, [])
                self._open.append(number)
            case "commentRangeEnd":
                number = str(element.get(f"{W}id"))
                self._open = [other for other in self._open if other != number]
            case _ if element.tag == f"{_MC}AlternateContent":
                self._alternative(element)
            case _ if str(element.tag).startswith(_MATH):
                self.left.append("an equation")
            case _:
                self._children(element)

    def _alternative(self, element: Element) -> None:
        """Read one of two forms of the same drawing."""
        chosen = element.find(f"{_MC}Choice")
        if chosen is None:
            chosen = element.find(f"{_MC}Fallback")
        if chosen is not None:
            self._children(chosen)

    # Links and fields

    def _target(self, number: str) -> str:
        related = self.links.get(number)
        return related.target if related is not None and related.is_outside else ""

    def _within_link(self, element: Element, target: str) -> None:
        before, self._look.target = self._look.target, target or self._look.target
        self._children(element)
        self._look.target = before

    def _simple_field(self, element: Element) -> None:
        code = str(element.get(f"{W}instr", ""))
        self._tell_merge(code)
        self._within_link(element, _address(code))

    def _tell_merge(self, code: str) -> None:
        match = _MERGE.match(code)
        if match:
            self.left.append(f"the mail-merge field «{match[1].strip()}», whose words as shown were read")

    def _field_mark(self, element: Element) -> None:
        match str(element.get(f"{W}fldCharType")):
            case "begin":
                self._fields.append(Field())
                box = element.find(f"{W}ffData/{W}checkBox")
                if box is not None:
                    ticked = is_on(box, "checked")
                    self._add("☒" if (is_on(box, "default") if ticked is None else ticked) else "☐")
            case "separate" if self._fields:
                self._fields[-1].in_result = True
                self._fields[-1].target = _address(self._fields[-1].code)
                self._tell_merge(self._fields[-1].code)
            case "end" if self._fields:
                self._fields.pop()

    # Characters

    def _run(self, run: Element) -> None:
        properties = run.find(f"{W}rPr")
        style = value(properties, "rStyle")
        if _chosen(is_on(properties, "vanish"), self.styles, style, "vanish"):
            if "".join(str(text.text or "") for text in run.iter(f"{W}t")).strip():
                self.left.append("hidden words")
            return
        self._look.bold = _chosen(is_on(properties, "b"), self.styles, style, "b", self._bold)
        self._look.italic = _chosen(is_on(properties, "i"), self.styles, style, "i", self._italic)
        self._count_language(properties, run)
        for child in run:
            self._piece(child)

    def _count_language(self, properties: Element | None, run: Element) -> None:
        said = properties.find(f"{W}lang") if properties is not None else None
        if said is not None:
            length = sum(len(str(text.text or "")) for text in run.iter(f"{W}t"))
            tag = str(said.get(f"{W}val", "")).partition("-")[0].lower()
            self.languages[tag] = self.languages.get(tag, 0) + length

    def _piece(self, element: Element) -> None:  # noqa: C901 - one line a kind of character
        kind = local_name(element)
        match kind:
            case "t":
                self._add(element.text or "")
            case "br" if element.get(f"{W}type") == "page":
                self.breaks.append(sum(len(span.text) for span in self._spans))
            case "br":
                self._add("\n" if element.get(f"{W}type") in {None, "textWrapping"} else " ")
            case "sym":
                self._sign(element)
            case "fldChar":
                self._field_mark(element)
            case "instrText" if self._fields:
                self._fields[-1].code += element.text or ""
            case "footnoteReference" | "endnoteReference":
                self._spans.append(Span("", note=f"{kind[0]}{element.get(f'{W}id')}"))
            case "commentReference":
                self.commented.setdefault(str(element.get(f"{W}id")), [])
            case "drawing" | "pict" | "object":
                self._drawing(element)
            case _ if kind in CHARACTERS:
                self._add(CHARACTERS[kind])
            case _ if kind not in _UNREAD and kind != "instrText":
                self._element(element)

    def _sign(self, element: Element) -> None:
        place = str(element.get(f"{W}char", "")).lower().removeprefix("f0")
        if place in _SIGNS:
            self._add(_SIGNS[place])
        else:
            self.left.append(f"a sign of the font {element.get(f'{W}font', '?')}")

    def _drawing(self, element: Element) -> None:
        boxes = [box for box in element.iter(f"{W}txbxContent") if not _is_within_box(box, element)]
        self.boxes.extend(boxes)
        if next(element.iter(_OLE), None) is not None:
            self.left.append("an embedded object")
        elif next(element.iter(_PICTURE, _IMAGE_DATA), None) is not None:
            self.left.append("a picture")
        elif not boxes and local_name(element) == "drawing":
            self.left.append("a drawing")

    def _add(self, text: str) -> None:
        if any(not field.in_result for field in self._fields) and text not in BOXES:
            return  # between the beginning of a field and its result
        text = "".join(
            CHARACTERS["noBreakHyphen"] if c == "\x1e" else " " if unfit_character(c, allowed="\n\t") else c
            for c in _UNSEEN.sub("", unicodedata.normalize("NFC", text))
        )
        if not text:
            return
        target = next((field.target for field in reversed(self._fields) if field.target), self._look.target)
        self._spans.append(Span(text, self._look.bold, self._look.italic, target))
        for number in self._open:
            self.commented[number].append(text)


def _chosen(said: bool | None, styles: Styles, style: str | None, name: str, otherwise: bool = False) -> bool:
    """Tell whether a look is on: by the run itself, else by its style, else as the paragraph has it."""
    if said is not None:
        return said
    return (style is not None and styles.switch(style, name)) or otherwise


def _is_within_box(box: Element, drawing: Element) -> bool:
    """Tell whether a text box stands in another one, or is the second form of one that is read already."""
    parent = box.getparent()
    while parent is not None and parent is not drawing:
        if parent.tag in {f"{W}txbxContent", f"{_MC}Fallback"}:
            return True
        parent = parent.getparent()
    return False


def _address(code: str) -> str:
    match = _HYPERLINK.match(code)
    return (match[1] or match[2] or "").strip() if match else ""


def _merged(spans: list[Span]) -> list[Span]:
    """Join spans of one look; Word cuts them at every spelling mark."""
    found: list[Span] = []
    for span in spans:
        if found and not span.note and not found[-1].note:
            last = found[-1]
            if (last.bold, last.italic, last.target) == (span.bold, span.italic, span.target):
                found[-1] = Span(last.text + span.text, span.bold, span.italic, span.target)
                continue
        found.append(span)
    return found
