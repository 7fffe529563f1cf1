"""How `status` words a deadline."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cli.registering import due_shown


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        ("2026-11-09T23:00:00+00:00", "by the end of 2026-11-09"),
        ("2027-03-31T22:00:00+00:00", "by the end of 2027-03-31"),
        ("2026-11-10T17:00:00+00:00", "2026-11-10 18:00"),
    ],
)
def test_midnight_is_the_end_of_the_day_before(due: str, shown: str) -> None:
    assert due_shown(datetime.fromisoformat(due), ZoneInfo("Europe/Zurich")) == shown
