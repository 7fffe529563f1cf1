"""The words of an HTML mail as plain text: one pass, no matter how broken the HTML is.

Quoted parts get «> » before their lines. What a reader of the mail could not see is left out.
"""

from __future__ import annotations

import html
import re
from collections import Counter

from replies.styles import PLAIN, Look, look

_BREAKS = frozenset(
    {
        "address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "fieldset", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table",
        "tr", "ul",
    }
)  # fmt: skip
_SCOPES = frozenset({"article", "blockquote", "body", "div", "li", "ol", "section", "table", "td", "th", "tr", "ul"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "o", "source", "wbr"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "svg"})
_TAG = re.compile(r"""<(/?)\s*([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']++|"[^"]{0,2000}"|'[^']{0,2000}'){0,100}+)>""")
_ANY_TAG = re.compile(r"<[/!]?[a-zA-Z-]")
_NAME = re.compile(r"<(/?)\s*([a-zA-Z][a-zA-Z0-9]*)()")
_MAILTO = re.compile(r"""\bhref\s*=\s*["']?mailto:([^\s"'<>?@]{1,64}@[^\s"'<>?@]{1,255})""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\f\r]+")
_MANY_LINES = re.compile(r"\n{3,}")
_NO_CHARACTER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")  # `html.unescape` raises for huge ones
_LONGEST = 4_000_000  # characters of source
_DEEPEST = 300  # elements; what is nested deeper looks like what it stands in
_FARTHEST = 50  # elements that an end tag of an inline element may close


def html_to_text(source: str) -> str:
    """Return the text of ``source``, with line breaks at blocks and «> » before quoted lines.

    What has no tag at all is plain text that a program gave the wrong name: its lines are kept.
    """
    if not _ANY_TAG.search(source):
        return html.unescape(_NO_CHARACTER.sub("\ufffd", source[:_LONGEST]))
    return _Reader(source[:_LONGEST]).read()


class _Reader:
    """Walks over tags without ever going back, so that hostile input costs no more than its length."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lower = source.lower() if source.isascii() else source.translate(_ASCII_LOWER)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._open: list[tuple[str, Look]] = []
        self._names: Counter[str] = Counter()  # of the open elements
        self._look = PLAIN
        self._mailto = ""  # whom the open link writes to
        self._linked = 0  # where its words begin in the line
        self._last_bracket = source.rfind(">")
        self._unclosed: set[str] = set()  # looked for once; again and again would cost the square of the length

    def read(self) -> str:
        position = 0
        while (opening := self._source.find("<", position)) >= 0:
            self._words(position, opening)
            position = self._markup(opening)
        self._words(position, len(self._source))
        self._end_line()
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()

    def _markup(self, opening: int) -> int:
        """Act on what begins with «<» at ``opening``; return where reading goes on."""
        if self._source.startswith("<!--", opening):
            return self._after("-->", opening + 4)
        match = _TAG.match(self._source, opening) or _NAME.match(self._source, opening)
        declares = self._source.startswith(("<!", "<?"), opening)
        if opening > self._last_bracket or (match is None and not declares):
            self._words(opening, opening + 1)  # «a < b»
            return opening + 1
        end = match.end() if match is not None and match.re is _TAG else self._after(">", opening)
        if match is None:
            return end
        name = match[2].lower()
        if name in _UNSEEN and not match[1]:
            return self._closing(name, end)
        self._tag(name, match[3], closes=bool(match[1]))
        return end

    def _tag(self, name: str, attributes: str, *, closes: bool) -> None:
        if name in _BREAKS:
            self._end_line()
            if name == "p" and not closes:
                self._end_line(blank=True)
        elif name in {"td", "th"} and self._look.seen:
            self._line.append(" ")
        elif name == "a":
            self._link(attributes)
        if closes:
            self._leave(name)
        elif name not in _VOID:
            if name in _BREAKS:
                self._leave("p")  # its end tag may be left out
            self._look = look(name, attributes, self._look)
            if len(self._open) < _DEEPEST:
                self._open.append((name, self._look))
                self._names[name] += 1

    def _link(self, attributes: str) -> None:
        """Show the address to which a link ends here that shows none: «From: Ana» says too little."""
        words = "".join(self._line[self._linked :]) if self._mailto else ""
        if words.strip() and "@" not in words:
            self._line.append(f" <mailto:{self._mailto}>")
        match = _MAILTO.search(attributes)
        self._mailto = html.unescape(match[1]) if match else ""
        self._linked = len(self._line)

    def _leave(self, name: str) -> None:
        """Close the innermost element of that name; an inline one only if no block was opened in it."""
        if not self._names[name]:
            return
        for depth in range(len(self._open) - 1, -1, -1):
            other = self._open[depth][0]
            if other == name:
                self._names.subtract(inner for inner, _ in self._open[depth:])
                del self._open[depth:]
                break
            if name not in _SCOPES and (other in _SCOPES or depth < len(self._open) - _FARTHEST):
                break
        self._look = self._open[-1][1] if self._open else PLAIN

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
        if end <= start or not self._look.seen:
            return
        words = html.unescape(_NO_CHARACTER.sub("\ufffd", self._source[start:end]))
        if not self._look.kept:
            self._line.append(words)
            return
        for number, line in enumerate(words.split("\n")):
            if number:
                self._end_line(blank=True)
            self._line.append(line)

    def _end_line(self, *, blank: bool = False) -> None:
        text = _SPACES.sub(" ", "".join(self._line)).strip()
        self._line = []
        mark = "> " * self._look.depth
        if text:
            self._lines.append(mark + text)
        elif blank and self._lines and self._lines[-1].strip(" >") and self._lines[-1].startswith(mark):
            self._lines.append(mark.rstrip())


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
