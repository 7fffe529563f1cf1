"""Characters that no words of a letter may hold."""

from __future__ import annotations

import unicodedata

# Overrides and embeddings turn text round for the eye without changing it; isolates and marks are legitimate.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")


def forbidden_character(text: str) -> str:
    """Describe the first forbidden character, such as «U+0007, a control character»; empty if there is none.

    Forbidden are control characters except line end and tab, private use, surrogates,
    the line and paragraph separators, and those that override the direction of writing.
    """
    if text.isprintable():
        return ""
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Cc" and char not in "\n\t":
            return f"U+{ord(char):04X}, a control character"
        if kind in ("Co", "Cs"):
            return f"U+{ord(char):04X}, a character without an agreed meaning"
        if kind in ("Zl", "Zp"):
            return f"U+{ord(char):04X}, a line separator"
        if char in _OVERRIDES:
            return f"U+{ord(char):04X}, which overrides the direction of writing"
    return ""
