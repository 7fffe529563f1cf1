"""Removing what is stored of a person. What proves that a letter went stays: hashes, Message-IDs, moments, states."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.exc import DatabaseError

from store.database import Store
from store.messages import WAITING, State
from store.schema import (
    addressees,
    answers,
    circulars,
    deadline_moves,
    delegates,
    delivery_events,
    inbound,
    inbound_files,
    notes,
    outbox,
    plan_entries,
    plans,
    reminder_letters,
    reminders,
)
from store.suppressions import Kind, unsuppress

GONE = "[erased]"  # stands in the place of a text that was removed
REASON = "erased on request"  # why a mail is filed that has no content any more
MACHINE = ("bounce", "delay", "auto-reply", "complaint")  # kinds of mail that quote us and answer nothing
_NOWHERE = "erased.invalid"  # RFC 2606: no mail ever goes there
_UNSETTLED = (*WAITING, State.SENDING, State.IN_DOUBT)
_BY_PARTY = (answers, notes, deadline_moves, reminders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An addressee of one circular, with what of it names a person. ``own_party`` tells that nobody shares its party.

    ``unsettled`` are the states of its messages that may still go, or of which nobody knows whether they went.
    """

    circular_id: int
    reference: str
    slug: str
    addressee_id: int
    key: str
    party: str
    name: str
    organisation: str
    mailboxes: tuple[str, ...]
    row_ids: tuple[int, ...]
    own_party: bool
    unsettled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsMail:
    """A mail that came from a person, or is about a letter to it."""

    id: int
    kind: str
    received_at: datetime
    subject: str

    @property
    def is_machine(self) -> bool:
        """Whether a mail system or a program wrote it."""
        return self.kind in MACHINE


def find_persons(connection: Connection, text: str, circular_id: int | None = None) -> tuple[Person, ...]:
    """Return the addressees with that key, `to` mailbox or name, whatever its case; not those erased already."""
    wanted = text.strip()
    theirs = select(outbox.c.addressee_id).where(func.lower(outbox.c.mailbox) == wanted.lower(), outbox.c.role == "to")
    same = [
        or_(column == wanted, func.lower(column) == wanted.lower()) for column in (addressees.c.key, addressees.c.name)
    ]
    query = (
        select(addressees, func.coalesce(circulars.c.reference, circulars.c.slug).label("reference"), circulars.c.slug)
        .join(circulars, circulars.c.id == addressees.c.circular_id)
        .where(or_(*same, addressees.c.id.in_(theirs)), addressees.c["values"].is_not(None))
        .order_by(addressees.c.circular_id, addressees.c.id)
    )
    if circular_id is not None:
        query = query.where(addressees.c.circular_id == circular_id)
    found = []
    for row in connection.execute(query).all():
        rows = connection.execute(
            select(outbox.c.id, outbox.c.mailbox, outbox.c.state).where(outbox.c.addressee_id == row.id)
        ).all()
        sharing = select(func.count()).where(
            addressees.c.circular_id == row.circular_id, addressees.c.party == row.party
        )
        found.append(
            Person(
                circular_id=row.circular_id,
                reference=row.reference,
                slug=row.slug,
                addressee_id=row.id,
                key=row.key,
                party=row.party,
                name=row.name,
                organisation=row.organisation,
                mailboxes=tuple(dict.fromkeys(message.mailbox for message in rows if message.mailbox)),
                row_ids=tuple(message.id for message in rows),
                own_party=row.party == row.key and connection.scalar(sharing) == 1,
                unsettled=tuple(message.state for message in rows if message.state in _UNSETTLED),
            )
        )
    return tuple(found)


def mails_of(connection: Connection, person: Person) -> tuple[PersonsMail, ...]:
    """Return the mails that are filed under a person, came from one of its mailboxes, or report on a letter to it."""
    reports = select(delivery_events.c.inbound_id).where(delivery_events.c.outbox_id.in_(person.row_ids))
    about = or_(
        inbound.c.addressee_id == person.addressee_id,
        inbound.c.id.in_(reports.where(delivery_events.c.inbound_id.is_not(None))),
        func.lower(inbound.c.sender).in_([mailbox.lower() for mailbox in person.mailboxes]),
    )
    query = (
        select(inbound.c.id, inbound.c.kind, inbound.c.received_at, inbound.c.subject)
        .where(about, inbound.c.reason != REASON)
        .order_by(inbound.c.id)
    )
    return tuple(PersonsMail(**row._mapping) for row in connection.execute(query))


