"""Reminders: whose day has come or passed, and what went to whom. `store.owing` says which still may go.

A reminder of a party goes to each of its addressees and lists all asks that are open: one row of `reminders` for each
of them, with the rule that was due or, for those that are merely listed, an empty one. These rows, the sealed form
with the day's values (`reminder_letters`) and the rows of the outbox are entered together, under one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from store.messages import State
from store.schema import (
    addressees,
    asks,
    batches,
    deadline_moves,
    outbox,
    reminder_letters,
    reminders,
)

REACHED = ("sent", "delivered", "printed", "in-doubt")
FAILED = ("bounced", "refused")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One ask of which a party is reminded, or was to be. ``rule`` is empty for one that is listed with others."""

    party: str
    ask: str
    rule: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One message of an addressee's letter or of an earlier reminder."""

    mailbox: str
    role: str
    state: str
    is_letter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """An addressee as reminding sees it. ``reached_at`` is when a letter first reached it, None if none did.

    ``values`` are the packed values of the sealed reminder; ``form`` is empty where none was sealed.
    """

    id: int
    key: str
    party: str
    name: str
    language: str
    class_name: str
    list_name: str
    form: str
    values: bytes | None
    reached_at: datetime | None
    rows: tuple[LetterRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A reminder that an addressee was sent, with its number in `reminder_letters`."""

    id: int
    made_at: datetime


def known_reminders(connection: Connection, circular_id: int) -> frozenset[Reminder]:
    """Return every reminder that was queued or has expired."""
    columns = (reminders.c.party, reminders.c.ask, reminders.c.rule, reminders.c.day)
    query = select(*columns).where(reminders.c.circular_id == circular_id)
    return frozenset(Reminder(**row._mapping) for row in connection.execute(query))


def moved_asks(connection: Connection, circular_id: int) -> dict[tuple[str, str], datetime]:
    """Return when the deadlines of asks were moved last, by ask and party (empty: for all)."""
    query = (
        select(deadline_moves.c.ask, deadline_moves.c.party, func.max(deadline_moves.c.recorded_at))
        .where(deadline_moves.c.circular_id == circular_id)
        .group_by(deadline_moves.c.ask, deadline_moves.c.party)
    )
    return {(ask, party): at for ask, party, at in connection.execute(query)}


def due_moments(connection: Connection, circular_id: int) -> dict[str, tuple[datetime, ...]]:
    """Return every moment that is, or once was, the deadline of an ask, for all or for one party."""
    letters = select(asks.c.ask, asks.c.due_at).where(asks.c.circular_id == circular_id, asks.c.due_at.is_not(None))
    moves = select(deadline_moves.c.ask, deadline_moves.c.due_at).where(deadline_moves.c.circular_id == circular_id)
    found: dict[str, list[datetime]] = {}
    for query in (letters, moves.distinct()):
        for ask, due in connection.execute(query):
            found.setdefault(ask, []).append(due)
    return {ask: tuple(moments) for ask, moments in found.items()}


def addressees_of(connection: Connection, circular_id: int, parties: Sequence[str]) -> Iterator[Reminded]:
    """Yield the addressees of some parties with all their messages, by party and in the order of their numbers."""
    for start in range(0, len(parties), _CHUNK):
        query = (
            select(
                addressees.c.id, addressees.c.key, addressees.c.party, addressees.c.name, addressees.c.language,
                addressees.c.class_name, addressees.c.list_name, addressees.c.reminder_form,
                addressees.c.reminder_values, batches.c.issued_at, outbox.c.mailbox, outbox.c.role, outbox.c.state,
                outbox.c.first_attempt_at,
                outbox.c.reminder_id,
            )
            .join(batches, batches.c.id == addressees.c.batch_id)
            .join(outbox, outbox.c.addressee_id == addressees.c.id)
            .where(addressees.c.circular_id == circular_id, addressees.c.party.in_(parties[start : start + _CHUNK]))
            .where(addressees.c["values"].is_not(None))  # nobody reminds who was erased
            .order_by(addressees.c.party, addressees.c.id, outbox.c.id)
        )  # fmt: skip
        theirs: list[Row[*tuple[Any, ...]]] = []
        for row in connection.execute(query):
            if theirs and theirs[0].id != row.id:
                yield _reminded(theirs)
                theirs = []
            theirs.append(row)
        if theirs:
            yield _reminded(theirs)


def _reminded(rows: Sequence[Row[*tuple[Any, ...]]]) -> Reminded:
    first = rows[0]
    reached = [
        row.first_attempt_at or row.issued_at for row in rows if row.reminder_id is None and row.state in REACHED
    ]
    return Reminded(
        id=first.id,
        key=first.key,
        party=first.party,
        name=first.name,
        language=first.language,
        class_name=first.class_name,
        list_name=first.list_name,
        form=first.reminder_form,
        values=first.reminder_values,
        reached_at=min(reached, default=None),
        rows=tuple(
            LetterRow(mailbox=row.mailbox, role=row.role, state=row.state, is_letter=row.reminder_id is None)
            for row in rows
        ),
    )


def record_reminders(
    connection: Connection, circular_id: int, found: Iterable[Reminder], *, outcome: str, at: datetime
) -> None:
    """Record that reminders are ``queued`` or have ``expired``. None of them may be known already."""
    rows = [
        {
            "circular_id": circular_id, "party": reminder.party, "ask": reminder.ask, "rule": reminder.rule,
            "day": reminder.day, "outcome": outcome, "recorded_at": at,
        }
        for reminder in found
    ]  # fmt: skip
    if rows:
        connection.execute(insert(reminders), rows)


def has_reminders(connection: Connection, circular_id: int) -> bool:
    """Tell whether anybody was ever to be reminded of a circular."""
    any_letter = select(reminder_letters.c.id).where(reminder_letters.c.circular_id == circular_id).limit(1)
    return connection.scalar(any_letter) is not None


def add_reminder_letters(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enter what addressees are sent, with the columns of the table."""
    if rows:
        connection.execute(insert(reminder_letters), [dict(row) for row in rows])


def next_reminder_id(connection: Connection) -> int:
    """Return the number that the next of `reminder_letters` gets; valid within this transaction."""
    return int(connection.scalar(select(func.max(reminder_letters.c.id))) or 0) + 1


def reminders_sent(connection: Connection, circular_id: int, key: str) -> tuple[Sent, ...]:
    """Return the reminders that were made for an addressee, the first one first; not those withdrawn in time."""
    went = select(outbox.c.reminder_id).where(
        outbox.c.reminder_id == reminder_letters.c.id, outbox.c.state != State.WITHDRAWN
    )
    query = (
        select(reminder_letters.c.id, reminder_letters.c.made_at)
        .join(addressees, addressees.c.id == reminder_letters.c.addressee_id)
        .where(reminder_letters.c.circular_id == circular_id, addressees.c.key == key, went.exists())
        .order_by(reminder_letters.c.id)
    )
    return tuple(Sent(**row._mapping) for row in connection.execute(query))


def expired_reminders(connection: Connection, circular_id: int) -> tuple[Reminder, ...]:
    """Return the reminders that were missed, the oldest first."""
    columns = (reminders.c.party, reminders.c.ask, reminders.c.rule, reminders.c.day)
    query = (
        select(*columns)
        .where(reminders.c.circular_id == circular_id, reminders.c.outcome == "expired")
        .order_by(reminders.c.day, reminders.c.party, reminders.c.ask)
    )
    return tuple(Reminder(**row._mapping) for row in connection.execute(query))


def count_expired(connection: Connection, circular_id: int) -> int:
    """Return how many reminders were missed."""
    query = select(func.count()).where(reminders.c.circular_id == circular_id, reminders.c.outcome == "expired")
    return int(connection.scalar(query) or 0)
