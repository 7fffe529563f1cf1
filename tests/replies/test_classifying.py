from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from replies.classifying import HUMAN_KINDS, MACHINE_KINDS, classify
from tests.replies.samples import mail
from tests.replies.servers import enclosing, parsed

REPORTS = (
    Path(__file__).parent / "reports"
)  # mails in the shapes of servers, named after the case; persons are invented
EXPECTED: dict[str, list[dict[str, Any]]] = json.loads((REPORTS / "expected.json").read_text("utf-8"))
BOUNCED = (
    "This is the mail system at host mx.example.org.\n\n<ana@example.org>: host mx.example.org[192.0.2.1] said: 550 "
    "5.1.1 User unknown (in reply to RCPT TO command)\n"
)
# What people write about mail that failed, about being away, and about machines: (subject, text).
PEOPLE = (
    ("Your mail to us bounced", "Your circular could not be delivered to ana@example.org. Please use ben@example.com."),
    ("Re: Undelivered Mail Returned to Sender", f"I got this when I answered you. What is wrong?\n\n{BOUNCED}"),
    ("Fwd: Undelivered Mail Returned to Sender", f"See below.\n\n---------- Forwarded message ---------\n{BOUNCED}"),
    ("Undeliverable mail", f"We keep getting these:\n\n{BOUNCED}"),
    ("Mail delivery failed", "Our server was down on Monday, so that mail could not be delivered. Please resend."),
    ("Delivery delayed", "The statement of our delegation will be delayed by two days."),
    ("Change of address", "The mailbox of the minister is full; the user is unknown since the elections."),
    ("Vacation", "During my vacation Mr Otieno will sign. We accept the invitation."),
    ("Our delegate", "Our delegate is on leave; Ms Prieto will come instead."),
    ("Notification", "The Government hereby notifies its acceptance. This is an official message."),
    ("RE: Invitation", "We accept.\n\nSent from my phone"),
    ("Échec de la remise", "Votre courrier n'a pas pu être remis à Mme Prieto ; merci de le renvoyer à cette adresse."),
    ("Absence de M. Marchand", "M. Marchand sera absent ; Mme Prieto participera au Forum à sa place."),
    ("Nachricht konnte nicht zugestellt werden", "Ihr Schreiben konnte nicht zugestellt werden. Bitte neu senden."),
    ("No se pudo entregar", "Su carta no se pudo entregar al ministro. Confirmamos la participación."),
    ("Não foi entregue", "A carta não foi entregue ao ministro; peço novo envio."),
    ("Ваше письмо не доставлено", "Ваше письмо не было доставлено министру. Просим направить повторно."),
    ("邮件退回", "你们的邮件被退回，请发送到这个地址。我们将参加论坛。"),
    ("メールが届きません", "先日のメールが届いておりません。再送をお願いします。"),
    ("تعذر التسليم", "تعذر تسليم رسالتكم إلى معالي الوزير. نؤكد المشاركة."),
    ("Spam filter", "Your mails are blocked by our spam filter (550 5.7.1). Our IT officer is looking into it."),
    ("Mailbox quota", "Our mailbox was over quota, 552 5.2.2. It works again, sorry for the delay."),
    ("postmaster", "Please tell your postmaster that reverse DNS is missing; mails are rejected with 450 4.7.1."),
    ("Automatic gates at the venue", "Automatic gates need a badge: whom do we ask?"),
    ("Complaint", "We wish to lodge a complaint about the seating order. This is not spam."),
)  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_report_in_the_shape_of_a_server(name: str) -> None:
    classified = classify(parsed((REPORTS / name).read_bytes()))
    assert [
        {"recipient": one.address, "permanent": one.permanent, "group": one.group, "action": one.action}
        for one in classified.recipients
    ] == EXPECTED[name]
    delayed = {entry["action"] for entry in EXPECTED[name]} == {"delayed"}
    assert classified.kind == ("delay" if delayed else "bounce")


def test_every_report_is_expected() -> None:
    assert {path.name for path in REPORTS.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("newline", [b"\r", b"\r\n", b"\r\r\n"])
def test_newlines_make_no_difference(newline: bytes) -> None:
    for name in EXPECTED:
        raw = (REPORTS / name).read_bytes()
        assert classify(parsed(raw.replace(b"\n", newline))) == classify(parsed(raw)), name


@pytest.mark.parametrize(
    "extra", [{}, {"Return_Path": "<minister@ict.example.org>"}, {"In_Reply_To": "<a@example.int>"}]
)
def test_people_are_not_taken_for_machines(extra: dict[str, str]) -> None:
    taken = {
        subject: kind
        for subject, text in PEOPLE
        if (kind := classify(parsed(mail(text, Subject=subject, **extra))).kind) in MACHINE_KINDS
    }
    assert not taken


@pytest.mark.parametrize("sender", ["sysadmin@example.org", "postmaster@example.org", "system@example.org"])
def test_people_who_look_after_mail_are_people(sender: str) -> None:
    text = "Dear colleagues,\n\nyour message could not be delivered on Monday, our server was down. Please resend it."
    raw = mail(text, From=f"Jean Marchand <{sender}>", Subject="Re: Invitation", In_Reply_To="<a@example.int>")
    assert classify(parsed(raw)).kind in HUMAN_KINDS


def test_bounce_that_a_person_attaches_is_a_persons_mail() -> None:
    raw = enclosing(
        "Ana Prieto <ana@example.org>", "Fwd: Undeliverable", "Please see the attached.", to="x@y.example", null=False
    )
    assert classify(parsed(raw)).kind in HUMAN_KINDS


def test_delay_that_names_nobody_is_a_delay() -> None:
    text = "Your message is delayed, 451 4.4.1 connection timed out. Delivery attempts will continue.\n"
    raw = mail(text, From="MAILER-DAEMON@mx.example.org", Subject="Delivery delayed", Return_Path="<>")
    classified = classify(parsed(raw))
    assert (classified.kind, classified.confidence, classified.recipients) == ("delay", "unsure", ())


def test_stated_to_be_a_persons() -> None:
    raw = mail(BOUNCED, From="Postmaster <postmaster@example.org>", Subject="Undeliverable", Auto_Submitted="no")
    assert classify(parsed(raw)).kind not in MACHINE_KINDS


def test_absence_through_a_null_path_is_no_bounce() -> None:
    raw = mail(
        "I am away until Monday. My mailbox is not read.", Subject="Automatic reply: Invitation", Return_Path="<>",
        Auto_Submitted="auto-replied",
    )  # fmt: skip
    assert classify(parsed(raw)).kind == "auto-reply"
