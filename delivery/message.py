"""From a mail form, an addressee's values and an outbox row to the bytes of one message (RFC 5322).

What this module does not do: decide who gets a letter, keep tokens, or know how messages leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from delivery import headers
from delivery.addressing import reply_address
from delivery.lists import list_fields
from delivery.mail_form import MailForm
from office.tokens import thread_index
from store.messages import OutboxRow, State
from templates.forms import Value

# Of the messages of new batches: 1 had no Thread-Index, and reminders of 2 did not say that a machine sent them.
LAYOUT = 3


def build(form: MailForm, values: Sequence[Value], row: OutboxRow) -> bytes:
    """Return the message of one outbox row, with CRLF line ends; raises what `pieces` does."""
    return b"".join(pieces(form, values, row))


def pieces(form: MailForm, values: Sequence[Value], row: OutboxRow) -> tuple[bytes, bytes]:
    """Return the message of one outbox row in two pieces: up to its last value, and what all have in common after it.

    A row for a Cc address is a message of its own: To names the addressee's first mailbox, Cc the row's.
    Raises `AddressError` if the row's mailbox is no address, ValueError if ``values`` are not those of the form.
    """
    if len(values) != len(form.forms.slots):
        raise ValueError(f"the form has {len(form.forms.slots)} slots, but there are {len(values)} values")
    *varied, common = form.pieces(values, row)
    fields = (
        _from_field(form.office_name or row.sender_name, row.sender),
        _recipient_fields(row),
        f"Reply-To: {reply_address(row)}\r\n".encode("ascii"),
        form.subject_line(values),
        _date_field(row.issued_at, form.zone),
        f"Message-ID: <{headers.message_id(row.message_id)}>\r\n".encode("ascii"),
        _answered_fields(row) if row.references else b"",
        f"X-Circulars-Token: {_token(row.reply_token)}\r\n{_thread_field(row)}".encode("ascii"),
        _automatic_field(row) if row.reminder_id is not None else b"",
        list_fields(row),
    )
    return b"".join((*fields, *varied)), common


def _recipient_fields(row: OutboxRow) -> bytes:
    if row.role != "cc":
        return headers.address_field("To", row.name, row.mailbox)
    own = headers.mailbox(row.mailbox)
    if not row.to_mailbox or (headers.is_international(row.to_mailbox) and not headers.is_international(own)):
        # To would make the whole message need SMTPUTF8, which the server of this mailbox may not have.
        return headers.group_field("To", row.name) + headers.address_field("Cc", "", own)
    return headers.address_field("To", row.name, row.to_mailbox) + headers.address_field("Cc", "", own)


@lru_cache(maxsize=16)
def _from_field(display: str, sender: str) -> bytes:
    return headers.address_field("From", display, sender)


@lru_cache(maxsize=16)
def _date_field(moment: datetime, zone: str) -> bytes:
    return f"Date: {format_datetime(moment.astimezone(ZoneInfo(zone)))}\r\n".encode("ascii")


def _answered_fields(row: OutboxRow) -> bytes:
    """Return what keeps a reminder, or a corrigendum, in the conversation of its letter (RFC 5322 section 3.6.4)."""
    last = headers.id_field("In-Reply-To", row.references[-1])
    return last + headers.id_field("References", *row.references)


def _thread_field(row: OutboxRow) -> str:
    """Return Thread-Index, from which Outlook makes that of an answer (MS-OXOMSG 2.2.1.3)."""
    if row.layout < 2:
        return ""
    return f"Thread-Index: {thread_index(row.thread_token or row.reply_token, row.thread_at or row.issued_at)}\r\n"


def _automatic_field(row: OutboxRow) -> bytes:
    """Return Auto-Submitted of a reminder, which no person wrote (RFC 3834 section 5.1); a letter has none."""
    return b"Auto-Submitted: auto-generated\r\n" if row.layout >= 3 else b""


def _token(token: str) -> str:
    if not (token.isascii() and token.isalnum()):
        raise ValueError("a token has letters and digits only")
    return token


# A row for previews: what only issuing makes is invented, and plainly so.
SPECIMEN = OutboxRow(
    id=0,
    circular_id=0,
    addressee_id=0,
    key="",
    name="",
    language="",
    form="",
    values=None,
    mailbox="addressee@example.invalid",
    role="to",
    to_mailbox="addressee@example.invalid",
    message_id="preview@example.invalid",
    token="preview",  # noqa: S106 - the place of a token
    reply_token="preview",  # noqa: S106 - likewise
    state=State.QUEUED,
    attempts=0,
    first_attempt_at=None,
    next_attempt_at=None,
    reply_code=None,
    reply_text="",
    sha256=None,
    issued_at=datetime(1970, 1, 1, tzinfo=UTC),
    sender="office@example.invalid",
    sender_name="",
    reply="reply@example.invalid",
    bounce="bounce@example.invalid",
    plus_addressing=True,
)
