"""The register: what each party has answered to each ask, by whatever channel; a history in which nothing is lost.

The latest row of `answers` for a party and ask is its state. `store.standings` counts and lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from office.errors import NotFoundError, RefusedError
from store.delegates import Delegate, add_delegates, delegates_of
from store.schema import addressees, answers, asks

ANSWERED = ("accepted", "declined", "contributed", "nominated", "registered", "answered")
OPEN = ("open", "extended")  # something is recorded, but nothing has come; «extended»: in stores of the first version
STATES = ("received", "acknowledged", *ANSWERED, "open", "excused")
CHANNELS = ("letter", "phone", "fax", "mail", "web")
OFFICE = "office"  # in place of a channel, where the office decided by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One row of the history."""

    id: int
    party: str
    ask: str
    state: str
    by: str
    answered_at: datetime
    recorded_at: datetime
    recorded_by: str
    inbound_id: int | None
    addressee_id: int | None
    note: str
    file: str


def record_answer(
    connection: Connection,
    *,
    circular_id: int,
    party: str,
    ask: str,
    state: str,
    by: str,
    answered_at: datetime,
    recorded_at: datetime,
    recorded_by: str,
    inbound_id: int | None = None,
    addressee_id: int | None = None,
    note: str = "",
    file: str = "",
    delegates: Sequence[Delegate] = (),
) -> int:
    """Add a state to the history of a party and ask, and return its id.

    ``answered_at`` is when the party answered: what counts for the deadline. ``delegates`` are those whom the answer
    names. Raises `RefusedError` for a state or channel that does not exist, `NotFoundError` for a party or ask that
    the circular does not have.
    """
    if state == "extended":
        raise RefusedError(
            "An extension is no answer: it needs a day.", hint="circulars extend REF ASK --party PARTY --until DATE"
        )
    if state not in STATES:
        raise RefusedError(f"«{state}» is no state of an answer.", hint=f"One of: {', '.join(STATES)}.")
    if by not in {*CHANNELS, OFFICE}:
        raise RefusedError(f"«{by}» is no way to answer.", hint=f"One of: {', '.join(CHANNELS)}.")
    _require_ask(connection, circular_id, ask)
    _require_party(connection, circular_id, party)
    inserted = connection.execute(
        answers.insert().values(
            circular_id=circular_id,
            party=party,
            ask=ask,
            state=state,
            by=by,
            answered_at=answered_at,
            recorded_at=recorded_at,
            recorded_by=recorded_by[:100],
            inbound_id=inbound_id,
            addressee_id=addressee_id,
            note=note,
            file=file,
        )
    ).inserted_primary_key
    answer_id = int(inserted[0]) if inserted is not None else 0
    add_delegates(connection, answer_id, delegates)
    return answer_id


def take_back(connection: Connection, answer_id: int, *, at: datetime, by: str) -> AnswerRow:
    """Record again what was recorded before an answer, and return that answer; nothing is deleted.

    Raises `RefusedError` if something was recorded on the same ask since, `NotFoundError` if there is no such answer.
    """
    where = select(answers.c.circular_id, answers.c.party, answers.c.ask).where(answers.c.id == answer_id)
    place = connection.execute(where).first()
    if place is None:
        raise NotFoundError(f"There is no answer number {answer_id}.", hint="`circulars report` lists the answers.")
    rows = [row for row in history(connection, place.circular_id, place.party) if row.ask == place.ask]
    if rows[-1].id != answer_id:
        raise RefusedError(
            f"{place.party}: {place.ask} is {rows[-1].state} by now.",
            hint="Nothing was changed. To correct what is recorded: circulars answer REF PARTY ASK --state STATE",
        )
    before = rows[-2] if len(rows) > 1 else None
    record_answer(
        connection,
        circular_id=place.circular_id,
        party=place.party,
        ask=place.ask,
        state="open" if before is None or before.state == "extended" else before.state,
        by=before.by if before else OFFICE,
        answered_at=before.answered_at if before else at,
        recorded_at=at,
        recorded_by=by,
        inbound_id=before.inbound_id if before else None,
        addressee_id=before.addressee_id if before else None,
        note=before.note if before else "",
        file=before.file if before else "",
        delegates=delegates_of(connection, place.circular_id, place.party).get(before.id, ()) if before else (),
    )
    return rows[-1]


def latest_answers(connection: Connection, circular_id: int, party: str) -> dict[str, AnswerRow]:
    """Return the present state of one party for each ask on which anything is recorded."""
    return {row.ask: row for row in history(connection, circular_id, party)}


def history(connection: Connection, circular_id: int, party: str) -> tuple[AnswerRow, ...]:
    """Return everything recorded for a party, the oldest first."""
    query = _history(circular_id).where(answers.c.party == party)
    return tuple(AnswerRow(**row._mapping) for row in connection.execute(query))


def all_answers(connection: Connection, circular_id: int) -> Iterator[AnswerRow]:
    """Yield everything recorded for a circular, the oldest first, a thousand rows in memory at a time."""
    query = _history(circular_id).execution_options(yield_per=1000)
    with connection.execute(query) as found:
        for row in found:
            yield AnswerRow(**row._mapping)


def _history(circular_id: int) -> Select[Any]:
    columns = [column for column in answers.c if column.name != "circular_id"]
    return select(*columns).where(answers.c.circular_id == circular_id).order_by(answers.c.id)


def expected_asks(connection: Connection, circular_id: int) -> tuple[str, ...]:
    """Return the asks to which an answer is expected, in the letter's order."""
    query = select(asks.c.ask).where(asks.c.circular_id == circular_id, asks.c.expected).order_by(asks.c.position)
    return tuple(connection.execute(query).scalars())


def receive_reply(
    connection: Connection,
    *,
    circular_id: int,
    party: str,
    addressee_id: int,
    inbound_id: int,
    answered_at: datetime,
    recorded_at: datetime,
    recorded_by: str,
) -> Mapping[str, str]:
    """Mark every expected ask that is open for the party as received, and return the asks that were not open.

    Answered and excused ones are never touched. What is received already stays as it was first.
    """
    latest = latest_answers(connection, circular_id, party)
    earlier = {}
    for ask in expected_asks(connection, circular_id):
        state = latest[ask].state if ask in latest else "open"
        if state in ANSWERED or state in {"excused", "received"}:
            earlier[ask] = state
        else:
            record_answer(
                connection,
                circular_id=circular_id,
                party=party,
                ask=ask,
                state="received",
                by="mail",
                answered_at=answered_at,
                recorded_at=recorded_at,
                recorded_by=recorded_by,
                inbound_id=inbound_id,
                addressee_id=addressee_id,
            )
    return earlier


def _require_ask(connection: Connection, circular_id: int, ask: str) -> None:
    query = select(asks.c.ask).where(asks.c.circular_id == circular_id).order_by(asks.c.position)
    known = tuple(connection.execute(query).scalars())
    if ask not in known:
        raise NotFoundError(
            f"The circular has no ask «{ask}».", hint=f"It has: {', '.join(known)}." if known else "It asks nothing."
        )


def _require_party(connection: Connection, circular_id: int, party: str) -> None:
    query = select(addressees.c.id).where(addressees.c.circular_id == circular_id, addressees.c.party == party).limit(1)
    if connection.execute(query).first() is None:
        raise NotFoundError(f"The circular has no party «{party}».", hint="`circulars report` lists the parties.")
