"""Reminders: whose day has come or passed, what went to whom, and which are withdrawn before they go.

A reminder of a party goes to each of its addressees and lists all asks that are open: one row of `reminders` for each
of them, with the rule that was due or, for those that are merely listed, an empty one. These rows, the sealed form
with the day's values (`reminder_letters`) and the rows of the outbox are entered together, under one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from store.inbound import mails
from store.messages import WAITING, State
from store.notes import held_parties
from store.register import OPEN, latest_answers
from store.schema import (
    addressees,
    answer_imports,
    asks,
    batches,
    deadline_moves,
    outbox,
    reminder_letters,
    reminders,
    suppressions,
)

OWING = (*OPEN, "silent", "acknowledged")  # states in which an answer is still owed
REACHED = ("sent", "delivered", "printed", "in-doubt")
FAILED = ("bounced", "refused")
STALE = "The party no longer owes this answer, or its reminders are held."
_MACHINES = ("bounce", "delay", "auto-reply")  # kinds of mail that never answer
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
    form: str
    values: bytes | None
    reached_at: datetime | None
    rows: tuple[LetterRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A reminder that an addressee was sent, with its number in `reminder_letters`."""

    id: int
    made_at: datetime


def holds(connection: Connection, circular_id: int, now: datetime) -> dict[str, str]:
    """Return the parties that may not be reminded now, and why: ``held-by-note`` or ``held-by-mail``.

    A mail holds that staff have not decided, if it is or may be the party's. What a machine wrote holds nothing,
    unless it is not sure that a machine wrote it.
    """
    found: dict[str, str] = {}
    for mail in mails(connection):
        if mail.kind in _MACHINES and mail.confidence != "unsure":
            continue
        if mail.circular_id == circular_id and mail.party:
            found[mail.party] = "held-by-mail"
        for candidate in mail.details.get("candidates", ()):
            if candidate.get("circular_id") == circular_id:
                found[str(candidate.get("party"))] = "held-by-mail"
    return found | dict.fromkeys(held_parties(connection, circular_id, now), "held-by-note")


def known_reminders(connection: Connection, circular_id: int) -> frozenset[Reminder]:
    """Return every reminder that was queued or has expired."""
    columns = (reminders.c.party, reminders.c.ask, reminders.c.rule, reminders.c.day)
    query = select(*columns).where(reminders.c.circular_id == circular_id)
    return frozenset(Reminder(**row._mapping) for row in connection.execute(query))


def moved_asks(connection: Connection, circular_id: int) -> frozenset[str]:
    """Return the asks whose deadline has moved for all."""
    query = select(deadline_moves.c.ask).where(
        deadline_moves.c.circular_id == circular_id, deadline_moves.c.party == ""
    )
    return frozenset(connection.scalars(query))


def due_moments(connection: Connection, circular_id: int) -> dict[str, tuple[datetime, ...]]:
    """Return every moment that is, or once was, the deadline of an ask, for all or for one party."""
    letters = select(asks.c.ask, asks.c.due_at).where(asks.c.circular_id == circular_id, asks.c.due_at.is_not(None))
    moves = select(deadline_moves.c.ask, deadline_moves.c.due_at).where(deadline_moves.c.circular_id == circular_id)
    found: dict[str, list[datetime]] = {}
    for query in (letters, moves.distinct()):
        for ask, due in connection.execute(query):
            found.setdefault(ask, []).append(due)
    return {ask: tuple(moments) for ask, moments in found.items()}


def latest_import(connection: Connection, circular_id: int) -> datetime | None:
    """Return when an edited report was last read back."""
    query = select(func.max(answer_imports.c.imported_at)).where(answer_imports.c.circular_id == circular_id)
    found: datetime | None = connection.scalar(query)
    return found


def suppressed_mailboxes(connection: Connection) -> frozenset[str]:
    """Return the mailboxes that get nothing, in lower case."""
    return frozenset(connection.scalars(select(suppressions.c.address)))


