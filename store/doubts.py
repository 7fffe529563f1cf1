"""Messages in doubt: when each may have left, what else went at that time, and settling them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, insert, or_, select, update

from store.message_rows import rows_in
from store.messages import OutboxRow, State
from store.outbox import KNOWN_TO_JOURNAL
from store.schema import delivery_events, outbox

# The longest that a message may have been under way before its row came into doubt: RFC 5321 section 4.5.3.2 gives
# the server ten minutes for its last answer, and the message three minutes for each block.
_UNDER_WAY = timedelta(minutes=15)
_LATER = timedelta(minutes=5)  # that the relay may write its last line on a message that it took at the end
_AROUND = timedelta(hours=1)
_MOST_WITNESSES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A row in doubt. If its message was handed over, then between ``begin`` and ``end``."""

    row: OutboxRow
    begin: datetime
    end: datetime


def doubts(connection: Connection, circular_id: int, *, key: str = "") -> tuple[Doubt, ...]:
    """Return a circular's rows in doubt, those of one addressee if ``key`` is given, in the order of their ids."""
    moments = select(outbox.c.id, outbox.c.changed_at).where(
        outbox.c.circular_id == circular_id, outbox.c.state == State.IN_DOUBT
    )
    changed = {row.id: row.changed_at for row in connection.execute(moments)}
    rows = rows_in(connection, circular_id, (State.IN_DOUBT,), key=key)
    return tuple(
        # The journal knows that a message left, not when.
        Doubt(
            row=row,
            begin=row.issued_at if row.reply_text == KNOWN_TO_JOURNAL else changed[row.id] - _UNDER_WAY,
            end=changed[row.id] + _LATER,
        )
        for row in rows
    )


def count_known_to_journal(connection: Connection, circular_id: int) -> int:
    """Return how many of a circular's rows in doubt are so because the journal knows that they left."""
    query = select(func.count()).where(
        outbox.c.circular_id == circular_id, outbox.c.state == State.IN_DOUBT, outbox.c.reply_text == KNOWN_TO_JOURNAL
    )
    return int(connection.execute(query).scalar_one())


def witnesses(connection: Connection, circular_id: int, *, begin: datetime, end: datetime) -> dict[str, datetime]:
    """Return messages that the relay certainly took at about that time, with when: by Message-ID, some hundred."""
    query = (
        select(outbox.c.message_id, outbox.c.changed_at)
        .where(outbox.c.circular_id == circular_id, outbox.c.state == State.SENT, outbox.c.reply_code.between(200, 299))
        .where(outbox.c.changed_at.between(begin - _AROUND, end + _AROUND))
        .order_by(outbox.c.changed_at.desc())
        .limit(_MOST_WITNESSES)
    )
    return {row.message_id: row.changed_at for row in connection.execute(query)}


def settle(connection: Connection, said: Mapping[int, str], *, state: State, now: datetime) -> int:
    """Settle rows in doubt as SENT or REFUSED, or QUEUED again under the same Message-ID; returns how many.

    ``said`` gives for each row who decided so, and why.
    """
    changes = {"state": state, "changed_at": now, "next_attempt_at": None}
    settled = list(
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(list(said)), outbox.c.state == State.IN_DOUBT)
            .values(**changes)
            .returning(outbox.c.id)
        ).scalars()
    )
    for row_id in settled:
        _tell(connection, row_id, said[row_id], now)
        if state is State.REFUSED:
            connection.execute(update(outbox).where(outbox.c.id == row_id).values(reply_text=said[row_id]))
    return len(settled)


def prove_arrived(
    connection: Connection,
    *,
    message_ids: Collection[str] = (),
    rows: Collection[int] = (),
    inbound_id: int | None,
    now: datetime,
) -> bool:
    """Count messages as sent that somebody has answered, if their fate was not known; tells whether it was so of any.

    ``inbound_id`` is the answer: a person's, a machine's or a receipt.
    """
    if not message_ids and not rows:
        return False
    chosen = select(outbox.c.id).where(or_(outbox.c.message_id.in_(message_ids), outbox.c.id.in_(rows)))
    return _arrived(connection, chosen, inbound_id, now)


def prove_only_arrived(connection: Connection, addressee_id: int, *, inbound_id: int | None, now: datetime) -> bool:
    """Do so for an addressee who wrote to the address that stands in our messages, and got, or not, just one."""
    theirs = select(func.max(outbox.c.id)).where(outbox.c.addressee_id == addressee_id, outbox.c.role != "paper")
    return _arrived(connection, theirs.having(func.count() == 1), inbound_id, now)


def _arrived(connection: Connection, chosen: Select[tuple[int]], inbound_id: int | None, now: datetime) -> bool:
    found = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(chosen), outbox.c.state == State.IN_DOUBT)
        .values(state=State.SENT, changed_at=now)
        .returning(outbox.c.id)
    )
    arrived = list(found.scalars())
    for row_id in arrived:
        _tell(connection, row_id, "It was answered, so it had arrived.", now, inbound_id=inbound_id)
    return bool(arrived)


def _tell(connection: Connection, row_id: int, text: str, now: datetime, *, inbound_id: int | None = None) -> None:
    connection.execute(
        insert(delivery_events).values(
            outbox_id=row_id, inbound_id=inbound_id, action="settled", status="", diagnostic=text, recorded_at=now
        )
    )
