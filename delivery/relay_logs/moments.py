"""Moments as logs write them: with a zone, or without one, or even without a year."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)")
_LISTED = re.compile(
    r"(\d{1,4})([/.-])(\d{1,2})[/.-](\d{1,4}),? {1,2}"
    r"(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?:\.\d+)?(?: ?([AaPp])\.?[Mm]\.?)?"
)
_FUTURE = timedelta(days=1)  # that a relay's clock, or a zone that is taken wrongly, may be ahead


def syslog_moment(text: str, *, zone: tzinfo, now: datetime) -> datetime | None:
    """Read «Mar 21 09:30:00» (RFC 3164 section 4.1.2): the latest such moment that is not to come."""
    match = _SYSLOG.match(text)
    if match is None or match[1].lower() not in _MONTHS:
        return None
    month, day = _MONTHS.index(match[1].lower()) + 1, int(match[2])
    latest = (now + _FUTURE).astimezone(zone)
    for year in range(latest.year, latest.year - 9, -1):  # a 29 February may be eight years ago
        moment = _moment(year, month, day, int(match[3]), int(match[4]), int(match[5]), zone)
        if moment is not None and moment <= latest:
            return moment
    return None


def exact_moment(text: str, *, zone: tzinfo) -> tuple[datetime, bool] | None:
    """Read an ISO 8601 moment, and tell whether it names its zone; where it does not, it is of ``zone``."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(",", "."))
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return _within(moment), True
    return _within(moment.replace(tzinfo=zone)), False


def listed_moments(text: str, *, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Read a moment as a table of Windows writes it, by the settings of somebody's account: day first, month first.

    Both are the same where it can be read in one way only; None: not in that order.
    """
    match = _LISTED.fullmatch(text.strip())
    if match is None:
        return None, None
    hour = int(match[5])
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "p" else 0)
    clock = (hour, int(match[6]), int(match[7] or 0))
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        only = _moment(first, second, third, *clock, zone)
        return only, only
    year = third if third > 99 else 2000 + third
    day_first, month_first = _moment(year, second, first, *clock, zone), _moment(year, first, second, *clock, zone)
    if match[2] == ".":
        return day_first, day_first
    if match[8] and month_first is not None:
        return month_first, month_first
    return day_first, month_first


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: tzinfo) -> datetime | None:  # noqa: PLR0917 - as a clock shows it
    try:
        return _within(datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone))
    except ValueError:
        return None


def _within(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime(1, 1, 2, tzinfo=UTC)
