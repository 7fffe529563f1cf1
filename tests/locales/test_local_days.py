"""Working days of the addressee's country, where its clocks stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from locales.local_days import at_work, next_at_work

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "works"),
    [
        ("CH", True),
        ("SA", False),  # Friday and Saturday are the weekend
        ("IR", False),  # Friday alone
        ("RU", False),  # Saturday has begun in Kamchatka
        ("US", True),
        ("XX", True),  # not known: Monday to Friday
        ("", True),
    ],
)
def test_a_friday(country: str, works: bool) -> None:
    assert at_work(country, FRIDAY_NOON) is works


@pytest.mark.parametrize(
    ("country", "moment", "expected"),
    [
        ("CH", datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)),  # at once
        ("CH", datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)),
        ("SA", datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 21, 21, tzinfo=UTC)),  # Sunday is worked
        ("NP", datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 22, 18, 15, tzinfo=UTC)),  # 00:00 there
        ("CH", datetime(2026, 12, 25, 12, tzinfo=UTC), datetime(2026, 12, 27, 23, tzinfo=UTC)),  # Christmas, weekend
        ("KI", datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC)),  # over the date line
        ("CN", datetime(2026, 10, 10, 3, tzinfo=UTC), datetime(2026, 10, 10, 3, tzinfo=UTC)),  # a Saturday in exchange
        ("", datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 23, 0, tzinfo=UTC)),
    ],
)
def test_the_next_working_day(country: str, moment: datetime, expected: datetime) -> None:
    assert next_at_work(country, moment) == expected
    assert at_work(country, expected)


def test_a_country_of_several_zones_is_at_work_when_all_of_it_is() -> None:
    monday_in_washington = datetime(2026, 11, 23, 6, tzinfo=UTC)  # still Sunday in Honolulu
    assert not at_work("US", monday_in_washington)
    assert next_at_work("US", monday_in_washington) == datetime(2026, 11, 23, 10, tzinfo=UTC)
