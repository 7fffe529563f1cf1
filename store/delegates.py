"""Whom an answer names: the members of a delegation, nominees, speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from store.schema import answers, delegates


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """A person whom a party names, with the function as the party wrote it; ``speaker``: takes the floor."""

    name: str
    function: str = ""
    speaker: bool = False


def add_delegates(connection: Connection, answer_id: int, named: Sequence[Delegate]) -> None:
    """Record whom an answer names, in their order."""
    for position, delegate in enumerate(named):
        connection.execute(
            insert(delegates).values(
                answer_id=answer_id,
                position=position,
                name=delegate.name,
                function=delegate.function,
                speaker=delegate.speaker,
            )
        )


def delegates_of(connection: Connection, circular_id: int, party: str = "") -> dict[int, tuple[Delegate, ...]]:
    """Return the delegates of a circular, or of one party, by the answer that named them."""
    query = (
        select(delegates)
        .join(answers, answers.c.id == delegates.c.answer_id)
        .where(answers.c.circular_id == circular_id)
        .order_by(delegates.c.answer_id, delegates.c.position)
    )
    if party:
        query = query.where(answers.c.party == party)
    found: dict[int, tuple[Delegate, ...]] = {}
    for row in connection.execute(query):
        delegate = Delegate(name=row.name, function=row.function, speaker=row.speaker)
        found[row.answer_id] = (*found.get(row.answer_id, ()), delegate)
    return found
