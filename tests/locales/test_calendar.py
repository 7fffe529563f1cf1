"""Holidays that a deadline should not fall on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from locales.calendar import holiday


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2022, 4, 15), "Good Friday"),
        (date(2022, 4, 18), "Easter Monday"),
        (date(2024, 9, 5), "Genevan Fast"),
        (date(2022, 12, 31), "Restoration Day"),
        (date(2024, 4, 10), "Eid al-Fitr, United Nations holiday"),
        (date(2016, 3, 1), ""),
        (date(2018, 1, 22), ""),
        (date(2024, 1, 31), ""),
    ],
)
def test_the_holidays_of_geneva(day: date, name: str) -> None:
    assert holiday(day) == name


def test_a_place_has_its_own_holidays() -> None:
    assert holiday(date(2024, 7, 4), "new-york")
    assert holiday(date(2024, 7, 4), "geneva") == ""


def test_of_an_unknown_place_only_united_nations_holidays_are_known() -> None:
    assert holiday(date(2022, 4, 15), "atlantis") == ""
    assert holiday(date(2025, 6, 6), "atlantis") == "Eid al-Adha, United Nations holiday"


def test_a_date_time_counts_as_its_day() -> None:
    assert holiday(datetime(2022, 4, 15, 16, 0, tzinfo=ZoneInfo("Europe/Zurich"))) == "Good Friday"


def test_the_slow_package_is_not_imported_before_it_is_needed() -> None:
    program = "import locales.calendar, locales.states, sys; print({'holidays', 'rapidfuzz'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
