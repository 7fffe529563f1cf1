"""Where the parties stand: the counts of `circulars status` and the rows of `circulars report`.

All counting is done in the database: a register of 140,000 parties is one query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    String,
    Subquery,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from store.deadlines import Deadlines
from store.delegates import Delegate, delegates_of
from store.register import ANSWERED, OPEN
from store.schema import addressees, answers, outbox, reminders

REPLIED = (*ANSWERED, "received")  # a reply counts from its arrival, not from when staff judged it
_REACHED = ("sent", "delivered", "printed")
_FAILED = ("refused", "bounced", "suppressed")
# How a party's letters fared, by its best message.
_DELIVERY_ORDER = (
    "delivered", "sent", "printed", "in-doubt", "sending", "claimed", "queued", "deferred", "bounced", "refused",
    "suppressed", "withdrawn",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCounts:
    """Where the parties stand on one ask.

    ``answered``, ``received``, ``acknowledged``, ``silent`` and ``unreachable`` add up to ``parties``;
    ``accepted``, ``declined`` and ``late`` are parts of ``answered``; nobody is late for a ``provisional`` deadline.
    ``in_time`` are those who had replied before the deadline, days of grace not counted: of ``answered`` and
    ``received``. ``extended`` are those of the ``silent`` who have more time than the others. Excused parties owe
    nothing: they are counted in ``excused`` only. Parties whose letters were all withdrawn were never asked, and are
    not counted unless they answered all the same. ``due`` is the deadline as it stands for all.
    """

    id: str
    due: datetime | None
    expected: bool
    provisional: bool
    parties: int
    answered: int
    accepted: int
    declined: int
    acknowledged: int
    received: int
    late: int
    in_time: int
    silent: int
    extended: int
    unreachable: int
    excused: int

    def as_json(self) -> dict[str, object]:
        """Return the shape that ``status --json`` prints; ``due`` is the first moment that is too late."""
        due = None if self.due is None else self.due.isoformat()
        return {name: due if name == "due" else getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One party and ask, as a report shows them. ``since`` and ``by`` are empty while nothing is recorded.

    ``state`` is a state of `STATES`, or ``silent``, ``extended``, ``unreachable`` or ``withdrawn`` (never asked) where
    nothing has come. ``due`` is the deadline as it stands for the party. ``delivery`` is the best state of the party's
    letters. ``names`` joins the addressees' names, or their organisations or keys. ``entry`` is the number of the
    latest entry in the register's history, 0 while there is none. ``reminders`` counts those that went.
    """

    party: str
    names: str
    country: str
    ask: str
    state: str
    since: datetime | None
    by: str
    late: bool
    due: datetime | None
    delivery: str
    note: str
    entry: int
    reminders: int
    delegates: tuple[Delegate, ...] = ()


COUNTED = (
    "parties", "answered", "accepted", "declined", "acknowledged", "received", "late", "in_time", "silent",
    "extended", "unreachable", "excused",
)  # fmt: skip


