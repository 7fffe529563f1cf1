"""Proving what was sent: a message is built again from what was sealed, and compared with its SHA-256.

Three things are held against each other: the sealed form with its own SHA-256, the addressee's values with the salted
hash that was approved, and the whole message with the SHA-256 recorded when it was handed over. Nothing that fails
passes as what was sent, and what fails is named as closely as it can be told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from delivery.archive import load_form
from delivery.mail_form import MailForm
from delivery.message import build
from office.errors import InputError, NotFoundError
from office.tokens import Token, TokenKind, Tokens
from store.messages import OutboxRow, State
from store.outbox import ENDED_EARLY, KNOWN_TO_JOURNAL
from templates.forms import Value, unpack_values
from templates.merging import values_hash

TAKEN = frozenset({State.SENT, State.DELIVERED, State.BOUNCED})  # a server had the message
_STATES = frozenset(State)
_STAYED = frozenset({State.QUEUED, State.DEFERRED, State.WITHDRAWN})  # it is as if it had never left
UNRECORDED = frozenset({ENDED_EARLY, KNOWN_TO_JOURNAL})  # what is said of a message that went without its SHA-256
_SHOWN = 12  # characters of a hash that a sentence names


class Standing(StrEnum):
    """What can be said of an archived message."""

    VERIFIED = "verified"  # the bytes are those whose SHA-256 was recorded when they were handed over
    SEALED = "sealed"  # form and values are as sealed, but no SHA-256 of the whole was recorded
    NOT_SENT = "not-sent"  # form and values are as sealed; it has not been handed over
    ERASED = "erased"
    CHANGED = "changed"


class Changed(StrEnum):
    """What was changed, as far as it can be told."""

    FORM_MISSING = "form-missing"
    FORM = "form-changed"
    VALUES = "values-changed"
    VALUES_REMOVED = "values-removed"
    STATE = "state-changed"
    LANGUAGE = "language-changed"
    MESSAGE_ID = "message-id-changed"
    TOKEN = "token-changed"  # noqa: S105 - a name
    MAILBOX = "mailbox-changed"
    ROW = "row-changed"
    HASH = "hash-removed"
    BATCH = "batch-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is no longer as it was issued, in a sentence."""

    code: Changed
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A message built again from the archive.

    ``content`` is the mail, or the Word document of a letter on paper; None where it cannot be built. ``form`` and
    ``values`` are None where they cannot be read.
    """

    row: OutboxRow
    standing: Standing
    content: bytes | None = None
    form: MailForm | None = None
    values: tuple[Value, ...] | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_row_at_fault(self) -> bool:
        """Whether nothing but the whole disagrees: the row, or what its batch has in common, was changed."""
        return {fault.code for fault in self.faults} == {Changed.ROW}

    def blame_batch(self) -> Examined:
        """Return the same, with what the batch has in common as the fault."""
        told = (
            "Letter and values are as they were sealed, but no message of the batch that was looked at is the one that"
            " was handed over: what all of them have in common was changed (sender, its name, the addresses for answers"
            " and reports, the date, the layout, the lists)."
        )
        return replace(self, faults=(Fault(code=Changed.BATCH, message=told),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What may tell which part of a row was changed, beside the row itself.

    ``journal`` are the Message-IDs that the send journal has, by the numbers of rows; ``mailboxes`` returns those of
    the addressee's other messages. ``tokens`` is the office's key, where there is one. ``left`` are the numbers of the
    rows that left as the journal has it, ``erased`` those of the addressees whose erasure is recorded.
    """

    journal: Mapping[int, str]
    left: Container[int] = frozenset()
    erased: Container[int] = frozenset()
    tokens: Tokens | None = None
    mailboxes: Callable[[OutboxRow], Iterable[str]] = lambda _row: ()


def examine(
    archive: Path, reference: str, row: OutboxRow, witnesses: Witnesses, *, is_thorough: bool = True
) -> Examined:
    """Build a message again from the sealed forms in ``archive``, and say what can be said of it.

    ``reference`` is the letter's, of which the salt of the values' hash is made. Never raises for what is damaged.
    Unless ``is_thorough``, it is not tried out which part of a changed row gives the recorded SHA-256 again.
    """
    row = _as_bytes(row)
    if row.values is None:
        if row.addressee_id in witnesses.erased:
            return Examined(row=row, standing=Standing.ERASED)
        told = "The values that were filled in for this addressee are gone, and no erasure is recorded."
        gone = Fault(code=Changed.VALUES_REMOVED, message=told)
        return Examined(row=row, standing=Standing.CHANGED, faults=(gone,))
    faults: list[Fault] = []
    form = _form(archive, row, faults)
    values = _values(reference, row, faults)
    content = None
    if form is not None and values is not None:
        content = _built(form, values, row)
        if content is None or (row.sha256 is not None and hashlib.sha256(content).digest() != row.sha256):
            faults = faults or _row_faults(form, values, row, witnesses, is_thorough=is_thorough)
        else:
            faults.extend(_small_faults(form, row, witnesses))
    standing = Standing.CHANGED if faults else _standing(row)
    return Examined(row=row, standing=standing, content=content, form=form, values=values, faults=tuple(faults))


