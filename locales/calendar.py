"""Days on which an office is closed: weekends, public holidays of its place, and holidays of the United Nations.

Public holidays come from the ``holidays`` package. ``data/holidays.csv`` adds what the United Nations' duty stations
keep besides (ST/IC circulars of each year): the two feasts that follow the moon, everywhere, and the days that a duty
station keeps although its country does not. Each year's are announced late in the year before, so dates of years to
come are marked as expected; of years that the table does not have, the feasts are taken from the package and marked
as estimated. Floating holidays, of which each member of the staff may choose one, close no office: they are not here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "holidays.csv"
# Duty stations by their keys in the locales: ISO 3166-1 country, ISO 3166-2 subdivision.
_PLACES = {
    "geneva": ("CH", "GE"),
    "nairobi": ("KE", None),
    "new-york": ("US", "NY"),
    "vienna": ("AT", "9"),
}
_FEASTS_OF = "ET"  # a State that keeps one day of either feast, by the moon as the package reckons it
_FEASTS = ("Eid al-Fitr", "Eid al-Adha")
_FRIDAY = 4


def holiday(day: date, place: str = "geneva") -> str:
    """Return the English name of the holiday on ``day`` at ``place``, or an empty text.

    ``place`` is a key such as ``geneva``; of a place that is not known, only United Nations holidays are.
    """
    plain = date(day.year, day.month, day.day)
    public = _public_holidays(place, day.year).get(plain, "")
    return public or _united_nations_holidays(place, day.year).get(plain, "")


def working_day(day: date, place: str = "geneva") -> bool:
    """Tell whether the office at ``place`` works on ``day``: Monday to Friday, and no holiday."""
    return day.weekday() <= _FRIDAY and not holiday(day, place)


def add_working_days(day: date, count: int, place: str = "geneva") -> date:
    """Return the working day that lies ``count`` working days after ``day``, or before it if ``count`` is negative.

    ``day`` itself is never counted and need not be a working day; a count of 0 returns it as it is.
    """
    found = date(day.year, day.month, day.day)
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        found += step
        while not working_day(found, place):
            found += step
    return found


@cache
def _public_holidays(place: str, year: int) -> Mapping[date, str]:
    if place not in _PLACES:
        return {}
    from holidays import country_holidays

    country, subdivision = _PLACES[place]
    return dict(country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())


@cache
def _united_nations_holidays(place: str, year: int) -> Mapping[date, str]:
    rows = [row for row in _table() if row["day"].startswith(f"{year:04}-")]
    kept = {
        date.fromisoformat(row["day"]): row["name"]
        for row in rows
        if not row["place"] or place in row["place"].split(", ")
    }
    if not any(row["name"].startswith(_FEASTS) for row in rows):
        kept.update(_estimated_feasts(year))
    return {day: f"{name}, United Nations holiday" for day, name in kept.items()}


def _estimated_feasts(year: int) -> Mapping[date, str]:
    """The feasts of a year that the table lacks, on the Monday after if they fall on a weekend."""
    from holidays import country_holidays

    days = country_holidays(_FEASTS_OF, years=year, language="en_US")
    return {
        day + timedelta(days=7 - day.weekday() if day.weekday() > _FRIDAY else 0): f"{feast} (estimated)"
        for day, names in days.items()
        for feast in _FEASTS
        if feast in names
    }


@cache
def _table() -> tuple[Mapping[str, str], ...]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(csv.DictReader(table))
