"""Circulars, their asks, and the numbers of their series."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from store.schema import asks, circulars, numbers
from store.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular:
    """A circular that has been planned at least once. ``state`` is planned, issued or withdrawn."""

    id: int
    slug: str
    reference: str
    subject: str
    state: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTerms:
    """What the register knows of an ask.

    ``due_at`` is the first moment that is too late by the letter, ``late_at`` the first that counts as late, by the
    office's days of grace. ``deadline`` is its key in letter.toml, ``reply`` the ways to answer, ``remind`` the rules
    of reminding. Terms are equal if the letter asks the same by the same moment: what the office decides by itself,
    or a corrigendum has confirmed since, makes no other question of it.
    """

    ask: str
    what: str
    due_at: datetime | None
    expected: bool
    provisional: bool = field(compare=False)
    late_at: datetime | None = field(default=None, compare=False)
    deadline: str = field(default="", compare=False)
    reply: tuple[str, ...] = field(default=(), compare=False)
    remind: tuple[str, ...] = field(default=(), compare=False)


def find_circular(connection: Connection, ref: str) -> Circular | None:
    """Find a circular by its folder's name or, where no folder is called so, by its reference."""
    row = connection.execute(select(circulars).where(circulars.c.reference == ref)).first()
    return circular_of(connection, ref) or (None if row is None else _circular(row))


def circular_of(connection: Connection, slug: str) -> Circular | None:
    """Return the circular of a letter's folder; another's reference that reads the same is none of it."""
    row = connection.execute(select(circulars).where(circulars.c.slug == slug)).first()
    return None if row is None else _circular(row)


def circular_by_id(connection: Connection, circular_id: int) -> Circular | None:
    """Return the circular of that id, or None if there is no such."""
    row = connection.execute(select(circulars).where(circulars.c.id == circular_id)).first()
    return None if row is None else _circular(row)


def all_circulars(connection: Connection) -> tuple[Circular, ...]:
    """Return every circular, the oldest first."""
    return tuple(_circular(row) for row in connection.execute(select(circulars).order_by(circulars.c.id)))


def add_circular(connection: Connection, *, slug: str, at: datetime) -> int:
    """Enter a letter's folder into the register, if it is not there, and return its id."""
    found = connection.execute(select(circulars.c.id).where(circulars.c.slug == slug)).scalar()
    if found is not None:
        return int(found)
    entered = connection.execute(
        insert(circulars).values(slug=slug, state="planned", held=False, created_at=at, subject="")
    )
    return _new_id(entered.inserted_primary_key)


def describe_circular(connection: Connection, circular_id: int, *, reference: str, subject: str) -> None:
    """Set the reference and the subject in the source language."""
    connection.execute(
        update(circulars).where(circulars.c.id == circular_id).values(reference=reference, subject=subject)
    )


def reference_taken(connection: Connection, reference: str, slug: str) -> str:
    """Return the folder of another circular that has the reference already, or nothing."""
    query = select(circulars.c.slug).where(circulars.c.reference == reference, circulars.c.slug != slug)
    return str(connection.execute(query).scalar() or "")


def set_state(connection: Connection, circular_id: int, state: str) -> None:
    """Set planned, issued or withdrawn."""
    connection.execute(update(circulars).where(circulars.c.id == circular_id).values(state=state))


def set_held(connection: Connection, circular_id: int, *, held: bool) -> None:
    """Stop or allow sending."""
    connection.execute(update(circulars).where(circulars.c.id == circular_id).values(held=held))


def is_held(connection: Connection, circular_id: int) -> bool:
    """Tell whether sending is stopped."""
    return bool(_HELD.scalar(connection, circular_id))


_HELD = Statement(select(circulars.c.held).where(circulars.c.id == bindparam("circular_id")), "circular_id")


def next_number(connection: Connection, series: str, year: int) -> int:
    """Return the number that the next circular of a series would get."""
    query = select(func.max(numbers.c.number)).where(numbers.c.series == series, numbers.c.year == year)
    return int(connection.execute(query).scalar() or 0) + 1


def reserved_number(connection: Connection, slug: str, series: str, year: int) -> int | None:
    """Return the number that the letter in the folder ``slug`` has in a series and year, if any."""
    query = (
        select(numbers.c.number)
        .join(circulars, circulars.c.id == numbers.c.circular_id)
        .where(circulars.c.slug == slug, numbers.c.series == series, numbers.c.year == year)
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def reserve_number(
    connection: Connection, circular_id: int, *, series: str, year: int, number: int, at: datetime
) -> None:
    """Reserve a number for a circular; one that it had in another series or year is given back."""
    connection.execute(delete(numbers).where(numbers.c.circular_id == circular_id, numbers.c.confirmed_at.is_(None)))
    connection.execute(
        insert(numbers).values(circular_id=circular_id, series=series, year=year, number=number, reserved_at=at)
    )


def confirm_number(connection: Connection, circular_id: int, at: datetime) -> None:
    """Make the reserved number final."""
    connection.execute(
        update(numbers)
        .where(numbers.c.circular_id == circular_id, numbers.c.confirmed_at.is_(None))
        .values(confirmed_at=at)
    )


def replace_asks(connection: Connection, circular_id: int, terms: Iterable[AskTerms]) -> None:
    """Set what a circular asks; answers already recorded are untouched."""
    connection.execute(delete(asks).where(asks.c.circular_id == circular_id))
    for position, ask in enumerate(terms):
        connection.execute(
            insert(asks).values(
                circular_id=circular_id, position=position, ask=ask.ask, what=ask.what,
                due_at=ask.due_at, provisional=ask.provisional, expected=ask.expected, late_at=ask.late_at,
                deadline=ask.deadline, reply=json.dumps(ask.reply), remind=json.dumps(ask.remind),
            )
        )  # fmt: skip


def set_provisional(connection: Connection, circular_id: int, ask: str, *, provisional: bool) -> None:
    """Make a deadline provisional, or firm: nobody is late or reminded for a provisional one."""
    connection.execute(
        update(asks).where(asks.c.circular_id == circular_id, asks.c.ask == ask).values(provisional=provisional)
    )


def asks_of(connection: Connection, circular_id: int) -> tuple[AskTerms, ...]:
    """Return what a circular asks, in the letter's order and with the letter's own deadlines."""
    query = select(asks).where(asks.c.circular_id == circular_id).order_by(asks.c.position)
    return tuple(
        AskTerms(
            ask=row.ask,
            what=row.what,
            due_at=row.due_at,
            expected=row.expected,
            provisional=row.provisional,
            late_at=row.late_at,
            deadline=row.deadline,
            reply=tuple(json.loads(row.reply)),
            remind=tuple(json.loads(row.remind)),
        )
        for row in connection.execute(query)
    )


def _circular(row: Row[tuple[object, ...]]) -> Circular:
    return Circular(
        id=row.id, slug=row.slug, reference=row.reference or "", subject=row.subject, state=row.state, held=row.held
    )


def _new_id(primary_key: Row[tuple[object, ...]] | None) -> int:
    assert primary_key is not None  # noqa: S101 - an insert of one row always has one
    return int(str(primary_key[0]))
