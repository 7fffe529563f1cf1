"""`show`: what exactly an addressee got, out of the archive, and how far that is proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from delivery.archive import FOLDER, load_form
from delivery.journal import known_messages, left_messages
from delivery.mail_form import DOCX_TYPE
from delivery.verifying import Examined, Standing, Witnesses, examine
from office.errors import CircularsError, NotFoundError, RefusedError
from office.findings import Finding, Level
from office.suggestions import did_you_mean
from office.tokens import Tokens
from pipeline.desk import Desk
from pipeline.drafting import render
from pipeline.erased_keys import erased_name
from pipeline.lookup import issued_circular, one_addressee
from store.circulars import Circular
from store.database import Connection
from store.erasures import erasures_of
from store.message_rows import rows_in, rows_of_batch
from store.messages import WAITING, OutboxRow, State
from store.reminders import reminders_sent

KINDS = ("eml", "docx", "pdf", "html", "txt")
PAPER = "paper"
PDF_TYPE = "application/pdf"
_NEIGHBOURS = 20  # messages of the same batch that are looked at, to tell a changed row from changed terms
_ATTACHED = {"docx": DOCX_TYPE, "pdf": PDF_TYPE}
_NAMES = {"docx": "Word document", "pdf": "PDF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an addressee got, or would get. ``notes`` say how far it is proven; ``mailbox`` is empty for paper."""

    content: bytes
    language: str
    key: str
    mailbox: str
    standing: Standing
    notes: tuple[str, ...]


def show(
    desk: Desk, ref: str, to: str, kind: str, *, reminder: int = 0, mailbox: str = "", unverified: bool = False
) -> Shown:
    """Return the exact content that an addressee got, out of the archive.

    ``kind`` is eml, docx, pdf, html or txt; ``reminder`` the number of a reminder, from 1, instead of the letter;
    ``mailbox`` chooses among several messages, «paper» the printed one. Raises NotFoundError for what was not made,
    RefusedError if it was erased, or for the mail of somebody who got paper; and, unless ``unverified``, for what is
    not what was sent any more, with a finding for each part that was changed.
    """
    if kind not in KINDS:
        raise NotFoundError(f"There is no letter as «{kind}».", hint=did_you_mean(kind, KINDS))
    load_form.cache_clear()  # what is shown is what lies on the disk now
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        key = _addressee(desk, connection, circular, to)
        number = _reminder(connection, circular, key, reminder) if reminder else None
        rows = [row for row in rows_in(connection, circular.id, key=key) if row.reminder_id == number]
        row = _chosen(rows, key, to, mailbox)
        found = _examine(desk, connection, circular, row)
        if found.standing is Standing.ERASED:
            raise _erased(desk, connection, circular, row)
    if kind == "eml" and row.role == PAPER:
        raise RefusedError(f"{key} got the letter on paper, no mail.", hint="See what was printed: --as docx")
    if found.faults and not (unverified and found.content is not None):
        raise _changed(circular, found)
    content, notes = _content(desk, found, kind)
    others = [one.mailbox or PAPER for one in rows if one.id != row.id]
    if others and not mailbox:
        notes.append(f"{key} was written to at {', '.join(others)} too: --mailbox {others[0]}")
    return Shown(
        content=content,
        language=row.language,
        key=key,
        mailbox=row.mailbox,
        standing=found.standing,
        notes=tuple(notes),
    )


def _addressee(desk: Desk, connection: Connection, circular: Circular, to: str) -> str:
    """Return the key that ``to`` means; of somebody who was erased, what stands in its place."""
    try:
        return one_addressee(connection, circular, to)
    except NotFoundError:
        erased = erasures_of(connection, circular.id)
        if not erased:
            raise
        hidden = desk.tokens.hide(erased_name(circular.id, to))
        for erasure in erased:
            if erasure.key_hash == hidden:
                return erasure.key
        raise


def _reminder(connection: Connection, circular: Circular, key: str, number: int) -> int:
    """Return the id of an addressee's reminder; raises NotFoundError."""
    made = reminders_sent(connection, circular.id, key)
    if not 1 <= number <= len(made):
        count = f"{len(made)} reminder{'' if len(made) == 1 else 's'}" if made else "no reminder"
        raise NotFoundError(f"{key} got {count} of {circular.reference}.", hint="Count them from 1: --reminder 1")
    return made[number - 1].id


def _chosen(rows: list[OutboxRow], key: str, to: str, mailbox: str) -> OutboxRow:
    """Return the message at the mailbox asked for, or the one that ``to`` names, or the first."""
    if not rows:
        raise RefusedError(
            f"The store has no message to {key} any more: somebody took it away.",
            hint="See what else is wrong: circulars archive verify · Put back circulars.db from a backup.",
        )
    wanted = (mailbox or to).strip().lower()
    named = next((row for row in rows if (row.mailbox or PAPER).lower() == wanted), None)
    if mailbox and named is None:
        hint = f"It went to: {', '.join(row.mailbox or PAPER for row in rows)}."
        raise NotFoundError(f"{key} was not written to at «{mailbox}».", hint=hint)
    return named or rows[0]


