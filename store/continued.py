"""Letters that continue an earlier one, corrigenda and addenda: which these are, for whom, in which conversation.

What continues what stands in the plan that was issued: a letter.toml may change later. The conversation of each
addressee is frozen with its rows (`addressees.thread_token`, `outbox.in_reply_to`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from store.messages import State
from store.schema import addressees, batches, circulars, erasures, outbox, plans

KEY = "continues"  # in the summary of a plan
_CHUNK = 1000  # keys per query


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """A letter that continues the circular ``first_id``; ``relation`` is corrects or adds-to."""

    circular_id: int
    reference: str
    slug: str
    state: str
    issued_at: datetime
    relation: str
    first_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The conversation that an addressee is in: its token, when it began, and the Message-IDs that can be answered.

    ``by_mailbox`` has the first message to each mailbox, by its lower case; ``first`` is the first of all, empty if
    the addressee got paper only.
    """

    token: str
    began_at: datetime
    first: str = ""
    by_mailbox: Mapping[str, str] = field(default_factory=dict)

    def answered(self, mailbox: str) -> str:
        """Return the Message-ID that a message to a mailbox answers, empty if there is none."""
        return self.by_mailbox.get(mailbox.lower(), self.first) if mailbox else ""


def continuations(connection: Connection) -> tuple[Continuation, ...]:
    """Return every issued letter that continues another one, in the order in which they were issued."""
    first_batch = select(func.min(batches.c.id)).group_by(batches.c.circular_id)
    query = (
        select(
            circulars.c.id.label("circular_id"), circulars.c.slug, circulars.c.state, circulars.c.reference,
            batches.c.issued_at, plans.c.summary,
        )
        .join(batches, batches.c.circular_id == circulars.c.id)
        .join(plans, plans.c.id == batches.c.plan_id)
        .where(batches.c.id.in_(first_batch), plans.c.summary.like(f'%"{KEY}": {{%'))
        .order_by(batches.c.id)
    )  # fmt: skip
    return tuple(
        Continuation(
            circular_id=row.circular_id, reference=row.reference or row.slug, slug=row.slug, state=row.state,
            issued_at=row.issued_at, relation=str(said["relation"]), first_id=int(said["circular_id"]),
        )
        for row in connection.execute(query)
        if (said := json.loads(row.summary)[KEY])
    )  # fmt: skip


def continued_by(
    connection: Connection, circular_id: int, among: Sequence[Continuation] | None = None
) -> tuple[Continuation, ...]:
    """Return what continues a circular, and what continues that, in the order in which they were issued.

    ``among`` are the `continuations`, where they are known already.
    """
    family, found = {circular_id}, []
    for one in continuations(connection) if among is None else among:
        if one.first_id in family and one.circular_id != circular_id:
            family.add(one.circular_id)
            found.append(one)
    return tuple(found)


def circulars_continued(connection: Connection, circular_id: int) -> tuple[int, ...]:
    """Return the circulars that an issued one continues: the nearest first, the first letter of all last."""
    firsts = {one.circular_id: one.first_id for one in continuations(connection)}
    line: list[int] = []
    while (first := firsts.get(line[-1] if line else circular_id)) is not None and first not in (circular_id, *line):
        line.append(first)
    return tuple(line)


def reached(connection: Connection, circular_id: int) -> dict[str, str]:
    """Return the languages of a circular's addressees by key: of those who have it, or will when it is sent.

    Not of those whose letters were all withdrawn before they went, nor of those whose values were erased.
    """
    went = select(outbox.c.id).where(outbox.c.addressee_id == addressees.c.id, outbox.c.state != State.WITHDRAWN)
    gone = select(erasures.c.id).where(erasures.c.addressee_id == addressees.c.id)
    query = select(addressees.c.key, addressees.c.language).where(
        addressees.c.circular_id == circular_id, went.exists(), ~gone.exists()
    )
    return {row.key: row.language for row in connection.execute(query)}


def conversations(connection: Connection, circular_id: int, keys: Sequence[str]) -> dict[str, Conversation]:
    """Return the conversations that some addressees of a circular are in, by key; of a continuation, the first's."""
    found: dict[str, Conversation] = {}
    for start in range(0, len(keys), _CHUNK):
        rows = connection.execute(_messages(circular_id, keys[start : start + _CHUNK]))
        for _, theirs in groupby(rows, key=lambda row: row.key):
            first, *others = theirs
            ids: dict[str, str] = {}
            for row in (first, *others):
                if row.answered:
                    ids.setdefault(row.mailbox.lower(), row.answered)
            found[first.key] = Conversation(
                token=first.thread_token or first.token,
                began_at=first.thread_at or first.issued_at,
                first=next(iter(ids.values()), ""),
                by_mailbox=ids,
            )
    return found


def _messages(circular_id: int, keys: Sequence[str]) -> Select[Any]:
    """Select some addressees with each mail that they got; one who got paper only has a row without a mail."""
    mails = and_(
        outbox.c.addressee_id == addressees.c.id,
        outbox.c.role != "paper",
        outbox.c.reminder_id.is_(None),
        outbox.c.state != State.WITHDRAWN,
    )
    return (
        select(
            addressees.c.key, addressees.c.token, addressees.c.thread_token, addressees.c.thread_at,
            batches.c.issued_at, outbox.c.mailbox,
            func.coalesce(func.nullif(outbox.c.in_reply_to, ""), outbox.c.message_id).label("answered"),
        )
        .join(batches, batches.c.id == addressees.c.batch_id)
        .outerjoin(outbox, mails)
        .where(addressees.c.circular_id == circular_id, addressees.c.key.in_(keys))
        .order_by(addressees.c.id, outbox.c.id)
    )  # fmt: skip


def left_names(connection: Connection, circular_id: int, keys: Sequence[str]) -> dict[str, str]:
    """Return how some addressees of a circular were called when it was issued: by name or organisation, by key."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(addressees.c.key, addressees.c.name, addressees.c.organisation).where(
            addressees.c.circular_id == circular_id, addressees.c.key.in_(keys[start : start + _CHUNK])
        )
        found.update((row.key, row.name or row.organisation) for row in connection.execute(query))
    return found
