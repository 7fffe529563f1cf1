"""Find the times of day that a text states: the forms of a language read backwards, as `locales.date_reading` does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from locales.formats import Formats
from locales.locale import Locale
from locales.patterns import split
from office.folding import with_ascii_digits

_EVERYWHERE = ("{h}:{mm}", "{h1}:{mm1}-{h2}:{mm2}")
_FIGURES = {"h": r"\d{1,2}", "hh": r"\d{2}", "mm": r"\d{2}"}
_GAP = re.compile(r"(?:\\?\s)+")
_DASH = re.compile(r"(?:\\?\s)*\\?[-–—](?:\\?\s)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTime:
    """A time of day, or a span of hours, that stands in a text; ``last`` is None for a single time.

    ``text[start:end]`` of the text that was read is what stands there.
    """

    first: time
    last: time | None
    text: str
    start: int
    end: int


def read_times(text: str, locale: Locale) -> tuple[StatedTime, ...]:
    """Return the times that ``text`` states in the language of ``locale``, in their order.

    Digits of any script count, and «16:00» in any language. What no clock shows, such as 25:00, is left out.
    """
    return tuple(_times(text, _expression(locale)))


def _times(text: str, expression: re.Pattern[str]) -> Iterator[StatedTime]:
    for match in expression.finditer(with_ascii_digits(text)):
        said = {name.partition("_")[2]: int(value) for name, value in match.groupdict().items() if value is not None}
        single = "h" in said
        try:
            first = _time(said["h" if single else "h1"], said.get("m" if single else "m1", 0))
            last = None if single else _time(said["h2"], said.get("m2", 0))
        except ValueError:
            continue
        start, end = match.span()
        yield StatedTime(first=first, last=last, text=text[start:end], start=start, end=end)


def _time(hour: int, minute: int) -> time:
    """Return a time of day; 24:00 is midnight. Raises ValueError for what no clock shows."""
    return time() if (hour, minute) == (24, 0) else time(hour, minute)


@lru_cache(maxsize=64)
def _expression(locale: Locale) -> re.Pattern[str]:
    formats: Formats = locale.formats
    said = (formats.time_range, formats.time_single, *formats.reading_times, *_EVERYWHERE)
    patterns = [pattern for pattern in dict.fromkeys(said) if _is_readable(pattern)]
    ordered = sorted(patterns, key=lambda pattern: (len(split(pattern)), len(pattern)), reverse=True)
    forms = "|".join(_alternative(f"p{number}", pattern) for number, pattern in enumerate(ordered))
    return re.compile(rf"(?<![\d:.,/])(?:{forms})(?![\d/]|:\d)", re.IGNORECASE)


def _is_readable(pattern: str) -> bool:
    """Tell whether a pattern says the hour, or both hours, and each once."""
    roles = [field.rstrip("12")[:1] + field[len(field.rstrip("12")) :] for _, field in split(pattern) if field]
    return len(roles) == len(set(roles)) and (("h" in roles) != {"h1", "h2"}.issubset(roles))


def _alternative(name: str, pattern: str) -> str:
    pieces = []
    for literal, field in split(pattern):
        pieces.append(_GAP.sub(lambda _: r"\s*", _DASH.sub(lambda _: r"\s?[-–—]\s?", re.escape(literal))))
        if field:
            kind, side = field.rstrip("12"), field[len(field.rstrip("12")) :]
            pieces.append(f"(?P<{name}_{kind[0]}{side}>{_FIGURES[kind]})")
    return "".join(pieces)
