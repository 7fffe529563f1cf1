"""What word processors and input methods do to fields, undone; and what a text may not hold, taken out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import chain

from locales.characters import forbidden_character
from locales.marks import FIELD, NOTE, Kind, pieces
from office.characters import unfit_character

# Braces of a Chinese keyboard, or with blanks between them; marks of direction that an editor puts around them.
_DAMAGED = re.compile(r"[{｛][\s\u200e\u200f]?[{｛]([^{}｛｝]{1,500})[}｝][\s\u200e\u200f]?[}｝]")
_DAMAGED_NOTE = re.compile(r"[\[［]\s?[\^＾ˆ]\s?([\w-]{1,40})\s?[\]］]")
_QUOTES = "“”„‟«»＂″"
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_WIDE = {"（": "(", "）": ")", "｜": "|", "．": ".", "，": ",", "｛": "{", "｝": "}", "\u2011": "-", "＿": "_"}
_CHANGED = str.maketrans({**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_INVISIBLE, ""), **_WIDE})


def repair(text: str, source: str) -> str:
    """Return a translation fit to be kept.

    Fields whose quotation marks, braces or blanks a program has changed become those of the source again, and so do
    the marks of footnotes. Characters that no letter may hold are taken out, line ends are line
    feeds, and blanks at the edges go.
    """
    known = {_folded(field): field for field in (match[0] for match in FIELD.finditer(source))}
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(_fit(character) for character in text)
    text = _DAMAGED.sub(lambda match: _sound(match[0], known), text).strip()
    notes = {match[0] for match in NOTE.finditer(source)}
    return _DAMAGED_NOTE.sub(lambda match: f"[^{match[1]}]" if f"[^{match[1]}]" in notes else match[0], text)


def field_names(text: str) -> tuple[str, ...]:
    """Return what each field names, without its filters: ``deadlines.reply``."""
    return tuple(match[1].partition("|")[0].strip() for match in FIELD.finditer(text))


def field_faults(source: str, text: str) -> tuple[str, ...]:
    """Tell which fields of the source a translation has lost, and which it has that the source has not.

    Footnotes as well.
    """
    wanted, there = set(field_names(source)), set(field_names(text))
    lost = (f"{{{{ {name} }}}} is lost" for name in sorted(wanted - there))
    unknown = (f"{{{{ {name} }}}} is not in the source" for name in sorted(there - wanted - {"recipient"}))
    marks, kept = Counter(_notes(source)), Counter(_notes(text))
    lost_notes = (f"the footnote {mark} is lost" for mark in sorted(marks - kept))
    unknown_notes = (f"the footnote {mark} is not in the source" for mark in sorted(kept - marks))
    return tuple(chain(lost, unknown, lost_notes, unknown_notes))


def _notes(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.kind is Kind.NOTE] if "[^" in text else []


def _fit(character: str) -> str:
    if character in "\x0b\x0c\x85\u2028\u2029":
        return " "  # ends of lines in some program; a word processor's line break among them
    is_unfit = forbidden_character(character) or unfit_character(character, allowed="\n\t")
    return "" if is_unfit or character == "\ufeff" else character


def _folded(field: str) -> str:
    return "".join(field.translate(_CHANGED).split())


def _sound(field: str, known: Mapping[str, str]) -> str:
    """Return a field as the source has it; one that nothing has changed, or that is not the source's, as it is."""
    if FIELD.fullmatch(field) and field.isascii():
        return field
    return known.get(_folded(field), field)
