"""Working days of the world's countries, by their own calendars: weekends and public holidays of the whole country.

A country with several time zones is at work when it is a working day in all of them: a letter to Washington is not to
arrive on a Sunday in Honolulu. Zones of countries come from Unicode CLDR (through Babel), holidays and weekends, also
the weekends that are worked in exchange for a bridge day, from the ``holidays`` package.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from holidays import HolidayBase

LONGEST = 60  # days that are looked ahead; no country rests longer
_SATURDAY = 5


def is_known(country: str) -> bool:
    """Tell whether the working days of a country (ISO 3166-1 alpha-2) are known."""
    return _calendar(country) is not None


def at_work(country: str, moment: datetime) -> bool:
    """Tell whether it is a working day in all of a country (ISO 3166-1 alpha-2) at a moment.

    Where a country is not known, the days from Monday to Friday in UTC are.
    """
    return all(_is_working_day(country, moment.astimezone(zone).date()) for zone in _zones(country))


def next_at_work(country: str, moment: datetime) -> datetime:
    """Return ``moment`` if the country is at work then, else the first later moment when it is, in UTC."""
    if at_work(country, moment):
        return moment
    # Days begin and end at the midnights of its zones, and nowhere else.
    midnights = sorted(
        datetime.combine(moment.astimezone(zone).date() + timedelta(days=ahead), time(0), tzinfo=zone).astimezone(UTC)
        for zone in _zones(country)
        for ahead in range(1, LONGEST)
    )
    return next((midnight for midnight in midnights if at_work(country, midnight)), midnights[-1])


def _is_working_day(country: str, day: date) -> bool:
    calendar = _calendar(country)
    return day.weekday() < _SATURDAY if calendar is None else calendar.is_working_day(day)


@cache
def _calendar(country: str) -> HolidayBase | None:
    from holidays import country_holidays

    try:
        return country_holidays(country)
    except NotImplementedError:
        return None  # of some countries the library has no calendar: weekends alone count


@cache
def _zones(country: str) -> tuple[ZoneInfo, ...]:
    from babel.core import get_global

    names = get_global("territory_zones").get(country, ())
    return tuple(ZoneInfo(name) for name in names) or (ZoneInfo("UTC"),)
