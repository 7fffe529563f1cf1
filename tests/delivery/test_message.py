"""Messages: read back with the standard library, they say what the form and the row say."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.addressing import envelope_sender
from delivery.archive import load_form, seal, store_form, unseal
from delivery.headers import AddressError
from delivery.mail_form import MailForm, file_stem
from delivery.message import SPECIMEN, build
from letters.calendars import CalendarFile
from office.errors import InputError, NotFoundError
from office.tokens import Token, TokenKind, Tokens
from store.messages import OutboxRow, State
from tests.delivery.samples import NOW, REFERENCE, sample_forms

ROW = OutboxRow(
    id=7, circular_id=1, addressee_id=3, key="fr-minister", name="Ministère de l'Économie", language="fr", form="",
    values=None, mailbox="minister@example.org", role="to", to_mailbox="minister@example.org",
    message_id="rowtoken@example.int", token="rowtoken", reply_token="replytoken", state=State.CLAIMED, attempts=0,
    first_attempt_at=None, next_attempt_at=None, reply_code=None, reply_text="", sha256=None, issued_at=NOW,
    sender="circulars@example.int", sender_name="Example Union", reply="reply@replies.example.int",
    bounce="bounce@replies.example.int", plus_addressing=True,
)  # fmt: skip
OF_LAYOUT_1 = "9a997d1060ab35a57c3967e476547954a8a83b21eb838f15697904ed58a8ba57"
VALUES = ("Madame la Ministre, Monsieur le Ministre,", True)


def mail_form(*, personal: bool = False, attach: tuple[str, ...] = ("docx",)) -> MailForm:
    return MailForm(
        sample_forms(personal=personal), reference=REFERENCE, zone="Europe/Zurich", office_name="Union", attach=attach
    )


def read(message: bytes) -> EmailMessage:
    assert message.count(b"\n") == message.count(b"\r\n") == message.count(b"\r")
    parsed = message_from_bytes(message, policy=policy.SMTP)
    for part in parsed.walk():
        assert not part.defects
    return parsed


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_header() -> None:
    message = read(build(mail_form(), VALUES, ROW))
    assert dict(message.items()) | {"Content-Type": ""} == {
        "From": "Union <circulars@example.int>",
        "To": "Ministère de l'Économie <minister@example.org>",
        "Reply-To": "reply+replytoken@replies.example.int",
        "Subject": "Invitation au Forum 2022 — été",
        "Date": "Mon, 21 Mar 2022 10:30:00 +0100",
        "Message-ID": "<rowtoken@example.int>",
        "X-Circulars-Token": "replytoken",
        "Content-Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": "",
    }
    assert envelope_sender(ROW) == "bounce+rowtoken@replies.example.int"


def test_parts() -> None:
    form = mail_form()
    message = read(build(form, VALUES, ROW))
    assert text_of(message, "plain") == form.forms.text_for(VALUES)
    assert text_of(message, "html").rstrip("\n") == form.forms.html_for(VALUES).rstrip("\n")
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "CL-22-010.fr.docx"
    assert attachment.get_content() == form.forms.docx_for(VALUES)


def test_without_an_attachment_the_message_is_an_alternative() -> None:
    message = read(build(mail_form(attach=()), VALUES, ROW))
    assert message.get_content_type() == "multipart/alternative"
    assert not list(message.iter_attachments())


def test_a_personal_document_is_spliced() -> None:
    form = mail_form(personal=True)
    (attachment,) = read(build(form, VALUES, ROW)).iter_attachments()
    assert attachment.get_content() == form.forms.docx_for(VALUES)
    assert b"Madame la Ministre" in attachment.get_content()


def test_an_unknown_attachment_is_refused() -> None:
    with pytest.raises(ValueError, match="pdf"):
        mail_form(attach=("pdf",))


def test_without_plus_addressing_the_token_is_in_message_id_and_header_only() -> None:
    row = ROW._replace(plus_addressing=False)
    message = read(build(mail_form(), VALUES, row))
    assert message["Reply-To"] == "reply@replies.example.int"
    assert message["X-Circulars-Token"] == "replytoken"
    assert message["Message-ID"] == "<rowtoken@example.int>"
    assert envelope_sender(row) == "bounce@replies.example.int"


def test_a_copy_names_the_first_mailbox_and_its_own_only() -> None:
    message = read(build(mail_form(), VALUES, ROW._replace(role="cc", mailbox="cabinet@example.org")))
    assert [address.addr_spec for address in message["To"].addresses] == ["minister@example.org"]
    assert [address.addr_spec for address in message["Cc"].addresses] == ["cabinet@example.org"]


def test_a_copy_does_not_need_smtputf8_because_of_the_first_mailbox() -> None:
    row = ROW._replace(role="cc", mailbox="cabinet@example.org", to_mailbox="министр@example.org")
    message = build(mail_form(), VALUES, row)
    assert message.isascii()
    assert [address.addr_spec for address in read(message)["Cc"].addresses] == ["cabinet@example.org"]


def test_an_international_mailbox_stands_raw_in_the_header() -> None:
    message = build(mail_form(), VALUES, ROW._replace(mailbox="министр@пример.example"))
    assert "<министр@xn--e1afmkfd.example>\r\n".encode() in message


def test_a_reminder_refers_to_the_letter() -> None:
    message = read(build(mail_form(), VALUES, ROW._replace(references=("first@example.int",))))
    assert message["References"] == "<first@example.int>"


def test_the_same_input_gives_the_same_bytes() -> None:
    assert build(mail_form(), VALUES, ROW) == build(mail_form(), VALUES, ROW)


def test_values_that_are_not_those_of_the_form() -> None:
    with pytest.raises(ValueError, match="slots"):
        build(mail_form(), ("one",), ROW)


def test_a_mailbox_that_is_none() -> None:
    with pytest.raises(AddressError):
        build(mail_form(), VALUES, ROW._replace(mailbox="a@example.org\r\nBcc: b@example.org"))


@given(
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    name=st.text(max_size=200),
    personal=st.booleans(),
)
def test_no_value_gets_out_of_its_place(value: str, name: str, personal: bool) -> None:
    form = mail_form(personal=personal)
    message = read(build(form, (value, False), ROW._replace(name=name)))
    assert len(message.items()) == 10
    assert len(list(message.walk())) == 5
    assert text_of(message, "plain") == form.forms.text_for((value, False))


@pytest.mark.parametrize("personal", [False, True])
def test_a_sealed_form_gives_the_same_message(personal: bool) -> None:
    form = mail_form(personal=personal)
    again = unseal(seal(form))
    assert seal(again) == seal(form)
    assert build(again, VALUES, ROW) == build(form, VALUES, ROW)


def test_the_archive_keeps_each_form_once(tmp_path: Path) -> None:
    digest = store_form(tmp_path / "archive", mail_form())
    assert store_form(tmp_path / "archive", mail_form()) == digest
    assert [path.name for path in (tmp_path / "archive").iterdir()] == [f"{digest}.form"]
    assert build(load_form(tmp_path / "archive", digest), VALUES, ROW) == build(mail_form(), VALUES, ROW)


def test_a_form_that_is_missing_or_changed(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="missing"):
        load_form(tmp_path, "0" * 64)
    digest = store_form(tmp_path, mail_form())
    path = tmp_path / f"{digest}.form"
    path.write_bytes(path.read_bytes().replace(b"Forum", b"Borum"))
    with pytest.raises(InputError, match="not what was issued"):
        load_form(tmp_path, digest)


def test_a_preview_is_the_message_but_for_what_issuing_makes() -> None:
    message = read(build(mail_form(), VALUES, SPECIMEN))
    assert text_of(message, "plain") == mail_form().forms.text_for(VALUES)


def test_no_renderer_is_needed_to_build_from_the_archive(tmp_path: Path) -> None:
    digest = store_form(tmp_path, mail_form(personal=True))
    program = (
        "import sys; from pathlib import Path; from delivery.archive import load_form\n"
        "from delivery.message import SPECIMEN, build\n"
        f"build(load_form(Path({str(tmp_path)!r}), {digest!r}), ('a', True), SPECIMEN)\n"
        "print([name for name in ('docx', 'lxml', 'babel', 'pandas', 'markdown_it') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "stem"),
    [("CL-22/010", "CL-22-010"), ("../../etc/passwd", "etc-passwd"), ("", "letter"), (".hidden", "hidden")],
)
def test_file_stems(text: str, stem: str) -> None:
    assert file_stem(text) == stem


def test_messages_of_layout_2_have_a_thread_index_and_those_of_layout_1_are_as_they_were() -> None:
    tokens = Tokens(b"k" * 32)
    token = tokens.make(TokenKind.ADDRESSEE, circular=1, number=3)
    row = ROW._replace(reply_token=token)
    before, after = build(mail_form(), VALUES, row), build(mail_form(), VALUES, row._replace(layout=2))
    field = f"Thread-Index: {read(after)['Thread-Index']}\r\n".encode()
    assert before == after.replace(field, b"")
    assert hashlib.sha256(build(mail_form(attach=()), VALUES, ROW)).hexdigest() == OF_LAYOUT_1
    assert tokens.read_thread_index(read(after)["Thread-Index"]) == Token(TokenKind.ADDRESSEE, 1, 3)
    later = row._replace(layout=2, id=9, token="reminder", issued_at=NOW.replace(year=2023))
    assert read(build(mail_form(), VALUES, later))["Thread-Index"][8:] == read(after)["Thread-Index"][8:]


def calendar(method: Literal["PUBLISH", "REQUEST"]) -> CalendarFile:
    lines = ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", "UID:event.forum.cl-22-10@example.int",
             "SUMMARY:Réunion", "END:VEVENT", "END:VCALENDAR", ""]  # fmt: skip
    return CalendarFile(method=method, content="\r\n".join(lines))


def test_calendars_are_attached_and_an_invitation_names_both_sides() -> None:
    form = MailForm(
        sample_forms(), reference=REFERENCE, zone="Europe/Zurich", attach=("docx", "ics"),
        calendars=(calendar("PUBLISH"), calendar("REQUEST"), calendar("REQUEST")),
    )  # fmt: skip
    message = read(build(form, VALUES[: len(form.forms.slots)], ROW))
    attached = {part.get_filename(): part for part in message.iter_attachments()}
    assert list(attached) == [
        "CL-22-010.fr.docx", "CL-22-010.fr.ics", "CL-22-010.fr.invitation.ics", "CL-22-010.fr.invitation-2.ics",
    ]  # fmt: skip
    assert attached["CL-22-010.fr.ics"].get_content() == calendar("PUBLISH").content
    invitation = attached["CL-22-010.fr.invitation.ics"]
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    told = invitation.get_content().replace("\r\n ", "").replace("\r", "")
    assert "ORGANIZER:mailto:reply@replies.example.int\n" in told
    assert "RSVP=TRUE:mailto:minister@example.org\n" in told


def test_a_sealed_form_keeps_its_calendars_and_one_without_is_sealed_as_ever() -> None:
    form = MailForm(sample_forms(), reference=REFERENCE, zone="UTC", attach=("ics",), calendars=(calendar("REQUEST"),))
    assert unseal(seal(form)).calendars == form.calendars
    assert b"calendars" not in seal(mail_form())
