"""Cuts text of a right-to-left document into stretches of one direction.

Word shows a run as the run says, so Latin words, addresses and numbers must stand in runs of their own. The rules
follow the Unicode bidirectional algorithm (UAX #9) where it matters in letters: a number keeps its separators
(«70/125», «140,000») but not a hyphen, so that a range reads from right to left; brackets stay with Latin text
that holds both of them.
"""

from __future__ import annotations

import re
import unicodedata

_URL = re.compile(r"(?:https?://|www\.|mailto:)[^\s<>«»\"،؛؟]+", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+%-]{1,64}@[\w.-]+\w", re.ASCII)
_PHONE = re.compile(r"\u200e?\+\d[\d\u00a0 ()./-]*\d")
_NUMBER = re.compile(r"\d+(?:[.,:/\u00a0\u202f]\d+)*%?(?!\w)", re.ASCII)
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def stretches(text: str) -> list[tuple[str, bool]]:
    """Return ``text`` cut into (stretch, whether it runs right to left); joined, they are the text again."""
    found: list[tuple[str, bool]] = []
    start = position = 0
    while position < len(text):
        end = _left_to_right_end(text, position)
        if end == position:
            position += 1
            continue
        if start < position:
            found.append((text[start:position], True))
        found.append((text[position:end], False))
        start = position = end
    if start < len(text):
        found.append((text[start:], True))
    return found


def _left_to_right_end(text: str, start: int) -> int:
    """Return where a left-to-right stretch that begins at ``start`` ends; ``start`` if none begins there."""
    for pattern in (_URL, _MAILBOX, _PHONE):
        match = pattern.match(text, start)
        if match:
            return start + len(match.group().rstrip(".,;:!?)"))
    if _is_strong(text[start]):
        return _latin_end(text, start)
    number = _NUMBER.match(text, start)
    if number:
        return number.end()
    if text[start].isdigit() and text[start].isascii():
        return _latin_end(text, start)
    return start


def _latin_end(text: str, start: int) -> int:
    """Return the end of Latin text: its last letter or digit before text of the other direction, brackets closed."""
    end = start + 1
    for position in range(start, len(text)):
        character = text[position]
        if character == "\n" or unicodedata.bidirectional(character) in ("R", "AL", "AN"):
            break
        if _is_strong(character) or (character.isdigit() and character.isascii()):
            end = position + 1
    while end < len(text) and text[end] in _BRACKETS and _is_open(text[start:end], text[end]):
        end += 1
    return end


def _is_strong(character: str) -> bool:
    return unicodedata.bidirectional(character) == "L"


def _is_open(stretch: str, closing: str) -> bool:
    return stretch.count(_BRACKETS[closing]) > stretch.count(closing)
