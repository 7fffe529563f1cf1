"""When circulars are to be sent by themselves, and on whose working days.

From its moment on, a circular goes whenever `tick` runs, unless its last moment has passed before any of its messages
was tried: then it does not begin by itself any more. What has begun goes on, however long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from store.messages import WAITING, State
from store.schema import addressees, circulars, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """From when on a circular goes by itself (None: never), and until when it must have begun (None: at any time).

    ``expired`` says that it has not, and that something is left. ``local_days``: only on working days of the
    addressee's country.
    """

    send_at: datetime | None = None
    send_until: datetime | None = None
    local_days: bool = False
    expired: bool = False


def set_schedule(connection: Connection, circular_id: int, at: datetime | None, until: datetime | None) -> None:
    """Send a circular from a moment on, if it begins before another; None: only when somebody does it by hand."""
    changed = update(circulars).where(circulars.c.id == circular_id).values(send_at=at, send_until=until)
    connection.execute(changed)


def set_local_days(connection: Connection, circular_id: int, *, on: bool) -> None:
    """Send a circular only on working days of the addressee's country, or on any day."""
    connection.execute(update(circulars).where(circulars.c.id == circular_id).values(local_days=on))


def schedule_of(connection: Connection, circular_id: int, now: datetime) -> Schedule:
    """Return how a circular is scheduled."""
    columns = (circulars.c.send_at, circulars.c.send_until, circulars.c.local_days, _expired(now).label("expired"))
    row = connection.execute(select(*columns).where(circulars.c.id == circular_id)).one()
    return Schedule(
        send_at=row.send_at, send_until=row.send_until, local_days=row.local_days, expired=bool(row.expired)
    )


def due_circulars(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Return the folders of the circulars whose moment has come, the oldest first; not those held or withdrawn."""
    in_time = or_(circulars.c.send_until.is_(None), circulars.c.send_until > now, _has_begun())
    query = (
        select(circulars.c.slug)
        .where(circulars.c.send_at <= now, circulars.c.state == "issued", ~circulars.c.held, in_time)
        .order_by(circulars.c.send_at, circulars.c.id)
    )
    return tuple(connection.scalars(query))


def expired_circulars(connection: Connection, now: datetime) -> tuple[tuple[str, Schedule], ...]:
    """Return the folders of the circulars that did not begin in time, and do not any more by themselves."""
    query = (
        select(circulars.c.slug, circulars.c.id)
        .where(circulars.c.state == "issued", _expired(now))
        .order_by(circulars.c.send_at, circulars.c.id)
    )
    return tuple((row.slug, schedule_of(connection, row.id, now)) for row in connection.execute(query).all())


def _expired(now: datetime) -> ColumnElement[bool]:
    waits = exists().where(outbox.c.circular_id == circulars.c.id, outbox.c.state.in_(WAITING))
    return and_(circulars.c.send_until <= now, waits, ~_has_begun())


def _has_begun() -> ColumnElement[bool]:
    """Return the condition that a message of the circular has been tried since its moment."""
    return exists().where(outbox.c.circular_id == circulars.c.id, outbox.c.first_attempt_at >= circulars.c.send_at)


# Working days of the addressee's country. A message that must wait is deferred, and has not been tried.
_UNTRIED = (outbox.c.state == State.DEFERRED, outbox.c.attempts == 0)


def waiting_countries(connection: Connection, circular_id: int, now: datetime) -> tuple[str, ...]:
    """Return the countries of the addressees whose messages are due; empty for those of which it is not known."""
    return tuple(
        connection.scalars(
            select(addressees.c.country)
            .where(addressees.c.circular_id == circular_id, addressees.c.id.in_(_due(circular_id, now)))
            .distinct()
        )
    )


def postpone(connection: Connection, circular_id: int, country: str, until: datetime, now: datetime) -> int:
    """Put off the messages to a country that are due, those on paper aside; returns how many."""
    theirs = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.country == country)
    due = (outbox.c.addressee_id.in_(theirs), *_is_due(circular_id, now))
    changed = connection.execute(
        update(outbox).where(*due).values(state=State.DEFERRED, next_attempt_at=until, changed_at=now)
    )
    return changed.rowcount


def end_postponing(connection: Connection, circular_id: int, now: datetime) -> int:
    """Queue again what waits for a working day and was not tried yet; returns how many."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.circular_id == circular_id, *_UNTRIED)
        .values(state=State.QUEUED, next_attempt_at=None, changed_at=now)
    )
    return changed.rowcount


def postponed(connection: Connection, circular_id: int) -> tuple[int, datetime | None]:
    """Return how many messages wait for a working day and were not tried yet, and when the first of them goes."""
    query = select(func.count(), func.min(outbox.c.next_attempt_at)).where(
        outbox.c.circular_id == circular_id, *_UNTRIED
    )
    number, first = connection.execute(query).one()
    return number, first


def _due(circular_id: int, now: datetime) -> ColumnElement[int]:
    return select(outbox.c.addressee_id).where(*_is_due(circular_id, now)).scalar_subquery()


def _is_due(circular_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    late = and_(outbox.c.state == State.DEFERRED, outbox.c.next_attempt_at <= now)
    return (
        outbox.c.circular_id == circular_id, outbox.c.role != "paper", or_(outbox.c.state == State.QUEUED, late),
    )  # fmt: skip
