"""Issued batches and their addressees: what was sealed, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from store.schema import addressees, batches, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTerms:
    """What every message of a batch has in common; kept so that an archived message never depends on office.toml.

    ``layout`` says how its messages are laid out, so that those of older batches are still built byte for byte.
    ``settings`` is JSON (`delivery.lists`).
    """

    circular_id: int
    plan_id: int
    digest: str
    issued_at: datetime
    issued_by: str
    sender: str
    sender_name: str
    reply: str
    bounce: str
    plus_addressing: bool
    layout: int = 1
    settings: str = "{}"


def add_batch(connection: Connection, terms: BatchTerms) -> int:
    """Enter a batch and return its id."""
    entered = connection.execute(
        insert(batches).values(
            circular_id=terms.circular_id,
            plan_id=terms.plan_id,
            digest=terms.digest,
            issued_at=terms.issued_at,
            issued_by=terms.issued_by,
            sender=terms.sender,
            sender_name=terms.sender_name,
            reply=terms.reply,
            bounce=terms.bounce,
            plus_addressing=terms.plus_addressing,
            layout=terms.layout,
            settings=terms.settings,
        )
    )
    assert entered.inserted_primary_key is not None  # noqa: S101 - an insert of one row always has one
    return int(entered.inserted_primary_key[0])


def plan_is_issued(connection: Connection, plan_id: int) -> bool:
    """Tell whether a batch was made of the plan."""
    return connection.execute(select(batches.c.id).where(batches.c.plan_id == plan_id)).first() is not None


def first_issued_at(connection: Connection, circular_id: int) -> datetime:
    """Return when the first batch of an issued circular was frozen."""
    query = select(batches.c.issued_at).where(batches.c.circular_id == circular_id).order_by(batches.c.id).limit(1)
    moment: datetime = connection.execute(query).scalar_one()
    return moment


def issued_names(connection: Connection, circular_id: int) -> dict[str, str]:
    """Return the names of all addressees of a circular's batches, by key, as they were when it was issued."""
    query = select(addressees.c.key, addressees.c.name).where(addressees.c.circular_id == circular_id)
    return {row.key: row.name for row in connection.execute(query)}


def next_ids(connection: Connection) -> tuple[int, int]:
    """Return the ids that the next addressee and the next outbox row get; valid within this transaction."""
    last_addressee = connection.execute(select(func.max(addressees.c.id))).scalar() or 0
    last_row = connection.execute(select(func.max(outbox.c.id))).scalar() or 0
    return int(last_addressee) + 1, int(last_row) + 1


def add_addressees(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Enter addressees, with the columns of the table."""
    if rows:
        connection.execute(insert(addressees), rows)


def keys_by_mailbox(connection: Connection, circular_id: int, text: str) -> tuple[str, ...]:
    """Return the keys of the addressees that are called ``text`` or written to at that mailbox, whatever its case."""
    wanted = text.strip().lower()
    theirs = select(outbox.c.addressee_id).where(
        outbox.c.circular_id == circular_id, func.lower(outbox.c.mailbox) == wanted
    )
    query = (
        select(addressees.c.key)
        .where(addressees.c.circular_id == circular_id)
        .where((func.lower(addressees.c.key) == wanted) | addressees.c.id.in_(theirs))
        .order_by(addressees.c.id)
    )
    keys = tuple(connection.execute(query).scalars())
    return tuple(key for key in keys if key.lower() == wanted) or keys


def count_addressees(connection: Connection, circular_id: int) -> int:
    """Return how many addressees a circular was issued to."""
    query = select(func.count()).select_from(addressees).where(addressees.c.circular_id == circular_id)
    return int(connection.execute(query).scalar() or 0)
