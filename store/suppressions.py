"""Mailboxes that get nothing more, whatever list they are on. `store.outbox.claim` passes them over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from store.messages import State
from store.schema import outbox, suppressions


def suppress(connection: Connection, address: str, *, reason: str, by: str, now: datetime) -> bool:
    """Never write to an address again, until `unsuppress`; returns False if it was so already."""
    if is_suppressed(connection, address):
        return False
    address = address.lower()
    connection.execute(
        insert(suppressions).values(address=address, list_name="", kind="manual", reason=reason, since=now, by=by)
    )
    return True


def is_suppressed(connection: Connection, address: str) -> bool:
    """Tell whether an address gets nothing."""
    known = select(suppressions.c.address).where(suppressions.c.address == address.lower())
    return connection.scalar(known) is not None


def unsuppress(connection: Connection, address: str) -> bool:
    """Allow writing to an address again; returns False if it was not suppressed."""
    return connection.execute(suppressions.delete().where(suppressions.c.address == address.lower())).rowcount > 0


def queue_again(connection: Connection, address: str, now: datetime) -> int:
    """Queue the messages that an address did not get while it was suppressed; returns how many."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.state == State.SUPPRESSED, func.lower(outbox.c.mailbox) == address.lower())
        .values(state=State.QUEUED, changed_at=now, reply_text="")
    )
    return changed.rowcount
