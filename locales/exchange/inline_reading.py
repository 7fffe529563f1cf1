"""Inline elements of XLIFF 1.2 read as the words and marks of a segment, whatever tools have made of them.

Besides what is written (locales/exchange/inline.py): bx, ex, bpt, ept, it, ph and mrk, elements that cross or were
divided, and elements that say less of themselves than they did.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from locales.exchange.inline import NAMESPACE, TYPES, Code, Codes
from locales.marks import ENDS, Kind, Piece, pieces

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

NAMESPACES = ("", NAMESPACE, "urn:oasis:names:tc:xliff:document:1.1")
_MARKS = {Kind.STRONG: ("**", "__"), Kind.EMPHASIS: ("*", "_")}
_INLINE = frozenset({"g", "x", "ph", "bpt", "bx", "it"})
_PLACEHOLDERS = frozenset({Kind.FIELD, Kind.NOTE, Kind.ADDRESS, Kind.BREAK, Kind.ESCAPE, Kind.IMAGE})
_NATIVE = re.compile(r"""equiv-text\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DELETED = "x-sdl-deleted"  # a tracked change in SDLXLIFF


@dataclass
class Read:
    """The content of a ``<source>`` or ``<target>``; ``unknown`` are elements that stand for nothing known."""

    parts: list[Piece] = field(default_factory=list)
    codes: Codes = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def is_element(element: Element) -> bool:
    """Tell an element from a comment or a processing instruction, whose tag is a function."""
    tag: object = element.tag
    return isinstance(tag, str)


def local_name(element: Element) -> str:
    """Return the name of an element of XLIFF 1; empty for comments and other vocabularies' elements."""
    namespace, _, name = str(element.tag).rpartition("}") if is_element(element) else ("", "", "")
    return name if namespace.removeprefix("{") in NAMESPACES else ""


def child(element: Element, name: str) -> Element | None:
    """Return the first child of that name."""
    return next((found for found in element if local_name(found) == name), None)


def read_inline(element: Element, source: Mapping[str, Code] | None = None) -> Read:
    """Read an element's content into pieces, marks well nested; words are as they print."""
    reading = _Reading(source or {})
    reading.content(element)
    reading.close_all()
    return reading.read


@dataclass(frozen=True, slots=True)
class _Open:
    """A paired element that is open. ``key`` is by what it will be closed, ``code`` None if it stands for nothing."""

    key: str
    identity: str
    code: Code | None