class Register:
    """A circular's parties and asks with what is recorded, as something to select from.

    ``joined`` has a row for each ask and party, and one for each ask that has no party.
    """

    def __init__(self, circular_id: int) -> None:
        self.parties = _parties(circular_id)
        self.latest = answers.alias("latest")
        self.deadlines = Deadlines(circular_id)
        self.asks = self.deadlines.asks
        self.joined = (
            self.asks.outerjoin(self.parties, true())
            .outerjoin(self.deadlines.own, self.deadlines.own_of(self.parties.c.party))
            .outerjoin(self.latest, self.latest.c.id == _newest(circular_id, self.parties, self.asks))
        )

    def sums(self) -> list[ColumnElement[int]]:
        """Return how many parties each name of `COUNTED` holds, in that order."""
        tests = self._tests()
        counts = (and_(self.parties.c.party.is_not(None), tests[name]) for name in COUNTED)
        return [func.sum(case((test, 1), else_=0)) for test in counts]

    def _after_due(self) -> ColumnElement[bool]:
        due = self.deadlines.due
        return and_(due.is_not(None), ~self.asks.c.provisional, self.latest.c.answered_at >= due)

    def _tests(self) -> dict[str, ColumnElement[bool]]:
        parties, state = self.parties, func.coalesce(self.latest.c.state, "open")
        answered = state.in_(ANSWERED)
        nothing = and_(state.in_(OPEN), ~_is_withdrawn(parties))
        unreachable = and_(_is_unreachable(parties), ~self.deadlines.extended)
        return {
            "parties": and_(state != "excused", or_(~state.in_(OPEN), ~_is_withdrawn(parties))),
            "answered": answered,
            "accepted": state == "accepted",
            "declined": state == "declined",
            "acknowledged": state == "acknowledged",
            "received": state == "received",
            "late": and_(answered, _is_late(self.latest, self.deadlines)),
            "in_time": and_(state.in_(REPLIED), ~self._after_due()),
            "silent": and_(nothing, ~unreachable),
            "extended": and_(nothing, self.deadlines.extended),
            "unreachable": and_(nothing, unreachable),
            "excused": state == "excused",
        }


def ask_counts(connection: Connection, circular_id: int) -> tuple[AskCounts, ...]:
    """Return where the parties stand, for each ask of a circular in the letter's order."""
    register = Register(circular_id)
    asks = register.asks
    query = (
        select(asks.c.ask, asks.c.due_at, asks.c.expected, asks.c.provisional, *register.sums())
        .select_from(register.joined)
        .group_by(asks.c.ask, asks.c.due_at, asks.c.expected, asks.c.provisional, asks.c.position)
        .order_by(asks.c.position)
    )
    return tuple(
        AskCounts(
            id=ask,
            due=due,
            expected=expected,
            provisional=provisional,
            **{name: int(n) for name, n in zip(COUNTED, rest, strict=True)},
        )
        for ask, due, expected, provisional, *rest in connection.execute(query)
    )


def everybody_has_a_country(connection: Connection, circular_id: int) -> bool:
    """Tell whether all addressees are of some State, so that one may speak of administrations."""
    without = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.country == "")
    return connection.execute(without.limit(1)).first() is None


def register_rows(connection: Connection, circular_id: int) -> Iterator[RegisterRow]:
    """Yield the register by party and ask, a thousand rows in memory at a time."""
    register = Register(circular_id)
    parties, latest, deadlines, asks = register.parties, register.latest, register.deadlines, register.asks
    state = case(
        (and_(latest.c.state.is_not(None), latest.c.state != "open"), latest.c.state),
        (_is_withdrawn(parties), "withdrawn"),
        (deadlines.extended, "extended"),
        (_is_unreachable(parties), "unreachable"),
        else_="silent",
    )
    late = and_(func.coalesce(latest.c.state, "open").in_(ANSWERED), _is_late(latest, deadlines))
    named = delegates_of(connection, circular_id)
    query = (
        select(
            parties.c.party,
            parties.c.names,
            parties.c.country,
            asks.c.ask,
            state.label("state"),
            latest.c.answered_at.label("since"),
            func.coalesce(latest.c.by, "").label("by"),
            func.coalesce(late, false()).label("late"),
            deadlines.due.label("due"),
            parties.c.best,
            func.coalesce(latest.c.note, "").label("note"),
            func.coalesce(latest.c.id, 0).label("entry"),
            _reminders(circular_id, parties, asks).label("reminders"),
        )
        .select_from(register.joined)
        .where(parties.c.party.is_not(None))
        .order_by(parties.c.country, parties.c.party, asks.c.position)
    )
    with connection.execute(query.execution_options(yield_per=1000)) as found:
        for row in found:
            values = dict(row._mapping)
            best = values.pop("best")
            values["late"] = bool(row.late)
            values["delivery"] = "" if best is None else _DELIVERY_ORDER[best]
            yield RegisterRow(**values, delegates=named.get(row.entry, ()))


