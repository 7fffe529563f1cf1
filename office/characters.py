"""Characters that may not stand in anything a user writes."""

from __future__ import annotations

import unicodedata


def unfit_character(text: str, *, allowed: str = "") -> str:
    """Return the first character of ``text`` that cannot be printed or sent, or nothing if all can.

    Refused are control characters (category Cc) other than those ``allowed``, line and paragraph separators, the
    private use area (reserved for the marks of compiled forms, templates/forms.py), surrogates, U+FFFE and U+FFFF,
    which XML does not admit (XML 1.0, section 2.2), and U+202D and U+202E, which show letters in another order than
    they stand in: a name, or a subject, could be read as another.
    """
    if text.isprintable():  # no other separator or control character is
        return ""
    for character in text:
        if character in allowed:
            continue
        if character in "\u2028\u2029\u202d\u202e\ufffe\uffff" or unicodedata.category(character) in {"Cc", "Co", "Cs"}:
            return character
    return ""


def name_of(character: str) -> str:
    """Describe a character for a message: ``U+0007``."""
    return f"U+{ord(character):04X}"
