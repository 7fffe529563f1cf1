"""Erasures: of whom values were removed on request, when and by whom. What was removed is nowhere told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.schema import addressees, erasures


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One addressee whose values are gone. ``key`` is what stands in the store in place of its key.

    ``key_hash`` is the key under the office's secret: it tells whether a key is the one that was erased.
    """

    circular_id: int
    addressee_id: int
    key: str
    key_hash: str
    erased_at: datetime
    erased_by: str
    note: str


def record_erasure(connection: Connection, erasure: Erasure) -> None:
    """Enter an erasure."""
    connection.execute(
        insert(erasures).values(
            circular_id=erasure.circular_id,
            addressee_id=erasure.addressee_id,
            key_hash=erasure.key_hash,
            erased_at=erasure.erased_at,
            erased_by=erasure.erased_by,
            note=erasure.note,
        )
    )


def erasures_of(connection: Connection, circular_id: int) -> tuple[Erasure, ...]:
    """Return the erasures of a circular, in their order."""
    query = (
        select(
            erasures.c.circular_id, erasures.c.addressee_id, addressees.c.key, erasures.c.key_hash,
            erasures.c.erased_at, erasures.c.erased_by, erasures.c.note,
        )
        .join(addressees, addressees.c.id == erasures.c.addressee_id)
        .where(erasures.c.circular_id == circular_id)
        .order_by(erasures.c.id)
    )  # fmt: skip
    return tuple(Erasure(**row._mapping) for row in connection.execute(query))
