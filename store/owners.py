"""Whom a mail may be from: addressees of issued circulars, by token, mailbox, domain, earlier mail and name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from store.messages import unpack_reminder
from store.schema import addressees, circulars, inbound, outbox, reminder_letters

_ANSWERING = ("reply", "forward", "calendar", "auto-reply")  # kinds of mail that make a conversation theirs
_MOST_IDS = 50
_MOST_COPIES = 20
_MOST_NAMED = 10_000  # addressees whose names are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An addressee of a circular and, where it is known, the message in the outbox. ``reference`` is never empty."""

    circular_id: int
    reference: str
    addressee_id: int
    key: str
    party: str
    name: str = ""
    organisation: str = ""
    country: str = ""
    outbox_id: int | None = None
    mailbox: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A mail filed before, whose party is known, and from which mailbox it came."""

    owner: Owner
    sender: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A circular that has been issued; ``subject`` is in its source language."""

    circular_id: int
    reference: str
    subject: str


_OWNER = (
    addressees.c.circular_id,
    func.coalesce(circulars.c.reference, circulars.c.slug).label("reference"),
    addressees.c.id.label("addressee_id"),
    addressees.c.key,
    addressees.c.party,
    addressees.c.name,
    addressees.c.organisation,
    addressees.c.country,
)


def owner_of_addressee(connection: Connection, circular_id: int, addressee_id: int) -> Owner | None:
    """Return an addressee of that circular, or None if there is no such."""
    query = _addressees().where(addressees.c.id == addressee_id, addressees.c.circular_id == circular_id)
    row = connection.execute(query).first()
    return None if row is None else _owner(row)


def conversation_of(connection: Connection, addressee_id: int) -> str:
    """Return the token with which the conversation with an addressee began; of a corrigendum, the first letter's."""
    began = func.coalesce(func.nullif(addressees.c.thread_token, ""), addressees.c.token)
    return str(connection.execute(select(began).where(addressees.c.id == addressee_id)).scalar() or "")


def owner_of_key(connection: Connection, circular_id: int, key: str) -> Owner | None:
    """Return the addressee of a circular that has the key, or None if it has none."""
    query = _addressees().where(addressees.c.circular_id == circular_id, addressees.c.key == key)
    row = connection.execute(query).first()
    return None if row is None else _owner(row)


def owner_of_message(connection: Connection, circular_id: int, outbox_id: int) -> Owner | None:
    """Return whom a message of that circular was for, or None if there is no such message."""
    row = connection.execute(_messages().where(outbox.c.id == outbox_id, outbox.c.circular_id == circular_id)).first()
    return None if row is None else _owner(row)


def messages_of_addressee(connection: Connection, addressee_id: int) -> tuple[Owner, ...]:
    """Return every message of an addressee, one for each mailbox and role, and those of its reminders."""
    query = _messages().where(outbox.c.addressee_id == addressee_id, outbox.c.role != "paper").order_by(outbox.c.id)
    return tuple(_owner(row) for row in connection.execute(query))


def messages_to_mailbox(
    connection: Connection, spellings: Collection[str], circular_id: int | None = None
) -> tuple[Owner, ...]:
    """Return every message to a mailbox, whatever its case, the newest circular first.

    ``spellings`` are the ways in which one mailbox may be written (`replies.addresses.spellings`).
    """
    query = _messages().where(outbox.c.role != "paper").order_by(outbox.c.circular_id.desc(), outbox.c.id)
    if circular_id is not None:
        query = query.where(outbox.c.circular_id == circular_id)
    found = connection.execute(query.where(outbox.c.mailbox.in_(spellings))).all()
    if not found:  # a mailbox whose local part was listed in another case
        lowered = {spelling.lower() for spelling in spellings}
        found = connection.execute(query.where(_among(func.lower(outbox.c.mailbox).in_(lowered)))).all()
    return tuple(_owner(row) for row in found)


def mailboxes_of_party(connection: Connection, circular_id: int, party: str) -> frozenset[str]:
    """Return every mailbox to which a party got this circular."""
    query = (
        select(outbox.c.mailbox)
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .where(addressees.c.circular_id == circular_id, addressees.c.party == party, outbox.c.role != "paper")
    )
    return frozenset(connection.execute(query).scalars())


