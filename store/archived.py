"""What the archive is checked against: the forms that a circular needs, and how large its batches were approved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, union

from store.schema import addressees, batches, decisions, outbox, plans, reminder_letters


def form_names(connection: Connection, circular_id: int) -> tuple[str, ...]:
    """Return the SHA-256 of every sealed form of a circular, of letters and reminders, in order."""
    query = union(
        select(addressees.c.form).where(addressees.c.circular_id == circular_id),
        select(addressees.c.reminder_form).where(addressees.c.circular_id == circular_id),
        select(reminder_letters.c.form).where(reminder_letters.c.circular_id == circular_id),
    )
    return tuple(sorted(name for name in connection.scalars(query) if name))


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSeal:
    """What of a batch must agree: with the plan it was made of, and with the latest decision on that.

    ``planned`` are the addressees that were approved, ``mail`` the addresses; None where the plan does not say.
    ``is_readable`` tells whether what the plan keeps can be read at all.
    """

    number: int
    entered: int
    planned: int | None
    digests: frozenset[str]  # of the batch, and of its plan wherever that has it
    decision: str
    mail: Sequence[object] | None
    sent_from: tuple[object, ...]
    is_readable: bool


def batch_seals(connection: Connection, circular_id: int) -> Iterator[BatchSeal]:
    """Yield what of each batch must agree, in their order."""
    entered = select(func.count()).where(addressees.c.batch_id == batches.c.id).scalar_subquery()
    latest = (
        select(decisions.c.decision)
        .where(decisions.c.plan_id == batches.c.plan_id)
        .order_by(decisions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            batches.c.id, batches.c.digest, batches.c.sender, batches.c.reply, batches.c.bounce,
            batches.c.plus_addressing, plans.c.summary, plans.c.digest.label("approved"), entered.label("entered"),
            func.coalesce(latest, "").label("decision"),
        )
        .outerjoin(plans, plans.c.id == batches.c.plan_id)
        .where(batches.c.circular_id == circular_id)
        .order_by(batches.c.id)
    )  # fmt: skip
    for row in connection.execute(query):
        summary = _shape(row.summary)
        planned, terms = summary.get("letters"), summary.get("terms")
        mail = terms.get("mail") if isinstance(terms, dict) else None
        yield BatchSeal(
            number=row.id,
            entered=row.entered,
            planned=planned if isinstance(planned, int) else None,
            digests=frozenset(map(str, (row.digest, row.approved, summary.get("digest", row.digest)))),
            decision=row.decision,
            mail=mail if isinstance(mail, list) else None,
            sent_from=(row.sender, row.reply, row.bounce, row.plus_addressing),
            is_readable=bool(summary),
        )


def _shape(text: object) -> dict[str, object]:
    try:
        shape = json.loads(str(text))
    except (ValueError, RecursionError):
        return {}
    return shape if isinstance(shape, dict) else {}


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
    with connection.execute(query.execution_options(yield_per=500)) as found:
        for row in found:
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
