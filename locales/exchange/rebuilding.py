"""Markdown from words and marks that a translator's tool has moved, split, merged or added.

The result reads as exactly those words and marks: emphasis that Markdown would not see is moved off spaces and, if
need be, off punctuation, and typed characters that would become a mark are escaped, so that nothing a translator
types turns into a field or a link. What is well formed already is left as it is, character for character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from locales.marks import ENDS, FIELD, STRAY, Kind, Piece, join, merged, pieces

_SPECIAL = re.compile(r"[\\*_\[\]<{}]|(?<=\{)[%#]|&(?=#?\w+;)|!(?=\[|$)")
_BREAK = Piece(Kind.BREAK, "\\\n")
MAX_CHOICES = 5  # emphasised stretches of which each way to write them is tried
MAX_TRIED = 5_000  # characters of such a segment


@dataclass(frozen=True, slots=True)
class _Span:
    """What stands between two marks."""

    opening: Piece
    inner: tuple[_Node, ...]
    closing: Piece


_Node = Piece | _Span
_Nodes = tuple[_Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The Markdown. ``lost`` tells that marks could not be kept, and the words alone are there."""

    text: str
    lost: bool = False


def rebuild(parts: Iterable[Piece], *, typed: bool = True) -> Rebuilt:
    """Return Markdown for pieces of which WORDS hold characters as they shall print; marks must be well nested.

    ``typed`` is false for words that come from a source text: they may hold a stray ``{{``, which is a fault there.
    """
    given = merged(parts)
    if _reads_as(join(given), given, typed=typed):
        return Rebuilt(text=join(given))
    nodes = _tidy(_tree(given))
    turned = _each_span(nodes, _turned)
    outside = _each_span(turned, lambda span: _moved_out(span, _is_space_or_punctuation))
    for tree in (nodes, turned, outside):
        wanted = _flat(tree)
        for written in _ways(wanted):
            text = join(written)
            if _reads_as(text, wanted, typed=typed):
                return Rebuilt(text=text)
    return _without_marks(nodes)


def _without_marks(nodes: _Nodes) -> Rebuilt:
    """Give up emphasis, and links only if that does not help."""
    no_emphasis = _each_span(nodes, lambda span: (span,) if span.opening.kind is Kind.LINK else span.inner)
    wanted = _flat(no_emphasis)
    text = join(_escaped(piece) for piece in wanted)
    if not _reads_as(text, wanted, typed=True):
        text = join(_escaped(piece) for piece in _flat(_each_span(nodes, lambda span: span.inner)))
    return Rebuilt(text=text, lost=True)


def _reads_as(text: str, wanted: Sequence[Piece], *, typed: bool) -> bool:
    if typed and STRAY.search(FIELD.sub(" ", text)):
        return False
    return _meaning(pieces(text)) == _meaning(wanted)


def _meaning(parts: Iterable[Piece]) -> list[tuple[Kind, str]]:
    """What the pieces stand for: printed words joined, marks whichever way they are written."""
    meant: list[tuple[Kind, str]] = []
    for piece in parts:
        if piece.kind in {Kind.WORDS, Kind.ESCAPE}:
            before = meant.pop()[1] if meant and meant[-1][0] is Kind.WORDS else ""
            meant.append((Kind.WORDS, before + piece.printed))
        elif piece.kind in {Kind.FIELD, Kind.NOTE, Kind.ADDRESS, Kind.IMAGE, Kind.LINK_END}:
            meant.append((piece.kind, piece.text))
        else:
            meant.append((piece.kind, ""))
    return [item for item in meant if item != (Kind.WORDS, "")]


def _tree(parts: Iterable[Piece]) -> _Nodes:
    levels: list[tuple[Piece | None, list[_Node]]] = [(None, [])]
    for piece in parts:
        if piece.kind in ENDS:
            levels.append((piece, []))
        elif piece.kind in ENDS.values():
            opening, inner = levels.pop()
            if opening is None or ENDS[opening.kind] is not piece.kind:
                raise ValueError("marks are not well nested")
            levels[-1][1].append(_Span(opening, tuple(inner), piece))
        else:
            levels[-1][1].append(piece)
    return tuple(levels[0][1])


def _flat(nodes: Iterable[_Node]) -> list[Piece]:
    flat: list[Piece] = []
    for node in nodes:
        flat += [node.opening, *_flat(node.inner), node.closing] if isinstance(node, _Span) else [node]
    return merged(flat)


def _each_span(nodes: Iterable[_Node], change: Callable[[_Span], _Nodes]) -> _Nodes:
    """Replace each span by what ``change`` makes of it, inner ones first."""
    changed: list[_Node] = []
    for node in nodes:
        if isinstance(node, _Span):
            changed += change(_Span(node.opening, _each_span(node.inner, change), node.closing))
        else:
            changed.append(node)
    return tuple(changed)


def _tidy(nodes: _Nodes) -> _Nodes:
    """Join what was split, take marks out of their like, and spaces out of emphasis and from the ends of lines."""
    nodes = _without_repeated(nodes, frozenset())
    nodes = _joined(nodes)
    nodes = _each_span(nodes, lambda span: _moved_out(span, str.isspace))
    return _tree(_at_line_ends(_flat(nodes)))


