"""`send`, `doubt`, `suppress`, `unsuppress`, `show`: the way out, and what exactly went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from delivery.archive import FOLDER, load_form
from delivery.doubt import settle_doubt as settle_rows
from delivery.message import build
from delivery.sending import SendProgress, SendSummary
from delivery.sending import send as deliver
from office.errors import NotFoundError, RefusedError
from office.model import FilesTransport
from pipeline.desk import Desk
from pipeline.drafting import render
from pipeline.lookup import issued_circular, one_addressee
from store.circulars import Circular
from store.database import Connection
from store.messages import OutboxRow, State, rows_in
from store.reminders import reminders_sent
from store.suppressions import queue_again, suppress, unsuppress
from templates.forms import unpack_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a `send` would do, for the person who must agree to it."""

    reference: str
    transport: str
    for_real: bool  # leaves this machine's files


def outgoing(desk: Desk, ref: str) -> Outgoing:
    """Tell where `send` would deliver to; raises RefusedError if the letter is not issued or is held."""
    circular = issued_circular(desk, ref)
    if circular.held:
        raise RefusedError(f"{circular.reference} is held.", hint=f"To go on: circulars resume {ref}")
    transport = desk.office.transports[desk.office.mail.transport]
    where = f"files in {transport.folder}/" if isinstance(transport, FilesTransport) else transport.host
    return Outgoing(reference=circular.reference, transport=where, for_real=not isinstance(transport, FilesTransport))


def send(
    desk: Desk, ref: str, *, limit: int | None = None, progress: Callable[[SendProgress], None] | None = None
) -> SendSummary:
    """Deliver what is queued, or deferred and due; safe to stop and to start again.

    Raises RefusedError for a letter that is not issued or is held, BusyError while somebody else sends.
    """
    outgoing(desk, ref)
    circular = issued_circular(desk, ref)
    return deliver(
        desk.store,
        desk.office,
        circular_id=circular.id,
        reference=circular.reference,
        limit=limit,
        clock=desk.clock,
        progress=progress,
    )


def doubtful(desk: Desk, ref: str) -> tuple[OutboxRow, ...]:
    """Return the messages whose outcome is not known."""
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        return tuple(rows_in(connection, circular.id, (State.IN_DOUBT,)))


def settle_doubt(desk: Desk, ref: str, key: str, *, sent: bool) -> int:
    """Settle the doubtful messages of an addressee, or of all where ``key`` is empty: sent, or to be sent again."""
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        wanted = one_addressee(connection, circular, key) if key else ""
        rows = tuple(rows_in(connection, circular.id, (State.IN_DOUBT,), key=wanted))
    if not rows:
        raise NotFoundError(
            f"Nothing of {circular.reference} is in doubt{f' for {key}' if key else ''}.",
            hint=f"See what is: circulars doubt {ref}",
        )
    return settle_rows(desk.store, desk.office.folder, rows, sent=sent, by=desk.account, clock=desk.clock)


def show(desk: Desk, ref: str, to: str, kind: str, *, reminder: int = 0) -> tuple[bytes, str]:
    """Return the exact content that an addressee got, out of the archive, and the language.

    ``kind`` is eml, docx, html or txt; ``reminder`` the number of a reminder, from 1, instead of the letter. Raises
    NotFoundError for a reminder that was not made, RefusedError if the addressee's values were erased, or for the
    mail of somebody who got paper.
    """
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        key = one_addressee(connection, circular, to)
        number = _reminder(connection, circular, key, reminder) if reminder else None
        rows = [row for row in rows_in(connection, circular.id, key=key) if row.reminder_id == number]
    named = (row for row in rows if row.mailbox and row.mailbox.lower() == to.strip().lower())
    row = next(named, rows[0])
    if row.values is None:
        raise RefusedError(f"What {key} got was erased on request.", hint="Its hash is kept in the store.")
    form = load_form(desk.office.folder / FOLDER, row.form)
    values = unpack_values(row.values)
    if kind == "eml" and row.role == "paper":
        raise RefusedError(f"{key} got the letter on paper, no mail.", hint="See what was printed: --as docx")
    if kind == "eml":
        return build(form, values, row), row.language
    return render(kind, form.forms, values), row.language


def _reminder(connection: Connection, circular: Circular, key: str, number: int) -> int:
    """Return the id of an addressee's reminder; raises NotFoundError."""
    made = reminders_sent(connection, circular.id, key)
    if not 1 <= number <= len(made):
        count = f"{len(made)} reminder{'' if len(made) == 1 else 's'}" if made else "no reminder"
        raise NotFoundError(f"{key} got {count} of {circular.reference}.", hint="Count them from 1: --reminder 1")
    return made[number - 1].id


def suppress_address(desk: Desk, address: str, reason: str) -> bool:
    """Never write to an address again; returns False if it was so already."""
    address = address.strip()
    if "@" not in address:
        raise NotFoundError(f"«{address}» is not a mail address.", hint="Write it like minister@example.org.")
    with desk.store.write() as connection:
        return suppress(connection, address, reason=reason, by=desk.account, now=desk.clock())


def unsuppress_address(desk: Desk, address: str) -> int | None:
    """Allow writing to an address again; returns how many messages wait for it now, None if it was not suppressed."""
    address = address.strip()
    with desk.store.write() as connection:
        if not unsuppress(connection, address):
            return None
        return queue_again(connection, address, desk.clock())
