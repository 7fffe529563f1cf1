"""The outbox: one row per addressee, mailbox and role, and where its message stands.

    queued ─▶ claimed ─▶ sending ─▶ sent ─▶ bounced | delivered        (reported later by receiving servers)
      ▲          │          ├─────▶ refused       for good
      │          │          ├─────▶ deferred ─▶ claimed …             not before next_attempt_at
      └──────────┴──────────┤                                         not sent: the connection broke in time
                            └─────▶ in-doubt                          the outcome cannot be known

    claimed ─▶ suppressed | printed                  queued, claimed, deferred ─▶ withdrawn

A row is «sending» from the moment when its message may have left. Only a living process moves it on; one found
so by the next run is in doubt (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, select, update

from store.schema import addressees, batches, circulars, delivery_events, outbox, suppressions


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    PRINTED = "printed"
    WITHDRAWN = "withdrawn"


WAITING = (State.QUEUED, State.CLAIMED, State.DEFERRED)  # may still go, and may still be withdrawn
LEFT = (*WAITING, State.SENDING)  # work that a later run has to do
ENDED_EARLY = "The sending process ended before the server's answer was known."


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A row with what its message needs. ``values`` are packed (`templates.forms`), None once erased.

    ``name`` is the addressee's; ``to_mailbox`` the addressee's first `to` mailbox, which a Cc message names.
    ``references`` are Message-IDs that the message answers. ``layout`` is the batch's. Moments are aware, in UTC.
    """

    id: int
    circular_id: int
    addressee_id: int
    key: str
    name: str
    language: str
    form: str
    values: bytes | None
    mailbox: str
    role: str
    to_mailbox: str
    message_id: str
    token: str
    reply_token: str
    state: str
    attempts: int
    first_attempt_at: datetime | None
    next_attempt_at: datetime | None
    reply_code: int | None
    reply_text: str
    sha256: bytes | None
    issued_at: datetime
    sender: str
    sender_name: str
    reply: str
    bounce: str
    plus_addressing: bool
    references: tuple[str, ...] = ()
    layout: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt. ``sha256`` is of the message as handed over; QUEUED means that it did not leave."""

    row_id: int
    state: State
    code: int | None = None
    text: str = ""
    next_attempt_at: datetime | None = None
    sha256: bytes | None = None


def add_rows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enter rows, with the columns of the table."""
    if rows:
        connection.execute(insert(outbox), [dict(row) for row in rows])


def claim(connection: Connection, circular_id: int, *, limit: int, now: datetime) -> list[OutboxRow]:
    """Take up to ``limit`` rows that are due, and return them as claimed; none while the circular is held.

    Rows whose mailbox is suppressed become so instead, and do not count.
    """
    claimed: list[OutboxRow] = []
    while len(claimed) < limit:
        ids = _due(connection, circular_id, limit - len(claimed), now)
        if not ids:
            break
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(state=State.CLAIMED, changed_at=now))
        _suppress(connection, ids, now)
        query = _rows().where(outbox.c.id.in_(ids), outbox.c.state == State.CLAIMED).order_by(outbox.c.id)
        claimed.extend(_read(connection, query))
    return claimed


def _due(connection: Connection, circular_id: int, limit: int, now: datetime) -> list[int]:
    held = connection.scalar(select(circulars.c.held).where(circulars.c.id == circular_id))
    if held:
        return []
    of_circular = select(outbox.c.id).where(outbox.c.circular_id == circular_id).order_by(outbox.c.id)
    ids = list(connection.scalars(of_circular.where(outbox.c.state == State.QUEUED).limit(limit)))
    if len(ids) < limit:
        due = of_circular.where(outbox.c.state == State.DEFERRED, outbox.c.next_attempt_at <= now)
        ids.extend(connection.scalars(due.limit(limit - len(ids))))
    return ids


