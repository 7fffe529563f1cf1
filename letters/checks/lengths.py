"""Translations much longer or shorter than their source: a sentence left out, a passage pasted twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from letters.checks.versions import FIELD_MARK, Pair
from locales.addresses import MAILBOX, WEB_ADDRESS
from office.findings import Finding

# How many characters a language needs for what takes 100 in English, as measured on letters in six languages.
_CHARACTERS = {"ar": 89, "zh": 31, "en": 100, "fr": 117, "ru": 111, "es": 113}
_ASCII = re.compile(r"[!-~]+")
_FIELD = 12  # characters that a field prints, about
_LEAST = 60  # English characters: of shorter texts the length says nothing
_LONGEST, _SHORTEST = 1.85, 0.55  # of what is expected


def check_lengths(pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Yield translations whose length is far from what their source lets expect."""
    for pair in pairs:
        if pair.language not in _CHARACTERS or pair.source_language not in _CHARACTERS:
            continue
        ratio = _CHARACTERS[pair.language] / _CHARACTERS[pair.source_language]
        expected = _length(pair.source, ratio, among_chinese=pair.source_language == "zh")
        own = _length(pair.text)
        if (
            len(pair.source) * 100 < _LEAST * _CHARACTERS[pair.source_language]
            or _SHORTEST <= own / expected <= _LONGEST
        ):
            continue
        what, hint = (
            ("long", "Does it say anything twice, or more than its source?")
            if own > expected
            else ("short", "Is anything left out?")
        )
        yield pair.finding(
            "length-ratio",
            f"the translation is very {what}: {round(own)} characters, where about {round(expected)} would be usual",
            hint,
        )


def _length(text: str, ratio: float = 1, *, among_chinese: bool = False) -> float:
    """Return the characters of a text, those of its words multiplied by ``ratio``.

    Addresses stay as long as they are; so do figures and Latin words among Chinese ones.
    """
    fields = text.count(FIELD_MARK)
    kept = (_ASCII,) if among_chinese else (WEB_ADDRESS, MAILBOX)
    same = sum(len(part) for pattern in kept for part in pattern.findall(text))
    return (len(text) - fields - same) * ratio + same + fields * _FIELD
