"""Recognise a date that is typed in one of the six languages, in its usual spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from locales.locale import Locale

_NUMERIC = re.compile(
    r"(?<![\w/.-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d{1,2}/\d{1,2})(?![\w/-])"
)
_CHINESE = re.compile(r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d{4}\s?年\s?\d{1,2}\s?月")
_DAY = r"\d{1,2}(?:\s?(?:er|st|nd|rd|th|º|ª|-?го|-?е))?"
_LEAST_ABBREVIATION = 3


@dataclass(frozen=True, slots=True)
class DatePatterns:
    """What dates look like in one language."""

    patterns: tuple[re.Pattern[str], ...]

    def find(self, text: str) -> Iterator[str]:
        """Yield the dates typed in ``text`` (digits 0-9), each once."""
        seen: list[tuple[int, int]] = []
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                if all(match.end() <= start or match.start() >= end for start, end in seen):
                    seen.append(match.span())
                    yield match[0].strip()


def date_patterns(locale: Locale) -> DatePatterns:
    """Return the patterns of a language; months are those that its own dates print."""
    return _patterns(locale.tag, _months(locale))


@lru_cache(maxsize=16)
def _patterns(language: str, months: tuple[str, ...]) -> DatePatterns:
    if language == "zh":
        return DatePatterns((_CHINESE, _NUMERIC))
    flags = re.NOFLAG if language == "en" else re.IGNORECASE  # «may» is an English verb
    names = "|".join(sorted(map(re.escape, (*months, *_abbreviations(language, months))), key=len, reverse=True))
    month = rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])\.?"
    year = r"(?:,?\s(?:de\s|del\s|عام\s|سنة\s)?\d{4})"
    return DatePatterns(
        (
            re.compile(rf"(?<![\w/]){_DAY}\s(?:de\s|من\s)?{month}{year}?", flags),
            re.compile(rf"{month}\s{_DAY}(?![\d/]){year}?", flags),
            re.compile(rf"{month}{year}(?!\d)", flags),
            _NUMERIC,
        )
    )


def _months(locale: Locale) -> tuple[str, ...]:
    """Return the names of the months, as they follow a day."""
    names: list[str] = []
    for number in range(1, 13):
        printed = locale.date(date(2001, number, 15), "dm")
        names += [word for word in re.findall(r"[^\W\d_]+", printed) if len(word) > 2]
    return tuple(dict.fromkeys(names))


def _abbreviations(language: str, months: tuple[str, ...]) -> tuple[str, ...]:
    if language not in {"en", "fr", "es", "ru"}:
        return ()
    length = 4 if language == "fr" else _LEAST_ABBREVIATION
    return tuple(dict.fromkeys(name[:length] for name in months if len(name) > length))
