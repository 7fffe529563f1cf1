"""The calendar values that facts are made of."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_LEAP_YEAR = 2000
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A whole month, as in «January 2020»."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"there is no month {self.month}")

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day whose year is not said, as in «15 April»; 29 February counts, for some years have it."""

    month: int
    day: int

    def __post_init__(self) -> None:
        date(_LEAP_YEAR, self.month, self.day)  # raises ValueError for a day that no year has


Moment = date | datetime | Month


def parse_month(text: str) -> Month:
    """Read ``2020-01``; raises ValueError for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValueError(f"«{text}» is not a month written like 2020-01")
    return Month(int(match[1]), int(match[2]))


def day_of(moment: Moment) -> date:
    """Return the day of a moment: a month counts as its last day."""
    if isinstance(moment, Month):
        return moment.last
    return moment.date() if isinstance(moment, datetime) else moment


def last_day(start: Moment | None, end: Moment) -> date | Month:
    """Return the last day or month of what ends at ``end``: what lasts until midnight ends with the day before."""
    if not isinstance(end, datetime):
        return end
    is_midnight = isinstance(start, datetime) and end.time() == time() and start.date() < end.date()
    return end.date() - timedelta(days=1) if is_midnight else end.date()
