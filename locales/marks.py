"""A segment's Markdown cut into words and marks, without losing a character.

Translators' files carry fields, links and emphasis as elements, the memory masks them: both need to know where the
marks of a segment stand. The cut follows CommonMark 0.31 (chapter 6, Inlines) as letters/inline.py reads it: code
spans and HTML are plain text, fields count as a letter. Malformed Markdown is words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from html.entities import html5

FIELD = re.compile(r"\{\{([^\n{}]*)\}\}")
NOTE = re.compile(r"\[\^([\w-]{1,40})\]")  # the mark of a footnote
STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")  # what outside of fields is a slip
MAX_LINK = 2_000  # characters of a link's target
_MAX_BRACKETS = 32  # within each other in a link's target, as in markdown-it
_IN_TARGET = re.compile(r"[\x00-\x20\x7f\\()]")  # what ends a link's bare target, or nests and escapes in it
_TOO_DEEP = re.compile(rf"(?:[^\x00-\x20\x7f\\()]*+\(){{{_MAX_BRACKETS + 1}}}")  # told at once, for hostile texts
_STAND_IN = "\uf8ff"  # what a field looks like while marks are sought: one letter
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_ESCAPE = re.compile(rf"\\[{re.escape(_PUNCTUATION)}]")
_BREAK = re.compile(r"(?:\\| {2,})\n[ \t]*")
_ENTITY = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));")
_ADDRESS = re.compile(
    rf"<(?:{_STAND_IN}|[A-Za-z][A-Za-z0-9+.\-]{{1,31}}:[^<>\x00-\x20]*"
    r"|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>"
)
_TITLE = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\)"
_LINK_END = re.compile(rf"[ \t\n]*(?:[ \t\n]({_TITLE})[ \t\n]*)?\)", re.DOTALL)
_ANGLED = re.compile(r"<(?:\\.|[^\n<>\\])*>")
_MARK = re.compile(rf"[\\&<*_\[\]!{_STAND_IN}\n]| {{2,}}+")  # blanks as a whole: they may be very many
_PLAIN = re.compile(r"\n[ \t]*|\\ ")  # ends of lines that are spaces; a space that counts no more as a line's end


class Kind(StrEnum):
    """What a piece of a segment is."""

    WORDS = "words"
    FIELD = "field"  # {{ … }}
    STRONG = "strong"  # ** or __
    STRONG_END = "strong-end"
    EMPHASIS = "emphasis"  # * or _
    EMPHASIS_END = "emphasis-end"
    LINK = "link"  # [
    LINK_END = "link-end"  # ](target)
    ADDRESS = "address"  # <https://…> or <{{ … }}>: prints itself and leads to itself
    BREAK = "break"  # the end of a line that shall stay one
    ESCAPE = "escape"  # one character of the text written in another way: \* or &amp;
    NOTE = "note"  # [^1], the mark of a footnote
    IMAGE = "image"  # ![…](…), which letters refuse


ENDS = {Kind.STRONG: Kind.STRONG_END, Kind.EMPHASIS: Kind.EMPHASIS_END, Kind.LINK: Kind.LINK_END}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a segment; ``text`` is verbatim, so that all pieces joined are the segment."""

    kind: Kind
    text: str

    @property
    def printed(self) -> str:
        """The words that the piece prints by itself; empty for a mark, a field, an address."""
        if self.kind is Kind.ESCAPE:
            return self.text[1:] if self.text.startswith("\\") else html.unescape(self.text)
        return self.text if self.kind is Kind.WORDS else ""


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut Markdown into words and marks. Opening and closing marks are well nested; nothing is raised."""
    return _Cutter(text).cut()


def join(parts: Iterable[Piece]) -> str:
    """Put pieces together again."""
    return "".join(piece.text for piece in parts)


def merged(parts: Iterable[Piece]) -> list[Piece]:
    """Return the pieces with words that follow each other as one piece, and without empty ones."""
    found: list[Piece] = []
    for piece in parts:
        if piece.kind is Kind.WORDS and found and found[-1].kind is Kind.WORDS:
            found[-1] = Piece(Kind.WORDS, found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return found


_PATTERNS = {  # what a character may begin
    "\\": ((Kind.BREAK, _BREAK), (Kind.WORDS, _PLAIN), (Kind.ESCAPE, _ESCAPE)),
    " ": ((Kind.BREAK, _BREAK),),
    "\n": ((Kind.WORDS, _PLAIN),),
    "<": ((Kind.ADDRESS, _ADDRESS),),
    "[": ((Kind.NOTE, NOTE),),
}


@dataclass(slots=True)
class _Run:
    """A stretch of the text while it is being cut; for a run of ``*`` or ``_`` also what it may open and close."""

    kind: Kind
    start: int
    end: int
    marker: str = ""
    opens: bool = False
    closes: bool = False
    left: int = 0  # characters of the run not yet used
    closing: list[Kind] = field(default_factory=list)  # marks cut off its beginning
    opening: list[Kind] = field(default_factory=list)  # marks cut off its end, outermost last


class _Cutter:
    def __init__(self, text: str) -> None:
        self.units: list[str] = []  # single characters and whole fields
        end = 0
        for match in FIELD.finditer(text):
            self.units += [*text[end : match.start()], match[0]]
            end = match.end()
        self.units += text[end:]
        # The user's own stand-ins become another private character, so that positions of fields are told by it alone.
        self.marked = "".join(
            _STAND_IN if len(unit) > 1 else "\uf8fe" if unit == _STAND_IN else unit for unit in self.units
        )
        self.runs: list[_Run] = []
        self.brackets: list[tuple[int, bool]] = []  # places of [ in `runs`, and whether it is an image's
        self.last_link = 0  # its place in `runs`: what opened before it is no link, for links hold no links

    def cut(self) -> tuple[Piece, ...]:
        at = 0
        while at < len(self.marked):
            match = _MARK.search(self.marked, at)
            if match is None:
                self._add(Kind.WORDS, at, len(self.marked))
                break
            if match.start() > at:
                self._add(Kind.WORDS, at, match.start())
            at = self._mark(*match.span())
        _match_emphasis(self.runs)
        return tuple(merged(piece for run in self.runs for piece in self._pieces_of(run)))

    def _add(self, kind: Kind, start: int, end: int) -> int:
        self.runs.append(_Run(kind, start, end))
        return end

    def _mark(self, at: int, end: int) -> int:
        """Take the mark that may begin at ``at``, else all until ``end`` as words; returns where to go on."""
        character = self.marked[at]
        if character in "*_":
            return self._delimiters(at)
        if character == "]":
            return self._close_bracket(at)
        for kind, pattern in _PATTERNS.get(character, ()):
            if match := pattern.match(self.marked, at):
                if kind is Kind.NOTE:
                    self.last_link = len(self.runs)  # a link holds no footnotes either
                return self._add(kind, at, match.end())
        if character == "[" or (self.marked.startswith("![", at) and not NOTE.match(self.marked, at + 1)):
            self.brackets.append((len(self.runs), character == "!"))
            return self._add(Kind.WORDS, at, at + (1 if character == "[" else 2))
        entity = _ENTITY.match(self.marked, at) if character == "&" else None
        if entity and (entity[1] is None or f"{entity[1]};" in html5):
            return self._add(Kind.ESCAPE, at, entity.end())
        return self._add(Kind.FIELD if character == _STAND_IN else Kind.WORDS, at, end)

    def _delimiters(self, at: int) -> int:
        """Read a run of ``*`` or ``_`` (CommonMark 6.2, left- and right-flanking)."""
        marker = self.marked[at]
        end = at + 1
        while self.marked.startswith(marker, end):
            end += 1
        before = self.marked[at - 1] if at else " "
        after = self.marked[end] if end < len(self.marked) else " "
        space_before, space_after = _is_space(before), _is_space(after)
        mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
        left = not space_after and (not mark_after or space_before or mark_before)
        right = not space_before and (not mark_before or space_after or mark_after)
        opens = left and (marker == "*" or not right or mark_before)
        closes = right and (marker == "*" or not left or mark_after)
        self.runs.append(_Run(Kind.WORDS, at, end, marker, opens, closes, end - at))
        return end

    def _close_bracket(self, at: int) -> int:
        end = self._target_end(at + 1) if self.brackets else None
        if not self.brackets:
            return self._add(Kind.WORDS, at, at + 1)
        place, is_image = self.brackets.pop()
        if end is None or (place < self.last_link and not is_image):
            return self._add(Kind.WORDS, at, at + 1)
        opener = self.runs[place]
        if is_image:
            del self.runs[place:]
            self.last_link = min(self.last_link, place)
            return self._add(Kind.IMAGE, opener.start, end)
        _match_emphasis(self.runs[place + 1 :])
        for run in self.runs[place + 1 :]:
            run.opens = run.closes = False
        opener.kind = Kind.LINK
        self.last_link = place
        return self._add(Kind.LINK_END, at, end)

    def _target_end(self, at: int) -> int | None:
        """Return where the ``(target "title")`` that begins at ``at`` ends, None if there is none."""
        if not self.marked.startswith("(", at):
            return None
        at += 1
        while at < len(self.marked) and self.marked[at] in " \t\n":
            at += 1
        angled = _ANGLED.match(self.marked, at)
        end = angled.end() if angled else self._bare_end(at)
        if end is None or end - at > MAX_LINK:
            return None
        close = _LINK_END.match(self.marked, end)
        return close.end() if close else None

    def _bare_end(self, at: int) -> int | None:
        limit = min(len(self.marked), at + MAX_LINK)
        if self.marked.startswith("<", at) or _TOO_DEEP.match(self.marked, at, limit):
            return None
        depth = 0
        while match := _IN_TARGET.search(self.marked, at, limit):
            at = match.start()
            if match[0] == "\\":
                at += 2 if at + 1 < limit and self.marked[at + 1] > " " else 1
            elif match[0] == "(" or (match[0] == ")" and depth):
                depth += 1 if match[0] == "(" else -1
                if depth > _MAX_BRACKETS:
                    return None
                at += 1
            else:
                break
        else:
            at = limit
        return at if not depth else None

    def _pieces_of(self, run: _Run) -> Iterable[Piece]:
        if not run.marker:
            return [Piece(run.kind, "".join(self.units[run.start : run.end]))]
        if not run.closing and not run.opening:
            return [Piece(Kind.WORDS, run.marker * run.left)]
        marks = [Piece(kind, run.marker * _width(kind)) for kind in run.closing]
        marks += [Piece(Kind.WORDS, run.marker * run.left)] if run.left else []
        marks += [Piece(kind, run.marker * _width(kind)) for kind in reversed(run.opening)]
        return marks


def _match_emphasis(runs: list[_Run]) -> None:
    """Pair runs of ``*`` and ``_`` (CommonMark, appendix, «process emphasis»)."""
    openers: list[_Run] = []  # that nothing has closed yet; marks may not cross
    bottoms: dict[tuple[str, bool, int], int] = {}  # no opener before this place in the text serves such a closer
    for closer in runs:
        key = (closer.marker, closer.opens, (closer.end - closer.start) % 3)
        while closer.closes and closer.left:
            place = _opener(openers, closer, bottoms.get(key, 0))
            if place is None:
                bottoms[key] = closer.start
                break
            opener = openers[place]
            kind = Kind.STRONG if opener.left >= 2 and closer.left >= 2 else Kind.EMPHASIS
            opener.left -= _width(kind)
            closer.left -= _width(kind)
            opener.opening.append(kind)
            closer.closing.append(ENDS[kind])
            del openers[place + bool(opener.left) :]
        if closer.opens and closer.left:
            openers.append(closer)


def _opener(openers: list[_Run], closer: _Run, bottom: int) -> int | None:
    for place in range(len(openers) - 1, -1, -1):
        run = openers[place]
        if run.start < bottom:
            return None
        if run.marker != closer.marker:
            continue
        lengths = (run.end - run.start, closer.end - closer.start)
        if (run.closes or closer.opens) and sum(lengths) % 3 == 0 and any(length % 3 for length in lengths):
            continue  # the «rule of three»
        return place
    return None


def _width(kind: Kind) -> int:
    return 2 if kind in {Kind.STRONG, Kind.STRONG_END} else 1


def _is_space(character: str) -> bool:
    return character in "\t\n\x0b\x0c\r" or unicodedata.category(character) == "Zs"


def _is_punctuation(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] in "PS"
