"""Text as it is compared, where case, accents and the script of digits do not matter."""

from __future__ import annotations

import re
import unicodedata


def folded(text: str) -> str:
    """Return ``text`` without case, accents and differences of width."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return plain if plain.isascii() else "".join(letter for letter in plain if not unicodedata.combining(letter))


def folded_pattern(pattern: str) -> re.Pattern[str]:
    """Return a regular expression for `folded` text: its words are folded, its escapes (``\\W``) are left alone."""
    return re.compile("".join(part if part.isascii() else folded(part) for part in pattern))


def with_ascii_digits(text: str) -> str:
    """Return ``text`` with the digits of any script as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text)
