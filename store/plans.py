"""Plans, what they said of each addressee, and who decided on them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Connection, collate, delete, insert, select

from store.schema import decisions, plan_entries, plans

CHUNK = 1000  # rows per insert, and per look at the database

# An addressee's key, the digest of its letter, and the short hashes of its fields; None of a plan made before these.
Entry = tuple[str, bytes, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who did something: the operating system's account, and the name they gave."""

    account: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided on a plan. ``visa_sha256`` names the scanned visa in archive/visas/; empty without one."""

    digest: str  # of the plan
    decision: str  # approved | rejected
    by: Author
    role: str  # approver | author
    decided_at: datetime
    note: str = ""
    visa_name: str = ""
    visa_sha256: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` and `approve --show --json` print."""
        names = ("digest", "decision", "role", "decided_at", "note", "visa_name", "visa_sha256")
        return {"account": self.by.account, "name": self.by.name, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A recorded plan. ``options`` are what it was limited to; ``forms`` the digest of each form by name.

    ``fields`` say of each form what its values are, and hold a short hash of each of its parts.
    """

    id: int
    circular_id: int
    digest: str
    options: Mapping[str, object]
    summary: Mapping[str, object]
    forms: Mapping[str, str]
    fields: Mapping[str, Mapping[str, object]]
    author: Author
    planned_at: datetime
    decided: Decision | None  # the latest decision on it

    @property
    def decision(self) -> str:
        """What was decided last: empty, approved or rejected."""
        return self.decided.decision if self.decided else ""

    @property
    def decided_by(self) -> Author | None:
        """Who decided last."""
        return self.decided.by if self.decided else None


def latest_plan(connection: Connection, circular_id: int) -> Plan | None:
    """Return the newest plan of a circular."""
    query = select(plans).where(plans.c.circular_id == circular_id).order_by(plans.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    made = _decisions(connection, plans.c.id == row.id)
    return Plan(
        id=row.id,
        circular_id=row.circular_id,
        digest=row.digest,
        options=json.loads(row.options),
        summary=json.loads(row.summary),
        forms=json.loads(row.forms),
        fields=json.loads(row.fields),
        author=Author(account=row.author_account, name=row.author_name),
        planned_at=row.planned_at,
        decided=made[-1] if made else None,
    )


def record_plan(
    connection: Connection,
    *,
    circular_id: int,
    digest: str,
    options: Mapping[str, object],
    summary: Mapping[str, object],
    forms: Mapping[str, str],
    fields: Mapping[str, Mapping[str, object]],
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
            fields=json.dumps(fields),
            author_account=author.account,
            author_name=author.name,
            planned_at=at,
        )
    )


def record_decision(connection: Connection, plan_id: int, decision: Decision) -> None:
    """Add a decision to the history of a plan; nothing that was decided before is changed."""
    connection.execute(
        insert(decisions).values(
            plan_id=plan_id,
            decision=decision.decision,
            account=decision.by.account,
            name=decision.by.name,
            role=decision.role,
            decided_at=decision.decided_at,
            note=decision.note,
            visa_name=decision.visa_name,
            visa_sha256=decision.visa_sha256,
        )
    )


def decisions_of(connection: Connection, circular_id: int) -> tuple[Decision, ...]:
    """Return what was decided on all plans of a circular, oldest first."""
    return _decisions(connection, plans.c.circular_id == circular_id)


def _decisions(connection: Connection, which: ColumnElement[bool]) -> tuple[Decision, ...]:
    query = (
        select(decisions, plans.c.digest)
        .join(plans, plans.c.id == decisions.c.plan_id)
        .where(which)
        .order_by(decisions.c.id)
    )
    return tuple(
        Decision(
            digest=row.digest,
            decision=row.decision,
            by=Author(account=row.account, name=row.name),
            role=row.role,
            decided_at=row.decided_at,
            note=row.note,
            visa_name=row.visa_name,
            visa_sha256=row.visa_sha256,
        )
        for row in connection.execute(query)
    )


def entries_of(connection: Connection, circular_id: int) -> Iterator[Entry]:
    """Yield what the latest plan said of each addressee, by the code points of the keys, as a stream."""
    by_key = plan_entries.c.key if connection.dialect.name == "sqlite" else collate(plan_entries.c.key, "C")
    query = (
        select(plan_entries.c.key, plan_entries.c.digest, plan_entries.c.parts)
        .where(plan_entries.c.circular_id == circular_id)
        .order_by(by_key)
        .execution_options(yield_per=CHUNK)
    )
    with connection.execute(query) as found:
        for row in found:
            yield row.key, row.digest, row.parts


def replace_entries(connection: Connection, circular_id: int, entries: Iterable[Entry]) -> None:
    """Keep what the latest plan says of each addressee."""
    connection.execute(delete(plan_entries).where(plan_entries.c.circular_id == circular_id))
    remaining = iter(entries)
    while chunk := list(islice(remaining, CHUNK)):
        rows = [
            {"circular_id": circular_id, "key": key, "digest": digest, "parts": parts} for key, digest, parts in chunk
        ]
        connection.execute(insert(plan_entries), rows)
