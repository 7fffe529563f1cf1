"""The words of a draft as Markdown: nothing of them becomes markup, a field or a condition by accident.

What is written is read back at once, as the letter will read it: emphasis that Markdown cannot mark there (CommonMark
0.31, 6.2) is left out rather than printed as asterisks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from letters.drafts.marking import FIELD_MARK, Token, escaped, markdown_of
from letters.drafts.model import Block, Item, Noted, Paragraph, Span, Table, cut, stripped
from letters.drafts.runs import BOXES
from letters.drafts.stating import Put, Stater
from letters.drafts.words import DEADLINES, LISTED
from letters.inline import MAX_SEGMENT

LONGEST_HEADING = 100  # characters of a bold line that is taken for a heading
MAX_HEADING = 6
_SAME_INDENT = 150  # twentieths of a point
_BULLETS = "•·▪◦‣●○■"


@dataclass(slots=True)
class Writer:
    """Writes one draft's texts; ``stater`` finds the facts in them, ``notes`` are the draft's footnotes."""

    stater: Stater
    notes: Mapping[str, tuple[Paragraph, ...]]
    noted: list[Noted] = field(default_factory=list)
    used: list[str] = field(default_factory=list)  # footnotes of the text that is written, in order
    in_note: bool = False
    top: int = 1  # the level of the text's highest headings

    def document(self, subject: Sequence[Paragraph], blocks: Sequence[Block]) -> str:
        """Return a text: its subject, its blocks, its footnotes."""
        self.used = []
        levels = (block.level for block in blocks if isinstance(block, Paragraph) and block.level)
        self.top = min(levels, default=1)
        lines = [f"# {self.line(line)}" for line in subject]
        pieces = ["\n".join(filter(lambda line: line.strip("# "), lines)), *self.blocks(blocks)]
        notes = [self.note(number, key) for number, key in enumerate(self.used, start=1)]
        return "\n\n".join(filter(None, [*pieces, *notes])) + "\n"

    def note(self, number: int, key: str) -> str:
        """Return the text of a footnote."""
        self.in_note = True
        words = " ".join(self.line(paragraph) for paragraph in self.notes[key])
        self.in_note = False
        return f"[^{number}]: {words or '…'}"

    # Blocks

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Yield the Markdown of each block."""
        blocks = self._with_items(blocks)
        at = 0
        while at < len(blocks):
            block = blocks[at]
            if block.new_page and at:
                yield "---"
            if isinstance(block, Table):
                yield from self.table(block)
            elif block.item is not None:
                end = at + 1
                while end < len(blocks) and self._goes_on(blocks[end]):
                    end += 1
                yield self.list([one for one in blocks[at:end] if isinstance(one, Paragraph)])
                at = end
                continue
            else:
                yield self.paragraph(block, blocks[at + 1] if at + 1 < len(blocks) else None)
            at += 1

    @staticmethod
    def _goes_on(block: Block) -> bool:
        return isinstance(block, Paragraph) and block.item is not None and not block.new_page

    def _with_items(self, blocks: Sequence[Block]) -> list[Block]:
        """Make items of paragraphs that begin with a typed mark: of several, or of marks that nothing else has."""
        blocks = [part for block in blocks for part in _by_boxes(block)]
        found: list[Block] = list(blocks)
        for at, block in enumerate(blocks):
            if not isinstance(block, Paragraph) or block.item is not None:
                continue
            beside = [blocks[other] for other in (at - 1, at + 1) if 0 <= other < len(blocks)]
            match = _typed_mark(block)
            if match is None:
                continue
            is_box = block.text.strip()[:1] in BOXES
            if is_box or match[0][0] in _BULLETS or any(_typed_mark(other) for other in beside):
                spans = block.spans if is_box else stripped(block.between(match.end(), len(block.text)))
                found[at] = replace(block, spans=spans, item=Item(0, ordered=False, group="typed"))
        if any(isinstance(block, Paragraph) and block.item and block.item.group == "typed" for block in found):
            places = [
                one.place for one in found if isinstance(one, Paragraph) and one.item and one.item.group == "typed"
            ]
            self.noted.append(Noted(places[0], "", f"marks typed before {len(places)} paragraphs made a list of them"))
        return found

    def paragraph(self, paragraph: Paragraph, following: Block | None) -> str:
        """Return a paragraph, or a heading by its style or its look."""
        level = max(paragraph.level - self.top + 1, 1) if paragraph.level else 0
        level = level or (1 if _looks_like_heading(paragraph, following) else 0)
        if level:
            bare = tuple(replace(span, bold=False, text=span.text.replace("\n", " ")) for span in paragraph.spans)
            return "#" * min(level + 1, MAX_HEADING) + " " + self.line(replace(paragraph, spans=bare))
        return "\n\n".join(self.inline(part) for part in self._parts(paragraph))

    def _parts(self, paragraph: Paragraph) -> Iterator[Paragraph]:
        """Divide a paragraph that is longer than a letter's may be."""
        text = paragraph.text
        start, most = 0, MAX_SEGMENT // 2
        while len(text) - start > most:
            end = text.rfind(" ", start, start + most) + 1 or start + most
            yield replace(paragraph, spans=stripped(paragraph.between(start, end)))
            self.noted.append(Noted(paragraph.place, text[:40], "is too long and was divided", "Divide it better."))
            start = end
        yield replace(paragraph, spans=stripped(paragraph.between(start, len(text)))) if start else paragraph

    def list(self, items: Sequence[Paragraph]) -> str:
        """Return a list with the lists within it."""
        lines: list[str] = []
        levels = _levels([paragraph.item for paragraph in items if paragraph.item])
        widths: list[int] = []
        kinds: dict[int, tuple[bool, str]] = {}
        delimiter = "."
        for paragraph, wanted in zip(items, levels, strict=True):
            item = paragraph.item
            assert item is not None  # noqa: S101 - only such paragraphs are in a list
            level = min(wanted, len(widths))
            before = kinds.get(level)
            if before is not None and item.ordered and before[0] and item.number == 1 and level == 0:
                delimiter = ")" if delimiter == "." else "."  # another list begins
            kinds = {depth: kind for depth, kind in kinds.items() if depth < level}
            kinds[level] = (item.ordered, item.group)
            mark = f"{item.number}{delimiter if level == 0 else '.'} " if item.ordered else "- "
            indent = " " * sum(widths[:level])
            widths = [*widths[:level], len(mark)]
            words = self.inline(self._ticked(paragraph)) or "…"
            box = f"[{'x' if paragraph.text.strip()[:1] in BOXES[1:] else ' '}] " if _has_box(paragraph) else ""
            lines.append(indent + mark + box + words.replace("\n", "\n" + indent + " " * len(mark)))
            if item.ordered and item.form not in {"decimal", "bullet"}:
                made = "numbered with letters or signs; the letter numbers 1, 2, 3"
                self.noted.append(Noted(paragraph.place, paragraph.text[:40], made, "Look at references to them."))
        return "\n".join(lines)

    @staticmethod
    def _ticked(paragraph: Paragraph) -> Paragraph:
        """Return an item without the box that it begins with."""
        if not _has_box(paragraph):
            return paragraph
        at = len(paragraph.text) - len(paragraph.text.lstrip()) + 1
        return replace(paragraph, spans=stripped(paragraph.between(at, len(paragraph.text))))

    def table(self, table: Table) -> Iterator[str]:
        """Yield a table; one that only frames some text becomes paragraphs again."""
        columns = max((len(row) for row in table.rows), default=0)
        if columns < 2:
            self.noted.append(Noted(table.place, "", "a frame around text, which is left out; its words stay"))
            yield from self.blocks([paragraph for paragraph in table.paragraphs() if paragraph.text.strip()])
            return
        if any(len(cell) > 1 for row in table.rows for cell in row):
            self.noted.append(Noted(table.place, "", "paragraphs of one cell stand on one line", "Look at the table."))
        rows = [[*self.row(row, table.rows[0])] + [""] * (columns - len(row)) for row in table.rows]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + " --- |" * columns)
        yield "\n".join(lines)

    def row(self, row: Sequence[Sequence[Paragraph]], heads: Sequence[Sequence[Paragraph]]) -> Iterator[str]:
        """Yield the words of a row's cells; days below «Deadline», or beside it, are deadlines."""
        said = [" ".join(paragraph.text for paragraph in cell) for cell in row]
        due = re.compile(DEADLINES[self.stater.locale.tag], re.IGNORECASE)
        for at, cell in enumerate(row):
            head = " ".join(paragraph.text for paragraph in heads[at]) if at < len(heads) else ""
            is_due = due.search(head) is not None or (at > 0 and due.search(said[0]) is not None)
            self.stater.due_in = " ".join(said) if is_due and row is not heads else ""
            yield self.cell(cell)
        self.stater.due_in = ""

    def cell(self, paragraphs: Iterable[Paragraph]) -> str:
        """Return the words of a cell on one line."""
        return " ".join(filter(None, (self.line(paragraph) for paragraph in paragraphs)))

    # Words

    def line(self, paragraph: Paragraph) -> str:
        """Return words on one line."""
        flat = tuple(replace(span, text=re.sub(r"[\n\t]+", " ", span.text)) for span in paragraph.spans)
        return self.inline(replace(paragraph, spans=flat))

    def inline(self, paragraph: Paragraph) -> str:
        """Return the words of a paragraph; fields stand where its facts stood."""
        spans = tuple(
            replace(span, text=re.sub(r"\t+", " ", span.text), target=self.target(span, paragraph))
            for span in paragraph.spans
        )
        spans = stripped(tuple(_without_double_breaks(spans)))
        paragraph = replace(paragraph, spans=spans)
        puts = [put for put in self.stater.puts(paragraph) if _within_one_link(paragraph, put)]
        tokens = list(self._tokens(paragraph, [put for put in puts if put.markdown]))
        written, is_whole = markdown_of(tokens)
        if not is_whole and any(token.bold or token.italic for token in tokens):
            made = "bold or italic letters could not be marked here, and are plain"
            self.noted.append(Noted(paragraph.place, paragraph.text[:40], made))
        return written

    def target(self, span: Span, paragraph: Paragraph) -> str:
        """Return where a span leads, as Markdown has it."""
        if not span.target:
            return ""
        return self.stater.addresses.target(span.target, span.text, paragraph)

    def _tokens(self, paragraph: Paragraph, puts: Sequence[Put]) -> Iterator[Token]:
        at = 0
        for put in puts:
            yield from self._words(paragraph.spans, at, put.start)
            look = next(iter(cut(paragraph.spans, put.start, put.start + 1)), Span(""))
            is_field = put.markdown.startswith("{{")
            said = FIELD_MARK if is_field else put.printed
            yield Token(put.markdown, said, look.bold, look.italic, look.target if is_field else "")
            at = put.end
        yield from self._words(paragraph.spans, at, len(paragraph.text))

    def _words(self, spans: tuple[Span, ...], start: int, end: int) -> Iterator[Token]:
        for span in cut(spans, start, end) if start < end or not start else ():
            if span.note:
                # A note that is named twice is printed twice; one without a text, or within a note, has no mark.
                if span.note in self.notes and not self.in_note:
                    self.used.append(span.note)
                    yield Token(f"[^{len(self.used)}]", "")
            elif self._shows_itself(span):
                field = span.target.removeprefix("mailto:")
                yield Token(field, FIELD_MARK, span.bold, span.italic)
            else:
                yield Token(escaped(span.text).replace("\n", "\\\n"), span.text, span.bold, span.italic, span.target)

    def _shows_itself(self, span: Span) -> bool:
        """Tell whether a link's words are what its field prints."""
        match = re.fullmatch(r"(?:mailto:)?\{\{ (links|contacts)\.(\w+)(?:\.email)? \}\}", span.target)
        if match is None:
            return False
        addresses = self.stater.addresses
        if match[1] == "links":
            return span.text == addresses.links[match[2]].replace("{lang}", addresses.language)
        return span.text == addresses.contacts[match[2].replace("_", "-")].email