def owners_in_domain(connection: Connection, domains: Collection[str], *, limit: int = 20) -> tuple[Owner, ...]:
    """Return up to ``limit`` addressees with a mailbox in exactly that domain, one for each circular and party.

    ``domains`` are the ways in which one domain may be written.
    """
    newest = func.max(outbox.c.id)
    in_domain = or_(*(func.lower(outbox.c.mailbox).like(_ending(domain), escape="\\") for domain in domains))
    messages = (
        select(newest.label("id"))
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .where(_among(in_domain))
        .group_by(addressees.c.circular_id, addressees.c.party)
        .order_by(newest.desc())
        .limit(limit)
    )
    query = _messages().where(outbox.c.id.in_(messages)).order_by(outbox.c.id.desc())
    return tuple(_owner(row) for row in connection.execute(query))


def earlier_mails(connection: Connection, *, thread: str, message_ids: Sequence[str]) -> tuple[Earlier, ...]:
    """Return mails filed before in the same conversation, the latest first: by Outlook's thread, or answered ones."""
    same: list[ColumnElement[bool]] = [inbound.c.message_id.in_(message_ids[:_MOST_IDS])] if message_ids else []
    if thread:
        same.append(inbound.c.thread == thread)
    if not same:
        return ()
    query = (
        _addressees()
        .add_columns(inbound.c.sender)
        .join(inbound, inbound.c.addressee_id == addressees.c.id)
        .where(or_(*same), inbound.c.kind.in_(_ANSWERING), inbound.c.state != "triage")
        .order_by(inbound.c.id.desc())
        .limit(_MOST_IDS)
    )
    found = []
    for row in connection.execute(query):
        values = dict(row._mapping)
        found.append(Earlier(sender=values.pop("sender"), owner=Owner(**values)))
    return tuple(found)


def sealed_copies(connection: Connection, circular_id: int, party: str) -> tuple[tuple[str, bytes], ...]:
    """Return the sealed form and the packed values of what a party was sent: letters, then reminders, once each."""
    theirs = (addressees.c.circular_id == circular_id, addressees.c.party == party)
    letters = select(addressees.c.form, addressees.c["values"]).where(*theirs)
    reminded = (
        select(reminder_letters.c.form, reminder_letters.c["values"])
        .join(addressees, addressees.c.id == reminder_letters.c.addressee_id)
        .where(*theirs)
    )
    found = []
    for query in (letters, reminded):
        for row in connection.execute(query.limit(_MOST_COPIES)):
            with suppress(ValueError):  # damaged: `archive verify` tells of it
                if row.values is not None:  # erased at the person's request
                    packed = bytes(row.values) if query is letters else unpack_reminder(row.values)[1]
                    found.append((str(row.form), packed))
    return tuple(dict.fromkeys(found))


def issued_circulars(connection: Connection) -> tuple[Issued, ...]:
    """Return the circulars that have been issued under a reference."""
    query = select(circulars.c.id, circulars.c.reference, circulars.c.subject).where(
        circulars.c.reference.is_not(None), circulars.c.state != "planned"
    )
    return tuple(
        Issued(circular_id=row.id, reference=row.reference, subject=row.subject) for row in connection.execute(query)
    )


def recent_addressees(connection: Connection) -> tuple[Owner, ...]:
    """Return addressees for a comparison of names, the latest first; not all of a very long list."""
    query = _addressees().order_by(addressees.c.id.desc()).limit(_MOST_NAMED)
    return tuple(_owner(row) for row in connection.execute(query))


def _addressees() -> Select[Any]:
    return select(*_OWNER).join(circulars, circulars.c.id == addressees.c.circular_id)


def _messages() -> Select[Any]:
    return (
        select(*_OWNER, outbox.c.id.label("outbox_id"), outbox.c.mailbox)
        .join(addressees, addressees.c.id == outbox.c.addressee_id)
        .join(circulars, circulars.c.id == outbox.c.circular_id)
    )


def _among(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Let the database look through the index of mailboxes alone: a third of the time of reading the rows."""
    return outbox.c.id.in_(select(outbox.c.id).where(condition))


def _ending(domain: str) -> str:
    return "%@" + domain.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _owner(row: Row[*tuple[Any, ...]]) -> Owner:
    return Owner(**row._mapping)
