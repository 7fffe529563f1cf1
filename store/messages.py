"""The messages of the outbox as they stand: where each is, what it is made of, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    false,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.types import NullType

from store.moments import as_read
from store.schema import addressees, batches, outbox, reminder_letters


class State(StrEnum):
    """Where a message stands; `store.outbox` shows how it gets there."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    SUPPRESSED = "suppressed"
    PRINTED = "printed"
    WITHDRAWN = "withdrawn"


WAITING = (State.QUEUED, State.CLAIMED, State.DEFERRED)  # may still go, and may still be withdrawn
LEFT = (*WAITING, State.SENDING)  # work that a later run has to do


class Part(StrEnum):
    """What of a circular's messages is meant."""

    ALL = "all"
    LETTERS = "letters"
    REMINDERS = "reminders"


class OutboxRow(NamedTuple):  # made for every message, in a tenth of the time that a dataclass of this size takes
    """A row with what its message needs. ``values`` are packed (`templates.forms`), None once erased.

    ``name`` is the addressee's; ``to_mailbox`` is the row's own, or where that is a Cc address the addressee's first
    `to` mailbox, which the message names.
    ``references`` are Message-IDs that the message answers, the nearest last. ``layout`` is the batch's. ``issued_at``
    is the message's Date; ``thread_at`` that of the letter whose conversation it belongs to, None where it begins one,
    and ``thread_token`` the token of that letter's addressee, empty where it is the addressee's own.
    ``reminder_id`` is the number of the reminder, None for the letter. ``values_hash`` is the salted hash of the
    letter's values, None for a reminder. ``list_name`` is the addressee's list, empty for a government,
    ``settings`` what else of office.toml the batch has kept, as JSON. Moments are aware, in UTC.
    """

    id: int
    circular_id: int
    addressee_id: int
    key: str
    name: str
    language: str
    form: str
    values: bytes | None
    mailbox: str
    role: str
    to_mailbox: str
    message_id: str
    token: str
    reply_token: str
    state: str
    attempts: int
    first_attempt_at: datetime | None
    next_attempt_at: datetime | None
    reply_code: int | None
    reply_text: str
    sha256: bytes | None
    issued_at: datetime
    sender: str
    sender_name: str
    reply: str
    bounce: str
    plus_addressing: bool
    layout: int = 1
    thread_token: str = ""
    reminder_id: int | None = None
    batch_id: int = 0
    values_hash: bytes | None = None
    list_name: str = ""
    settings: str = "{}"
    domain: str = ""
    thread_at: datetime | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a run may send. Reminders made before ``reminders_since`` come too late; None: none goes today.

    ``without`` are domains whose mailboxes must wait.
    """

    part: Part = Part.ALL
    reminders_since: datetime | None = None
    without: frozenset[str] = frozenset()

    def condition(self) -> ColumnElement[bool]:
        """Return the condition that a row may be sent by this run."""
        parted = of_part(self.part)
        if self.reminders_since is None:
            parted = false() if self.part is Part.REMINDERS else of_part(Part.LETTERS)
        return and_(parted, outbox.c.domain.not_in(sorted(self.without))) if self.without else parted


def pack_reminder(name: str, values: bytes) -> bytes:
    """Pack what is one addressee's own in a reminder: the name it is written to, and the packed values."""
    return json.dumps({"name": name, "values": json.loads(values)}, ensure_ascii=False, separators=(",", ":")).encode()


def unpack_reminder(packed: bytes) -> tuple[str, bytes]:
    """Return the name and the packed values of `pack_reminder`; raises ValueError if they are damaged."""
    try:
        shape = json.loads(packed)
        return str(shape["name"]), json.dumps(shape["values"], ensure_ascii=False, separators=(",", ":")).encode()
    except (LookupError, TypeError, RecursionError) as error:
        raise ValueError("the packed values of a reminder are damaged") from error


def counts(connection: Connection, circular_id: int, part: Part = Part.ALL) -> dict[State, int]:
    """Return how many rows of a circular are in each state; every state is there."""
    query = select(outbox.c.state, func.count()).where(outbox.c.circular_id == circular_id, of_part(part))
    found = {str(state): int(number) for state, number in connection.execute(query.group_by(outbox.c.state))}
    return {state: found.get(state.value, 0) for state in State}


def waiting(connection: Connection, circular_id: int, now: datetime, wanted: Wanted | None = None) -> int:
    """Return how many rows could be sent now."""
    due = (outbox.c.state == State.QUEUED) | ((outbox.c.state == State.DEFERRED) & (outbox.c.next_attempt_at <= now))
    query = select(func.count()).where(outbox.c.circular_id == circular_id, (wanted or Wanted()).condition(), due)
    return int(connection.scalar(query) or 0)


