"""A text cut into sentences, in the six languages, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from locales.sentences import sentence_ends

_ITEM = re.compile(r"\n(?=\s*(?:[-*•–—·]|\(?[0-9a-zA-Z]{1,2}[.)])\s)")  # an item of a list begins
_WIDEST = 100  # characters: longer lines were not broken by a mail program
_NARROWEST = 50
_LONGEST = 2_000  # characters of a sentence; beyond that it is taken in pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as it stands at ``text[start:end]``, without the blanks around it."""

    text: str
    start: int
    end: int

    @property
    def is_question(self) -> bool:
        """Whether it ends with a question mark."""
        return self.text.rstrip("\"'”’»)] ").endswith(("?", "؟", "？"))


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order; a line that was broken on purpose ends one too."""
    start = 0
    for cut in _cuts(text):
        yield from _pieces(text, start, cut)
        start = cut
    yield from _pieces(text, start, len(text))


def _cuts(text: str) -> Iterator[int]:
    items = (match.end() for match in _ITEM.finditer(text))
    return iter(sorted({*_hard_breaks(text), *sentence_ends(text, loose=True), *items}))


def _hard_breaks(text: str) -> Iterator[int]:
    """Yield where a line ends although the next word would still have fitted on it, and a new start follows."""
    lines = text.split("\n")
    widths = [len(line) for line in lines if " " in line.strip()]
    width = max(widths, default=0)
    width = _WIDEST if width > _WIDEST else max(width, _NARROWEST)
    place = 0
    for line, following in pairwise(lines):
        place += len(line) + 1
        word = (following.split() or [""])[0]
        if word and not word[0].islower() and len(line.rstrip()) + 1 + len(word) <= width:
            yield place


def _pieces(text: str, start: int, end: int) -> Iterator[Sentence]:
    for begin in range(start, end, _LONGEST):
        piece = text[begin : min(begin + _LONGEST, end)]
        inner = piece.strip()
        if inner:
            place = begin + piece.index(inner)
            yield Sentence(text=inner, start=place, end=place + len(inner))
