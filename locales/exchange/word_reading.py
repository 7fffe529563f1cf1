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
from office.wordparts import CHARACTERS, WORD, WordParts, flat, is_deleted, local_name
from office.xml import UnsafeXmlError
from office.ziplayout import UnsafeZipError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_BOOKMARK = re.compile(r"_?[ct](\d+)_([0-9a-f]{12})_([0-9a-f]{8})")
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "txbxContent"})
_BESIDE = frozenset({NUMBER, STATE, NOTE, BEFORE})  # what the left-hand cell tells beside the source
_TOLD = _BESIDE | {SOURCE}
_UNREADABLE = "table-unreadable"
_SAVE_AS = "Open it in Word or LibreOffice, and save it as «Word Document (.docx)»."
_SHOWN = 80  # characters of a text in a message


def read_word_table(data: bytes, *, name: str) -> Exchange:
    """Read a .docx that came back; ``name`` is the file's in findings. Nothing is raised."""
    try:
        parts = WordParts(data)
        body = parts.tree(parts.main()).find(f"{WORD}body")
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
        for element in flat(body):
            if local_name(element) == "tbl":
                for row in flat(element):
                    if local_name(row) == "tr" and not is_deleted(row):
                        self.read_row(row)
            elif local_name(element) == "p":
                self.read_outside(_paragraph(element))
        for box in body.iter(f"{WORD}txbxContent"):
            self.read_outside(_Paragraph("", _joined(_paragraphs(box))))

    def read_outside(self, paragraph: _Paragraph) -> None:
        if paragraph.text.strip() and paragraph.style not in {TITLE, TEXT}:
            self.tell("text-outside", f"outside the table stands «{_shown(paragraph.text)}», which was not read")

    def read_row(self, row: Element) -> None:
        cells = [list(_paragraphs(cell)) for cell in flat(row) if local_name(cell) == "tc"]
        mark = _bookmark(row)
        if mark is None and _is_heading(row, cells):
            return
        is_whole = len(cells) > 1
        # Where cells were merged, the paragraphs still know whence they come.
        everything = [paragraph for cell in cells for paragraph in cell]
        told = cells[0] if is_whole else [paragraph for paragraph in everything if paragraph.style in _TOLD]
        target = cells[1] if is_whole else [paragraph for paragraph in everything if paragraph.style not in _TOLD]
        where = f"row {mark.number if mark else _number(told) or '?'}"
        if not is_whole or next(row.iter(f"{WORD}vMerge"), None) is not None:
            self.tell("cells-merged", f"{where}: cells were merged; look at what was read of it")
        self.add(_unit(told, target, mark, self.remarks(row, cells[2:])), where)

    def add(self, unit: Unit, where: str) -> None:
        if unit.msgid or unit.key:
            self.units.append(unit)
        elif unit.msgstr.strip():
            self.tell("text-outside", f"{where} has no source text; «{_shown(unit.msgstr)}» was not read")

    def remarks(self, row: Element, more: list[list[_Paragraph]]) -> str:
        """Return the comments on a row, and what stands in columns that were added."""
        numbers = (str(reference.get(f"{WORD}id")) for reference in row.iter(f"{WORD}commentReference"))
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
    for child in flat(element):
        if local_name(child) == "p":
            yield _paragraph(child)
        elif local_name(child) in {"tbl", "tr", "tc"}:
            yield from _paragraphs(child)


def _paragraph(element: Element) -> _Paragraph:
    style = element.find(f"{WORD}pPr/{WORD}pStyle")
    goes_on = element.find(f"{WORD}pPr/{WORD}rPr/{WORD}del") is not None
    return _Paragraph(str(style.get(f"{WORD}val")) if style is not None else "", _text(element), goes_on)


def _text(element: Element) -> str:
    """Return the text of a paragraph, tracked changes accepted."""
    found: list[str] = []
    for child in element:
        kind = local_name(child)
        if kind in _SKIPPED:
            continue
        if kind == "t":
            found.append(child.text or "")
        elif kind == "br":
            found.append("\n" if child.get(f"{WORD}type") in {None, "textWrapping"} else " ")
        elif kind == "sym":
            found.append("\N{REPLACEMENT CHARACTER}")  # a sign of a symbol font: nobody can tell which
        elif kind in CHARACTERS:
            found.append(CHARACTERS[kind])
        else:
            found.append(_text(child))
    return "".join(found)


def _joined(paragraphs: Iterable[_Paragraph]) -> str:
    found = list(paragraphs)
    return "".join(
        paragraph.text + ("" if paragraph.goes_on or place == len(found) - 1 else "\n")
        for place, paragraph in enumerate(found)
    ).strip("\n")


def _bookmark(row: Element) -> _Mark | None:
    for start in row.iter(f"{WORD}bookmarkStart"):
        match = _BOOKMARK.fullmatch(str(start.get(f"{WORD}name")))
        if match:
            return _Mark(*match.groups())
    return None


def _is_heading(row: Element, cells: list[list[_Paragraph]]) -> bool:
    styles = {paragraph.style for cell in cells for paragraph in cell}
    return styles == {HEAD} or row.find(f"{WORD}trPr/{WORD}tblHeader") is not None


def _properties(parts: WordParts) -> dict[str, str]:
    """Return the letter, its reference and languages, as far as the document's properties say them."""
    root = parts.tree("docProps/custom.xml")
    said = {str(child.get("name")): "".join(map(str, child.itertext())).strip() for child in root}
    return {field: said.get(name, "") for field, name in PROPERTIES.items()}


def _comments(parts: WordParts) -> dict[str, str]:
    root = parts.tree("word/comments.xml")
    return {str(comment.get(f"{WORD}id")): _joined(_paragraphs(comment)) for comment in root}


def _shown(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + " …"
