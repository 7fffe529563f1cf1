"""Cut-offs of deadlines, in the office's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from letters.model import Deadline
from locales.dates import Moment, Month

ZONE = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("moment", "rule", "first_too_late"),
    [
        (date(2022, 4, 15), "before", datetime(2022, 4, 15, tzinfo=ZONE)),
        (date(2022, 4, 15), "by", datetime(2022, 4, 16, tzinfo=ZONE)),
        (date(2022, 3, 26), "by", datetime(2022, 3, 27, tzinfo=ZONE)),  # the night in which summer time begins
        (date(2022, 12, 31), "by", datetime(2023, 1, 1, tzinfo=ZONE)),
        (Month(2020, 2), "by", datetime(2020, 3, 1, tzinfo=ZONE)),
        (Month(2020, 2), "before", datetime(2020, 2, 1, tzinfo=ZONE)),
    ],
)  # fmt: skip
def test_the_first_moment_that_is_too_late(
    moment: Moment, rule: Literal["before", "by"], first_too_late: datetime
) -> None:
    deadline = Deadline(key="reply", date=moment, rule=rule)
    assert deadline.cut_off(ZONE) == first_too_late


def test_a_moment_with_a_zone_of_its_own() -> None:
    noon = datetime(2022, 4, 15, 12, tzinfo=UTC)
    assert Deadline(key="reply", date=noon, rule="before").cut_off(ZONE) == noon