@dataclass
class _Reading:
    source: Mapping[str, Code]
    read: Read = field(default_factory=Read)
    open: list[_Open] = field(default_factory=list)
    closed: dict[int, str] = field(default_factory=dict)  # places of closing marks, and the ids of their elements

    def content(self, element: Element) -> None:
        indented = _is_indented(element)
        self._words(element.text, indented=indented)
        for child in element:
            self._child(child)
            self._words(child.tail, indented=indented)

    def close_all(self) -> None:
        while self.open:
            self._close(self.open[-1].key)

    def _words(self, text: str | None, *, indented: bool) -> None:
        if text and not indented:
            self.read.parts.append(Piece(Kind.WORDS, text))

    def _child(self, child: Element) -> None:
        match local_name(child):
            case "mrk":
                if comment := child.get("comment"):
                    self.read.comments.append(comment)
                if child.get("mtype") != _DELETED:
                    self.content(child)
            case "g":
                key = self._open(child, f"g{len(self.open)}")
                self.content(child)
                self._close(key)
            case "bpt" | "bx":
                self._open(child, child.get("rid") or child.get("id") or "")
            case "ept" | "ex":
                self._close(child.get("rid") or child.get("id") or "")
            case "it":
                key = child.get("rid") or child.get("id") or ""
                self._close(key) if child.get("pos") == "close" else self._open(child, key)
            case "x" | "ph":
                self._placeholder(child)
            case "" if is_element(child):  # another vocabulary's
                self.content(child)

    def _open(self, element: Element, key: str) -> str:
        identity = element.get("id") or ""
        code = self._code(element, paired=True)
        if code is None:
            self.read.unknown.append(_shown(element))
        else:
            self.read.codes.setdefault(identity, code)
            if code.kind is Kind.LINK and any(other.code and other.code.kind is Kind.LINK for other in self.open):
                code = None  # links hold no links
        self.open.append(_Open(key, identity, code))
        if code and not self._goes_on(identity, code):
            self.read.parts.append(code.opening)
        return key

    def _goes_on(self, identity: str, code: Code) -> bool:
        """Go on with the element that was closed just before: dividing sentences has divided it."""
        parts = self.read.parts
        place = len(parts) - 1
        while place >= 0 and parts[place].kind is Kind.WORDS and not parts[place].text.strip():
            place -= 1
        if place < 0 or self.closed.get(place) != identity or parts[place] != code.closing:
            return False
        del parts[place], self.closed[place]
        return True

    def _close(self, key: str) -> None:
        """Close what was opened as ``key``; what was opened since is closed before and opened again after it."""
        if all(other.key != key for other in self.open):
            return
        again: list[_Open] = []
        while True:
            last = self.open.pop()
            if last.code:
                self.closed[len(self.read.parts)] = last.identity
                self.read.parts.append(last.code.closing)
            if last.key == key:
                break
            again.append(last)
        for last in reversed(again):
            self.read.parts += [last.code.opening] if last.code else []
            self.open.append(last)

    def _placeholder(self, element: Element) -> None:
        code = self._code(element, paired=False)
        if code is None:
            self.read.unknown.append(_shown(element))
            return
        self.read.codes.setdefault(element.get("id") or "", code)
        self.read.parts.append(code.opening)

    def _code(self, element: Element, *, paired: bool) -> Code | None:
        """What the element says itself, or the source's element of its id, or the only one of its type there."""
        own = own_code(element)
        same_id = self.source.get(element.get("id") or "")
        if own is not None or (same_id is not None and (same_id.kind in ENDS) == paired):
            return own or same_id
        alike = {code for code in self.source.values() if TYPES[code.kind] == element.get("ctype")}
        return alike.pop() if len(alike) == 1 else None


def inline_ids(element: Element) -> list[str]:
    """Return the ids of the inline elements within an element, in their order, each once."""
    found = (part.get("id") or "" for part in element.iter() if local_name(part) in _INLINE)
    return list(dict.fromkeys(found))


def _is_indented(element: Element) -> bool:
    """Tell whether a tool has only laid the elements out on lines: nothing but line ends around each of them."""
    between = [element.text, *(child.tail for child in element)]
    return len(between) > 1 and all(text and "\n" in text and not text.strip() for text in between)


def _shown(element: Element) -> str:
    return f'<{local_name(element)} id="{element.get("id", "")}">'


def _native(element: Element) -> str:
    """Return what the element stands for, also where a tool has wrapped the element it was given as text."""
    given = element.get("equiv-text")
    if given is not None or local_name(element) == "g":
        return given or ""
    content = "".join(str(text) for text in element.itertext())
    wrapped = _NATIVE.search(content)
    return html.unescape(wrapped[1] or wrapped[2] or "") if wrapped else content


def own_code(element: Element) -> Code | None:
    """Return what an inline element says itself that it stands for; None if it does not."""
    return _placeholder_code(element) if local_name(element) in {"x", "ph"} else _paired_code(element)


def _paired_code(element: Element) -> Code | None:
    text = _native(element)
    ctype = element.get("ctype")
    for kind, marks in _MARKS.items():
        if ctype == TYPES[kind] or (ctype is None and text in marks):
            return Code(kind, text if text in marks else marks[0])
    is_target = [piece.kind for piece in pieces(f"[x]({text})")] == [Kind.LINK, Kind.WORDS, Kind.LINK_END]
    return Code(Kind.LINK, text) if ctype in {TYPES[Kind.LINK], None} and text and is_target else None


def _placeholder_code(element: Element) -> Code | None:
    text = _native(element)
    if element.get("ctype") == TYPES[Kind.BREAK]:
        return Code(Kind.BREAK, text if _only(text, {Kind.BREAK}) else "\\\n")
    return Code(pieces(text)[0].kind, text) if _only(text, _PLACEHOLDERS) else None


def _only(text: str, kinds: Iterable[Kind]) -> bool:
    cut = pieces(text)
    return len(cut) == 1 and cut[0].kind in kinds
