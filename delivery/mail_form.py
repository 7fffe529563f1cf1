"""A letter in its language or two for one class, compiled for mail (MIME, RFC 2045-2047; RFC 3282).

A mail form is compiled once: its parts are encoded, constant attachments are in base64. A message then costs its
header and the addressee's values. Nothing random and no clock enter: the same form, values and row give the same
bytes, today and from the archive.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from delivery import headers
from delivery.quoted import encode_stretch
from letters.calendars import CalendarFile
from locales.languages import languages_of
from office.errors import InputError
from store.messages import OutboxRow
from templates.escapes import HTML_ESCAPES, TEXT_ESCAPES
from templates.forms import Constant, Escape, Form, Program, Value, chain, compile_program

if TYPE_CHECKING:
    from letters.model import Letter
    from locales.locale import Locale
    from office.model import Office
    from templates.rendering import Forms

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"
ATTACHMENTS = frozenset({"docx", "pdf", "ics"})
_BASE64_LINE = 57  # bytes in a line of base64 (RFC 2045 section 6.8: at most 76 characters)
_ESCAPES: Mapping[str, Escape] = {**TEXT_ESCAPES, **HTML_ESCAPES}


# What a message is made of: what is constant, text with values, and attachments that differ per addressee.
Step = Program[bytes] | Callable[[Sequence[Value], OutboxRow], bytes]


class MailForm:
    """A letter in its language or two for one class, ready to be spliced into messages.

    ``reference`` is printed in file names. ``office_name`` is the display name of From in the letter's language
    (empty: the batch's). ``zone`` is the IANA name of the zone in which Date is written. ``attach`` names what
    the mail carries besides its own text; raises ValueError for a kind that is not in `ATTACHMENTS`, or for «pdf»
    without ``pdf``. ``calendars`` are the files that «ics» stands for; ``pdf`` is the document that «pdf» stands for,
    the same for all: it is sealed as it is, as no later renderer would give the same bytes.
    """

    def __init__(
        self,
        forms: Forms,
        *,
        reference: str,
        zone: str,
        office_name: str = "",
        attach: Sequence[str] = ("docx",),
        calendars: Sequence[CalendarFile] = (),
        pdf: bytes | None = None,
    ) -> None:
        unknown = set(attach) - (ATTACHMENTS if pdf is not None else ATTACHMENTS - {"pdf"})
        if unknown:
            raise ValueError(f"a mail cannot carry {', '.join(sorted(unknown))}")
        self.forms = forms
        self.reference = reference
        self.zone = zone
        self.office_name = office_name
        self.attach = tuple(attach)
        self.calendars = tuple(calendars)
        self.pdf = pdf if "pdf" in attach else None
        self._subject = b""
        self._steps = self._compile()
        self._subject = self.subject_line([]) if forms.subject.is_constant else b""

    @property
    def file_name(self) -> str:
        """The name of the attached document, such as ``CL-22-010.fr.docx``."""
        return f"{file_stem(self.reference)}.{self.forms.language}.docx"

    def subject_line(self, values: Sequence[Value]) -> bytes:
        """Return the Subject field."""
        return self._subject or headers.text_field("Subject", self.forms.subject_for(values))

    def mime(self, values: Sequence[Value], row: OutboxRow) -> bytes:
        """Return all that follows the header fields of the addressee: MIME fields, empty line, parts."""
        return b"".join(self.pieces(values, row))

    def pieces(self, values: Sequence[Value], row: OutboxRow) -> list[bytes]:
        """Return what `mime` does, to be joined together with the fields before it."""
        pieces: list[bytes] = []
        for step in self._steps:
            if isinstance(step, Program):
                pieces += step.pieces(values)
            else:
                pieces.append(step(values, row))
        return pieces

    def _compile(self) -> tuple[Step, ...]:
        mark = self._boundary_mark()
        both, mixed = f"{mark}_b", f"{mark}_a"
        content: list[Step] = [
            *_text_part(both, "plain", self.forms.text),
            *_text_part(both, "html", self.forms.html),
            _constant(f"--{both}--\r\n"),
        ]
        kind, boundary = "alternative", both
        attachments = list(self._attachments())
        if attachments:
            kind, boundary = "mixed", mixed
            opening = f'--{mixed}\r\nContent-Type: multipart/alternative; boundary="{both}"\r\n\r\n'
            content = [_constant(opening), *content]
            for media_type, name, attached in attachments:
                content += [_constant(f"\r\n{_attachment_head(mixed, media_type, name)}"), attached]
            content.append(_constant(f"\r\n--{mixed}--\r\n"))
        head = (
            f"Content-Language: {', '.join(languages_of(self.forms.language))}\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'
        )
        return _joined([_constant(head), *content])

    def _attachments(self) -> Iterator[tuple[str, str, Step]]:
        """Yield the media type, file name and content of each attachment."""
        if "docx" in self.attach:
            yield DOCX_TYPE, self.file_name, self._docx_content()
        stem = self.file_name.removesuffix(".docx")
        if self.pdf is not None:
            yield PDF_TYPE, f"{stem}.pdf", _constant(_in_base64(self.pdf))
        invitations = 0
        for file in self.calendars:
            media_type = f"text/calendar; charset=utf-8; method={file.method}"
            if file.method == "PUBLISH":
                yield media_type, f"{stem}.ics", _constant(_in_base64(file.content.encode()))
            else:
                invitations += 1
                number = f"-{invitations}" if invitations > 1 else ""
                yield media_type, f"{stem}.invitation{number}.ics", _addressed(file)

    def _docx_content(self) -> Step:
        forms = self.forms
        if forms.docx.is_constant:
            return _constant(_in_base64(forms.docx_for([])))
        # The beginning is the same for all; whole lines of it are encoded once.
        end = len(forms.docx.beginning) // _BASE64_LINE * _BASE64_LINE
        beginning = _in_base64(forms.docx.beginning[:end]) + b"\r\n" if end else b""
        return lambda values, _row: beginning + _in_base64(forms.docx_for(values)[end:])

    def _boundary_mark(self) -> str:
        # «=_» occurs neither in quoted-printable nor in base64, so no value can contain a boundary.
        shape = json.dumps([self.reference, self.forms.as_json()], sort_keys=True)
        return "=_" + hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:24]


def compile_mail_form(forms: Forms, letter: Letter, office: Office, *, attach: Sequence[str] | None = None) -> MailForm:
    """Compile a letter's forms for mail: Date in the office's zone, its name in From in the letter's language.

    ``attach`` is what the mail carries besides its own text (default: what the letter says). Raises `InputError` if an
    attached PDF would differ per addressee.
    """
    from locales.locale import office_locale

    # From and the calendars, of which a mail has one each, speak the first language of a bilingual letter.
    locale = office_locale(office, languages_of(forms.language)[0])
    attached = _attached(letter) if attach is None else attach
    return MailForm(
        forms,
        reference=letter.reference,
        zone=office.zone.key,
        office_name=locale.phrase("office", office.name),
        attach=attached,
        calendars=_calendars(forms, letter, office, locale) if "ics" in attached else (),
        pdf=_pdf_for_all(forms) if "pdf" in attached else None,
    )


def _pdf_for_all(forms: Forms) -> bytes:
    if forms.pdf is None or not forms.pdf.is_constant:
        raise InputError(
            f"The PDF for «{forms.class_name}» would be a different one for each addressee.",
            hint="circulars check names the fields that are in the way.",
        )
    return forms.pdf_for(())


def compile_reminder(forms: Forms, letter: Letter, office: Office) -> MailForm:
    """Compile the forms of a reminder for mail: it carries nothing besides its own text."""
    return compile_mail_form(forms, letter, office, attach=())


def _calendars(forms: Forms, letter: Letter, office: Office, locale: Locale) -> tuple[CalendarFile, ...]:
    from letters.calendars import letter_calendars

    # An entry has one name for all: a subject that speaks to each addressee cannot be it.
    named = forms.first_subject or forms.subject
    subject = named.splice([], TEXT_ESCAPES).strip() if named.is_constant else letter.reference
    return letter_calendars(letter, subject=subject, locale=locale, zone=office.zone, domain=office.mail.domain)


def _attached(letter: Letter) -> tuple[str, ...]:
    return tuple(kind for kind in letter.attach if kind in ATTACHMENTS)  # `check` names the others


def file_stem(text: str) -> str:
    """Return ``text`` fit for a file name: letters, digits, full stops and dashes, never hidden, never empty."""
    return re.sub(r"[^\w.]+", "-", text).strip("-.")[:80] or "letter"


def _text_part(boundary: str, subtype: str, form: Form) -> list[Step]:
    head = (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    last = form.parts[-1] if form.parts else None
    # A part never ends in a soft line break: some readers would take the boundary for its continuation.
    ending = "\r\n" if isinstance(last, Constant) and last.text.endswith("\n") else "\r\n\r\n"
    return [_constant(head), compile_program(form, _ESCAPES, encode_stretch, encode_stretch), _constant(ending)]


def _joined(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the same steps, neighbours that need nothing but values joined to one program."""
    joined: list[Step] = []
    for step in steps:
        if joined and isinstance(step, Program) and isinstance(joined[-1], Program):
            joined[-1] = chain(joined[-1], step)
        else:
            joined.append(step)
    return tuple(joined)


def _constant(content: str | bytes) -> Program[bytes]:
    return Program([content.encode("ascii") if isinstance(content, str) else content], (), ())


def _attachment_head(boundary: str, media_type: str, file_name: str) -> str:
    return (
        f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {headers.file_name_parameter(file_name)}\r\n\r\n"
    )


def _addressed(file: CalendarFile) -> Step:
    """Return the step that completes an invitation.

    The organizer has no token in his address: calendars take an update only from the organizer they know. An answer
    is told by the entry's UID and the attendee.
    """

    def complete(_values: Sequence[Value], row: OutboxRow) -> bytes:
        organizer = headers.mailbox(row.reply)
        invitation = file.addressed(organizer=organizer, attendee=headers.mailbox(row.mailbox))
        return _in_base64(invitation.encode())

    return complete


def _in_base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n").rstrip(b"\r\n")
