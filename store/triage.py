"""What waits for a person's decision: replies that were received, and nobody has said yet what they say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.schema import answers, circulars, inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReply:
    """A reply whose party and circular are known, and the asks that it may answer."""

    inbound_id: int
    circular_id: int
    slug: str
    reference: str
    party: str
    sender: str
    subject: str
    received_at: datetime
    colleague: bool
    asks: tuple[str, ...]


def received_replies(connection: Connection, circular_id: int | None = None) -> tuple[ReceivedReply, ...]:
    """Return the replies that put an ask to «received», while it is still so; the oldest first."""
    newest = select(func.max(answers.c.id)).group_by(answers.c.circular_id, answers.c.party, answers.c.ask)
    query = (
        select(
            answers.c.ask,
            answers.c.party,
            inbound.c.id,
            inbound.c.sender,
            inbound.c.subject,
            inbound.c.received_at,
            inbound.c.evidence,
            circulars.c.id.label("circular_id"),
            circulars.c.slug,
            circulars.c.reference,
        )
        .join(inbound, inbound.c.id == answers.c.inbound_id)
        .join(circulars, circulars.c.id == answers.c.circular_id)
        .where(answers.c.id.in_(newest), answers.c.state == "received")
        .order_by(inbound.c.received_at, inbound.c.id, answers.c.id)
    )
    if circular_id is not None:
        query = query.where(answers.c.circular_id == circular_id)
    found: dict[tuple[int, str], ReceivedReply] = {}
    for row in connection.execute(query):
        known = found.get((row.id, row.party))
        found[row.id, row.party] = ReceivedReply(
            inbound_id=row.id,
            circular_id=row.circular_id,
            slug=row.slug,
            reference=row.reference or row.slug,
            party=row.party,
            sender=row.sender,
            subject=row.subject,
            received_at=row.received_at,
            colleague=bool(json.loads(row.evidence).get("colleague")),
            asks=(*(known.asks if known else ()), row.ask),
        )
    return tuple(found.values())
