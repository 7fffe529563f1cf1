"""A .docx -> Draft: its paragraphs, lists and tables, tracked changes accepted, with what a letter cannot hold told.

WordprocessingML is read as ECMA-376 part 1, chapter 17, has it; nothing in a draft is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from letters.drafts.model import Block, Comment, Draft, Item, Left, Paragraph, Span, Table, stripped
from letters.drafts.runs import RunReader
from letters.drafts.styles import Numbering, Styles, indent_of, is_on, small_number, value
from office.errors import InputError
from office.wordparts import WORD as W
from office.wordparts import Related, WordParts, flat, is_deleted, local_name
from office.xml import UnsafeXmlError
from office.ziplayout import UnsafeZipError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BLOCKS = 5_000
MAX_TEXT = 400_000  # characters; a letter's texts may have 500 kB
MAX_SPANS = 20_000  # changes of look in a paragraph
MAX_COLUMNS = 60
MAX_DEPTH = 20  # tables and text boxes within each other
_SAVE_AS = "Open it in Word or LibreOffice, and save it as «Word Document (.docx)»."
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: .doc, and any Office file with a password ([MS-CFB])
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_CENTRES = frozenset({"center", "centerGroup"})
_RESERVED = frozenset({"separator", "continuationSeparator", "continuationNotice"})


def read_draft(data: bytes, *, name: str) -> Draft:
    """Read a Word document; ``name`` is the file's in messages. Raises InputError, in plain words, for any other."""
    _refuse_others(data, name)
    try:
        return _Reader(WordParts(data), name).draft()
    except (UnsafeZipError, UnsafeXmlError) as error:
        raise InputError(f"{name} cannot be read: {error}.", hint=_SAVE_AS) from None


def _refuse_others(data: bytes, name: str) -> None:
    """Say what a file is that is no .docx, as far as its first bytes tell."""
    if not data:
        raise InputError(f"{name} is empty.", hint="Save the draft once more, or take it from the backup.")
    if data.startswith(_OLD):
        if _ENCRYPTED in data:
            raise InputError(
                f"{name} is protected by a password.",
                hint="Open it with its password, take the password off (File, Info, Protect Document), and save it.",
            )
        raise InputError(f"{name} is a document of Word 97-2003 (.doc).", hint=_SAVE_AS)
    kinds = ((b"{\\rtf", "a rich text file (.rtf)"), (b"%PDF", "a PDF file"), (b"<", "a web page or an XML file"))
    for beginning, what in kinds:
        if data.lstrip()[:10].startswith(beginning):
            raise InputError(f"{name} is {what}, whatever its name says.", hint=_SAVE_AS)
    if data.startswith(b"PK") and b"mimetypeapplication/vnd.oasis.opendocument" in data[:200]:
        raise InputError(f"{name} is an OpenDocument file (.odt).", hint=_SAVE_AS)


