"""What the archive is checked against: the forms that a circular needs, and how large its batches were approved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, union

from store.schema import addressees, batches, outbox, plans, reminder_letters


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


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """What an index says of a message beside the message itself. ``changed_at`` is since when its state holds."""

    outbox_id: int
    party: str
    organisation: str
    country: str
    class_name: str
    channel: str
    changed_at: datetime


def index_rows(connection: Connection, circular_id: int) -> Iterator[IndexRow]:
    """Yield a circular's rows in the order of their ids, without reading them into memory at once."""
    query = (
        select(
            outbox.c.id.label("outbox_id"), addressees.c.party, addressees.c.organisation, addressees.c.country,
            addressees.c.class_name, addressees.c.channel, outbox.c.changed_at,
        )
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .where(outbox.c.circular_id == circular_id)
        .order_by(outbox.c.id)
    )  # fmt: skip
    for row in connection.execute(query.execution_options(yield_per=500)):
        yield IndexRow(**row._mapping)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecord:
    """A batch as the archive tells of it: what was approved, who issued it and when, and from which addresses."""

    number: int
    digest: str
    planned_by: str
    issued_at: datetime
    issued_by: str
    addressees: int
    sender: str
    sender_name: str
    reply: str
    bounce: str

    def as_json(self) -> dict[str, object]:
        """Return the shape that a bundle keeps."""
        return {name: getattr(self, name) for name in self.__slots__}

    def sentence(self) -> str:
        """Return it in words."""
        people = f"{self.addressees:,} addressee{'' if self.addressees == 1 else 's'}"
        return (
            f"Batch {self.number}: {people}, issued {self.issued_at:%Y-%m-%d %H:%M} UTC by {self.issued_by},"
            f"\napproved under the digest\n    {self.digest}"
        )


def batch_records(connection: Connection, circular_id: int) -> Iterator[BatchRecord]:
    """Yield the batches of a circular, in their order."""
    entered = select(func.count()).where(addressees.c.batch_id == batches.c.id).scalar_subquery()
    query = (
        select(
            batches.c.id.label("number"), batches.c.digest, plans.c.author_name.label("planned_by"),
            batches.c.issued_at, batches.c.issued_by, entered.label("addressees"), batches.c.sender,
            batches.c.sender_name, batches.c.reply, batches.c.bounce,
        )
        .join(plans, plans.c.id == batches.c.plan_id)
        .where(batches.c.circular_id == circular_id)
        .order_by(batches.c.id)
    )  # fmt: skip
    for row in connection.execute(query):
        yield BatchRecord(**row._mapping)