def next_try(connection: Connection, circular_id: int, part: Part = Part.ALL) -> datetime | None:
    """Return when the first deferred row is due again if nothing else waits; None otherwise."""
    query = select(outbox.c.state, func.min(outbox.c.next_attempt_at)).where(
        outbox.c.circular_id == circular_id, outbox.c.state.in_(LEFT), of_part(part)
    )
    found = {str(state): moment for state, moment in connection.execute(query.group_by(outbox.c.state))}
    return found[State.DEFERRED] if set(found) == {State.DEFERRED} else None


def highest_id(connection: Connection) -> int:
    """Return the highest id of any row, 0 if there is none."""
    return int(connection.scalar(select(func.max(outbox.c.id))) or 0)


def waiting_ids(connection: Connection, circular_id: int) -> Iterator[int]:
    """Yield the ids of all rows that have not gone, without reading them into memory at once."""
    query = select(outbox.c.id).where(outbox.c.circular_id == circular_id, outbox.c.state.in_(WAITING))
    with connection.execute(query.execution_options(yield_per=5000)) as found:
        yield from found.scalars()


def rows_in(
    connection: Connection,
    circular_id: int,
    states: Sequence[State] = (),
    *,
    key: str = "",
    part: Part = Part.ALL,
    after: int = 0,
) -> Iterator[OutboxRow]:
    """Yield a circular's rows in the order of their ids, of some states, one addressee, or ``after`` an id."""
    mine = (outbox.c.circular_id == circular_id, outbox.c.id > after, of_part(part))
    query = _rows().where(*mine).order_by(outbox.c.id)
    if states:
        query = query.where(outbox.c.state.in_(states))
    if key:
        query = query.where(addressees.c.key == key)
    yield from _read(connection, query.execution_options(yield_per=500))


def rows_of_batch(connection: Connection, batch_id: int, *, limit: int) -> list[OutboxRow]:
    """Return the first rows of a batch's letters that were handed over, with their SHA-256."""
    query = _rows().where(batches.c.id == batch_id, outbox.c.sha256.is_not(None), outbox.c.role != "paper")
    return list(_read(connection, query.where(of_part(Part.LETTERS)).order_by(outbox.c.id).limit(limit)))


def rows_by_id(connection: Connection, ids: Sequence[int], state: State) -> list[OutboxRow]:
    """Return those of these rows that are in a state, in the order of their ids."""
    rows = _read_letters(connection, ids, state)
    if len(rows) == len(ids):
        return rows
    reminders = _rows().where(outbox.c.id.in_(ids), outbox.c.state == state, of_part(Part.REMINDERS))
    rows.extend(_read(connection, reminders))
    return sorted(rows, key=attrgetter("id"))


def of_part(part: Part) -> ColumnElement[bool]:
    """Return the condition that a row of the outbox belongs to a part."""
    if part is Part.ALL:
        return true()
    return outbox.c.reminder_id.is_(None) if part is Part.LETTERS else outbox.c.reminder_id.is_not(None)


