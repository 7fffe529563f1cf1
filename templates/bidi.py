"""Cuts text of a right-to-left document into stretches of one direction, and sets marks where no markup can.

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
_PHONE = re.compile(r"\u200e?\+\d[\d\u00a0 ()./\u2011-]*\d")
_CODE = re.compile(r"\d[\d./_:-]*[-/._][A-Za-z][\w./:-]*|\d+(?:-\d+){2,}", re.ASCII)  # «3/9-CL», «2022-03-21»
_NUMBER = re.compile(r"(?:\u200e[+\u2212-]?)?\d+(?:[.,:/\u00a0\u202f]\d+)*%?(?!\w)", re.ASCII)
_NO_WORD = re.compile(r"[^\w\s]|[\d_]")
_ENDS_PLAINLY = re.compile(r"[^\W_]$")
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
_ARABIC_MARKS = "،؛؟"
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


def isolated(text: str) -> list[tuple[str, bool]]:
    """Return ``text`` cut into (stretch, whether it must be isolated).

    References, addresses, telephone numbers and numbers that begin with a mark must, and Latin words that nothing but
    a comma or the like parts from the next ones. Plain numbers and other single words need nothing: the algorithm sets
    them right.
    """
    return [(stretch, alone) for stretch, _, alone in _judged(text)]


def directed(text: str) -> list[tuple[str, bool]]:
    """Return (stretch, whether it runs right to left) as `stretches` does, with marks where HTML would isolate.

    A right-to-left mark stands behind each such stretch, so that what follows does not join it, and a left-to-right
    one before what begins with no letter: LibreOffice goes by the text, not by the direction of runs.
    """
    found: list[tuple[str, bool]] = []
    after = ""  # the mark that the last stretch asks for
    for stretch, backwards, alone in _judged(text):
        if after and not backwards:
            found.append((after, True))
        found.append((after + stretch if backwards else _led(stretch) if alone else stretch, backwards))
        after = RIGHT_TO_LEFT_MARK if alone else ""
    return [*found, (after, True)] if after else found


def marked(text: str) -> str:
    """Return plain text with the same marks.

    Nothing is put behind an address: programs that make links of them would take it in.
    """
    return "".join(_closed(stretch) if alone else stretch for stretch, alone in isolated(text))


def _closed(stretch: str) -> str:
    is_address = _URL.match(stretch) or _MAILBOX.match(stretch)
    return stretch if is_address else _led(stretch) + RIGHT_TO_LEFT_MARK


def _judged(text: str) -> list[tuple[str, bool, bool]]:
    """Return (stretch, whether it runs right to left, whether it must be isolated)."""
    cut = stretches(text)
    return [
        (
            stretch,
            backwards,
            not backwards
            and not (_NUMBER.fullmatch(stretch) and stretch[0] != LEFT_TO_RIGHT_MARK)
            and (bool(_NO_WORD.search(stretch)) or _runs_on(cut[at + 1 : at + 3])),
        )
        for at, (stretch, backwards) in enumerate(cut)
    ]


def _runs_on(following: list[tuple[str, bool]]) -> bool:
    """Tell whether the next left-to-right stretch would join: nothing but neutral characters stands between."""
    return len(following) > 1 and not any(unicodedata.bidirectional(char) in ("R", "AL") for char in following[0][0])


def begun(paragraph: str) -> str:
    """Return a paragraph of plain text that programs take to run right to left, though it begins with Latin words."""
    first = next((kind for kind in map(unicodedata.bidirectional, paragraph) if kind in ("L", "R", "AL")), "")
    return RIGHT_TO_LEFT_MARK + paragraph if first == "L" else paragraph


def _led(stretch: str) -> str:
    """Return a stretch with left-to-right marks where it does not begin with a letter, or end with one or a digit."""
    start = "" if _is_strong(stretch[0]) else LEFT_TO_RIGHT_MARK
    return start + stretch + ("" if _ENDS_PLAINLY.search(stretch) else LEFT_TO_RIGHT_MARK)


def _left_to_right_end(text: str, start: int) -> int:
    """Return where a left-to-right stretch that begins at ``start`` ends; ``start`` if none begins there."""
    first = text[start]
    if first == " " or not (first.isascii() or first == LEFT_TO_RIGHT_MARK or _is_strong(first)):
        return start  # none can begin: most characters of a right-to-left text
    for pattern in (_URL, _MAILBOX, _PHONE, _CODE):
        match = pattern.match(text, start)
        if match:
            return start + len(match.group().rstrip(".,;:!?)"))
    number = _NUMBER.match(text, start)
    if number:
        return number.end()
    if _is_strong(text[start]):
        return _latin_end(text, start)
    if text[start].isdigit() and text[start].isascii():
        return _latin_end(text, start)
    return start


def _latin_end(text: str, start: int) -> int:
    """Return the end of Latin text: its last letter or digit before text of the other direction, brackets closed."""
    end = start + 1
    for position in range(start, len(text)):
        character = text[position]
        if character in "\n" + _ARABIC_MARKS or unicodedata.bidirectional(character) in ("R", "AL", "AN"):
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
