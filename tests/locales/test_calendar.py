"""Holidays that a deadline should not fall on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from locales.calendar import add_working_days, holiday, working_day


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2022, 4, 15), "Good Friday"),
        (date(2022, 4, 18), "Easter Monday"),
        (date(2024, 9, 5), "Genevan Fast"),
        (date(2022, 12, 31), "Restoration Day"),
        (date(2024, 4, 10), "Eid al-Fitr, United Nations holiday"),
        (date(2023, 1, 2), "New Year's Day (observed), United Nations holiday"),
        (date(2019, 6, 4), "Eid al-Fitr (estimated), United Nations holiday"),
        (date(2031, 1, 24), "Eid al-Fitr (estimated), United Nations holiday"),
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


def test_a_duty_station_keeps_days_that_its_country_does_not() -> None:
    assert holiday(date(2024, 3, 29), "new-york") == "Good Friday, United Nations holiday"
    assert holiday(date(2024, 3, 29), "nairobi") == "Good Friday"
    assert holiday(date(2024, 3, 29), "atlantis") == ""


def test_an_estimated_feast_on_a_weekend_is_kept_on_the_monday_after() -> None:
    assert holiday(date(2033, 1, 3), "atlantis") == "Eid al-Fitr (estimated), United Nations holiday"
    assert holiday(date(2033, 1, 2), "atlantis") == ""


def test_the_office_works_from_monday_to_friday_unless_there_is_a_holiday() -> None:
    assert working_day(date(2022, 4, 14))
    assert not working_day(date(2022, 4, 15))
    assert not working_day(date(2022, 4, 16))
    assert not working_day(date(2022, 4, 18))
    assert working_day(date(2022, 4, 18), "atlantis")


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2022, 4, 14), 1, date(2022, 4, 19)),  # over Easter
        (date(2022, 4, 19), -1, date(2022, 4, 14)),
        (date(2022, 4, 16), -1, date(2022, 4, 14)),  # from a day on which nobody works
        (date(2022, 4, 16), 0, date(2022, 4, 16)),
        (date(2022, 4, 15), -14, date(2022, 3, 28)),
        (date(2022, 12, 30), 1, date(2023, 1, 3)),  # into the next year
    ],
)
def test_working_days_are_counted(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count) == expected


def test_counting_from_a_moment_gives_a_day() -> None:
    moment = datetime(2022, 4, 14, 16, 0, tzinfo=ZoneInfo("Europe/Zurich"))
    assert add_working_days(moment, 1) == date(2022, 4, 19)


def test_the_slow_package_is_not_imported_before_it_is_needed() -> None:
    program = "import locales.calendar, locales.states, sys; print({'holidays', 'rapidfuzz'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