def erase_person(connection: Connection, person: Person, stand_in: str) -> None:
    """Remove what names a person from a circular; ``stand_in`` takes the place of the key, and of a party of its own.

    Country, category, language and class stay: they are counted. Run inside a transaction that `wipe` follows.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    party = stand_in if person.own_party else person.party
    connection.execute(
        update(addressees)
        .where(addressees.c.id == person.addressee_id)
        .values(
            {"key": stand_in, "party": party, "name": "", "organisation": "", "values": None, "reminder_values": None}
        )
    )
    box: ColumnElement[str] = literal("erased-") + cast(outbox.c.id, String) + literal(f"@{_NOWHERE}")
    mine = outbox.c.addressee_id == person.addressee_id
    on_paper = outbox.c.role == "paper"
    connection.execute(update(outbox).where(mine, ~on_paper).values(mailbox=box, domain=_NOWHERE))
    connection.execute(update(outbox).where(mine).values(reply_text=""))
    connection.execute(
        update(delivery_events).where(delivery_events.c.outbox_id.in_(person.row_ids)).values(diagnostic="")
    )
    connection.execute(
        update(reminder_letters).where(reminder_letters.c.addressee_id == person.addressee_id).values({"values": None})
    )
    for mailbox in person.mailboxes:
        unsuppress(connection, mailbox, kinds=(Kind.BOUNCE,))
    if person.own_party:
        _rename_party(connection, person, stand_in)
    _clean_remarks(connection, person)
    _clean_plans(connection, person)


def _rename_party(connection: Connection, person: Person, stand_in: str) -> None:
    for table in _BY_PARTY:
        theirs = (table.c.circular_id == person.circular_id, table.c.party == person.party)
        connection.execute(update(table).where(*theirs).values(party=stand_in))
    remarks = (notes.c.circular_id == person.circular_id, notes.c.party == stand_in)
    connection.execute(update(notes).where(*remarks).values(text=GONE))
    mine = (answers.c.circular_id == person.circular_id, answers.c.party == stand_in)
    connection.execute(update(answers).where(*mine, answers.c.note != "").values(note=GONE))
    moved = (deadline_moves.c.circular_id == person.circular_id, deadline_moves.c.party == stand_in)
    connection.execute(update(deadline_moves).where(*moved, deadline_moves.c.note != "").values(note=GONE))


def _clean_remarks(connection: Connection, person: Person) -> None:
    """Take a person's name and mailboxes out of what staff wrote of any party, and out of the delegates."""
    said = [re.escape(text) for text in (person.name, *person.mailboxes) if text]
    if not said:
        return
    named = re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)", re.IGNORECASE)
    for column in (notes.c.text, answers.c.note, deadline_moves.c.note):
        query = select(column.table.c.id, column).where(column.table.c.circular_id == person.circular_id, column != "")
        for number, text in connection.execute(query).all():
            if named.search(text):
                connection.execute(update(column.table).where(column.table.c.id == number).values({column.name: GONE}))
    mine = delegates.c.answer_id.in_(select(answers.c.id).where(answers.c.circular_id == person.circular_id))
    for answer, position, name in connection.execute(
        select(delegates.c.answer_id, delegates.c.position, delegates.c.name).where(mine)
    ).all():
        if named.search(name):
            one = (delegates.c.answer_id == answer, delegates.c.position == position)
            connection.execute(update(delegates).where(*one).values(name=GONE, function=""))


def _clean_plans(connection: Connection, person: Person) -> None:
    """Take a person out of what the plans printed; their digests, which are hashes, stay."""
    connection.execute(
        delete(plan_entries).where(plan_entries.c.circular_id == person.circular_id, plan_entries.c.key == person.key)
    )
    names = tuple(filter(None, (person.key, person.name, *person.mailboxes)))
    query = select(plans.c.id, plans.c.summary, plans.c.options).where(plans.c.circular_id == person.circular_id)
    for number, summary, options in connection.execute(query).all():
        cleaned = {"summary": _cleaned(summary, names), "options": _cleaned(options, names)}
        if cleaned != {"summary": summary, "options": options}:
            connection.execute(update(plans).where(plans.c.id == number).values(cleaned))


def _cleaned(text: str, names: Sequence[str]) -> str:
    """Return JSON without the strings that say one of the names, alone or in a sentence; unchanged if none does."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return GONE if any(name in value for name in names) else value
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {GONE if clean(name) == GONE else name: clean(item) for name, item in value.items()}
        return value

    shape = json.loads(text)
    cleaned = clean(shape)
    return text if cleaned == shape else json.dumps(cleaned)


def erase_mails(connection: Connection, mails: Sequence[PersonsMail], person: Person) -> tuple[str, ...]:
    """Empty mails, and what the register took from them in words; states and days stay.

    Returns the SHA-256 of attachments that nothing refers to any more. The fingerprint stays, so that the same mail
    is not filed again.
    """
    ids = [mail.id for mail in mails]
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        connection.execute(
            update(inbound)
            .where(inbound.c.id.in_(chunk))
            .values(
                message_id="", sender="", subject=GONE, state="settled", reason=REASON, evidence="{}",
                raw=zlib.compress(b""), thread="",
            )
        )  # fmt: skip
        given = select(answers.c.id).where(answers.c.inbound_id.in_(chunk))
        connection.execute(delete(delegates).where(delegates.c.answer_id.in_(given)))
        connection.execute(update(answers).where(answers.c.inbound_id.in_(chunk)).values(note=GONE, file=""))
    kept = list(connection.scalars(select(inbound_files.c.sha256).where(inbound_files.c.inbound_id.in_(ids))))
    connection.execute(delete(inbound_files).where(inbound_files.c.inbound_id.in_(ids)))
    used = set(connection.scalars(select(inbound_files.c.sha256).where(inbound_files.c.sha256.in_(kept))))
    if any(not mail.is_machine for mail in mails):
        mine = (answers.c.circular_id == person.circular_id, answers.c.addressee_id == person.addressee_id)
        connection.execute(update(answers).where(*mine, answers.c.note != "").values(note=GONE))
    return tuple(dict.fromkeys(name for name in kept if name not in used))


def wipe(store: Store) -> bool:
    """Write the database anew, so that nothing that was removed stands in its free pages or in its log.

    Returns False where another command has the store open: then traces stay until it is done again. A server such as
    PostgreSQL cleans up by itself (VACUUM).
    """
    if store.engine.dialect.name != "sqlite":
        return True
    with suppress(DatabaseError), store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 5000")
        connection.exec_driver_sql("VACUUM")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        connection.invalidate()  # the next one has the usual patience again
        return not busy
    return False
