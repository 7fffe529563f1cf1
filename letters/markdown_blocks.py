"""A stretch of Markdown without conditions -> blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from letters.blocks import Block, Heading, Inline, LineBreak, List, ListItem, PageBreak, Paragraph, Quote, Table
from letters.inline import FIRST_SENTINEL, LAST_SENTINEL, SENTINEL
from locales.marks import FIELD, NOTE

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_NESTING = 20  # as markdown-it counts: ten lists or quotes within each other

Line = tuple[Inline, ...]
SpeakAt = Callable[[str, int], Line]  # (a segment's Markdown, its line from 1) -> its words
NoteAt = Callable[[str, str, int], None]  # takes a footnote: its label, its Markdown, its line from 1
NOTE_TEXT = re.compile(rf"^[ \t]*{NOTE.pattern}:[ \t]*", re.MULTILINE)  # where the text of a footnote begins
_TICK_BOX = re.compile(r"\[([ xX])\](?:[ \t]+|$)")


class BlockReader:
    """Reads one stretch of text. ``line`` is that of its first line, from 0; ``words`` gives each segment's words and
    ``note`` takes each footnote; ``continued`` are the lines of paragraphs that are set in below one.

    Fields are hidden from the Markdown parser, so that it sees no bar or bracket of them. ``deepest`` is the line of
    what stands too deep to be read, or 0; depth is bounded by the parser, so that reading may recur.
    """

    def __init__(self, text: str, line: int, words: SpeakAt, note: NoteAt) -> None:
        self._fields: list[str] = []
        self._line = line
        self._speak = words
        self._note = note
        self._tokens = _parser().parse(FIELD.sub(self._mark, text)) if text.strip() else []
        self._lines = text.split("\n")
        self._after_note = False
        self._at = 0
        self.continued: list[int] = []

    def _mark(self, match: re.Match[str]) -> str:
        if len(self._fields) > LAST_SENTINEL - FIRST_SENTINEL:
            return match[0]  # far beyond the number of segments that are read
        self._fields.append(match[0])
        return chr(FIRST_SENTINEL + len(self._fields) - 1)

    @property
    def deepest(self) -> int:
        """The first line that stands too deep; 0 if there is none."""
        lines = (self._line_of(token) for token in self._tokens if token.level >= MAX_NESTING - 2)
        return next(lines, 0)

    def read(self, *, may_begin: bool) -> tuple[list[Line], list[Block]]:
        """Return the lines of the subject, if the stretch ``may_begin`` with one, and its blocks."""
        subject: list[Line] = []
        blocks: list[Block] = []
        while self._at < len(self._tokens):
            block = self._block()
            if may_begin and not blocks and isinstance(block, Heading) and block.level == 1:
                subject.extend(_lines(block.children))
            elif block is not None:
                blocks.append(block)
        return subject, blocks

    def _block(self) -> Block | None:
        token = self._tokens[self._at]
        self._at += 1
        after_note, self._after_note = self._after_note, False
        match token.type:
            case "paragraph_open":
                if after_note and not token.level and self._is_set_in(token):
                    self.continued.append(self._line_of(token))
                return self._paragraph()
            case "heading_open":
                return Heading(int(token.tag[1:]), self._words("heading_close"))
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start")
                is_ordered = token.type == "ordered_list_open"
                items = self._items(token.type.replace("_open", "_close"))
                return List(is_ordered, 1 if start is None else int(start), items)
            case "blockquote_open":
                return Quote(self._until("blockquote_close"))
            case "table_open":
                return self._table()
        return PageBreak() if token.type == "hr" else None

    def _until(self, end: str) -> tuple[Block, ...]:
        blocks: list[Block] = []
        while self._tokens[self._at].type != end:
            block = self._block()
            if block is not None:
                blocks.append(block)
        self._at += 1
        return tuple(blocks)

    def _items(self, end: str) -> tuple[ListItem, ...]:
        items: list[ListItem] = []
        while self._tokens[self._at].type != end:
            self._at += 1  # list_item_open
            ticked = self._tick_box()
            items.append(ListItem(self._until("list_item_close"), ticked))
        self._at += 1
        return tuple(items)

    def _tick_box(self) -> bool | None:
        """Take the box to tick off the beginning of an item's own text; None if there is none."""
        opening, *inline = self._tokens[self._at : self._at + 2]
        found = _TICK_BOX.match(inline[0].content) if opening.type == "paragraph_open" and inline else None
        if found is None:
            return None
        inline[0].content = inline[0].content[found.end() :]
        return found[1] != " "

    def _paragraph(self) -> Paragraph | None:
        """Return a paragraph; the footnotes that begin on lines of it are taken out, None if nothing else is there."""
        token = self._tokens[self._at]
        source, line = self._source(token), self._line_of(token)
        begins = list(NOTE_TEXT.finditer(source))
        if not begins:
            return Paragraph(self._words("paragraph_close"))
        self._at += 2  # inline, paragraph_close
        self._after_note = True
        own, end = source[: begins[0].start()], begins[0].start()
        words = self._speak(own.strip(), line) if own.strip() else None
        line += own.count("\n")
        for match, following in zip(begins, [*begins[1:], None], strict=True):
            line += source.count("\n", end, match.end(1))
            end = match.end(1)
            text = source[match.end() : following.start() if following else len(source)]
            self._note(match[1], text.strip(), line)
        return None if words is None else Paragraph(words)

    def _table(self) -> Table:
        rows: list[tuple[Line, ...]] = []
        alignments: list[Literal["start", "center", "end"]] = []
        cells: list[Line] = []
        while (token := self._tokens[self._at]).type != "table_close":
            self._at += 1
            if token.type in {"th_open", "td_open"}:
                if token.type == "th_open":
                    alignments.append(_alignment(str(token.attrGet("style") or "")))
                cells.append(self._words(token.type.replace("_open", "_close")))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        self._at += 1
        return Table(tuple(alignments), tuple(rows))

    def _words(self, end: str) -> Line:
        words: Line = ()
        while (token := self._tokens[self._at]).type != end:
            if token.type == "inline":
                words = self._speak(self._source(token), self._line_of(token))
            self._at += 1
        self._at += 1
        return words

    def _is_set_in(self, token: Token) -> bool:
        """Tell whether a paragraph's first line is set in as far as what belongs to a footnote is elsewhere."""
        return token.map is not None and self._lines[token.map[0]].startswith(("    ", "\t"))

    def _source(self, token: Token) -> str:
        """Return the Markdown of a segment, its fields as they were."""
        return SENTINEL.sub(lambda mark: self._fields[ord(mark[0]) - FIRST_SENTINEL], token.content)

    def _line_of(self, token: Token) -> int:
        return self._line + (token.map[0] if token.map else 0) + 1


def _lines(words: Line) -> list[Line]:
    """Divide a heading at its line breaks."""
    lines: list[list[Inline]] = [[]]
    for inline in words:
        if isinstance(inline, LineBreak):
            lines.append([])
        else:
            lines[-1].append(inline)
    return [tuple(line) for line in lines if line]


def _alignment(style: str) -> Literal["start", "center", "end"]:
    if "center" in style:
        return "center"
    return "end" if "right" in style else "start"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table")
    parser.disable(["code", "fence", "lheading", "reference", "html_block"])
    parser.core.ruler.disable("inline")  # the words of each segment are read by letters/inline.py
    return parser
