"""Who owes an answer, what holds a reminder, and which reminders are withdrawn before they go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from store.inbound import mails
from store.messages import WAITING, State
from store.notes import held_parties
from store.register import OPEN, latest_answers
from store.schema import addressees, deadline_moves, outbox, reminder_letters, reminders

OWING = (*OPEN, "silent", "acknowledged")  # states in which an answer is still owed
STALE = "The party no longer owes this answer, or its reminders are held."
_MACHINES = ("bounce", "delay", "auto-reply")  # kinds of mail that never answer


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
