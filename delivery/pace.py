"""When a deferred message is tried again (RFC 5321 section 4.5.4.1)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

FIRST = timedelta(minutes=15)
LONGEST = timedelta(hours=4)
GIVE_UP = timedelta(days=5)
JITTER = 0.25  # of the wait that is added at most, so that what was put off together does not come back together


def next_attempt(*, attempts: int, first_attempt_at: datetime | None, now: datetime, row_id: int) -> datetime | None:
    """Return when to try again after ``attempts`` earlier tries and this one, or None if it is time to give up."""
    if first_attempt_at is not None and now - first_attempt_at >= GIVE_UP:
        return None
    return now + wait(attempts) * (1 + JITTER * _share(row_id, attempts))


def wait(attempts: int) -> timedelta:
    """Return how long to wait at least after ``attempts`` earlier tries and one more."""
    doublings = min(attempts, 10)  # beyond that it is the longest anyway
    return min(FIRST * (1 << doublings), LONGEST)


def _share(row_id: int, attempts: int) -> float:
    """Return a number from 0 up to 1 that is always the same for a row's attempt, and spread evenly over rows."""
    digest = hashlib.sha256(b"%d %d" % (row_id, attempts)).digest()
    return int.from_bytes(digest[:4]) / 2**32
