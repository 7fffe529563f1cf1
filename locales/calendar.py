"""Days on which an office is closed: public holidays of its place and holidays of the United Nations.

Public holidays come from the ``holidays`` package. ``data/holidays.csv`` adds the two feasts that the United
Nations keeps everywhere and that follow the moon; the dates of years to come are marked as expected, since each
year's are announced late in the year before.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
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


def holiday(day: date, place: str = "geneva") -> str:
    """Return the English name of the holiday on ``day`` at ``place``, or an empty text.

    ``place`` is a key such as ``geneva``; of a place that is not known, only United Nations holidays are.
    """
    public = _public_holidays(place, day.year).get(date(day.year, day.month, day.day), "")
    return public or _united_nations_holidays().get(day.isoformat()[:10], "")


@cache
def _public_holidays(place: str, year: int) -> Mapping[date, str]:
    if place not in _PLACES:
        return {}
    from holidays import country_holidays

    country, subdivision = _PLACES[place]
    return dict(country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())


@cache
def _united_nations_holidays() -> Mapping[str, str]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return {row["day"]: f"{row['name']}, United Nations holiday" for row in csv.DictReader(table)}
