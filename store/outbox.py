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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from store.messages import WAITING, OutboxRow, State, Wanted, rows_by_id
from store.owing import withdraw_stale
from store.schema import addressees, circulars, delivery_events, outbox, suppressions

ENDED_EARLY = "The sending process ended before the server's answer was known."
KNOWN_TO_JOURNAL = "The send journal says that this message has left; the store was perhaps restored from a backup."


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


def claim(
    connection: Connection, circular_id: int, *, limit: int, now: datetime, wanted: Wanted | None = None
) -> list[OutboxRow]:
    """Take up to ``limit`` rows that are due, and return them as claimed; none while the circular is held.

    Rows whose mailbox is suppressed become so instead, and do not count. Reminders of parties that meanwhile owe no
    answer are withdrawn.
    """
    wanted = wanted or Wanted()
    claimed: list[OutboxRow] = []
    while len(claimed) < limit:
        ids = _due(connection, circular_id, limit - len(claimed), now, wanted)
        if not ids:
            break
        if wanted.reminders_since is not None:
            withdraw_stale(connection, circular_id, ids, now=now, since=wanted.reminders_since)
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state.in_(WAITING))
            .values(state=State.CLAIMED, changed_at=now)
        )
        _suppress(connection, ids, now)
        claimed.extend(rows_by_id(connection, ids, State.CLAIMED))
    return claimed


def _due(connection: Connection, circular_id: int, limit: int, now: datetime, wanted: Wanted) -> list[int]:
    held = connection.scalar(select(circulars.c.held).where(circulars.c.id == circular_id))
    if held:
        return []
    mine = select(outbox.c.id).where(outbox.c.circular_id == circular_id, wanted.condition()).order_by(outbox.c.id)
    ids = list(connection.scalars(mine.where(outbox.c.state == State.QUEUED).limit(limit)))
    if len(ids) < limit:
        due = mine.where(outbox.c.state == State.DEFERRED, outbox.c.next_attempt_at <= now)
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


def mark_printed(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    """Record that letters on paper were printed; returns how many waited for it."""
    changed = 0
    for start in range(0, len(ids), 500):
        chosen = (outbox.c.id.in_(ids[start : start + 500]), outbox.c.role == "paper")
        waits = outbox.c.state.in_((State.QUEUED, State.DEFERRED))
        marked = connection.execute(
            update(outbox).where(*chosen, waits).values(state=State.PRINTED, changed_at=now, first_attempt_at=now)
        )
        changed += marked.rowcount
    return changed


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
