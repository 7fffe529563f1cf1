"""What went through a relay, how fast it may go on, and where somebody asked for patience: of all senders together.

`traffic` counts by the minute and is kept for as long as daily caps look back; a relay's first minute stays, as its
warm-up counts from then. `pauses` has a row for a relay or a domain behind it that asked for patience, and under
`RATE` one that says when the next message may go at the rate that was set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, func, insert, select, update

from store.schema import pauses, traffic

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
RATE = "rate:"  # before a domain, in `pauses`; no domain has a colon
_KEPT = 2 * DAY
_SHOWN = 500  # characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What a relay, or a domain behind it, asked for: nothing before ``until``, and less load while ``level`` is not 0.

    ``reason`` is the server's reply.
    """

    until: datetime
    level: int = 0
    reason: str = ""


def pauses_of(connection: Connection, relay: str) -> dict[str, Pause]:
    """Return what a relay and domains behind it asked for, by domain; the relay itself under the empty name."""
    rows = connection.execute(
        select(pauses).where(pauses.c.relay == relay, ~pauses.c.domain.startswith(RATE, autoescape=True))
    )
    return {row.domain: Pause(until=row.until, level=row.level, reason=row.reason) for row in rows}


def set_pause(connection: Connection, relay: str, domain: str, pause: Pause) -> None:
    """Write down what a relay or a domain asked for."""
    values = {"until": pause.until, "level": pause.level, "reason": pause.reason[:_SHOWN]}
    here = (pauses.c.relay == relay, pauses.c.domain == domain)
    if not connection.execute(update(pauses).where(*here).values(**values)).rowcount:
        connection.execute(insert(pauses).values(relay=relay, domain=domain, **values))


def take_turns(
    connection: Connection, relay: str, domain: str, *, turns: int, interval: timedelta, now: datetime
) -> datetime:
    """Reserve the next ``turns`` moments, ``interval`` apart, and return the first; others come after them.

    Only in `Store.write`, where one does so at a time. A moment that lies further ahead than these turns and as many
    of another sender was written by a clock that was wrong, and is not waited for.
    """
    key = RATE + domain
    known = connection.scalar(select(pauses.c.until).where(pauses.c.relay == relay, pauses.c.domain == key))
    first = now if known is None or known - now > max(MINUTE, 100 * turns * interval) else max(known, now)
    set_pause(connection, relay, key, Pause(until=first + turns * interval))
    return first


def recent(connection: Connection, relay: str, now: datetime) -> list[tuple[datetime, int]]:
    """Return how many messages went in which minutes of the last 24 hours, the oldest first."""
    query = (
        select(traffic.c.slot, traffic.c.messages)
        .where(traffic.c.relay == relay, traffic.c.domain == "", traffic.c.slot > now - DAY - MINUTE)
        .order_by(traffic.c.slot)
    )
    return [(row.slot, row.messages) for row in connection.execute(query)]


def first_use(connection: Connection, relay: str) -> datetime | None:
    """Return since when a relay has been in use, None if it never was."""
    found: datetime | None = connection.scalar(
        select(func.min(traffic.c.slot)).where(traffic.c.relay == relay, traffic.c.domain == "")
    )
    return found


def count(connection: Connection, relay: str, messages: int, now: datetime) -> datetime:
    """Count messages in the present minute, and forget what no cap looks back to; returns the minute."""
    slot = now.replace(second=0, microsecond=0)
    here = (traffic.c.relay == relay, traffic.c.domain == "")
    grown = update(traffic).where(*here, traffic.c.slot == slot).values(messages=traffic.c.messages + messages)
    if not connection.execute(grown).rowcount:
        first = first_use(connection, relay)
        connection.execute(insert(traffic).values(relay=relay, domain="", slot=slot, messages=messages))
        connection.execute(delete(traffic).where(*here, traffic.c.slot < now - _KEPT, traffic.c.slot > (first or slot)))
    return slot


def give_back(connection: Connection, relay: str, messages: int, slot: datetime) -> None:
    """Take back messages that were counted in a minute and did not go."""
    left = case((traffic.c.messages > messages, traffic.c.messages - messages), else_=0)
    connection.execute(
        update(traffic)
        .where(traffic.c.relay == relay, traffic.c.domain == "", traffic.c.slot == slot)
        .values(messages=left)
    )