def _examine(desk: Desk, connection: Connection, circular: Circular, row: OutboxRow) -> Examined:
    """Examine one message; where it disagrees as a whole, look at others of its batch before the row is blamed."""
    archive = desk.office.folder / FOLDER
    witnesses = witnesses_of(desk, connection, circular)
    found = examine(archive, circular.reference, row, witnesses)
    if not found.is_row_at_fault:
        return found
    neighbours = rows_of_batch(connection, row.batch_id, limit=_NEIGHBOURS)
    others = [
        examine(archive, circular.reference, other, witnesses, is_thorough=False)
        for other in neighbours
        if other.id != row.id
    ]
    return found.blame_batch() if others and all(other.is_row_at_fault for other in others) else found


def witnesses_of(desk: Desk, connection: Connection, circular: Circular) -> Witnesses:
    """Return what may tell which part of a circular's message was changed."""

    def mailboxes(row: OutboxRow) -> Iterator[str]:
        yield from (one.mailbox for one in rows_in(connection, row.circular_id, key=row.key) if one.role == row.role)
        yield row.key

    tokens: Tokens | None
    try:
        tokens = desk.tokens
    except CircularsError:  # the key is lost: the archive does without it
        tokens = None
    folder = desk.office.folder
    return Witnesses(
        journal=known_messages(folder, circular.slug, circular.id),
        left=left_messages(folder, circular.slug, circular.id),
        erased=frozenset(one.addressee_id for one in erasures_of(connection, circular.id)),
        tokens=tokens,
        mailboxes=mailboxes,
    )


def _changed(circular: Circular, found: Examined) -> RefusedError:
    row = found.row
    findings = [
        Finding(level=Level.ERROR, code=fault.code.value, message=fault.message, file=f"{FOLDER}/")
        for fault in found.faults
    ]
    where = f"{row.key}, {row.mailbox or 'on paper'}"
    hint = "Put back circulars.db and archive/ from a backup of the day when it was still right."
    if found.content is not None:
        hint += " To see what comes out all the same, proven by nothing: --unverified"
    return RefusedError(
        f"What the archive has of {circular.reference} for {where} is not what was sent.", hint=hint, findings=findings
    )


def _erased(desk: Desk, connection: Connection, circular: Circular, row: OutboxRow) -> RefusedError:
    erasure = next((one for one in erasures_of(connection, circular.id) if one.addressee_id == row.addressee_id), None)
    told = "" if erasure is None else f" on {_moment(desk, erasure.erased_at)} by {erasure.erased_by}"
    kept = (
        f"The SHA-256 of what was sent is {row.sha256.hex()}: whoever has a copy can hold it against that (sha256sum)."
        if row.sha256 is not None
        else "It was not handed over as a mail: there is no SHA-256 of it."
    )
    return RefusedError(f"What {row.key} got of {circular.reference} was erased{told}.", hint=kept)


def _content(desk: Desk, found: Examined, kind: str) -> tuple[bytes, list[str]]:
    """Return what is shown, and what is to be said of it."""
    row, message, form = found.row, found.content, found.form
    if message is None or form is None or found.values is None:
        raise RuntimeError("a message that cannot be built was to be shown")
    notes = [_standing_note(desk, found)]
    if kind == "eml":
        return message, notes
    if kind == "docx" and row.role == PAPER:
        return message, notes
    attached = _attachment(message, _ATTACHED[kind]) if kind in _ATTACHED and row.role != PAPER else None
    if attached is not None:
        return attached, [*notes, f"This is the {_NAMES[kind]} that the message carries."]
    if kind in _ATTACHED:
        what = "The letter went out on paper" if row.role == PAPER else f"The message carries no {_NAMES[kind]}"
        notes.append(f"{what}: this {_NAMES[kind]} is made now, of the form and the values that were sealed.")
    return render(kind, form.forms, found.values), notes


def _attachment(message: bytes, media_type: str) -> bytes | None:
    from email import message_from_bytes
    from email.policy import default

    for part in message_from_bytes(message, policy=default).walk():
        if part.get_content_type() == media_type:
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else None
    return None


def _standing_note(desk: Desk, found: Examined) -> str:
    row = found.row
    on_paper, sha256 = row.role == PAPER, row.sha256.hex() if row.sha256 is not None else ""
    when = f" on {_moment(desk, row.first_attempt_at)}" if row.first_attempt_at else ""
    waits = row.state in WAITING
    told = {
        Standing.CHANGED: "NOT VERIFIED: this is not what was sent. " + " ".join(one.message for one in found.faults),
        Standing.NOT_SENT: f"{'Not handed over yet' if waits else 'Never handed over'} ({row.state}): this is what"
        f" would {'be' if waits else 'have been'} sent.",
        Standing.SEALED: "Form and values are as they were sealed; the SHA-256 of the whole was not recorded, as"
        f" {'it went out on paper' if on_paper else 'sending ended before it could be'}.",
        Standing.VERIFIED: f"Verified: the message handed over{when} to {row.mailbox}, SHA-256 {sha256}.",
    }
    if found.standing is Standing.VERIFIED and on_paper:
        return f"Verified: the document as it was put out for printing, SHA-256 {sha256}."
    if found.standing is Standing.VERIFIED and row.state == State.IN_DOUBT:
        return f"Verified: the message as it was being sent to {row.mailbox}; nobody knows whether it arrived."
    return told[found.standing]


def _moment(desk: Desk, moment: datetime) -> str:
    return f"{moment.astimezone(desk.office.zone):%Y-%m-%d %H:%M}"
