"""From a sealed form to the bytes of one message (RFC 5322, MIME RFC 2045-2047).

A mail form is compiled once per language and class: its parts are encoded, constant attachments are in base64.
A message then costs its header and the addressee's values. Nothing random and no clock enter: the same form,
values and row give the same bytes, today and from the archive.

What this module does not do: decide who gets a letter, keep tokens, or know how messages leave.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from delivery import headers
from delivery.quoted import encode_stretch, encode_value
from office.tokens import thread_index
from store.messages import OutboxRow, State
from templates.escapes import HTML_ESCAPES, TEXT_ESCAPES
from templates.forms import Constant, Escape, Form, Slot, Value

if TYPE_CHECKING:
    from letters.model import Letter
    from office.model import Office
    from templates.rendering import Forms

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ATTACHMENTS = frozenset({"docx"})
LAYOUT = 2  # of the messages of new batches: 1 had no Thread-Index
_ESCAPES: Mapping[str, Escape] = {**TEXT_ESCAPES, **HTML_ESCAPES}


@dataclass(frozen=True, slots=True)
class Fill:
    """The place of a value."""

    index: int
    escape: Escape
    detail: str


@dataclass(frozen=True, slots=True)
class Choose:
    """One of two programs, by the truth of a value."""

    index: int
    then: Program
    otherwise: Program


# What is left to do per message: constant bytes, values, choices, and documents that differ per addressee.
Step = bytes | Fill | Choose | Callable[[Sequence[Value]], bytes]
Program = tuple[Step, ...]


class MailForm:
    """A letter in one language for one class, ready to be spliced into messages.

    ``reference`` is printed in file names. ``office_name`` is the display name of From in the letter's language
    (empty: the batch's). ``zone`` is the IANA name of the zone in which Date is written. ``attach`` names what
    the mail carries besides its own text; raises ValueError for a kind that is not in `ATTACHMENTS`.
    """

    def __init__(
        self, forms: Forms, *, reference: str, zone: str, office_name: str = "", attach: Sequence[str] = ("docx",)
    ) -> None:
        unknown = set(attach) - ATTACHMENTS
        if unknown:
            raise ValueError(f"a mail cannot carry {', '.join(sorted(unknown))}")
        self.forms = forms
        self.reference = reference
        self.zone = zone
        self.office_name = office_name
        self.attach = tuple(attach)
        self._subject = b""
        self._head, self._body = self._compile()
        self._subject = self.subject_line([]) if forms.subject.is_constant else b""

    @property
    def file_name(self) -> str:
        """The name of the attached document, such as ``CL-22-010.fr.docx``."""
        return f"{file_stem(self.reference)}.{self.forms.language}.docx"

    def subject_line(self, values: Sequence[Value]) -> bytes:
        """Return the Subject field."""
        return self._subject or headers.text_field("Subject", self.forms.subject_for(values))

    def mime(self, values: Sequence[Value]) -> bytes:
        """Return all that follows the header fields of the addressee: MIME fields, empty line, parts."""
        pieces = [self._head]
        _run(pieces, self._body, values)
        return b"".join(pieces)

    def _compile(self) -> tuple[bytes, Program]:
        mark = self._boundary_mark()
        both, mixed = f"{mark}_b", f"{mark}_a"
        content: list[Step] = [
            *_text_part(both, "plain", self.forms.text),
            *_text_part(both, "html", self.forms.html),
            f"--{both}--\r\n".encode("ascii"),
        ]
        kind, boundary = "alternative", both
        if "docx" in self.attach:
            kind, boundary = "mixed", mixed
            opening = f'--{mixed}\r\nContent-Type: multipart/alternative; boundary="{both}"\r\n\r\n'
            content = [
                opening.encode("ascii"), *content, b"\r\n", self._docx_head(mixed), self._docx_content(),
                f"\r\n--{mixed}--\r\n".encode("ascii"),
            ]  # fmt: skip
        head = (
            f"Content-Language: {self.forms.language}\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'
        )
        return head.encode("ascii"), _joined(content)

    def _docx_head(self, boundary: str) -> bytes:
        return (
            f"--{boundary}\r\nContent-Type: {DOCX_TYPE}\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment;\r\n {headers.file_name_parameter(self.file_name)}\r\n\r\n"
        ).encode("ascii")

    def _docx_content(self) -> Step:
        forms = self.forms
        if forms.docx.is_constant:
            return _in_base64(forms.docx_for([]))
        return lambda values: _in_base64(forms.docx_for(values))

    def _boundary_mark(self) -> str:
        # «=_» occurs neither in quoted-printable nor in base64, so no value can contain a boundary.
        shape = json.dumps([self.reference, self.forms.as_json()], sort_keys=True)
        return "=_" + hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:24]


def compile_mail_form(forms: Forms, letter: Letter, office: Office, *, attach: Sequence[str] | None = None) -> MailForm:
    """Compile a letter's forms for mail: Date in the office's zone, its name in From in the letter's language.

    ``attach`` is what the mail carries besides its own text (default: what the letter says).
    """
    from locales.locale import office_locale

    locale = office_locale(office, forms.language)
    return MailForm(
        forms,
        reference=letter.reference,
        zone=office.zone.key,
        office_name=locale.phrase("office", office.name),
        attach=_attached(letter) if attach is None else attach,
    )


def compile_reminder(forms: Forms, letter: Letter, office: Office) -> MailForm:
    """Compile the forms of a reminder for mail: it carries nothing besides its own text."""
    return compile_mail_form(forms, letter, office, attach=())


def _attached(letter: Letter) -> tuple[str, ...]:
    return tuple(kind for kind in letter.attach if kind in ATTACHMENTS)  # `check` names the others


def build(form: MailForm, values: Sequence[Value], row: OutboxRow) -> bytes:
    """Return the message of one outbox row, with CRLF line ends.

    A row for a Cc address is a message of its own: To names the addressee's first mailbox, Cc the row's.
    Raises `AddressError` if the row's mailbox is no address, ValueError if ``values`` are not those of the form.
    """
    if len(values) != len(form.forms.slots):
        raise ValueError(f"the form has {len(form.forms.slots)} slots, but there are {len(values)} values")
    return b"".join(
        (
            _from_field(form.office_name or row.sender_name, row.sender),
            _recipient_fields(row),
            f"Reply-To: {reply_address(row)}\r\n".encode("ascii"),
            form.subject_line(values),
            _date_field(row.issued_at, form.zone),
            headers.id_field("Message-ID", row.message_id),
            _answered_fields(row),
            f"X-Circulars-Token: {_token(row.reply_token)}\r\n".encode("ascii"),
            _thread_field(row),
            form.mime(values),
        )
    )


def envelope_sender(row: OutboxRow) -> str:
    """Return the address to which delivery reports go (RFC 5321 section 4.5.5)."""
    return headers.with_token(row.bounce, row.token) if row.plus_addressing else headers.mailbox(row.bounce)


def reply_address(row: OutboxRow) -> str:
    """Return the address to which answers go."""
    return headers.with_token(row.reply, row.reply_token) if row.plus_addressing else headers.mailbox(row.reply)


def file_stem(text: str) -> str:
    """Return ``text`` fit for a file name: letters, digits, full stops and dashes, never hidden, never empty."""
    return re.sub(r"[^\w.]+", "-", text).strip("-.")[:80] or "letter"


def _recipient_fields(row: OutboxRow) -> bytes:
    own = headers.mailbox(row.mailbox)
    if row.role != "cc":
        return headers.address_field("To", row.name, own)
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
    """Return what keeps a reminder in the conversation of its letter (RFC 5322 section 3.6.4)."""
    if not row.references:
        return b""
    last = headers.id_field("In-Reply-To", row.references[-1])
    return last + headers.id_field("References", *row.references)


def _thread_field(row: OutboxRow) -> bytes:
    """Return Thread-Index, from which Outlook makes that of an answer (MS-OXOMSG 2.2.1.3)."""
    if row.layout < 2:
        return b""
    return f"Thread-Index: {thread_index(row.reply_token, row.thread_at or row.issued_at)}\r\n".encode("ascii")


def _token(token: str) -> str:
    if not (token.isascii() and token.isalnum()):
        raise ValueError("a token has letters and digits only")
    return token


def _text_part(boundary: str, subtype: str, form: Form) -> list[Step]:
    head = (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    last = form.parts[-1] if form.parts else None
    # A part never ends in a soft line break: some readers would take the boundary for its continuation.
    ending = b"\r\n" if isinstance(last, Constant) and last.text.endswith("\n") else b"\r\n\r\n"
    return [head.encode("ascii"), *_compile_parts(form), ending]


def _compile_parts(form: Form) -> list[Step]:
    steps: list[Step] = []
    for part in form.parts:
        if isinstance(part, Constant):
            steps.append(encode_stretch(part.text))
        elif isinstance(part, Slot):
            steps.append(Fill(part.index, _ESCAPES[part.kind], part.detail))
        else:
            then, otherwise = _joined(_compile_parts(part.then)), _joined(_compile_parts(part.otherwise))
            steps.append(Choose(part.index, then, otherwise))
    return steps


def _joined(steps: Sequence[Step]) -> Program:
    joined: list[Step] = []
    for step in steps:
        if isinstance(step, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += step
        else:
            joined.append(step)
    return tuple(joined)


def _run(pieces: list[bytes], program: Program, values: Sequence[Value]) -> None:
    for step in program:
        if isinstance(step, bytes):
            pieces.append(step)
        elif isinstance(step, Fill):
            pieces.append(encode_value(step.escape(str(values[step.index]), step.detail)))
        elif isinstance(step, Choose):
            _run(pieces, step.then if values[step.index] else step.otherwise, values)
        else:
            pieces.append(step(values))


def _in_base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n").rstrip(b"\r\n")


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
