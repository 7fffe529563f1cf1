"""Who owes an answer, what holds a reminder, and which reminders are withdrawn before they go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from store.deadlines import FOR_ALL
from store.inbound import mails
from store.messages import WAITING, State
from store.notes import held_parties
from store.register import OPEN
from store.schema import addressees, answers, deadline_moves, outbox, reminder_letters, reminders

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


def settled_asks(
    connection: Connection, circular_id: int, parties: Collection[str] | None = None
) -> frozenset[tuple[str, str]]:
    """Return the parties and asks, of all or of some parties, to which no answer is owed any more."""
    newest = select(func.max(answers.c.id)).where(answers.c.circular_id == circular_id)
    if parties is not None:
        newest = newest.where(answers.c.party.in_(parties))
    query = select(answers.c.party, answers.c.ask).where(
        answers.c.id.in_(newest.group_by(answers.c.party, answers.c.ask)), answers.c.state.not_in(OWING)
    )
    return frozenset((party, ask) for party, ask in connection.execute(query))


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
    made = [(str(party), made_at) for party, made_at in connection.execute(query)]
    if not made:
        return
    held, changed = holds(connection, circular_id, now), _changed(connection, circular_id, made)
    for party, made_at in made:
        if made_at < since or party in held or (party, made_at) in changed:
            _withdraw(connection, circular_id, party, made_at, now)


def _changed(
    connection: Connection, circular_id: int, made: Sequence[tuple[str, datetime]]
) -> frozenset[tuple[str, datetime]]:
    """Return the reminders whose party has answered what they list, or for which a deadline has moved since."""
    parties = {party for party, _ in made}
    settled = settled_asks(connection, circular_id, parties)
    listed = select(reminders.c.party, reminders.c.ask, reminders.c.recorded_at).where(
        reminders.c.circular_id == circular_id, reminders.c.party.in_(parties), reminders.c.outcome == "queued"
    )
    answered = {(row.party, row.recorded_at) for row in connection.execute(listed) if (row.party, row.ask) in settled}
    moves = (
        select(deadline_moves.c.party, func.max(deadline_moves.c.recorded_at))
        .where(deadline_moves.c.circular_id == circular_id, deadline_moves.c.party.in_({FOR_ALL, *parties}))
        .group_by(deadline_moves.c.party)
    )
    moved = {str(party): moment for party, moment in connection.execute(moves)}
    later = (
        (party, made_at)
        for party, made_at in made
        if any(name in moved and moved[name] >= made_at for name in (FOR_ALL, party))
    )
    return frozenset(answered) | frozenset(later)


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
