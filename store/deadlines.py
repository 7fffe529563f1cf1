"""Deadlines as they stand: what a letter set, what moved since, for all or for one party.

The latest move for all, whether an extension or a corrigendum, takes the place of the letter's own deadline. An
extension of a party's own only ever prolongs: the later of the two counts, so that a corrigendum which gives everybody
more time takes nothing from those who have more. Counting, reporting and reminding share `Deadlines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, case, false, func, insert, literal, select

from store.schema import asks, circulars, deadline_moves

FOR_ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A deadline that moved. ``party`` is empty where it moved for all; ``reference`` is the corrigendum's, if any."""

    ask: str
    party: str
    due_at: datetime
    late_at: datetime
    kind: str  # extension | corrigendum
    note: str
    recorded_at: datetime
    recorded_by: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One ask's deadline as it stands for a party: ``due_at`` as it was told, ``late_at`` with the days of grace.

    ``extended`` tells that the party's own extension decides it. Nobody is late or reminded if it is ``provisional``.
    """

    ask: str
    due_at: datetime | None
    late_at: datetime | None
    provisional: bool
    extended: bool


class Deadlines:
    """The deadlines of a circular as expressions to join: one row per ask, and one per ask and party of its own.

    Join ``asks`` (the columns of the table, with ``due_at`` and ``late_at`` as they stand for all), and outer join
    ``own`` by `own_of`; `due`, `late` and `extended` are then those of the party.
    """

    def __init__(self, circular_id: int) -> None:
        self.asks = _asks(circular_id)
        self.own = deadline_moves.alias("own")
        self._circular_id = circular_id
        self.extended: ColumnElement[bool] = func.coalesce(self.own.c.due_at > self.asks.c.due_at, false())
        self.due: ColumnElement[datetime | None] = case((self.extended, self.own.c.due_at), else_=self.asks.c.due_at)
        self.late: ColumnElement[datetime | None] = case((self.extended, self.own.c.late_at), else_=self.asks.c.late_at)

    def own_of(self, party: ColumnElement[str]) -> ColumnElement[bool]:
        """The condition of the outer join of ``own``, for the party at hand: one look into an index."""
        moves = deadline_moves.alias("moves")
        latest = select(func.max(moves.c.id)).where(
            moves.c.circular_id == self._circular_id, moves.c.ask == self.asks.c.ask, moves.c.party == party
        )
        return self.own.c.id == latest.correlate_except(moves).scalar_subquery()


def move_deadline(
    connection: Connection,
    circular_id: int,
    ask: str,
    *,
    due_at: datetime,
    late_at: datetime,
    at: datetime,
    by: str,
    party: str = FOR_ALL,
    corrigendum_id: int | None = None,
    note: str = "",
) -> None:
    """Record that a deadline moved: an extension, or what a corrigendum says."""
    connection.execute(
        insert(deadline_moves).values(
            circular_id=circular_id,
            ask=ask,
            party=party,
            due_at=due_at,
            late_at=late_at,
            kind="extension" if corrigendum_id is None else "corrigendum",
            corrigendum_id=corrigendum_id,
            note=note,
            recorded_at=at,
            recorded_by=by[:100],
        )
    )


def standings_for(connection: Connection, circular_id: int, party: str = FOR_ALL) -> dict[str, Standing]:
    """Return the deadlines of a circular as they stand for a party, or for all, by ask in the letter's order."""
    deadlines = Deadlines(circular_id)
    own = deadlines.own_of(literal(party))
    query = (
        select(
            deadlines.asks.c.ask,
            deadlines.due.label("due_at"),
            deadlines.late.label("late_at"),
            deadlines.asks.c.provisional,
            deadlines.extended.label("extended"),
        )
        .select_from(deadlines.asks.outerjoin(deadlines.own, own))
        .order_by(deadlines.asks.c.position)
    )
    return {row.ask: Standing(**row._mapping) for row in connection.execute(query)}


def moves_of(connection: Connection, circular_id: int, party: str = FOR_ALL) -> tuple[Move, ...]:
    """Return how the deadlines of a circular moved, for all and for a party, the oldest first."""
    columns: list[Any] = [column for column in deadline_moves.c if column.name in Move.__slots__]
    query = (
        select(*columns, func.coalesce(circulars.c.reference, "").label("reference"))
        .outerjoin(circulars, circulars.c.id == deadline_moves.c.corrigendum_id)
        .where(deadline_moves.c.circular_id == circular_id, deadline_moves.c.party.in_({FOR_ALL, party}))
        .order_by(deadline_moves.c.id)
    )
    return tuple(Move(**row._mapping) for row in connection.execute(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A deadline that a party was given; ``decides`` tells that it is later than everybody's."""

    ask: str
    party: str
    due_at: datetime
    decides: bool


def own_extensions(connection: Connection, circular_id: int) -> tuple[Extension, ...]:
    """Return the latest extensions of single parties, by ask and party."""
    deadlines = Deadlines(circular_id)
    own = deadlines.own
    query = (
        select(own.c.ask, own.c.party, own.c.due_at, deadlines.extended.label("decides"))
        .select_from(own.join(deadlines.asks, deadlines.own_of(own.c.party)))
        .where(own.c.circular_id == circular_id, own.c.party != FOR_ALL)
        .order_by(deadlines.asks.c.position, own.c.party)
    )
    return tuple(Extension(**row._mapping) for row in connection.execute(query))


def times_moved(connection: Connection, circular_id: int) -> dict[tuple[str, str], int]:
    """Return how often each deadline moved, by ask and party (empty: for all)."""
    query = (
        select(deadline_moves.c.ask, deadline_moves.c.party, func.count())
        .where(deadline_moves.c.circular_id == circular_id)
        .group_by(deadline_moves.c.ask, deadline_moves.c.party)
    )
    return {(ask, party): int(count) for ask, party, count in connection.execute(query)}


def _asks(circular_id: int) -> Subquery:
    latest = (
        select(deadline_moves.c.ask, func.max(deadline_moves.c.id).label("id"))
        .where(deadline_moves.c.circular_id == circular_id, deadline_moves.c.party == FOR_ALL)
        .group_by(deadline_moves.c.ask)
        .subquery("latest_moves")
    )
    columns = [column for column in asks.c if column.name not in {"due_at", "late_at"}]
    # A store of the first version has no `late_at`: there was no grace.
    set_late = func.coalesce(asks.c.late_at, asks.c.due_at)
    return (
        select(
            *columns,
            func.coalesce(deadline_moves.c.due_at, asks.c.due_at).label("due_at"),
            func.coalesce(deadline_moves.c.late_at, set_late).label("late_at"),
        )
        .outerjoin(latest, latest.c.ask == asks.c.ask)
        .outerjoin(deadline_moves, deadline_moves.c.id == latest.c.id)
        .where(asks.c.circular_id == circular_id)
        .subquery("asks_as_they_stand")
    )