def _suppress(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), func.lower(outbox.c.mailbox).in_(select(suppressions.c.address)))
        .values(state=State.SUPPRESSED, changed_at=now, reply_text="The mailbox is suppressed.")
    )


def mark_sending(connection: Connection, ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Record the intent to send; returns the rows that may go: others were withdrawn in the meantime."""
    marked = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state == State.CLAIMED)
        .values(state=State.SENDING, changed_at=now)
        .returning(outbox.c.id)
    )
    return frozenset(marked.scalars())


def record(connection: Connection, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Record what became of attempts. A row that somebody settled or withdrew in the meantime is left alone."""
    rows = [
        {
            "row_id": outcome.row_id,
            "new_state": outcome.state.value,
            "code": outcome.code,
            "said": outcome.text,
            "next_at": outcome.next_attempt_at,
            "digest": outcome.sha256,
            "counted": 0 if outcome.state is State.QUEUED else 1,
            "first": None if outcome.state is State.QUEUED else now,
            "at": now,
        }
        for outcome in outcomes
    ]
    if rows:
        connection.execute(_RECORD, rows)


_RECORD = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        (outbox.c.state == State.CLAIMED.value) | (outbox.c.state == State.SENDING.value),
    )
    .values(
        state=bindparam("new_state"),
        reply_code=bindparam("code"),
        reply_text=bindparam("said"),
        next_attempt_at=bindparam("next_at", type_=outbox.c.next_attempt_at.type),
        sha256=bindparam("digest"),
        attempts=outbox.c.attempts + bindparam("counted"),
        first_attempt_at=func.coalesce(
            outbox.c.first_attempt_at, bindparam("first", type_=outbox.c.first_attempt_at.type)
        ),
        changed_at=bindparam("at", type_=outbox.c.changed_at.type),
    )
)


def recover(connection: Connection, now: datetime) -> int:
    """Settle what a process that is no more has left: claimed rows are queued again, those sending are in doubt.

    Only for the holder of the sending lease. Returns how many came into doubt.
    """
    doubtful = connection.execute(
        update(outbox)
        .where(outbox.c.state == State.SENDING)
        .values(state=State.IN_DOUBT, changed_at=now, reply_text=ENDED_EARLY, attempts=outbox.c.attempts + 1)
    )
    release(connection, now)
    return doubtful.rowcount


def release(connection: Connection, now: datetime) -> None:
    """Queue claimed rows again that nobody is about to send. Only for the holder of the sending lease."""
    connection.execute(update(outbox).where(outbox.c.state == State.CLAIMED).values(state=State.QUEUED, changed_at=now))


