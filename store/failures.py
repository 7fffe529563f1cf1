"""Mailboxes at which a circular's messages failed, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, false, func, select

from store.schema import addressees, delivery_events, outbox

FAILED = ("bounced", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The latest message to a mailbox, which failed. ``said`` is the server's answer, at once or in a report.

    ``group`` and ``permanent`` are those of the report, empty and false where there was none. ``inbound_id`` is the
    report.
    """

    addressee_id: int
    key: str
    party: str
    name: str
    mailbox: str
    state: str
    said: str
    group: str
    permanent: bool
    inbound_id: int | None
    at: datetime


def failures(connection: Connection, circular_id: int) -> tuple[Failure, ...]:
    """Return the `to` mailboxes whose latest message failed, in the order of the addressees."""
    mailbox = func.lower(outbox.c.mailbox)
    latest = (
        select(func.max(outbox.c.id))
        .where(outbox.c.circular_id == circular_id, outbox.c.role == "to")
        .group_by(outbox.c.addressee_id, mailbox)
    )
    report = (
        select(delivery_events.c.outbox_id, func.max(delivery_events.c.id).label("id"))
        .where(delivery_events.c.action == "failed")
        .group_by(delivery_events.c.outbox_id)
        .subquery()
    )
    query = (
        select(
            outbox.c.addressee_id,
            addressees.c.key,
            addressees.c.party,
            func.coalesce(func.nullif(addressees.c.name, ""), addressees.c.organisation).label("name"),
            outbox.c.mailbox,
            outbox.c.state,
            func.coalesce(func.nullif(delivery_events.c.diagnostic, ""), outbox.c.reply_text).label("said"),
            func.coalesce(delivery_events.c.reason_group, "").label("group"),
            func.coalesce(delivery_events.c.permanent, false()).label("permanent"),
            delivery_events.c.inbound_id,
            func.coalesce(delivery_events.c.recorded_at, outbox.c.changed_at).label("at"),
        )
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .outerjoin(report, report.c.outbox_id == outbox.c.id)
        .outerjoin(delivery_events, delivery_events.c.id == report.c.id)
        .where(outbox.c.id.in_(latest), outbox.c.state.in_(FAILED))
        .where(addressees.c["values"].is_not(None))  # not erased: there is nothing to correct
        .order_by(outbox.c.addressee_id, outbox.c.id)
    )
    return tuple(Failure(**row._mapping) for row in connection.execute(query))


def mailboxes_of(connection: Connection, addressee_id: int) -> tuple[str, ...]:
    """Return the `to` mailboxes of an addressee, each once, in their order."""
    query = (
        select(outbox.c.mailbox)
        .where(outbox.c.addressee_id == addressee_id, outbox.c.role == "to")
        .order_by(outbox.c.id)
    )
    return tuple(dict.fromkeys(connection.scalars(query)))