def _within_one_link(paragraph: Paragraph, put: Put) -> bool:
    spans = paragraph.between(put.start, put.end)
    return len({span.target for span in spans}) <= 1 and (put.markdown.startswith("{{") or not spans[0].target)


def _without_double_breaks(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans with one break where several follow each other: an empty line would end the paragraph."""
    ends_broken = False
    for span in spans:
        text = re.sub(r"[ \u00a0]*\n\s*", "\n", span.text)
        if ends_broken:
            text = text.lstrip("\n ")
        if text:
            ends_broken = text.endswith("\n")
        if text or span.note:
            yield replace(span, text=text)


def _levels(items: Sequence[Item]) -> list[int]:
    """Return how deep each item stands: by its level; of several lists, by how far it is set in."""
    lowest = min(item.level for item in items)
    if len({item.group for item in items}) == 1:
        return [item.level - lowest for item in items]
    indents: list[int] = []
    for indent in sorted({item.indent for item in items}):
        if not indents or indent - indents[-1] > _SAME_INDENT:
            indents.append(indent)
    return [max(at for at, known in enumerate(indents) if known <= item.indent) for item in items]


def _typed_mark(block: Block) -> re.Match[str] | None:
    if not isinstance(block, Paragraph) or block.item is not None or block.level:
        return None
    if block.text.strip()[:1] and block.text.strip()[0] in BOXES:
        return re.match(r"", block.text)
    return LISTED.match(block.text)


def _by_boxes(block: Block) -> tuple[Block, ...]:
    """Divide a paragraph whose lines begin with a box to tick each."""
    if isinstance(block, Paragraph) and "\n" in block.text:
        lines = block.lines()
        if all(_has_box(line) for line in lines):
            return tuple(replace(line, new_page=line.new_page and not at) for at, line in enumerate(lines))
    return (block,)


def _has_box(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    return bool(text) and text[0] in BOXES and len(text) > 1


def _looks_like_heading(paragraph: Paragraph, following: Block | None) -> bool:
    text = paragraph.text.strip()
    if not paragraph.is_bold or len(text) > LONGEST_HEADING or "\n" in text or text[-1:] in ".,;:；。，：،؛":
        return False
    return following is not None and not (isinstance(following, Paragraph) and following.is_bold)