def _without_repeated(nodes: Iterable[_Node], within: frozenset[Kind]) -> _Nodes:
    kept: list[_Node] = []
    for node in nodes:
        if not isinstance(node, _Span):
            kept.append(node)
            continue
        inner = _without_repeated(node.inner, within | {node.opening.kind})
        kept += inner if node.opening.kind in within or not inner else (_Span(node.opening, inner, node.closing),)
    return tuple(kept)


def _joined(nodes: Iterable[_Node]) -> _Nodes:
    joined: list[_Node] = []
    for node in nodes:
        last = joined[-1] if joined else None
        if not isinstance(node, _Span):
            joined.append(node)
        elif isinstance(last, _Span) and (last.opening.kind, last.closing.text) == (
            node.opening.kind,
            node.closing.text,
        ):
            joined[-1] = _Span(last.opening, _joined((*last.inner, *node.inner)), node.closing)
        else:
            joined.append(_Span(node.opening, _joined(node.inner), node.closing))
    return tuple(joined)


def _moved_out(span: _Span, outside: Callable[[str], bool]) -> _Nodes:
    """Move characters at both edges of emphasis out of it; emphasis with nothing left goes."""
    if span.opening.kind is Kind.LINK:
        return (span,)
    inner = list(_tree(_flat(span.inner)))
    before = after = ""
    if inner and isinstance(inner[0], Piece) and inner[0].kind is Kind.WORDS:
        before, rest = _cut(inner[0].text, outside)
        inner[0:1] = [Piece(Kind.WORDS, rest)] if rest else []
    if inner and isinstance(inner[-1], Piece) and inner[-1].kind is Kind.WORDS:
        reverse, tser = _cut(inner[-1].text[::-1], outside)
        after = reverse[::-1]
        inner[-1:] = [Piece(Kind.WORDS, tser[::-1])] if tser else []
    middle = (_Span(span.opening, tuple(inner), span.closing),) if inner else ()
    return (Piece(Kind.WORDS, before), *middle, Piece(Kind.WORDS, after))


def _turned(span: _Span) -> _Nodes:
    """Take emphasis around nothing but a link into it, and the other way to nest ``**`` and ``*``.

    Markdown does not see the end of ``**[site](address)**`` before a letter, and Chinese has no spaces.
    """
    inner = span.inner[0] if len(span.inner) == 1 else None
    if not isinstance(inner, _Span) or span.opening.kind is Kind.LINK:
        return (span,)
    return (_Span(inner.opening, (_Span(span.opening, inner.inner, span.closing),), inner.closing),)


def _cut(text: str, outside: Callable[[str], bool]) -> tuple[str, str]:
    at = next((place for place, character in enumerate(text) if not outside(character)), len(text))
    return text[:at], text[at:]


def _at_line_ends(parts: Sequence[Piece]) -> Iterable[Piece]:
    for place, piece in enumerate(parts):
        if piece.kind is Kind.BREAK:
            yield _BREAK
        elif piece.kind is Kind.WORDS:
            words = re.sub(r" +\n[ \t]*", "\n", piece.text)
            if place + 1 < len(parts) and parts[place + 1].kind is Kind.BREAK:
                words = words.rstrip(" \t")
            yield Piece(Kind.WORDS, words.lstrip(" \t") if place and parts[place - 1].kind is Kind.BREAK else words)
        else:
            yield piece


def _is_space_or_punctuation(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in "PS"


def _ways(wanted: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the ways to write the pieces: as they are, with escapes, with each choice of ``*`` and ``_``.

    Where marks meet, as in ``***a** b*``, it depends on the choice what Markdown makes of them.
    """
    yield list(wanted)
    escaped = [_escaped(piece) for piece in wanted]
    yield escaped
    emphasised = sum(piece.kind in {Kind.EMPHASIS, Kind.STRONG} for piece in wanted)
    if emphasised <= MAX_CHOICES and sum(len(piece.text) for piece in wanted) <= MAX_TRIED:
        for choice in product("*_", repeat=emphasised):
            yield _marked(escaped, choice)


def _marked(parts: Sequence[Piece], choice: Sequence[str]) -> list[Piece]:
    """Write emphasis with the characters of ``choice``, one for each opening mark."""
    marked: list[Piece] = []
    remaining = iter(choice)
    open_marks: list[str] = []
    for piece in parts:
        if piece.kind in {Kind.EMPHASIS, Kind.STRONG}:
            open_marks.append(next(remaining))
            marked.append(Piece(piece.kind, open_marks[-1] * len(piece.text)))
        elif piece.kind in {Kind.EMPHASIS_END, Kind.STRONG_END}:
            marked.append(Piece(piece.kind, open_marks.pop() * len(piece.text)))
        else:
            marked.append(piece)
    return marked


def _escaped(piece: Piece) -> Piece:
    return Piece(piece.kind, _SPECIAL.sub(r"\\\g<0>", piece.text)) if piece.kind is Kind.WORDS else piece
