"""When a deferred message is tried again (RFC 5321 section 4.5.4.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(minutes=15)
LONGEST = timedelta(hours=4)
GIVE_UP = timedelta(days=5)


def next_attempt(*, attempts: int, first_attempt_at: datetime | None, now: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` earlier tries and this one, or None if it is time to give up."""
    if first_attempt_at is not None and now - first_attempt_at >= GIVE_UP:
        return None
    doublings = min(attempts, 10)  # beyond that it is the longest anyway
    return now + min(FIRST * (1 << doublings), LONGEST)
