"""Reading the Word table back, whatever Word, LibreOffice or a translator has made of it.

What counts is the text: tracked insertions are in it, deletions are not; formatting is nothing, for emphasis is written
with Markdown's marks. A row is known by its hidden bookmarks, else by its number and its source text. What cannot be
read is a finding, never a loss: text that stands outside the table, or in cells that were merged, is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from locales.exchange.keys import wording_mark
from locales.exchange.model import Exchange, Unit, refused
from locales.exchange.word_table import (
    BEFORE,
    BEFORE_LABEL,
    HEAD,
    NOTE,
    NOTE_LABEL,
    NUMBER,
    PROPERTIES,
    SOURCE,
    STATE,
    TEXT,
    TITLE,
    TO_REVISE,
)
from office.findings import Finding, Level
from office.xml import UnsafeXmlError, parse_xml
from office.ziplayout import UnsafeZipError, read_zip

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOOKMARK = re.compile(r"_?[ct](\d+)_([0-9a-f]{12})_([0-9a-f]{8})")
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "txbxContent"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_BESIDE = frozenset({NUMBER, STATE, NOTE, BEFORE})  # what the left-hand cell tells beside the source
_TOLD = _BESIDE | {SOURCE}
_MAX_PART = 20_000_000  # bytes of a part, unpacked; a letter's table has some tens of thousands
_UNREADABLE = "table-unreadable"
_SAVE_AS = "Open it in Word or LibreOffice, and save it as «Word Document (.docx)»."
_SHOWN = 80  # characters of a text in a message


def read_word_table(data: bytes, *, name: str) -> Exchange:
    """Read a .docx that came back; ``name`` is the file's in findings. Nothing is raised."""
    try:
        parts = read_zip(data)
        main = _main_part(parts)
        body = _tree(parts, main).find(f"{_W}body")
        properties = _properties(parts)
        comments = _comments(parts)
    except (UnsafeZipError, UnsafeXmlError) as error:
        return refused(name, _UNREADABLE, f"cannot be read: {error}", _SAVE_AS)
    if body is None:
        return refused(name, _UNREADABLE, "is no Word document (.docx) with text in it", _SAVE_AS)
    reader = _Reader(name, comments)
    reader.read(body)
    return Exchange(units=tuple(reader.units), findings=tuple(reader.findings), **properties)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    style: str
    text: str
    goes_on: bool = False  # its mark is deleted: the next paragraph continues it


@dataclass(frozen=True, slots=True)
class _Mark:
    """What a row's bookmark says."""

    number: str
    key: str
    wording: str


