"""What the archive is checked against: the forms that a circular needs, and how large its batches were approved."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection, func, select, union

from store.schema import addressees, batches, plans, reminder_letters


def form_names(connection: Connection, circular_id: int) -> tuple[str, ...]:
    """Return the SHA-256 of every sealed form of a circular, of letters and reminders, in order."""
    query = union(
        select(addressees.c.form).where(addressees.c.circular_id == circular_id),
        select(addressees.c.reminder_form).where(addressees.c.circular_id == circular_id),
        select(reminder_letters.c.form).where(reminder_letters.c.circular_id == circular_id),
    )
    return tuple(sorted(name for name in connection.scalars(query) if name))


def batch_sizes(connection: Connection, circular_id: int) -> Iterator[tuple[int, int | None, int]]:
    """Yield each batch with the addressees that were approved, None if that was not recorded, and those it has."""
    query = (
        select(batches.c.id, plans.c.summary, func.count(addressees.c.id).label("entered"))
        .join(plans, plans.c.id == batches.c.plan_id)
        .outerjoin(addressees, addressees.c.batch_id == batches.c.id)
        .where(batches.c.circular_id == circular_id)
        .group_by(batches.c.id, plans.c.summary)
        .order_by(batches.c.id)
    )
    for number, summary, entered in connection.execute(query):
        planned = json.loads(summary).get("letters")
        yield int(number), planned if isinstance(planned, int) else None, int(entered)
