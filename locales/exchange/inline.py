"""Marks of a segment as inline elements of XLIFF 1.2.

Emphasis and links are ``<g>`` around their words; fields, footnotes, addresses and ends of lines are ``<x/>``. What an
element stands for is its ``equiv-text``; an element of a target that lost it is known by its id, that of the source's
element (XLIFF 1.2, section 2.3, and the elements g and x).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from locales.marks import ENDS, Kind, Piece, pieces
from office.xml import append_text, fit

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
TYPES = {
    Kind.STRONG: "bold", Kind.EMPHASIS: "italic", Kind.LINK: "link", Kind.FIELD: "x-field",
    Kind.ADDRESS: "x-address", Kind.BREAK: "lb", Kind.ESCAPE: "x-character", Kind.IMAGE: "image",
    Kind.NOTE: "x-footnote",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """What an inline element stands for: a mark, or for a link its target as it stands between the brackets."""

    kind: Kind
    text: str

    @property
    def closing(self) -> Piece:
        """The mark at the end of emphasis or of a link."""
        return Piece(ENDS[self.kind], f"]({self.text})" if self.kind is Kind.LINK else self.text)

    @property
    def opening(self) -> Piece:
        """The mark at the beginning, or all there is."""
        return Piece(self.kind, "[" if self.kind is Kind.LINK else self.text)


Codes = dict[str, Code]  # by the id of the element


def write_inline(parent: Element, text: str, source: Codes | None = None) -> Codes:
    """Put a segment into ``parent``; ``source`` are the codes of its source text, whose ids equal codes take.

    Returns the codes written.
    """
    from lxml import etree

    ids = _Ids(source or {})
    written: Codes = {}
    levels = [parent]
    parts = pieces(fit(text))
    for place, piece in enumerate(parts):
        if piece.kind is Kind.WORDS:
            append_text(levels[-1], piece.text)
        elif piece.kind in ENDS.values():
            levels.pop()
        else:
            code = Code(piece.kind, _target(parts, place) if piece.kind is Kind.LINK else piece.text)
            identity = ids.take(code)
            name = "g" if piece.kind in ENDS else "x"
            attributes = {"id": identity, "ctype": TYPES[piece.kind], "equiv-text": code.text}
            element = etree.SubElement(levels[-1], f"{{{NAMESPACE}}}{name}", attributes)
            written[identity] = code
            if name == "g":
                levels.append(element)
    return written


def _target(parts: tuple[Piece, ...], place: int) -> str:
    """Return the target of the link that opens at ``place``: links hold no links, so the next end is its own."""
    following = (parts[at] for at in range(place, len(parts)))
    return next(piece.text[2:-1] for piece in following if piece.kind is Kind.LINK_END)


class _Ids:
    """Ids for codes: of the source's equal ones, each once; then numbers that the source does not have."""

    def __init__(self, source: Codes) -> None:
        self._source = source
        self._number = len(source)
        self._free: dict[Code, list[str]] = {}
        for identity, code in reversed(source.items()):
            self._free.setdefault(code, []).append(identity)

    def take(self, code: Code) -> str:
        if self._free.get(code):
            return self._free[code].pop()
        self._number += 1
        while str(self._number) in self._source:
            self._number += 1
        return str(self._number)