def addressees_of(connection: Connection, circular_id: int, parties: Sequence[str]) -> Iterator[Reminded]:
    """Yield the addressees of some parties with all their messages, by party and in the order of their numbers."""
    for start in range(0, len(parties), _CHUNK):
        query = (
            select(
                addressees.c.id, addressees.c.key, addressees.c.party, addressees.c.name, addressees.c.language,
                addressees.c.class_name, addressees.c.reminder_form, addressees.c.reminder_values,
                batches.c.issued_at, outbox.c.mailbox, outbox.c.role, outbox.c.state, outbox.c.first_attempt_at,
                outbox.c.reminder_id,
            )
            .join(batches, batches.c.id == addressees.c.batch_id)
            .join(outbox, outbox.c.addressee_id == addressees.c.id)
            .where(addressees.c.circular_id == circular_id, addressees.c.party.in_(parties[start : start + _CHUNK]))
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


def owes_all(connection: Connection, circular_id: int, party: str, names: Iterable[str]) -> bool:
    """Tell whether a party owes an answer to each of these asks."""
    latest = latest_answers(connection, circular_id, party)
    return all(ask not in latest or latest[ask].state in OWING for ask in names)


def withdraw_stale(
    connection: Connection, circular_id: int, ids: Sequence[int], *, now: datetime, since: datetime
) -> None:
    """Withdraw reminders among some rows that no longer say what is so, in the transaction that claims them.

    A party may have answered since they were queued, got more time, or be held; or they were made before ``since``
    and come too late. Where nothing of a reminder has left, it is as if it had never been made: the next run may
    remind of what is still open.
    """
    query = (
        select(addressees.c.party, reminder_letters.c.made_at)
        .join(reminder_letters, reminder_letters.c.id == outbox.c.reminder_id)
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .where(outbox.c.id.in_(ids))
        .distinct()
    )
    made = connection.execute(query).all()
    held = holds(connection, circular_id, now) if made else {}
    for party, made_at in made:
        if made_at < since or party in held or _has_changed(connection, circular_id, party, made_at):
            _withdraw(connection, circular_id, party, made_at, now)


def _has_changed(connection: Connection, circular_id: int, party: str, made_at: datetime) -> bool:
    """Tell whether a party has answered what its reminder lists, or a deadline in it has moved."""
    listed = select(reminders.c.ask).where(
        reminders.c.circular_id == circular_id, reminders.c.party == party, reminders.c.recorded_at == made_at
    )
    if not owes_all(connection, circular_id, party, connection.scalars(listed).all()):
        return True
    moved = select(deadline_moves.c.id).where(
        deadline_moves.c.circular_id == circular_id,
        deadline_moves.c.party.in_({"", party}),
        deadline_moves.c.recorded_at >= made_at,
    )
    return connection.execute(moved.limit(1)).first() is not None


def _withdraw(connection: Connection, circular_id: int, party: str, made_at: datetime, now: datetime) -> None:
    theirs = (
        select(reminder_letters.c.id)
        .join(addressees, addressees.c.id == reminder_letters.c.addressee_id)
        .where(
            reminder_letters.c.circular_id == circular_id,
            reminder_letters.c.made_at == made_at,
            addressees.c.party == party,
        )
    )
    connection.execute(
        update(outbox)
        .where(outbox.c.reminder_id.in_(theirs), outbox.c.state.in_(WAITING))
        .values(state=State.WITHDRAWN, changed_at=now, reply_text=STALE)
    )
    left = select(outbox.c.id).where(
        outbox.c.reminder_id.in_(theirs), outbox.c.state.not_in((State.WITHDRAWN, State.SUPPRESSED))
    )
    if connection.execute(left.limit(1)).first() is None:
        connection.execute(
            delete(reminders).where(
                reminders.c.circular_id == circular_id,
                reminders.c.party == party,
                reminders.c.recorded_at == made_at,
                reminders.c.outcome == "queued",
            )
        )
