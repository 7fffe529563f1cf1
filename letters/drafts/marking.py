"""The words of one paragraph as Markdown: escapes, links, bold and italic (CommonMark 0.31, chapter 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from letters.blocks import Emphasis, Field, Footnote, Inline, LineBreak, Link, Strong, Text
from letters.inline import read_words

_SPECIAL = re.compile(r"(?<=\{)[%#]|[%#](?=\})|[\\*\[\]<{}|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|!(?=\[)")
_BEGINS = re.compile(
    r"(?P<mark>#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[=~`-]{3,})|(?P<number>\d{1,9})(?P<stop>[.)])(?=\s|$)", re.MULTILINE
)
FIELD_MARK = "\ufffc"


def markdown_of(tokens: Sequence[Token]) -> tuple[str, bool]:
    """Return Markdown that says what the tokens say, and whether it has all their looks.

    It is read back as the letter will read it; emphasis that cannot be marked there is left out.
    """
    wanted = _folded("".join(token.said for token in tokens))
    for marked in (_emphasised, _with_links, _bare):
        written = _begun(marked(tokens))
        if _folded(_said(read_words(written).children)) == wanted:
            return written, marked is _emphasised
    said = "".join(token.said for token in tokens)
    return re.sub(r"([^\w\s])", r"\\\1", said, flags=re.ASCII), False


def escaped(text: str) -> str:
    """Return characters as Markdown prints them within a line; braces never make a field, a condition or a remark."""
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", text)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of Markdown of one look, and what it says to a reader."""

    markdown: str
    said: str
    bold: bool = False
    italic: bool = False
    target: str = ""


def _emphasised(tokens: Sequence[Token]) -> str:
    return _linked(
        tokens, lambda inner: _marked(inner, "bold", "**", lambda deeper: _marked(deeper, "italic", "*", _plain))
    )


def _with_links(tokens: Sequence[Token]) -> str:
    return _linked(tokens, _plain)


def _bare(tokens: Sequence[Token]) -> str:
    return _plain(tokens)


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(token.markdown for token in tokens)


def _linked(tokens: Sequence[Token], within: Callable[[Sequence[Token]], str]) -> str:
    pieces = []
    for target, group in _runs(tokens, "target"):
        written = within(group)
        if not target:
            pieces.append(written)
            continue
        bare = written.strip()
        before, after = written[: len(written) - len(written.lstrip())], written[len(written.rstrip()) :]
        pieces.append(f"{before}[{bare}]({target}){after}" if bare else written)
    return "".join(pieces)


def _marked(tokens: Sequence[Token], look: str, mark: str, within: Callable[[Sequence[Token]], str]) -> str:
    pieces = []
    for is_on, group in _runs(tokens, look):
        written = within(group)
        bare = written.strip(" \n\u00a0\u202f\u3000")
        if not is_on or not bare or bare == "\\":
            pieces.append(written)
            continue
        if bare.endswith("\\") and not bare.endswith("\\\\"):  # a break at the end
            bare = bare[:-1].rstrip()
        at = written.index(bare)
        pieces.append(f"{written[:at]}{mark}{bare}{mark}{written[at + len(bare) :]}")
    return "".join(pieces)


def _runs(tokens: Sequence[Token], name: str) -> Iterator[tuple[object, list[Token]]]:
    """Group tokens that follow each other by one of their looks."""
    group: list[Token] = []
    for token in tokens:
        if group and getattr(token, name) != getattr(group[-1], name):
            yield getattr(group[-1], name), group
            group = []
        group.append(token)
    if group:
        yield getattr(group[-1], name), group


def _begun(text: str) -> str:
    """Escape what at the beginning of a line would begin a block."""

    def escape(match: re.Match[str]) -> str:
        return f"\\{match[0]}" if match["mark"] else f"{match['number']}\\{match['stop']}"

    return "\n".join(_BEGINS.sub(escape, line, count=1) if _BEGINS.match(line) else line for line in text.split("\n"))


def _said(children: Iterable[Inline]) -> str:
    pieces: list[str] = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(text)
            case Field():
                pieces.append(FIELD_MARK)
            case LineBreak():
                pieces.append("\n")
            case Footnote():
                continue
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                pieces.append(_said(inner))
    return "".join(pieces)


def _folded(text: str) -> str:
    return " ".join(text.split())
