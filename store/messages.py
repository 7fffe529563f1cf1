"""The messages of the outbox as they stand: where each is, what it is made of, and how many there are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, select, true

from store.schema import circulars, outbox


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


def waiting_by_domain(connection: Connection, domains: Collection[str]) -> Counter[str]:
    """Return how many messages wait of all letters that are not held: to some domains, and under "" to all others."""
    going = select(circulars.c.id).where(~circulars.c.held)
    theirs = case((outbox.c.domain.in_(sorted(domains)), outbox.c.domain), else_="")
    query = select(theirs, func.count()).where(
        outbox.c.circular_id.in_(going), outbox.c.state.in_(WAITING), outbox.c.role != "paper"
    )
    return Counter({str(domain): int(number) for domain, number in connection.execute(query.group_by(theirs))})


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


def of_part(part: Part) -> ColumnElement[bool]:
    """Return the condition that a row of the outbox belongs to a part."""
    if part is Part.ALL:
        return true()
    return outbox.c.reminder_id.is_(None) if part is Part.LETTERS else outbox.c.reminder_id.is_not(None)