class _Joined(FunctionElement[str]):
    """Texts of a group with semicolons between them, in the order of a number; SQLite takes rows in that order."""

    type = String()
    inherit_cache = True


@compiles(_Joined)
def _for_sqlite(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    text, _ = element.clauses
    return f"group_concat({compiler.process(text, **options)}, '; ')"


@compiles(_Joined, "postgresql")
def _for_postgresql(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    text, number = (compiler.process(clause, **options) for clause in element.clauses)
    return f"string_agg({text}, '; ' ORDER BY {number})"


def _parties(circular_id: int) -> Subquery:
    """Return a subquery with one row per party: names, country, and how its letters fared."""
    order = case(*((outbox.c.state == state, rank) for rank, state in enumerate(_DELIVERY_ORDER)))
    name = func.coalesce(
        func.nullif(addressees.c.name, ""), func.nullif(addressees.c.organisation, ""), addressees.c.key
    )
    letters = (
        select(
            outbox.c.addressee_id,
            func.max(case((outbox.c.state.in_(_REACHED), 1), else_=0)).label("reached"),
            func.max(case((outbox.c.state.in_(_FAILED), 1), else_=0)).label("failed"),
            func.min(order).label("best"),
        )
        .where(outbox.c.circular_id == circular_id, outbox.c.role != "cc", outbox.c.reminder_id.is_(None))
        .group_by(outbox.c.addressee_id)
        .subquery("letters")
    )
    return (
        select(
            addressees.c.party,
            _Joined(name, addressees.c.id).label("names"),
            func.max(addressees.c.country).label("country"),
            func.min(addressees.c.id).label("first_id"),  # whose language and class count for the party
            func.max(func.coalesce(letters.c.reached, 0)).label("reached"),
            func.max(func.coalesce(letters.c.failed, 0)).label("failed"),
            func.min(letters.c.best).label("best"),
        )
        .outerjoin(letters, letters.c.addressee_id == addressees.c.id)
        .where(addressees.c.circular_id == circular_id)
        .group_by(addressees.c.party)
        .subquery("parties")
    )


def _reminders(circular_id: int, parties: Subquery, asks: Subquery) -> ScalarSelect[int]:
    """Return how often the party at hand was reminded of the ask at hand."""
    return (
        select(func.count(reminders.c.recorded_at.distinct()))
        .where(
            reminders.c.circular_id == circular_id,
            reminders.c.party == parties.c.party,
            reminders.c.ask == asks.c.ask,
            reminders.c.outcome == "queued",
        )
        .correlate(parties, asks)
        .scalar_subquery()
    )


def _newest(circular_id: int, parties: Subquery, asks: Subquery) -> ScalarSelect[int]:
    """Return the newest row of the history of the party and ask at hand: one look into an index."""
    older = answers.alias("older")
    return (
        select(func.max(older.c.id))
        .where(older.c.circular_id == circular_id, older.c.party == parties.c.party, older.c.ask == asks.c.ask)
        .correlate(parties, asks)
        .scalar_subquery()
    )


def _is_unreachable(parties: Subquery) -> ColumnElement[bool]:
    return and_(parties.c.reached == 0, parties.c.failed == 1)


def _is_withdrawn(parties: Subquery) -> ColumnElement[bool]:
    """The best that became of the party's letters is that they were withdrawn before they went."""
    return func.coalesce(parties.c.best, 0) == _DELIVERY_ORDER.index("withdrawn")


def _is_late(latest: FromClause, deadlines: Deadlines) -> ColumnElement[bool]:
    """An answer at or after the moment that counts as late; nobody is late for a provisional deadline."""
    return and_(deadlines.late.is_not(None), ~deadlines.asks.c.provisional, latest.c.answered_at >= deadlines.late)
