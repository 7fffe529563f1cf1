"""Reading the messages of the outbox, with all that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, case, func, select, type_coerce
from sqlalchemy.types import NullType

from store.messages import OutboxRow, Part, State, of_part, unpack_reminder
from store.moments import as_read
from store.schema import addressees, batches, outbox, reminder_letters


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


# What is read of each letter; moments as the database keeps them, since nearly all are empty.
_SELDOM = {
    "first_attempt_at": outbox.c.first_attempt_at,
    "next_attempt_at": outbox.c.next_attempt_at,
    "thread_at": addressees.c.thread_at,
}
_FOR_ALL = ("circular_id", "state", "reminder_id")
_LETTER = [
    column
    for column in (*_OF_ROW, addressees.c.form, addressees.c["values"], addressees.c.values_hash)
    if column.name not in {*_FOR_ALL, *_SELDOM, "in_reply_to"}
]
_LETTERS = (
    select(*_LETTER, outbox.c.in_reply_to, *(type_coerce(kept, NullType()) for kept in _SELDOM.values()))
    .join(addressees, addressees.c.id == outbox.c.addressee_id)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state == bindparam("state"))
    .where(of_part(Part.LETTERS))
    .order_by(outbox.c.id)
)
_TERMS = (batches.c.issued_at, *_OF_BATCH, batches.c.circular_id)
_NAMES = [*(column.name for column in (*_LETTER, *_TERMS)), "state", "reminder_id", "references", *_SELDOM]
_in_order = itemgetter(*(_NAMES.index(name) for name in OutboxRow._fields))
_BATCH, _THREAD = _NAMES.index("batch_id"), _NAMES.index("thread_token")
_PLAIN: tuple[Any, ...] = ((), None, None, None)  # a letter that answers none and was not tried


def _read_letters(connection: Connection, ids: Sequence[int], state: State) -> list[OutboxRow]:
    """Return what `_rows` does for letters. What is the same for all of a batch is read once, not for every letter."""

    def moment(kept: Any) -> datetime | None:  # noqa: ANN401 - as the driver has it
        return None if kept is None else as_read(connection, kept)

    batch: dict[int, tuple[Any, ...]] = {}
    letters = []
    found = connection.execute(_LETTERS, {"ids": ids, "state": state}).all()
    for *of_row, answered, first_at, next_at, continues_at in found:
        batch_id = of_row[_BATCH]
        if batch_id not in batch:
            terms = connection.execute(select(*_TERMS).where(batches.c.id == batch_id)).one()
            batch[batch_id] = (*terms, state.value, None)
        of_batch = batch[batch_id]
        own = _PLAIN
        if answered or first_at or next_at or of_row[_THREAD]:
            thread_at = (moment(continues_at) or of_batch[0]) if of_row[_THREAD] else None
            own = (answered,) if answered else (), moment(first_at), moment(next_at), thread_at
        letters.append(OutboxRow._make(_in_order((*of_row, *of_batch, *own))))
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