@dataclass
class _Reader:
    parts: WordParts
    name: str
    left: list[Left] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    _places: dict[str, str] = field(default_factory=dict)  # of comments, by their ids
    _count: int = 0
    _tables: int = 0
    _length: int = 0  # characters
    _break: bool = False  # the next block begins a page
    _joining: tuple[Span, ...] = ()  # of a paragraph whose mark is deleted

    def draft(self) -> Draft:
        """Read it all."""
        main = self.parts.main()
        root = self.parts.tree(main)
        body = root.find(f"{W}body")
        if body is None:
            raise InputError(f"{self.name} is no Word document with text in it.", hint=_SAVE_AS)
        related = self.parts.related(main)
        self.styles = Styles(self.parts.tree(self._of(related, "styles")))
        self.numbering = Numbering(self.parts.tree(self._of(related, "numbering")))
        self.runs = RunReader(self.styles, related)
        if any("macro" in found.kind.lower() or "vba" in found.kind.lower() for found in related.values()):
            self.left.append(Left("the file", "macros, which were not run"))
        blocks = tuple(self.blocks(body, "", 0))
        commented = self.runs.commented
        notes = self.notes(related)
        self.read_comments(related, commented)
        margins = tuple(dict.fromkeys(self.margins(related)))
        changes = sum(1 for _ in root.iter(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"))
        return Draft(
            blocks=blocks, notes=notes, comments=tuple(self.comments), left=tuple(self.left), margins=margins,
            languages=self.languages(), changes=changes,
        )  # fmt: skip

    @staticmethod
    def _of(related: dict[str, Related], kind: str) -> str:
        found = (item.target for item in related.values() if item.kind == kind and not item.is_outside)
        return next(found, "")

    # Blocks

    def blocks(self, parent: Element, where: str, depth: int) -> Iterator[Block]:
        """Yield the blocks of the body, a cell or a text box; ``where`` names a place that has no numbers."""
        if depth > MAX_DEPTH:
            self.left.append(Left(where, "tables within tables, too deep to be read"))
            return
        for element in flat(parent):
            match local_name(element):
                case "p":
                    yield from self.paragraphs(element, where, depth)
                case "tbl":
                    yield self.table(element, where, depth)
                case "altChunk":
                    self.left.append(Left(where or f"after paragraph {self._count}", "a document put in whole"))
        if self._joining:
            yield Paragraph(place=where or f"paragraph {self._count}", spans=stripped(self._joining))
            self._joining = ()

    def paragraphs(self, element: Element, where: str, depth: int) -> Iterator[Block]:
        """Yield a paragraph, in two where a page break divides it, and the text boxes that hang on it."""
        if not where:
            self._count += 1
        if self._count > MAX_BLOCKS:
            raise InputError(f"{self.name} has more than {MAX_BLOCKS:,} paragraphs.", hint="A letter is shorter.")
        place = where or f"paragraph {self._count}"
        spans = self._joining + self.runs.paragraph(element)
        self._length += sum(len(span.text) for span in spans)
        if self._length > MAX_TEXT or len(spans) > MAX_SPANS:
            raise InputError(f"{self.name} is longer than any letter.", hint="Take out what is no part of the letter.")
        offset = sum(len(span.text) for span in self._joining)
        breaks = [offset + at for at in self.runs.breaks]
        boxes, self.runs.boxes = self.runs.boxes, []
        self._note_left(place)
        self._joining = spans if self.goes_on(element) else ()
        if not self._joining:
            yield from self.divided(self.made(element, place, spans), breaks)
            if self.ends_page(element):
                self._break = True
        for box in boxes:
            yield from self.blocks(box, f"a text box at {place}", depth + 1)

    def divided(self, paragraph: Paragraph, breaks: list[int]) -> Iterator[Paragraph]:
        text = paragraph.text
        start = 0
        for at in [*breaks, len(text)]:
            piece = stripped(paragraph.between(start, at))
            if any(span.text or span.note for span in piece):
                new_page = self._break or (paragraph.new_page and start == 0)
                # The second half of a paragraph is no item of its own.
                yield replace(paragraph, spans=piece, new_page=new_page, item=paragraph.item if not start else None)
                self._break = False
            start = at
            self._break = self._break or at in breaks
        if not text.strip() and paragraph.new_page:
            self._break = True

    def _note_left(self, place: str) -> None:
        self.left += [Left(place, what) for what in dict.fromkeys(self.runs.left)]
        self.runs.left = []
        for number in self.runs.commented:
            self._places.setdefault(number, place)

    def made(self, element: Element, place: str, spans: tuple[Span, ...]) -> Paragraph:
        properties = element.find(f"{W}pPr")
        style = value(properties, "pStyle")
        level = self.level(properties, style)
        new_page = is_on(properties, "pageBreakBefore")
        if new_page is None:
            new_page = self.styles.property(style, "pageBreakBefore") is not None
        has_words = any(span.text.strip() for span in spans)
        return Paragraph(
            place=place,
            spans=spans,
            level=level if has_words else 0,
            item=self.item(properties, style) if has_words else None,
            centred=(value(properties, "jc") or "") in _CENTRES,
            new_page=new_page,
        )

    def level(self, properties: Element | None, style: str | None) -> int:
        own = small_number(value(properties, "outlineLvl"), 9)
        return own + 1 if own < 9 else self.styles.level(style)

    def item(self, properties: Element | None, style: str | None) -> Item | None:
        own = properties.find(f"{W}numPr") if properties is not None else None
        of_style = self.styles.property(style, "numPr")
        number = value(own, "numId") or value(of_style, "numId")
        if not number:
            return None
        item = self.numbering.item(number, small_number(value(own, "ilvl") or value(of_style, "ilvl")))
        indent = indent_of(properties.find(f"{W}ind") if properties is not None else None)
        if indent is None:
            indent = indent_of(self.styles.property(style, "ind"))
        return replace(item, indent=indent) if item is not None and indent is not None else item

    @staticmethod
    def goes_on(element: Element) -> bool:
        """Tell whether a paragraph's mark is deleted or moved away: the next one continues it."""
        marks = element.find(f"{W}pPr/{W}rPr")
        return marks is not None and any(marks.find(f"{W}{gone}") is not None for gone in ("del", "moveFrom"))

    @staticmethod
    def ends_page(element: Element) -> bool:
        """Tell whether a section ends with the paragraph and the next one begins a page (17.6.22)."""
        section = element.find(f"{W}pPr/{W}sectPr")
        return section is not None and (value(section, "type") or "nextPage") not in {"continuous", "nextColumn"}

    def table(self, element: Element, where: str, depth: int) -> Table:
        self._tables += 1
        place = where or (f"table {self._tables}" + (f" after paragraph {self._count}" if self._count else ""))
        new_page, self._break = self._break, False
        kept = (row for row in flat(element) if local_name(row) == "tr" and not is_deleted(row))
        rows = [tuple(self.cells(row, place, depth)) for row in kept]
        return Table(place=place, rows=tuple(filter(None, rows)), new_page=new_page)

    def cells(self, row: Element, place: str, depth: int) -> Iterator[tuple[Paragraph, ...]]:
        for cell in flat(row):
            if local_name(cell) != "tc" or cell.find(f"{W}tcPr/{W}cellDel") is not None:
                continue
            found: list[Paragraph] = []
            for block in self.blocks(cell, place, depth + 1):
                found.extend([block] if isinstance(block, Paragraph) else block.paragraphs())
                if isinstance(block, Table):
                    self.left.append(Left(place, "a table within a table, whose words stand in one cell"))
            yield tuple(found)
            yield from ((),) * (min(small_number(value(cell.find(f"{W}tcPr"), "gridSpan"), 1), MAX_COLUMNS) - 1)

    # What stands beside the text

    def notes(self, related: dict[str, Related]) -> dict[str, tuple[Paragraph, ...]]:
        found: dict[str, tuple[Paragraph, ...]] = {}
        for kind, element in (("footnotes", "footnote"), ("endnotes", "endnote")):
            part = self._of(related, kind)
            links = self.parts.related(part) if part else {}
            own = (
                note for note in self.parts.tree(part).findall(f"{W}{element}") if note.get(f"{W}type") not in _RESERVED
            )
            for number, note in enumerate(own, start=1):
                self.runs = RunReader(self.styles, links, languages=self.runs.languages)
                paragraphs = self._only_paragraphs(self.blocks(note, f"{element} {number}", 1))
                found[f"{element[0]}{note.get(f'{W}id')}"] = paragraphs
        return found

    @staticmethod
    def _only_paragraphs(blocks: Iterable[Block]) -> tuple[Paragraph, ...]:
        return tuple(
            paragraph
            for block in blocks
            for paragraph in ([block] if isinstance(block, Paragraph) else block.paragraphs())
        )

    def read_comments(self, related: dict[str, Related], commented: dict[str, list[str]]) -> None:
        """Read the comments, in the order of the text; one that stands nowhere in it comes last."""
        said: dict[str, tuple[str, str]] = {}
        for comment in self.parts.tree(self._of(related, "comments")).findall(f"{W}comment"):
            self.runs = RunReader(self.styles, {}, languages=self.runs.languages)
            text = " ".join(one.text for one in self._only_paragraphs(self.blocks(comment, "a comment", 1)))
            said[str(comment.get(f"{W}id"))] = (str(comment.get(f"{W}author", "")), text)
        for number in [*commented, *(other for other in said if other not in commented)]:
            author, text = said.get(number, ("", ""))
            words = " ".join("".join(commented.get(number, ())).split())
            if number in said:
                place = self._places.get(number, "the draft")
                self.comments.append(Comment(place=place, author=author, text=text, words=words))

    def margins(self, related: dict[str, Related]) -> Iterator[str]:
        for item in related.values():
            if item.kind in {"header", "footer"} and not item.is_outside:
                self.runs = RunReader(self.styles, self.parts.related(item.target), languages=self.runs.languages)
                left = len(self.left)
                paragraphs = self._only_paragraphs(self.blocks(self.parts.tree(item.target), "a header", 1))
                del self.left[left:]  # the letterhead has its own pictures
                for paragraph in paragraphs:
                    yield from (line.text for line in paragraph.lines())

    def languages(self) -> dict[str, int]:
        """Return the characters of each language that runs claim; a style's language counts as one character."""
        counted = dict(self.runs.languages)
        for said in self.parts.tree(self._of(self.parts.related(self.parts.main()), "styles")).iter(f"{W}lang"):
            tag = str(said.get(f"{W}val", "")).partition("-")[0].lower()
            counted[tag] = counted.get(tag, 0) + 1
        return {tag: count for tag, count in counted.items() if tag}
