"""What went to one party: its letters and reminders, message by message, and the reminders that fell due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from store.schema import addressees, outbox, reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMessage:
    """A message to an addressee of the party. ``mailbox`` is empty for paper; ``at`` is when its state was reached."""

    key: str
    mailbox: str
    role: str
    state: str
    at: datetime
    is_reminder: bool
    said: str  # the server's last words


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyReminder:
    """A reminder that fell due by a rule such as -3d, and whether it was queued or expired."""

    ask: str
    rule: str
    day: date
    outcome: str
    recorded_at: datetime


def messages_of_party(connection: Connection, circular_id: int, party: str) -> tuple[PartyMessage, ...]:
    """Return every message to a party, in the order of the outbox."""
    query = (
        select(
            addressees.c.key,
            outbox.c.mailbox,
            outbox.c.role,
            outbox.c.state,
            outbox.c.changed_at.label("at"),
            outbox.c.reminder_id.is_not(None).label("is_reminder"),
            outbox.c.reply_text.label("said"),
        )
        .join(outbox, outbox.c.addressee_id == addressees.c.id)
        .where(addressees.c.circular_id == circular_id, addressees.c.party == party)
        .order_by(outbox.c.id)
    )
    return tuple(PartyMessage(**row._mapping) for row in connection.execute(query))


def reminders_of_party(connection: Connection, circular_id: int, party: str) -> tuple[PartyReminder, ...]:
    """Return what became of the reminders that fell due for a party, the oldest first."""
    columns = [column for column in reminders.c if column.name in PartyReminder.__slots__]
    query = (
        select(*columns)
        .where(reminders.c.circular_id == circular_id, reminders.c.party == party)
        .order_by(reminders.c.id)
    )
    return tuple(PartyReminder(**row._mapping) for row in connection.execute(query))
