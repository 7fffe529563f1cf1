"""What has been fetched from where, so that a run looks at new mail only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store.schema import fetched, inboxes

LONGEST_SOURCE = 400
LONGEST_NAME = 500
_NAMES_AT_ONCE = 500  # in one query


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a folder of an IMAP server has been read: UIDs count under their UIDVALIDITY (RFC 3501, 2.3.1.1)."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What has been fetched from a source: the names of the mails, and up to where if the source counts."""

    names: set[str] = field(default_factory=set)
    position: Position | None = None


def known_of(connection: Connection, source: str) -> Known:
    """Return what has been fetched from a source."""
    row = connection.execute(select(inboxes).where(inboxes.c.source == source)).first()
    names = connection.execute(select(fetched.c.name).where(fetched.c.source == source)).scalars()
    position = None if row is None else Position(uidvalidity=row.uidvalidity, last_uid=row.last_uid)
    return Known(names=set(names), position=position)


def remember_mails(connection: Connection, source: str, mails: Mapping[str, int]) -> None:
    """Remember which mails the store has: name to id. A name that is known already keeps its mail."""
    names = list(mails)
    for start in range(0, len(names), _NAMES_AT_ONCE):
        some = names[start : start + _NAMES_AT_ONCE]
        query = select(fetched.c.name).where(fetched.c.source == source, fetched.c.name.in_(some))
        there = set(connection.execute(query).scalars())
        new = [{"source": source, "name": name, "inbound_id": mails[name]} for name in some if name not in there]
        if new:
            connection.execute(insert(fetched), new)


def remember_position(connection: Connection, source: str, position: Position, now: datetime) -> None:
    """Remember up to where the store has a folder's mail; it goes back only under another UIDVALIDITY."""
    values = {"uidvalidity": position.uidvalidity, "last_uid": position.last_uid, "changed_at": now}
    known = connection.execute(select(inboxes).where(inboxes.c.source == source)).first()
    if known is None:
        connection.execute(insert(inboxes).values(source=source, **values))
    elif known.uidvalidity != position.uidvalidity or known.last_uid < position.last_uid:
        connection.execute(update(inboxes).where(inboxes.c.source == source).values(values))
