"""The days that a letter's facts are, held against those that its texts state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from letters.model import Letter
from locales.date_reading import Stated, StatedDate, read_dates
from locales.dates import Moment, Month, MonthDay, last_day
from locales.locale import Locale


def days_of(letter: Letter, fact: str) -> tuple[Stated, ...]:
    """Return the days or months that a fact is, such as ``deadlines.confirm`` or ``events.forum``; none for others."""
    group, _, key = fact.partition(".")
    match group:
        case "date":
            return (letter.date,)
        case "deadlines" if key in letter.deadlines:
            return (_day(letter.deadlines[key].date),)
        case "events" if key in letter.events:
            event = letter.events[key]
            start = () if event.start is None else (_day(event.start),)
            return start if event.end is None else (*start, last_day(event.start, event.end))
        case "facts" if isinstance(value := letter.facts.get(key), date):
            return (_day(value),)
    return ()


def all_days_of(letter: Letter) -> frozenset[Stated]:
    """Return every day or month that letter.toml states."""
    groups = {"deadlines": letter.deadlines, "events": letter.events, "facts": letter.facts}
    names = ["date", *(f"{group}.{key}" for group, items in groups.items() for key in items)]
    return frozenset(day for name in names for day in days_of(letter, name))


def days_in(text: str, locale: Locale) -> frozenset[Stated]:
    """Return every day or month that a text states."""
    return frozenset(end for stated in read_dates(text, locale) for end in _ends(stated))


def strange_dates(text: str, locale: Locale, known: Iterable[Stated]) -> tuple[str, ...]:
    """Return the dates that a text states, as they stand there, and that are not ``known``; each once."""
    known = frozenset(known)
    found = [
        stated.text
        for stated in read_dates(text, locale)
        if not _ends(stated) or not all(is_among(end, known) for end in _ends(stated))
    ]
    return tuple(dict.fromkeys(found))


def is_among(day: Stated, known: Iterable[Stated]) -> bool:
    """Tell whether a day is one of those known; without its year, or as its month, it may be any such day.

    A day that is known without its year only agrees with any year.
    """
    whole = [other for other in known if isinstance(other, date)]
    for other in known:
        if day == other:
            return True
        match day, other:
            case MonthDay(), date():
                if (day.month, day.day) == (other.month, other.day):
                    return True
            case Month(), date():
                if (day.year, day.month) == (other.year, other.month):
                    return True
            case date(), MonthDay():
                same = (other.month, other.day)
                if (day.month, day.day) == same and not any((item.month, item.day) == same for item in whole):
                    return True
    return False


def _ends(stated: StatedDate) -> tuple[Stated, ...]:
    return tuple(end for end in (stated.first, stated.last) if end is not None)


def _day(moment: Moment) -> Stated:
    return moment.date() if isinstance(moment, datetime) else moment
