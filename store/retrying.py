"""Trying messages again before their time: those that were refused for good, and those that were put off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.messages import State
from store.schema import addressees, outbox
from store.suppressions import held_back

_CHUNK = 500


def queue_refused(connection: Connection, circular_id: int, keys: Sequence[str], now: datetime) -> tuple[int, int]:
    """Queue again what was refused, of the addressees with these keys or of all, as if it had never been tried.

    Returns how many messages, and how many are left out as their mailbox is suppressed. They keep their Message-ID:
    nobody has accepted one. The send journal has them as not gone, so it need not be told.
    """
    queued = left_out = 0
    for ids in _rows(connection, circular_id, keys, State.REFUSED):
        suppressed = held_back(connection, ids)
        free = [row_id for row_id in ids if row_id not in suppressed]
        changed = connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(free), outbox.c.state == State.REFUSED)
            .values(
                state=State.QUEUED, attempts=0, first_attempt_at=None, next_attempt_at=None, reply_code=None,
                reply_text="", changed_at=now,
            )
        )  # fmt: skip
        queued += changed.rowcount
        left_out += len(suppressed)
    return queued, left_out


def hasten_deferred(connection: Connection, circular_id: int, keys: Sequence[str], now: datetime) -> int:
    """Let what a server put off be tried now, and not only at its time; returns how many messages.

    They are given up as late as before. What only waits for a working day goes on waiting.
    """
    hastened = 0
    for ids in _rows(connection, circular_id, keys, State.DEFERRED):
        changed = connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state == State.DEFERRED, outbox.c.attempts > 0)
            .values(next_attempt_at=now, changed_at=now)
        )
        hastened += changed.rowcount
    return hastened


def _rows(connection: Connection, circular_id: int, keys: Sequence[str], state: State) -> Iterator[list[int]]:
    query = select(outbox.c.id).where(outbox.c.circular_id == circular_id, outbox.c.state == state)
    if keys:
        theirs = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.key.in_(keys))
        query = query.where(outbox.c.addressee_id.in_(theirs))
    ids = list(connection.scalars(query.order_by(outbox.c.id)))
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
