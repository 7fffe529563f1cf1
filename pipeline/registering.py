"""`status`: where every circular and its parties stand, how the answers divide, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from pipeline.desk import Desk
from pipeline.letter_folders import find_slug, letter_slugs
from pipeline.lookup import issued_circular
from pipeline.reporting import history_lines
from pipeline.scheduling import current_schedule
from store import messages
from store.batches import count_addressees
from store.breakdown import Breakdown, breakdown
from store.circulars import Circular, all_circulars, circular_by_id, circular_of
from store.continued import Continuation, continuations, continued_by
from store.database import Connection
from store.deadlines import moves_of
from store.inbound import count_triage
from store.register import expected_asks
from store.reminders import count_expired
from store.schedule import Schedule
from store.standings import AskCounts, ask_counts, register_rows

MISSING = ("silent", "extended", "acknowledged", "unreachable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A letter that another continues, or that continues another; ``relation`` is corrects or adds-to.

    ``issued_at`` is the moment of the letter that continues, ``moved`` the asks whose deadline it moved.
    """

    reference: str
    slug: str
    state: str
    relation: str
    issued_at: datetime
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a circular stands. ``state`` is draft, planned, issued or withdrawn.

    ``continues`` is the letter that it corrects or adds to, ``continued_by`` are its own corrigenda and addenda.
    ``schedule`` says when it goes by itself. ``delivery`` counts the messages of the letter, ``reminders`` those of its
    reminders and, as ``expired``, those that were missed.
    """

    reference: str
    slug: str
    subject: str
    state: str
    held: bool
    addressees: int
    delivery: dict[str, int]
    reminders: dict[str, int]
    asks: tuple[AskCounts, ...]
    triage: int
    divided: Breakdown = field(default_factory=dict)
    history: tuple[str, ...] = ()
    continues: Related | None = None
    continued_by: tuple[Related, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints; each ask has ``by_region``, ``by_class``, ``by_language``."""
        shape: dict[str, object] = {name: getattr(self, name) for name in self.__slots__ if name != "divided"}
        shape["continues"] = asdict(self.continues) if self.continues else None
        shape["schedule"] = asdict(self.schedule)
        shape["continued_by"] = [asdict(one) for one in self.continued_by]
        asks = [
            ask.as_json() | {f"by_{division}": parts for division, parts in self.divided.get(ask.id, {}).items()}
            for ask in self.asks
        ]
        return {**shape, "asks": asks}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A party that has not replied to an expected ask, and why one might not hear from it."""

    party: str
    names: str
    country: str
    ask: str
    state: str  # silent | extended | acknowledged | unreachable
    due: datetime | None


def status(desk: Desk, ref: str) -> Status:
    """Return where one circular stands; a letter that was never planned is a draft."""
    return _status(desk, find_slug(desk, ref))


def missing(desk: Desk, ref: str) -> Iterator[Missing]:
    """Yield who has not replied yet, by country and party."""
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        expected = frozenset(expected_asks(connection, circular.id))
        for row in register_rows(connection, circular.id):
            if row.ask in expected and row.state in MISSING:
                yield Missing(
                    party=row.party, names=row.names, country=row.country, ask=row.ask, state=row.state, due=row.due
                )


def all_statuses(desk: Desk) -> tuple[Status, ...]:
    """Return where every circular stands: those in the register, then the drafts."""
    with desk.store.read() as connection:
        known = [circular.slug for circular in all_circulars(connection)]
        among = continuations(connection)  # looked up once: they stand in the plans of all circulars
    return tuple(_status(desk, slug, among) for slug in dict.fromkeys([*known, *letter_slugs(desk)]))


def _status(desk: Desk, slug: str, among: Sequence[Continuation] | None = None) -> Status:
    with desk.store.read() as connection:
        among = continuations(connection) if among is None else among
        circular = circular_of(connection, slug)
        if circular is None:
            return Status(
                reference="", slug=slug, subject="", state="draft", held=False, addressees=0,
                delivery=_delivery({}), reminders=_delivery({}) | {"expired": 0}, asks=(), triage=0,
            )  # fmt: skip
        asks = ask_counts(connection, circular.id)
        return Status(
            reference=circular.reference,
            slug=slug,
            subject=circular.subject,
            state=circular.state,
            held=circular.held,
            addressees=count_addressees(connection, circular.id),
            delivery=_delivery(messages.counts(connection, circular.id, messages.Part.LETTERS)),
            reminders=_reminders(connection, circular.id),
            asks=asks,
            triage=count_triage(connection, circular.id),
            divided=breakdown(connection, circular.id),
            history=history_lines(desk, connection, circular, asks),
            continues=_continues(desk, connection, circular.id, among),
            continued_by=_continued_by(desk, connection, circular.id, among),
            schedule=current_schedule(desk, connection, circular.id),
        )


def _continues(desk: Desk, connection: Connection, circular_id: int, among: Sequence[Continuation]) -> Related | None:
    """Return the letter that a circular continues."""
    own = next((one for one in among if one.circular_id == circular_id), None)
    first = circular_by_id(connection, own.first_id) if own else None
    return None if own is None or first is None else _related(desk, first, own)


def _continued_by(
    desk: Desk, connection: Connection, circular_id: int, among: Sequence[Continuation]
) -> tuple[Related, ...]:
    """Return what continues a circular, with the deadlines that each moved."""
    moves = [(move.reference, move.ask) for move in moves_of(connection, circular_id) if move.reference]
    return tuple(
        _related(desk, one, one, moved=tuple(dict.fromkeys(ask for by, ask in moves if by == one.reference)))
        for one in continued_by(connection, circular_id, among)
    )


def _related(
    desk: Desk, other: Circular | Continuation, continuation: Continuation, moved: tuple[str, ...] = ()
) -> Related:
    return Related(
        reference=other.reference, slug=other.slug, state=other.state, relation=continuation.relation,
        issued_at=continuation.issued_at.astimezone(desk.office.zone), moved=moved,
    )  # fmt: skip


def _reminders(connection: Connection, circular_id: int) -> dict[str, int]:
    """Return the messages of reminders by state, and how many reminders were missed."""
    counts = messages.counts(connection, circular_id, messages.Part.REMINDERS)
    return _delivery(counts) | {"expired": count_expired(connection, circular_id)}


def _delivery(counts: dict[messages.State, int]) -> dict[str, int]:
    return {state.value.replace("-", "_"): counts.get(state, 0) for state in messages.State}


def unclaimed(desk: Desk) -> int:
    """Return how many mails wait in triage, of whatever circular or of none."""
    with desk.store.read() as connection:
        return count_triage(connection)
