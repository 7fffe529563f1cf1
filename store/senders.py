"""Processes that send, their heartbeats, and when one counts as dead (docs/decisions/0014).

On SQLite a lock on a file lets one process send at a time: whoever holds it knows that all others are dead. On
PostgreSQL several may send; one is dead when it has ended, or has given no sign of life for `LIFE`. Both moments are
taken by the database's own clock, for those of hosts differ.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, DateTime, func, insert, literal, select, true, update

from store.messages import State
from store.moments import Moment
from store.outbox import recover
from store.schema import outbox, senders

LIFE = timedelta(seconds=60)  # without a sign of life, after which a sender counts as dead
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A sender's latest sign of life."""

    sender_id: int
    seen_at: datetime


def enter(connection: Connection, circular_id: int, *, account: str, host: str, process: int) -> Heartbeat:
    """Enter a process that begins to send a circular.

    Its number is drawn by lot: a store that is put back from a backup would hand out the next one a second time.
    """
    now = _moment(connection)
    values = {"circular_id": circular_id, "account": account[:100], "host": host[:255], "process": process}
    entered = connection.execute(
        insert(senders)
        .values(id=1 + secrets.randbelow(_LARGEST), started_at=now, seen_at=now, **values)
        .returning(senders.c.id, senders.c.seen_at)
    ).one()
    return Heartbeat(entered.id, entered.seen_at)


def beat(connection: Connection, last: Heartbeat) -> Heartbeat | None:
    """Give a sign of life; None for a sender that was declared dead, or whose store was put back from a backup.

    The condition on the sign before tells the latter. What the transaction does after this, a living sender does:
    nobody can declare it dead before the transaction ends.
    """
    seen_at = connection.scalar(
        update(senders)
        .where(senders.c.id == last.sender_id, senders.c.seen_at == last.seen_at, senders.c.ended_at.is_(None))
        .values(seen_at=_moment(connection))
        .returning(senders.c.seen_at)
    )
    return None if seen_at is None else Heartbeat(last.sender_id, seen_at)


def bury(connection: Connection, now: datetime, *, mine: int | None = None, alone: bool) -> int:
    """Declare dead who gives no sign of life, or everybody but ``mine`` where one is ``alone``; settle what they left.

    Returns how many messages came into doubt. ``now`` is the moment of the change, by the clock passed in.
    """
    silent: ColumnElement[bool] = true() if alone else senders.c.seen_at < _moment(connection, ago=LIFE)
    others = true() if mine is None else senders.c.id != mine
    # Passed over is who gives a sign just now, in a transaction that is not committed yet: it lives.
    chosen = select(senders.c.id).where(senders.c.ended_at.is_(None), others, silent).with_for_update(skip_locked=True)
    dead = list(connection.scalars(chosen))
    if dead:
        connection.execute(update(senders).where(senders.c.id.in_(dead)).values(ended_at=_moment(connection)))
    # Whoever has just begun looks in any case: a process may have ended between two steps of an older version.
    return recover(connection, now) if dead or mine is None else 0


def living(connection: Connection, life: timedelta = LIFE) -> int:
    """Return how many senders give signs of life."""
    alive = (senders.c.ended_at.is_(None), senders.c.seen_at >= _moment(connection, ago=life))
    return int(connection.scalar(select(func.count()).where(*alive)) or 0)


def held_by_others(connection: Connection, circular_id: int, sender_id: int) -> int:
    """Return how many messages of a circular other processes have taken, living ones or not yet known to be dead."""
    query = select(func.count()).where(
        outbox.c.circular_id == circular_id,
        outbox.c.state.in_((State.CLAIMED, State.SENDING)),
        outbox.c.sender_id != sender_id,
    )
    return int(connection.scalar(query) or 0)


def end(connection: Connection, sender_id: int, now: datetime) -> int:
    """Note that a sender has ended, and settle what it left; returns how many messages came into doubt."""
    connection.execute(update(senders).where(senders.c.id == sender_id).values(ended_at=_moment(connection)))
    return recover(connection, now, sender=sender_id)


def _moment(connection: Connection, *, ago: timedelta = timedelta(0)) -> ColumnElement[Any]:
    """Return the present, or a moment before it, by the clock of the database; SQLite's is this machine's."""
    if connection.dialect.name == "sqlite":
        return literal(datetime.now(UTC) - ago, Moment)
    return func.timezone("UTC", func.clock_timestamp(type_=DateTime(timezone=True)) - ago, type_=Moment)
