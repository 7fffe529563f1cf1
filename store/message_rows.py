"""Reading the messages of the outbox, with all that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, case, func, select

from store.messages import OutboxRow, Part, State, Wanted, of_part, unpack_reminder
from store.moments import as_kept, as_read
from store.schema import addressees, batches, outbox, reminder_letters
from store.statements import Statement


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


def due_rows(
    connection: Connection, circular_id: int, wanted: Wanted, *, limit: int, now: datetime
) -> tuple[list[OutboxRow], list[int]]:
    """Return the letters that are due for a sender, as they will be claimed, and the ids of reminders that are.

    Up to ``limit`` of both together, locked against other senders of a PostgreSQL store, which take those after them.
    """
    given = (circular_id, as_kept(connection, now))
    found = _due(wanted, State.QUEUED).rows(connection, *given, limit)
    if len(found) < limit:
        found += _due(wanted, State.DEFERRED).rows(connection, *given, limit - len(found))
    return _claimed_letters(connection, found), [row[_ID] for row in found if row[_REMINDER] is not None]


def claimed_reminders(connection: Connection, ids: Sequence[int]) -> list[OutboxRow]:
    """Return those of these reminders that are claimed, in no order."""
    query = _rows().where(outbox.c.id.in_(ids), outbox.c.state == State.CLAIMED, of_part(Part.REMINDERS))
    return list(_read(connection, query))


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


# What is read of each letter that is due. Moments are as the database keeps them, since nearly all are empty.
_SELDOM = (outbox.c.in_reply_to, outbox.c.first_attempt_at, outbox.c.next_attempt_at, addressees.c.thread_token)
_NONE = ("", None, None, "")  # a letter that answers none, was not tried, and begins a conversation
_FOR_ALL = {"circular_id", "state"}
_LETTER = [
    *(column for column in _OF_ROW if column.name not in {*_FOR_ALL, *(seldom.name for seldom in _SELDOM)}),
    *(addressees.c.form, addressees.c["values"], addressees.c.values_hash, addressees.c.thread_at.label("continues")),
    *_SELDOM,
]
_TERMS = (batches.c.issued_at, *_OF_BATCH, batches.c.circular_id)
_OF_ALL = select(*_TERMS).where(batches.c.id == bindparam("batch_id"))
_NAMES = [*(column.name for column in (*_LETTER, *_TERMS)), "state", "references", "thread_at"]
_in_order = itemgetter(*(_NAMES.index(name) for name in OutboxRow._fields))
_ID, _BATCH, _REMINDER, _CONTINUES = map(_NAMES.index, ("id", "batch_id", "reminder_id", "continues"))


@lru_cache(maxsize=8)
def _due(wanted: Wanted, state: State) -> Statement:
    """Return the query for what a run may send of the rows that are queued, or deferred until a moment."""
    query = (
        select(*_LETTER)
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .where(outbox.c.circular_id == bindparam("circular_id"), outbox.c.state == state.value, wanted.condition())
        .order_by(outbox.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=outbox)
    )
    if state is State.DEFERRED:
        query = query.where(outbox.c.next_attempt_at <= bindparam("now"))
    return Statement(query, "circular_id", "now", "most")


def _claimed_letters(connection: Connection, found: Sequence[tuple[Any, ...]]) -> list[OutboxRow]:
    """Return what `_rows` does for the letters. What is the same for all of a batch is read once, not for each."""

    def moment(kept: Any) -> datetime | None:  # noqa: ANN401 - as the driver has it
        return None if kept is None else as_read(connection, kept)

    batch: dict[int, tuple[Any, ...]] = {}
    letters = []
    for row in found:
        if row[_REMINDER] is not None:
            continue
        batch_id = row[_BATCH]
        if batch_id not in batch:
            batch[batch_id] = (
                *connection.execute(_OF_ALL, {"batch_id": batch_id}).one(),
                State.CLAIMED.value,
                (),
                None,
            )
        letter = OutboxRow._make(_in_order(row + batch[batch_id]))
        answered, first_at, next_at, thread_token = seldom = row[-len(_SELDOM) :]
        if seldom != _NONE:
            letter = letter._replace(
                references=(answered,) if answered else (),
                first_attempt_at=moment(first_at),
                next_attempt_at=moment(next_at),
                thread_at=(moment(row[_CONTINUES]) or letter.issued_at) if thread_token else None,
            )
        letters.append(letter)
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
