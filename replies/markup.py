"""The words of an HTML mail as plain text: one pass, no matter how broken the HTML is."""

from __future__ import annotations

import html
import re

_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "dt", "dd", "section", "article", "header", "footer"}
)
_HEADING = re.compile(r"h[1-6]")
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9]*)")
_SPACES = re.compile(r"[ \t\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")  # `html.unescape` raises for huge ones
_DEEPEST_QUOTE = 10


def html_to_text(source: str) -> str:
    """Return the text of ``source``, with line breaks at blocks and «> » before quoted lines."""
    return _Reader(source).read()


class _Reader:
    """Walks over tags with `str.find` only, so that hostile input costs no more than its length."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lower = source.lower() if source.isascii() else source.translate(_ASCII_LOWER)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._depth = 0  # of blockquote
        self._unclosed: set[str] = set()  # looked for once; again and again would cost the square of the length

    def read(self) -> str:
        position = 0
        while (opening := self._source.find("<", position)) >= 0:
            self._words(position, opening)
            position = self._tag(opening)
        self._words(position, len(self._source))
        self._end_line()
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()

    def _tag(self, opening: int) -> int:
        """Act on the tag that begins at ``opening``; return where reading goes on."""
        if self._source.startswith("<!--", opening):
            return self._after("-->", opening + 4)
        name_match = _NAME.match(self._source, opening + 1)
        if name_match is None:
            if self._source.startswith(("<!", "<?"), opening):
                return self._after(">", opening)
            self._line.append("<")  # «a < b»
            return opening + 1
        name = name_match[1].lower()
        closes = self._source.startswith("/", opening + 1)
        end = self._after(">", opening)
        if name in _UNSEEN and not closes:
            return self._closing(name, end)
        if name == "blockquote":
            self._end_line()
            self._depth = max(0, min(_DEEPEST_QUOTE, self._depth + (-1 if closes else 1)))
        elif name in _BREAKS or _HEADING.fullmatch(name):
            self._end_line(blank=name == "p" and not closes)
        elif name in {"td", "th"}:
            self._line.append(" ")
        return end

    def _closing(self, name: str, start: int) -> int:
        closing = -1 if name in self._unclosed else self._lower.find(f"</{name}", start)
        if closing < 0:
            self._unclosed.add(name)
            return start
        return self._after(">", closing)

    def _after(self, mark: str, start: int) -> int:
        found = self._source.find(mark, start)
        return len(self._source) if found < 0 else found + len(mark)

    def _words(self, start: int, end: int) -> None:
        if end > start:
            words = _NO_CHARACTER.sub("\ufffd", _SPACES.sub(" ", self._source[start:end]))
            self._line.append(html.unescape(words))

    def _end_line(self, *, blank: bool = False) -> None:
        text = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line = []
        mark = "> " * self._depth
        if text:
            self._lines.append(mark + text)
        elif blank and self._lines and self._lines[-1].strip(" >") and self._lines[-1].startswith(mark):
            self._lines.append(mark.rstrip())


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