def doubt(connection: Connection, ids: Sequence[int], text: str, now: datetime) -> int:
    """Put waiting rows in doubt, with the reason; returns how many."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(WAITING))
        .values(state=State.IN_DOUBT, changed_at=now, reply_text=text)
    )
    return changed.rowcount


def settle(connection: Connection, ids: Sequence[int], *, sent: bool, by: str, now: datetime) -> int:
    """Settle rows in doubt: as sent, or queued again under the same Message-ID; returns how many."""
    state = State.SENT if sent else State.QUEUED
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state == State.IN_DOUBT)
        .values(state=state, changed_at=now, next_attempt_at=None)
        .returning(outbox.c.id)
    )
    settled = list(changed.scalars())
    text = f"Settled by {by}: {'it arrived' if sent else 'send it again'}."
    for row_id in settled:
        connection.execute(
            insert(delivery_events).values(
                outbox_id=row_id, action="settled", status="", diagnostic=text, recorded_at=now
            )
        )
    return len(settled)


def withdraw_rows(connection: Connection, circular_id: int, *, keys: Sequence[str] = (), at: datetime) -> int:
    """Cancel what has not gone yet, of the addressees with these keys or of all; returns how many rows.

    A row that is being sent right now is past recall.
    """
    change = update(outbox).where(outbox.c.circular_id == circular_id, outbox.c.state.in_(WAITING))
    if keys:
        theirs = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.key.in_(keys))
        change = change.where(outbox.c.addressee_id.in_(theirs))
    return connection.execute(change.values(state=State.WITHDRAWN, changed_at=at)).rowcount


def counts(connection: Connection, circular_id: int) -> dict[State, int]:
    """Return how many rows of a circular are in each state; every state is there."""
    query = select(outbox.c.state, func.count()).where(outbox.c.circular_id == circular_id).group_by(outbox.c.state)
    found = {str(state): int(number) for state, number in connection.execute(query)}
    return {state: found.get(state.value, 0) for state in State}


def waiting(connection: Connection, circular_id: int, now: datetime) -> int:
    """Return how many rows could be sent now."""
    due = (outbox.c.state == State.QUEUED) | ((outbox.c.state == State.DEFERRED) & (outbox.c.next_attempt_at <= now))
    return int(connection.scalar(select(func.count()).where(outbox.c.circular_id == circular_id, due)) or 0)


def next_try(connection: Connection, circular_id: int) -> datetime | None:
    """Return when the first deferred row is due again if nothing else waits; None otherwise."""
    query = select(outbox.c.state, func.min(outbox.c.next_attempt_at)).where(
        outbox.c.circular_id == circular_id, outbox.c.state.in_(LEFT)
    )
    found = {str(state): moment for state, moment in connection.execute(query.group_by(outbox.c.state))}
    return found[State.DEFERRED] if set(found) == {State.DEFERRED} else None


def highest_id(connection: Connection) -> int:
    """Return the highest id of any row, 0 if there is none."""
    return int(connection.scalar(select(func.max(outbox.c.id))) or 0)


def waiting_ids(connection: Connection, circular_id: int) -> Iterator[int]:
    """Yield the ids of all rows that have not gone, without reading them into memory at once."""
    query = select(outbox.c.id).where(outbox.c.circular_id == circular_id, outbox.c.state.in_(WAITING))
    yield from connection.execution_options(yield_per=5000).execute(query).scalars()


def rows_in(
    connection: Connection, circular_id: int, states: Sequence[State] = (), *, key: str = ""
) -> Iterator[OutboxRow]:
    """Yield a circular's rows in the order of their ids, limited to some states or to one addressee."""
    query = _rows().where(outbox.c.circular_id == circular_id).order_by(outbox.c.id)
    if states:
        query = query.where(outbox.c.state.in_(states))
    if key:
        query = query.where(addressees.c.key == key)
    yield from _read(connection.execution_options(yield_per=500), query)


def _rows() -> Select[Any]:
    sibling = outbox.alias("sibling")
    first_to: ColumnElement[str] = (
        select(sibling.c.mailbox)
        .where(sibling.c.addressee_id == outbox.c.addressee_id, sibling.c.role == "to")
        .order_by(sibling.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            outbox.c.id, outbox.c.circular_id, outbox.c.addressee_id, outbox.c.mailbox, outbox.c.role,
            outbox.c.message_id, outbox.c.token, outbox.c.state, outbox.c.attempts, outbox.c.first_attempt_at,
            outbox.c.next_attempt_at, outbox.c.reply_code, outbox.c.reply_text, outbox.c.sha256,
            func.coalesce(first_to, "").label("to_mailbox"),
            addressees.c.key, addressees.c.name, addressees.c.language, addressees.c.form, addressees.c["values"],
            addressees.c.token.label("reply_token"),
            batches.c.issued_at, batches.c.sender, batches.c.sender_name, batches.c.reply, batches.c.bounce,
            batches.c.plus_addressing, batches.c.layout,
        )
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .join(batches, batches.c.id == addressees.c.batch_id)
    )  # fmt: skip


def _read(connection: Connection, query: Select[Any]) -> Iterator[OutboxRow]:
    for row in connection.execute(query).mappings():
        yield OutboxRow(**row)