def _as_bytes(row: OutboxRow) -> OutboxRow:
    """Return a row whose bytes are bytes, whatever somebody wrote into the store in their place."""
    stored = row.values, row.values_hash, row.sha256
    if all(isinstance(value, bytes | None) for value in stored):
        return row
    values, values_hash, sha256 = (value if isinstance(value, bytes | None) else _encoded(value) for value in stored)
    return row._replace(values=values, values_hash=values_hash, sha256=sha256)


def _encoded(value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


def _standing(row: OutboxRow) -> Standing:
    if row.state in TAKEN or row.state in {State.PRINTED, State.IN_DOUBT, State.SENDING}:
        return Standing.SEALED if row.sha256 is None else Standing.VERIFIED
    return Standing.NOT_SENT


def _form(archive: Path, row: OutboxRow, faults: list[Fault]) -> MailForm | None:
    try:
        return load_form(archive, row.form)
    except NotFoundError as error:
        faults.append(Fault(code=Changed.FORM_MISSING, message=error.message))
    except InputError as error:
        faults.append(Fault(code=Changed.FORM, message=error.message))
    return None


def _values(reference: str, row: OutboxRow, faults: list[Fault]) -> tuple[Value, ...] | None:
    packed = row.values or b""
    try:
        values = unpack_values(packed)
    except (ValueError, RecursionError):
        values = None
    if values is None or (row.values_hash is not None and values_hash(reference, row.key, packed) != row.values_hash):
        told = "The values that are filled in for this addressee are not those that were approved and issued"
        also = "" if row.values_hash is None else ", or the addressee's key or the letter's reference was changed"
        faults.append(Fault(code=Changed.VALUES, message=f"{told}{also}."))
    return values


def _built(form: MailForm, values: tuple[Value, ...], row: OutboxRow) -> bytes | None:
    """Return the content, or None where what is stored makes no message at all."""
    try:
        return form.forms.docx_for(values) if row.role == "paper" else build(form, values, row)
    except (ValueError, LookupError, TypeError, OverflowError):
        return None


def _small_faults(form: MailForm, row: OutboxRow, witnesses: Witnesses) -> list[Fault]:
    """Find what the message itself does not show: its state, its language, its envelope, a SHA-256 taken away."""
    faults = []
    if row.state not in _STATES:
        faults.append(Fault(code=Changed.STATE, message=f"«{row.state}» is no state of a message: it was changed."))
    elif row.state in _STAYED and row.id in witnesses.left:
        told = f"The send journal says that the message left, or may have, and the store that it is {row.state}"
        also = "it was changed, or circulars.db is from a backup (then the next `send` puts it in doubt)"
        faults.append(Fault(code=Changed.STATE, message=f"{told}: {also}."))
    if row.language != form.forms.language:
        told = f"The letter is in {form.forms.language}, and the store now says {row.language}."
        faults.append(Fault(code=Changed.LANGUAGE, message=told))
    if row.role != "paper" and row.message_id.partition("@")[0] != row.token:
        told = "The token of the bounce address is not the one of which the Message-ID was made: it was changed."
        faults.append(Fault(code=Changed.TOKEN, message=told))
    if row.sha256 is None and row.role != "paper" and row.state in TAKEN and row.reply_text not in UNRECORDED:
        told = "The SHA-256 that was recorded when the message was handed over is no longer there."
        faults.append(Fault(code=Changed.HASH, message=told))
    return faults


def _row_faults(
    form: MailForm, values: tuple[Value, ...], row: OutboxRow, witnesses: Witnesses, *, is_thorough: bool
) -> list[Fault]:
    """Find which part of a row was changed: by the journal and the office's key, or by what gives the SHA-256 again."""

    def fits(tried: OutboxRow) -> bool:
        content = _built(form, values, tried)
        return content is not None and hashlib.sha256(content).digest() == row.sha256

    known = witnesses.journal.get(row.id, row.message_id)
    if known != row.message_id:
        told = f"The Message-ID was changed: the send journal has {known}, and the store now says {row.message_id}."
        return [Fault(code=Changed.MESSAGE_ID, message=told)]
    if row.role != "paper" and row.message_id.partition("@")[0] != row.token:
        told = "The Message-ID and the token of which it was made no longer belong together: one of them was changed."
        return [Fault(code=Changed.MESSAGE_ID, message=told)]
    if witnesses.tokens is not None:
        reply = witnesses.tokens.read(row.reply_token)
        if reply != Token(TokenKind.ADDRESSEE, row.circular_id, row.addressee_id):
            told = "The token of the reply address is not the one that this office signed for the addressee."
            return [Fault(code=Changed.TOKEN, message=told)]
    for mailbox in dict.fromkeys(witnesses.mailboxes(row) if is_thorough else ()):
        if mailbox != row.mailbox and fits(
            row._replace(mailbox=mailbox, to_mailbox=mailbox if row.role == "to" else row.to_mailbox)
        ):
            told = f"The mailbox was changed: the message went to {mailbox}, and the store now says {row.mailbox}."
            return [Fault(code=Changed.MAILBOX, message=told)]
    kept = row.sha256.hex()[:_SHOWN] if row.sha256 else "none"
    told = (
        "Letter and values are as they were sealed, but with what the store says of this message (mailbox, name,"
        f" tokens, the recorded SHA-256 {kept}…) it is not the message that was handed over: one of these was changed."
    )
    return [Fault(code=Changed.ROW, message=told)]
