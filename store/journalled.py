"""What the send journal has to be compared with: the messages that wait, and the numbers that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, func, select

from store.messages import WAITING, State
from store.schema import addressees, batches, outbox, reminder_letters


class Journalled(Protocol):
    """What the journal notes of a message. ``issued_at`` of a reminder is when that was made."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def message_id(self) -> str: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def mailbox(self) -> str: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def reminder_id(self) -> int | None: ...  # noqa: D102
    @property
    def issued_at(self) -> datetime: ...  # noqa: D102


class Waiting(NamedTuple):
    """A message that has not gone."""

    id: int
    message_id: str
    key: str
    mailbox: str
    role: str
    reminder_id: int | None
    issued_at: datetime


def waiting_messages(connection: Connection, circular_id: int) -> Iterator[Waiting]:
    """Yield a circular's messages that have not gone, without reading them into memory at once; paper is none."""
    query = (
        select(
            outbox.c.id, outbox.c.message_id, addressees.c.key, outbox.c.mailbox, outbox.c.role, outbox.c.reminder_id,
            func.coalesce(reminder_letters.c.made_at, batches.c.issued_at),
        )
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .join(batches, batches.c.id == addressees.c.batch_id)
        .outerjoin(reminder_letters, reminder_letters.c.id == outbox.c.reminder_id)
        .where(outbox.c.circular_id == circular_id, outbox.c.state.in_(WAITING), outbox.c.role != "paper")
    )  # fmt: skip
    with connection.execute(query.execution_options(yield_per=5000)) as found:
        yield from (Waiting(*row) for row in found)


def message_numbers(connection: Connection, circular_id: int) -> Iterator[int]:
    """Yield the numbers of all rows of a circular, ascending, without reading them into memory at once."""
    query = select(outbox.c.id).where(outbox.c.circular_id == circular_id).order_by(outbox.c.id)
    with connection.execute(query.execution_options(yield_per=5000)) as found:
        yield from found.scalars()


def taken_messages(connection: Connection, circular_id: int, *, since: datetime | None) -> Iterator[int]:
    """Yield the numbers of a circular's messages that a relay took, after a second if one is given.

    Of each of them the journal had its line before. None where no message waits any more.
    """
    mine = outbox.c.circular_id == circular_id
    waits = select(outbox.c.id).where(mine, outbox.c.state.in_(WAITING), outbox.c.role != "paper").limit(1)
    if connection.scalar(waits) is None:
        return
    query = select(outbox.c.id).where(mine, outbox.c.state == State.SENT, outbox.c.reply_code.between(200, 299))
    if since is not None:
        query = query.where(outbox.c.changed_at >= since + timedelta(seconds=1))
    with connection.execute(query.execution_options(yield_per=5000)) as found:
        yield from found.scalars()


def gone_messages(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Return the Message-IDs, by number, of those of these rows that the store itself does not believe waiting."""
    query = select(outbox.c.id, outbox.c.message_id).where(outbox.c.state.not_in(WAITING))
    known: dict[int, str] = {}
    chosen = list(numbers)
    for start in range(0, len(chosen), 500):
        found = connection.execute(query.where(outbox.c.id.in_(chosen[start : start + 500])))
        known.update({row.id: row.message_id for row in found})
    return known
