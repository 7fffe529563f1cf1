"""The outbox: one row per addressee, mailbox and role, and where its message stands.

    queued ─▶ claimed ─▶ sending ─▶ sent ─▶ bounced | delivered        (reported later by receiving servers)
      ▲          │          ├─────▶ refused       for good
      │          │          ├─────▶ deferred ─▶ claimed …             not before next_attempt_at
      └──────────┴──────────┤                                         not sent: the connection broke in time
                            └─────▶ in-doubt                          the outcome cannot be known

    claimed ─▶ suppressed | printed                  queued, claimed, deferred ─▶ withdrawn

A row is «sending» from the moment when its message may have left. Only the sender that claimed it moves it on, as
long as that lives (`store.senders`); what a dead one was sending is in doubt (docs/decisions/0003). Every change
carries its condition on the state before, and `TRANSITIONS` names all there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from store.circulars import is_held
from store.message_rows import claimed_reminders, due_rows
from store.messages import WAITING, OutboxRow, State, Wanted
from store.moments import as_kept
from store.owing import withdraw_stale
from store.schema import addressees, circulars, outbox, senders
from store.statements import Statement
from store.suppressions import hold_back

ENDED_EARLY = "The sending process ended before the server's answer was known."
KNOWN_TO_JOURNAL = "The send journal says that this message has left; the store was perhaps restored from a backup."


class Outcome(NamedTuple):  # made for every message: a frozen dataclass takes twice as long
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
    connection: Connection,
    circular_id: int,
    *,
    limit: int,
    now: datetime,
    wanted: Wanted | None = None,
    sender: int | None = None,
) -> list[OutboxRow]:
    """Take up to ``limit`` rows that are due for a sender, and return them as claimed; none while the circular is held.

    Rows whose mailbox is suppressed become so instead, and do not count. Reminders of parties that meanwhile owe no
    answer are withdrawn.
    """
    wanted = wanted or Wanted()
    claimed: list[OutboxRow] = []
    while len(claimed) < limit and not is_held(connection, circular_id):
        rows, reminders = due_rows(connection, circular_id, wanted, limit=limit - len(claimed), now=now)
        ids = [*(row.id for row in rows), *reminders]
        if not ids:
            break
        if reminders and wanted.reminders_since is not None:
            withdraw_stale(connection, circular_id, reminders, now=now, since=wanted.reminders_since)
        _CLAIM.change(connection, as_kept(connection, now), sender, listed=ids)
        if reminders:
            rows += claimed_reminders(connection, reminders)
        held = hold_back(connection, rows, now)
        claimed += [row for row in rows if row.id not in held] if held else rows
    claimed.sort(key=attrgetter("id"))
    return claimed


_CLAIM = Statement(
    update(outbox)
    .where(
        outbox.c.id.in_(bindparam("ids", expanding=True)),
        (outbox.c.state == State.QUEUED.value) | (outbox.c.state == State.DEFERRED.value),
    )
    .values(state=State.CLAIMED.value, changed_at=bindparam("at"), sender_id=bindparam("sender")),
    *("at", "sender"),
    over="ids",
)


def mark_sending(
    connection: Connection, ids: Sequence[int], now: datetime, *, sender: int | None = None
) -> frozenset[int]:
    """Record the intent to send; returns the rows that may go: others were withdrawn, or taken, in the meantime."""
    if _MARK.change(connection, as_kept(connection, now), sender, listed=ids) == len(ids):
        return frozenset(ids)
    mine = (outbox.c.state == State.SENDING, outbox.c.sender_id.is_not_distinct_from(sender))
    return frozenset(connection.scalars(select(outbox.c.id).where(outbox.c.id.in_(ids), *mine)))


def record(connection: Connection, outcomes: Iterable[Outcome], now: datetime, *, sender: int | None = None) -> None:
    """Record what became of a sender's attempts. A row that was settled or withdrawn meanwhile keeps its state.

    Where a report of the receiving server was faster, what that does not say is filled in.
    """
    at, queued = as_kept(connection, now), State.QUEUED
    rows = []
    for row_id, state, code, text, later, sha256 in outcomes:
        next_at = None if later is None else as_kept(connection, later)
        tried, first = (0, None) if state is queued else (1, at)
        rows.append((row_id, sender, state._value_, code, text, next_at, sha256, tried, first, at))
    if rows and _RECORD.run(connection, rows) != len(rows):
        accepted = [(*row[:2], row[3], row[6], at) for row in rows if row[2] == State.SENT.value]
        if accepted:
            _FILL_IN.run(connection, accepted)


_MARK = Statement(
    update(outbox)
    .where(
        outbox.c.id.in_(
            select(outbox.c.id)
            .where(
                outbox.c.id.in_(bindparam("ids", expanding=True)),
                outbox.c.state == State.CLAIMED.value,
                outbox.c.sender_id.is_not_distinct_from(bindparam("sender")),
            )
            # As `withdraw_rows` goes: two that lock the same rows in different orders would wait for each other.
            .order_by(outbox.c.id)
            .with_for_update()
        )
    )
    .values(state=State.SENDING.value, changed_at=bindparam("at")),
    *("at", "sender"),
    over="ids",
)
_RECORD = Statement(
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        (outbox.c.state == State.CLAIMED.value) | (outbox.c.state == State.SENDING.value),
        outbox.c.sender_id.is_not_distinct_from(bindparam("sender")),
    )
    .values(
        state=bindparam("new_state"),
        reply_code=bindparam("code"),
        reply_text=bindparam("said"),
        next_attempt_at=bindparam("next_at"),
        sha256=bindparam("digest"),
        attempts=outbox.c.attempts + bindparam("counted"),
        first_attempt_at=func.coalesce(
            outbox.c.first_attempt_at, bindparam("first", type_=outbox.c.first_attempt_at.type)
        ),
        changed_at=bindparam("at"),
    ),
    *("row_id", "sender", "new_state", "code", "said", "next_at", "digest", "counted", "first", "at"),
)


_FILL_IN = Statement(
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        or_(*(outbox.c.state == state.value for state in (State.SENT, State.BOUNCED, State.DELIVERED))),
        outbox.c.sender_id.is_not_distinct_from(bindparam("sender")),
        outbox.c.sha256.is_(None),
    )
    .values(
        reply_code=bindparam("code"),
        sha256=bindparam("digest"),
        attempts=outbox.c.attempts + 1,
        first_attempt_at=func.coalesce(
            outbox.c.first_attempt_at, bindparam("at", type_=outbox.c.first_attempt_at.type)
        ),
    ),
    *("row_id", "sender", "code", "digest", "at"),
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


def recover(connection: Connection, now: datetime, *, sender: int | None = None) -> int:
    """Settle what a sender has left, or all that do not live: claimed rows are queued again, those sending in doubt.

    Returns how many came into doubt.
    """
    living = select(senders.c.id).where(senders.c.ended_at.is_(None))
    theirs: ColumnElement[bool] = (
        or_(outbox.c.sender_id.is_(None), outbox.c.sender_id.not_in(living))
        if sender is None
        else outbox.c.sender_id == sender
    )
    everywhere = outbox.c.circular_id.in_(select(circulars.c.id))  # so that the index of circulars and states serves
    # Claimed ones first: a sleeper who wakes up and begins one just before this is seen by the second step.
    connection.execute(
        update(outbox)
        .where(everywhere, outbox.c.state == State.CLAIMED, theirs)
        .values(state=State.QUEUED, changed_at=now, sender_id=None)
    )
    # Their moment stays that of the intent: about then the message left, if it did, and the relay's log can tell.
    doubtful = connection.execute(
        update(outbox)
        .where(everywhere, outbox.c.state == State.SENDING, theirs)
        .values(state=State.IN_DOUBT, reply_text=ENDED_EARLY, attempts=outbox.c.attempts + 1)
    )
    return doubtful.rowcount


def doubt(connection: Connection, ids: Sequence[int], text: str, now: datetime) -> int:
    """Put waiting rows in doubt, with the reason; returns how many."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(WAITING))
        .values(state=State.IN_DOUBT, changed_at=now, reply_text=text)
    )
    return changed.rowcount


def withdraw_rows(connection: Connection, circular_id: int, *, keys: Sequence[str] = (), at: datetime) -> int:
    """Cancel what has not gone yet, of the addressees with these keys or of all; returns how many rows.

    A row that is being sent right now is past recall.
    """
    theirs = [outbox.c.circular_id == circular_id, outbox.c.state.in_(WAITING)]
    if keys:
        mine = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.key.in_(keys))
        theirs.append(outbox.c.addressee_id.in_(mine))
    connection.execute(select(outbox.c.id).where(*theirs).order_by(outbox.c.id).with_for_update()).close()
    change = update(outbox).where(*theirs)
    return connection.execute(change.values(state=State.WITHDRAWN, changed_at=at)).rowcount
