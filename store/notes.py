"""What staff remarked on a party; a note with a day holds reminders until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from store.schema import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark. ``until`` is the first moment at which reminders may go again, if it holds them."""

    text: str
    until: datetime | None
    recorded_at: datetime
    recorded_by: str


def add_note(
    connection: Connection, circular_id: int, party: str, text: str, *, until: datetime | None, at: datetime, by: str
) -> None:
    """Record a remark on a party."""
    connection.execute(
        insert(notes).values(
            circular_id=circular_id, party=party, text=text, until=until, recorded_at=at, recorded_by=by[:100]
        )
    )


def notes_of(connection: Connection, circular_id: int, party: str) -> tuple[Note, ...]:
    """Return the remarks on a party, the oldest first."""
    columns = [column for column in notes.c if column.name in Note.__slots__]
    query = select(*columns).where(notes.c.circular_id == circular_id, notes.c.party == party).order_by(notes.c.id)
    return tuple(Note(**row._mapping) for row in connection.execute(query))


def held_parties(connection: Connection, circular_id: int, now: datetime) -> dict[str, datetime]:
    """Return the parties whom a note spares reminders, and until when.

    A party's latest note with a day decides: staff who set an earlier day mean it.
    """
    latest = (
        select(func.max(notes.c.id))
        .where(notes.c.circular_id == circular_id, notes.c.until.is_not(None))
        .group_by(notes.c.party)
    )
    query = select(notes.c.party, notes.c.until).where(notes.c.id.in_(latest), notes.c.until > now)
    return {row.party: row.until for row in connection.execute(query)}
