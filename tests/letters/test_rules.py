from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from letters.rules import ends_a_day, last_day, reminder_day, reminder_rule

ZURICH = ZoneInfo("Europe/Zurich")
END_OF_APRIL = datetime(2031, 5, 1, tzinfo=ZURICH)  # the first moment that is too late: Wednesday 30 April counts


@pytest.mark.parametrize(
    ("text", "days", "cc"), [("-14d", -14, False), ("+2d", 2, False), ("+2d cc", 2, True), ("-0d", 0, False)]
)
def test_a_rule_is_read(text: str, days: int, cc: bool) -> None:
    rule = reminder_rule(text)
    assert (rule.text, rule.days, rule.cc) == (text, days, cc)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("-1d", date(2031, 4, 29)),
        ("-3d", date(2031, 4, 25)),  # over a weekend
        ("-14d", date(2031, 4, 8)),  # Easter Monday is 14 April, Good Friday the 11th
        ("+1d", date(2031, 5, 1)),
        ("+2d cc", date(2031, 5, 2)),
        ("+3d", date(2031, 5, 5)),
        ("+0d", date(2031, 4, 30)),
    ],
)
def test_working_days_from_the_last_day_in_time(desk: Any, text: str, day: date) -> None:
    assert reminder_day(reminder_rule(text), END_OF_APRIL, desk.office) == day


def test_a_last_day_on_a_weekend(desk: Any) -> None:
    sunday = datetime(2031, 5, 5, tzinfo=ZURICH)  # until the end of 4 May
    assert reminder_day(reminder_rule("-0d"), sunday, desk.office) == date(2031, 5, 2)
    assert reminder_day(reminder_rule("-1d"), sunday, desk.office) == date(2031, 5, 2)
    assert reminder_day(reminder_rule("+1d"), sunday, desk.office) == date(2031, 5, 5)


def test_the_holidays_are_those_of_the_office(desk: Any) -> None:
    thanksgiving = datetime(2031, 11, 29, tzinfo=ZURICH)  # until Friday 28 November
    assert reminder_day(reminder_rule("-1d"), thanksgiving, desk.office) == date(2031, 11, 27)
    elsewhere = replace(desk.office, place="new-york")
    assert reminder_day(reminder_rule("-1d"), thanksgiving, elsewhere) == date(2031, 11, 26)


def test_the_last_day_is_that_of_the_office(desk: Any) -> None:
    midnight = datetime(2031, 4, 30, 22, tzinfo=UTC)
    assert last_day(midnight, ZURICH) == date(2031, 4, 30)
    assert last_day(datetime(2031, 4, 30, 16, tzinfo=UTC), ZURICH) == date(2031, 4, 30)
    assert last_day(midnight, ZoneInfo("Asia/Tokyo")) == date(2031, 5, 1)


@pytest.mark.parametrize(
    ("zone", "due", "ends"),
    [
        ("Europe/Zurich", datetime(2031, 4, 30, 22, tzinfo=UTC), True),
        ("Europe/Zurich", datetime(2031, 5, 1, 0, tzinfo=UTC), False),
        ("Africa/Cairo", datetime(2023, 4, 27, 22, tzinfo=UTC), True),  # 28 April began at 01:00
        ("Africa/Cairo", datetime(2023, 4, 27, 23, tzinfo=UTC), False),
    ],
)
def test_a_day_ends_where_the_next_begins(zone: str, due: datetime, ends: bool) -> None:
    assert ends_a_day(due, ZoneInfo(zone)) is ends
    assert last_day(datetime(2023, 4, 28, tzinfo=ZoneInfo("Africa/Cairo")), ZoneInfo("Africa/Cairo")).day == 27
