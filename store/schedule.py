"""When circulars are to be sent by themselves: from that moment on, whenever `tick` runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from store.schema import circulars


def set_send_at(connection: Connection, circular_id: int, at: datetime | None) -> None:
    """Send a circular from a moment on; None: only when somebody does it by hand."""
    connection.execute(update(circulars).where(circulars.c.id == circular_id).values(send_at=at))


def send_at(connection: Connection, circular_id: int) -> datetime | None:
    """Return from when on a circular is sent by itself, None if it is not."""
    found: datetime | None = connection.scalar(select(circulars.c.send_at).where(circulars.c.id == circular_id))
    return found


def due_circulars(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Return the folders of the circulars whose moment has come, the oldest first; not those held or withdrawn."""
    query = (
        select(circulars.c.slug)
        .where(circulars.c.send_at <= now, circulars.c.state == "issued", ~circulars.c.held)
        .order_by(circulars.c.send_at, circulars.c.id)
    )
    return tuple(connection.scalars(query))
