"""Plans, what they said of each addressee, and their approval."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from store.schema import plan_entries, plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who did something: the operating system's account, and the name they gave."""

    account: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recorded plan. ``options`` are what it was limited to; ``forms`` the digest of each form by name."""

    id: int
    circular_id: int
    digest: str
    options: Mapping[str, object]
    summary: Mapping[str, object]
    forms: Mapping[str, str]
    author: Author
    planned_at: datetime
    decision: str  # "", approved, rejected
    decided_by: Author | None
    note: str


def latest_plan(connection: Connection, circular_id: int) -> Plan | None:
    """Return the newest plan of a circular."""
    query = select(plans).where(plans.c.circular_id == circular_id).order_by(plans.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    decided = Author(account=row.decided_account, name=row.decided_name) if row.decision else None
    return Plan(
        id=row.id,
        circular_id=row.circular_id,
        digest=row.digest,
        options=json.loads(row.options),
        summary=json.loads(row.summary),
        forms=json.loads(row.forms),
        author=Author(account=row.author_account, name=row.author_name),
        planned_at=row.planned_at,
        decision=row.decision or "",
        decided_by=decided,
        note=row.note,
    )


def record_plan(
    connection: Connection,
    *,
    circular_id: int,
    digest: str,
    options: Mapping[str, object],
    summary: Mapping[str, object],
    forms: Mapping[str, str],
    author: Author,
    at: datetime,
) -> None:
    """Record a plan; it takes the place of an earlier one that was not issued."""
    connection.execute(
        insert(plans).values(
            circular_id=circular_id,
            digest=digest,
            options=json.dumps(options),
            summary=json.dumps(summary),
            forms=json.dumps(forms),
            author_account=author.account,
            author_name=author.name,
            planned_at=at,
            note="",
        )
    )


def decide_plan(connection: Connection, plan_id: int, *, decision: str, by: Author, at: datetime, note: str) -> None:
    """Approve or reject a plan."""
    connection.execute(
        update(plans)
        .where(plans.c.id == plan_id)
        .values(decision=decision, decided_account=by.account, decided_name=by.name, decided_at=at, note=note)
    )


def entries_of(connection: Connection, circular_id: int) -> dict[str, bytes]:
    """Return what the latest plan said of each addressee, as a digest by key."""
    query = select(plan_entries.c.key, plan_entries.c.digest).where(plan_entries.c.circular_id == circular_id)
    return {row.key: row.digest for row in connection.execute(query)}


def replace_entries(connection: Connection, circular_id: int, entries: Iterable[tuple[str, bytes]]) -> None:
    """Keep what the latest plan says of each addressee."""
    connection.execute(delete(plan_entries).where(plan_entries.c.circular_id == circular_id))
    rows = [{"circular_id": circular_id, "key": key, "digest": digest} for key, digest in entries]
    for start in range(0, len(rows), 1000):
        connection.execute(insert(plan_entries), rows[start : start + 1000])