@dataclass
class _Reader:
    name: str
    comments: dict[str, str]
    units: list[Unit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def read(self, body: Element) -> None:
        for element in _flat(body):
            if _local(element) == "tbl":
                for row in _flat(element):
                    if _local(row) == "tr" and not _is_deleted(row):
                        self.read_row(row)
            elif _local(element) == "p":
                self.read_outside(_paragraph(element))
        for box in body.iter(f"{_W}txbxContent"):
            self.read_outside(_Paragraph("", _joined(_paragraphs(box))))

    def read_outside(self, paragraph: _Paragraph) -> None:
        if paragraph.text.strip() and paragraph.style not in {TITLE, TEXT}:
            self.tell("text-outside", f"outside the table stands «{_shown(paragraph.text)}», which was not read")

    def read_row(self, row: Element) -> None:
        cells = [list(_paragraphs(cell)) for cell in _flat(row) if _local(cell) == "tc"]
        mark = _bookmark(row)
        if mark is None and _is_heading(row, cells):
            return
        is_whole = len(cells) > 1
        # Where cells were merged, the paragraphs still know whence they come.
        everything = [paragraph for cell in cells for paragraph in cell]
        told = cells[0] if is_whole else [paragraph for paragraph in everything if paragraph.style in _TOLD]
        target = cells[1] if is_whole else [paragraph for paragraph in everything if paragraph.style not in _TOLD]
        where = f"row {mark.number if mark else _number(told) or '?'}"
        if not is_whole or next(row.iter(f"{_W}vMerge"), None) is not None:
            self.tell("cells-merged", f"{where}: cells were merged; look at what was read of it")
        self.add(_unit(told, target, mark, self.remarks(row, cells[2:])), where)

    def add(self, unit: Unit, where: str) -> None:
        if unit.msgid or unit.key:
            self.units.append(unit)
        elif unit.msgstr.strip():
            self.tell("text-outside", f"{where} has no source text; «{_shown(unit.msgstr)}» was not read")

    def remarks(self, row: Element, more: list[list[_Paragraph]]) -> str:
        """Return the comments on a row, and what stands in columns that were added."""
        numbers = (str(reference.get(f"{_W}id")) for reference in row.iter(f"{_W}commentReference"))
        return "\n".join(filter(None, [*(self.comments.get(number, "") for number in numbers), *map(_joined, more)]))

    def tell(self, code: str, message: str) -> None:
        self.findings.append(Finding(level=Level.WARNING, code=code, message=message, file=self.name))


def _unit(told: list[_Paragraph], target: list[_Paragraph], mark: _Mark | None, remark: str) -> Unit:
    """Make a unit of what the left-hand cell tells and what the right-hand one says."""
    told = _styled(told)
    unit = Unit(
        context="",
        msgid=_joined(paragraph for paragraph in told if paragraph.style not in _BESIDE),
        msgstr=_joined(target),
        to_revise=any(TO_REVISE in paragraph.text.casefold() for paragraph in told if paragraph.style == STATE),
        previous=_joined(paragraph for paragraph in told if paragraph.style == BEFORE).removeprefix(BEFORE_LABEL),
        note="\n".join(paragraph.text.removeprefix(NOTE_LABEL) for paragraph in told if paragraph.style == NOTE),
        remark=remark,
        key=mark.key if mark else "",
    )
    # Whoever rewrites a translation has revised it, also if the words «to revise» were left beside it.
    is_rewritten = mark is not None and wording_mark(unit) != mark.wording
    return replace(unit, to_revise=unit.to_revise and not is_rewritten)


def _styled(told: list[_Paragraph]) -> list[_Paragraph]:
    """Give the paragraphs of a cell that has lost its styles in another program those that its words tell."""
    if any(paragraph.style in _TOLD for paragraph in told):
        return told
    numbers = told[:1] if _number(told) else []
    return [*(replace(number, style=NUMBER) for number in numbers), *map(_by_words, told[len(numbers) :])]


def _by_words(paragraph: _Paragraph) -> _Paragraph:
    labels = {BEFORE_LABEL: BEFORE, NOTE_LABEL: NOTE}
    if paragraph.text.strip().casefold() == TO_REVISE:
        return replace(paragraph, style=STATE)
    return replace(
        paragraph, style=next((labels[label] for label in labels if paragraph.text.startswith(label)), SOURCE)
    )


def _number(told: list[_Paragraph]) -> str:
    """Return the number that a row begins with; empty if it begins otherwise."""
    first = told[0].text.strip() if told else ""
    return first if first.isdecimal() else ""


def _paragraphs(element: Element) -> Iterator[_Paragraph]:
    for child in _flat(element):
        if _local(child) == "p":
            yield _paragraph(child)
        elif _local(child) in {"tbl", "tr", "tc"}:
            yield from _paragraphs(child)


def _paragraph(element: Element) -> _Paragraph:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    goes_on = element.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None
    return _Paragraph(str(style.get(f"{_W}val")) if style is not None else "", _text(element), goes_on)


def _text(element: Element) -> str:
    """Return the text of a paragraph, tracked changes accepted."""
    found: list[str] = []
    for child in element:
        kind = _local(child)
        if kind in _SKIPPED:
            continue
        if kind == "t":
            found.append(child.text or "")
        elif kind == "br":
            found.append("\n" if child.get(f"{_W}type") in {None, "textWrapping"} else " ")
        elif kind == "sym":
            found.append("\N{REPLACEMENT CHARACTER}")  # a sign of a symbol font: nobody can tell which
        elif kind in _CHARACTERS:
            found.append(_CHARACTERS[kind])
        else:
            found.append(_text(child))
    return "".join(found)


def _joined(paragraphs: Iterable[_Paragraph]) -> str:
    found = list(paragraphs)
    return "".join(
        paragraph.text + ("" if paragraph.goes_on or place == len(found) - 1 else "\n")
        for place, paragraph in enumerate(found)
    ).strip("\n")


def _flat(element: Element) -> Iterator[Element]:
    """Yield the children, going into what only wraps them: content controls, tracked insertions, custom XML."""
    for child in element:
        if _local(child) in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            yield from _flat(child)
        else:
            yield child


def _local(element: Element) -> str:
    """Return the name of a WordprocessingML element; of another one its name in full, which matches nothing."""
    return str(element.tag).removeprefix(_W)


def _is_deleted(row: Element) -> bool:
    return row.find(f"{_W}trPr/{_W}del") is not None


def _bookmark(row: Element) -> _Mark | None:
    for start in row.iter(f"{_W}bookmarkStart"):
        match = _BOOKMARK.fullmatch(str(start.get(f"{_W}name")))
        if match:
            return _Mark(*match.groups())
    return None


def _is_heading(row: Element, cells: list[list[_Paragraph]]) -> bool:
    styles = {paragraph.style for cell in cells for paragraph in cell}
    return styles == {HEAD} or row.find(f"{_W}trPr/{_W}tblHeader") is not None


def _tree(parts: dict[str, bytes], name: str) -> Element:
    """Parse a part; one that is not there has an empty root. Raises `UnsafeXmlError`, also for one too large."""
    data = parts.get(name, b"<none/>")
    if len(data) > _MAX_PART:
        raise UnsafeXmlError(f"has a part larger than {_MAX_PART // 1_000_000} MB: {name}")
    return parse_xml(data)


def _main_part(parts: dict[str, bytes]) -> str:
    """Return the name of the part with the text; empty if there is none."""
    for relationship in _tree(parts, "_rels/.rels"):
        if str(relationship.get("Type")).endswith("/officeDocument"):
            return str(relationship.get("Target")).lstrip("/")
    return ""


def _properties(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the letter, its reference and languages, as far as the document's properties say them."""
    root = _tree(parts, "docProps/custom.xml")
    said = {str(child.get("name")): "".join(map(str, child.itertext())).strip() for child in root}
    return {field: said.get(name, "") for field, name in PROPERTIES.items()}


def _comments(parts: dict[str, bytes]) -> dict[str, str]:
    root = _tree(parts, "word/comments.xml")
    return {str(comment.get(f"{_W}id")): _joined(_paragraphs(comment)) for comment in root}


def _shown(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + " …"
