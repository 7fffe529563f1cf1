from __future__ import annotations

import pytest

from replies.classifying import classify
from replies.reported import Report
from replies.reports import read_report
from tests.replies.samples import House, mail


def report(
    action: str, status: str, diagnostic: str = "", *, to: str = "minister@ict.example.org", extra: str = ""
) -> str:
    """Write a delivery report as Postfix does; ``extra`` is the returned header."""
    code = f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.int (Mail Delivery System)\nTo: bounce@replies.example.int\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nAuto-Submitted: auto-replied\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nI could not deliver.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.int\n\n"
        f"Final-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: {action}\nStatus: {status}\n{code}"
        f"\n--b\nContent-Type: message/rfc822\n\nSubject: Invitation\n{extra}\nExcellency,\n--b--\n"
    )


def read(house: House, raw: str | bytes) -> Report:
    found = read_report(house.read(raw))
    assert found is not None
    return found


def test_failed_report(house: House) -> None:
    (reported,) = read(house, report("failed", "5.1.1", "550 5.1.1 <x>: User unknown")).recipients
    assert (reported.address, reported.action, reported.status) == ("minister@ict.example.org", "failed", "5.1.1")
    assert (reported.permanent, reported.group) == (True, "address")


def test_delayed_report_is_not_permanent(house: House) -> None:
    raw = report("delayed", "4.4.1", "connection timed out")
    (reported,) = read(house, raw).recipients
    assert (reported.action, reported.permanent, reported.group) == ("delayed", False, "temporary")
    assert classify(house.read(raw)).kind == "delay"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_report_is_no_bounce(house: House, action: str) -> None:
    raw = report(action, "2.0.0")
    assert read(house, raw).recipients[0].permanent is False
    assert classify(house.read(raw)).kind == "auto-reply"


def test_several_recipients_without_empty_lines_between(house: House) -> None:
    raw = report("failed", "5.1.1").replace(
        "Status: 5.1.1\n", "Status: 5.1.1\nFinal-Recipient: rfc822; b@example.org\nAction: delayed\nStatus: 4.2.2\n"
    )
    found = {reported.address: reported.action for reported in read(house, raw).recipients}
    assert found == {"minister@ict.example.org": "failed", "b@example.org": "delayed"}


def test_envelope_identifier(house: House) -> None:
    raw = report("failed", "5.1.1").replace("Reporting-MTA:", "Original-Envelope-Id: abc\nReporting-MTA:")
    assert read(house, raw).envelope_id == "abc"


@pytest.mark.parametrize(
    ("status", "diagnostic", "group"),
    [
        ("5.1.1", "550 5.1.1 no such user", "address"),
        ("5.2.2", "552 5.2.2 mailbox full", "mailbox"),
        ("5.0.0", "552 quota exceeded", "mailbox"),
        ("5.3.4", "552 5.3.4 message too big", "size"),
        ("5.7.1", "550 5.7.1 blocked by our policy", "policy"),
        ("4.4.7", "delivery time expired", "temporary"),
        ("5.0.0", "550 unknown user", "address"),
    ],
)
def test_reason_group(house: House, status: str, diagnostic: str, group: str) -> None:
    assert read(house, report("failed", status, diagnostic)).recipients[0].group == group


def test_report_in_plain_text_with_a_reply_code(house: House) -> None:
    text = (
        "Sorry, I could not deliver your mail.\n\n<minister@ict.example.org>:\n550 5.1.1 User unknown\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.example>\nSubject: Invitation\n"
    )
    raw = mail(text, From="MAILER-DAEMON@mx.example.org", Subject="failure notice", Return_Path="<>")
    found = read(house, raw)
    assert not found.standard
    assert [(r.address, r.permanent, r.status) for r in found.recipients] == [
        ("minister@ict.example.org", True, "5.1.1")
    ]


def test_a_report_of_nothing_but_spaces_is_read_at_once(house: House) -> None:
    raw = mail(f"550 5.1.1 gone\n{' ' * 150_000}x", From="MAILER-DAEMON@mx.example.org", Return_Path="<>")
    assert read(house, raw).recipients == ()


def test_warning_in_plain_text_is_a_delay(house: House) -> None:
    text = "Your mail to minister@ict.example.org is delayed: 451 4.7.1 greylisted. We are still trying."
    raw = mail(text, From="postmaster@mx.example.org", Subject="Warning: message delayed", Return_Path="<>")
    assert classify(house.read(raw)).kind == "delay"


def test_complaint(house: House) -> None:
    raw = (
        "From: fbl@provider.example\nTo: bounce@replies.example.int\nSubject: complaint\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nComplaint.\n--b\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: a@example.org\n"
        "\n--b\nContent-Type: message/rfc822\n\nSubject: Invitation\n\nText\n--b--\n"
    )
    assert read(house, raw).complaint
    assert classify(house.read(raw)).kind == "complaint"


def test_human_mail_about_a_bounce_is_no_report(house: House) -> None:
    assert (
        read_report(house.read(mail("I got a 550 5.1.1 when I wrote to you: please check.", Subject="Undelivered")))
        is None
    )


def test_report_finds_our_letter_by_each_trace(house: House) -> None:
    mailbox = "minister@ict.example.org"
    bounce = f"bounce+{house.row_token(mailbox)}@replies.example.int"
    by_address = report("failed", "5.1.1").replace("bounce@replies.example.int", bounce)
    by_id = report("failed", "5.1.1", extra=f"Message-ID: <{house.message_id(mailbox)}>\n")
    by_field = report("failed", "5.1.1", extra=f"X-Circulars-Token: {house.reply_token('minister-ke')}\n")
    by_envelope = report("failed", "5.1.1").replace(
        "Reporting-MTA:", f"Original-Envelope-Id: {house.row_token(mailbox)}\nReporting-MTA:"
    )
    for raw in (by_address, by_id, by_field, by_envelope):
        verdict = house.match(raw)
        assert (verdict.kind, verdict.triage, verdict.outbox_id) == ("bounce", False, house.row(mailbox).id), raw


def test_report_without_any_trace_goes_to_triage_with_the_mailbox_as_candidate(house: House) -> None:
    verdict = house.match(report("failed", "5.1.1"))
    assert verdict.triage
    assert {owner.key for owner in verdict.candidates} == {"minister-ke"}


def test_report_in_plain_text_with_our_message_id_in_the_returned_text(house: House) -> None:
    ours = house.message_id("person@gmail.com")
    verdict = house.match(text_report(ours))
    assert (verdict.kind, verdict.triage, verdict.party) == ("bounce", False, "person@gmail.com")
    assert house.file(text_report(ours)).state == "filed"
    assert house.state("person@gmail.com") == "bounced"


def text_report(message_id: str, code: str = "550 5.1.1 no such user") -> str:
    text = f"{code}\n\n----- Original message -----\nMessage-ID: <{message_id}>\n"
    return mail(text, From="Mail Delivery System <mailer-daemon@x.example>", Subject="Undeliverable", Return_Path="<>")


def test_report_in_plain_text_without_a_code_is_for_staff(house: House) -> None:
    ours = house.message_id("person@gmail.com")
    assert house.file(text_report(ours, "It did not work out.")).state == "triage"
    assert house.state("person@gmail.com") == "sent"


def test_report_that_names_nobody_is_for_staff(house: House) -> None:
    raw = report("failed", "5.1.1", extra=f"Message-ID: <{house.message_id('person@gmail.com')}>\n")
    raw = "\n".join(line for line in raw.split("\n") if "-Recipient:" not in line)
    assert house.file(raw).state == "triage"
    assert house.state("person@gmail.com") == "sent"