def _first_to() -> ColumnElement[str]:
    """Return the mailbox that To names: the addressee's first, where the row is a copy."""
    sibling = outbox.alias("sibling")
    first: ColumnElement[str] = (
        select(sibling.c.mailbox)
        .where(
            sibling.c.addressee_id == outbox.c.addressee_id,
            # Not by the index of reminders: all letters of the store would be looked through for each of them.
            func.coalesce(sibling.c.reminder_id, 0) == func.coalesce(outbox.c.reminder_id, 0),
            sibling.c.role == "to",
        )
        .order_by(sibling.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return case((outbox.c.role == "cc", func.coalesce(first, "")), else_=outbox.c.mailbox)


_OF_ROW = (
    *(outbox.c.id, outbox.c.circular_id, outbox.c.addressee_id, outbox.c.mailbox, outbox.c.role, outbox.c.message_id),
    *(outbox.c.token, outbox.c.state, outbox.c.attempts, outbox.c.first_attempt_at, outbox.c.next_attempt_at),
    *(outbox.c.reply_code, outbox.c.reply_text, outbox.c.sha256, outbox.c.reminder_id, outbox.c.in_reply_to),
    *(addressees.c.key, addressees.c.name, addressees.c.language, addressees.c.token.label("reply_token")),
    *(
        addressees.c.thread_token,
        addressees.c.batch_id,
        addressees.c.list_name,
        _first_to().label("to_mailbox"),
        outbox.c.domain,
    ),
)
_OF_BATCH = (
    *(batches.c.sender, batches.c.sender_name, batches.c.reply, batches.c.bounce),
    *(batches.c.plus_addressing, batches.c.layout, batches.c.settings),
)


def _rows() -> Select[Any]:
    # What a reminder answers: the letter to the same mailbox, or else the addressee's first.
    letter = outbox.alias("letter")

    def of_letter(column: ColumnElement[str]) -> ColumnElement[str]:
        letters = (
            select(column)
            .where(letter.c.addressee_id == outbox.c.addressee_id, letter.c.reminder_id.is_(None))
            .order_by(letter.c.id)
            .limit(1)
        )
        same = letters.where(letter.c.mailbox == outbox.c.mailbox)
        return func.coalesce(same.scalar_subquery(), letters.scalar_subquery())

    is_reminder = outbox.c.reminder_id.is_not(None)
    return (
        select(
            *_OF_ROW,
            *_OF_BATCH,
            case((is_reminder, of_letter(letter.c.in_reply_to))).label("begun"),
            case((is_reminder, of_letter(letter.c.message_id))).label("answered"),
            case((is_reminder, reminder_letters.c.form), else_=addressees.c.form).label("form"),
            case((is_reminder, reminder_letters.c["values"]), else_=addressees.c["values"]).label("values"),
            func.coalesce(reminder_letters.c.made_at, batches.c.issued_at).label("issued_at"),
            func.coalesce(addressees.c.thread_at, batches.c.issued_at).label("thread_at"),
            case((is_reminder, None), else_=addressees.c.values_hash).label("values_hash"),
        )
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .join(batches, batches.c.id == addressees.c.batch_id)
        .outerjoin(reminder_letters, reminder_letters.c.id == outbox.c.reminder_id)
    )


# What `_read_letters` reads of each letter; moments as the database keeps them, since nearly all are empty.
_SAME_FOR_ALL = ("circular_id", "state", "reminder_id")
_KEPT_MOMENTS = [
    type_coerce(column, NullType()).label(name)
    for name, column in (
        ("first_at", outbox.c.first_attempt_at),
        ("next_at", outbox.c.next_attempt_at),
        ("continues_at", addressees.c.thread_at),
    )
]
_OF_LETTER = [
    column
    for column in (*_OF_ROW, addressees.c.form, addressees.c["values"], addressees.c.values_hash)
    if column.name not in {*_SAME_FOR_ALL, "first_attempt_at", "next_attempt_at", "thread_token", "in_reply_to"}
]
_SELDOM = (addressees.c.thread_token, outbox.c.in_reply_to, *_KEPT_MOMENTS)
_TERMS = (batches.c.issued_at, batches.c.circular_id, *_OF_BATCH)
_WORKED_OUT = ("thread_token", "references", "first_attempt_at", "next_attempt_at", "thread_at", "state", "reminder_id")
_NAMES = [*(column.name for column in (*_OF_LETTER, *_TERMS)), *_WORKED_OUT]
_in_order = itemgetter(*(_NAMES.index(name) for name in OutboxRow._fields))
_BATCH = _NAMES.index("batch_id")


def _read_letters(connection: Connection, ids: Sequence[int], state: State) -> list[OutboxRow]:
    """Return what `_rows` does for letters. What is the same for all of a batch is read once, not for every letter."""
    query = select(*_OF_LETTER, *_SELDOM).join(addressees, addressees.c.id == outbox.c.addressee_id)
    query = query.where(outbox.c.id.in_(ids), outbox.c.state == state, of_part(Part.LETTERS)).order_by(outbox.c.id)
    terms: dict[int, tuple[Any, ...]] = {}
    letters = []
    for *of_row, thread_token, answered, first_at, next_at, continues_at in connection.execute(query).all():
        of_batch = terms.get(of_row[_BATCH])
        if of_batch is None:
            chosen = select(*_TERMS).where(batches.c.id == of_row[_BATCH])
            of_batch = terms[of_row[_BATCH]] = tuple(connection.execute(chosen).one())
        worked_out = (
            thread_token,
            (answered,) if answered else (),
            first_at and as_read(connection, first_at),
            next_at and as_read(connection, next_at),
            None if not thread_token else as_read(connection, continues_at) if continues_at else of_batch[0],
            state.value,
            None,
        )
        letters.append(OutboxRow._make(_in_order((*of_row, *of_batch, *worked_out))))
    return letters


def _read(connection: Connection, query: Select[Any]) -> Iterator[OutboxRow]:
    with connection.execute(query) as found:
        for row in found.mappings():
            yield _outbox_row(row)


def _outbox_row(row: RowMapping) -> OutboxRow:
    values = dict(row)
    # A reminder answers its letter; a letter that continues another one answers the first.
    references = filter(None, (values.pop("in_reply_to"), values.pop("begun"), values.pop("answered")))
    if row["reminder_id"] is None and not row["thread_token"]:
        values["thread_at"] = None
    if row["reminder_id"] is not None and row["values"] is not None:
        try:
            values["name"], values["values"] = unpack_reminder(row["values"])
        except ValueError:
            values["values"] = b""  # damaged: whoever unpacks it is told so
    return OutboxRow(**values, references=tuple(references))
