from __future__ import annotations

import json

import pytest

from replies.classifying import classify
from replies.reported import Report
from replies.reports import read_report
from tests.patience import within
from tests.replies.samples import House, mail
from tests.replies.servers import enclosing, group, parsed, plain, standard


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


def read(raw: str | bytes) -> Report:
    found = read_report(parsed(raw))
    assert found is not None
    return found


def test_failed_report() -> None:
    (reported,) = read(report("failed", "5.1.1", "550 5.1.1 <x>: User unknown")).recipients
    assert (reported.address, reported.action, reported.status) == ("minister@ict.example.org", "failed", "5.1.1")
    assert (reported.permanent, reported.group) == (True, "address")


def test_delayed_report_is_not_permanent() -> None:
    raw = report("delayed", "4.4.1", "connection timed out")
    (reported,) = read(raw).recipients
    assert (reported.action, reported.permanent, reported.group) == ("delayed", False, "temporary")
    assert classify(parsed(raw)).kind == "delay"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_report_is_no_bounce(action: str) -> None:
    raw = report(action, "2.0.0")
    assert read(raw).recipients[0].permanent is False
    assert classify(parsed(raw)).kind == "auto-reply"


def test_several_recipients_without_empty_lines_between() -> None:
    raw = report("failed", "5.1.1").replace(
        "Status: 5.1.1\n", "Status: 5.1.1\nFinal-Recipient: rfc822; b@example.org\nAction: delayed\nStatus: 4.2.2\n"
    )
    found = {reported.address: reported.action for reported in read(raw).recipients}
    assert found == {"minister@ict.example.org": "failed", "b@example.org": "delayed"}


def test_envelope_identifier() -> None:
    raw = report("failed", "5.1.1").replace("Reporting-MTA:", "Original-Envelope-Id: abc\nReporting-MTA:")
    assert read(raw).envelope_id == "abc"


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
def test_reason_group(status: str, diagnostic: str, group: str) -> None:
    assert read(report("failed", status, diagnostic)).recipients[0].group == group


def test_report_in_plain_text_with_a_reply_code() -> None:
    text = (
        "Sorry, I could not deliver your mail.\n\n<minister@ict.example.org>:\n550 5.1.1 User unknown\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.example>\nSubject: Invitation\n"
    )
    raw = mail(text, From="MAILER-DAEMON@mx.example.org", Subject="failure notice", Return_Path="<>")
    found = read(raw)
    assert not found.standard
    assert [(r.address, r.permanent, r.status) for r in found.recipients] == [
        ("minister@ict.example.org", True, "5.1.1")
    ]


def test_a_report_of_nothing_but_spaces_is_read_at_once() -> None:
    raw = mail(f"550 5.1.1 gone\n{' ' * 150_000}x", From="MAILER-DAEMON@mx.example.org", Return_Path="<>")
    assert read(raw).recipients == ()


def test_warning_in_plain_text_is_a_delay() -> None:
    text = "Your mail to minister@ict.example.org is delayed: 451 4.7.1 greylisted. We are still trying."
    raw = mail(text, From="postmaster@mx.example.org", Subject="Warning: message delayed", Return_Path="<>")
    assert classify(parsed(raw)).kind == "delay"


def test_complaint() -> None:
    raw = (
        "From: fbl@provider.example\nTo: bounce@replies.example.int\nSubject: complaint\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nComplaint.\n--b\n"
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: a@example.org\n"
        "\n--b\nContent-Type: message/rfc822\n\nSubject: Invitation\n\nText\n--b--\n"
    )
    assert read(raw).complaint
    assert classify(parsed(raw)).kind == "complaint"


def test_human_mail_about_a_bounce_is_no_report() -> None:
    assert (
        read_report(parsed(mail("I got a 550 5.1.1 when I wrote to you: please check.", Subject="Undelivered"))) is None
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


def test_complaint_about_several_recipients() -> None:
    raw = complaint("Original-Rcpt-To: a@example.org\nOriginal-Rcpt-To: b@example.org\n")
    assert [reported.address for reported in read(raw).recipients] == ["a@example.org", "b@example.org"]


def test_complaint_that_names_nobody_is_about_the_one_the_mail_went_to() -> None:
    found = read(complaint("", "To: Ana <a@example.org>\n"))
    assert [(reported.address, reported.permanent) for reported in found.recipients] == [("a@example.org", False)]


def test_complaint_of_a_loop_without_a_feedback_part() -> None:
    raw = enclosing("staff@example.com", "complaint about message from 192.0.2.1", "", to="x@example.org").replace(
        "Subject: Invitation to", "X-HmXmrOriginalRecipient: a@example.org\nSubject: Invitation to"
    )
    found = read(raw)
    assert (found.complaint, [reported.address for reported in found.recipients]) == (True, ["a@example.org"])


def complaint(fields: str, returned: str = "") -> str:
    return (
        "From: fbl@provider.example\nTo: bounce@replies.example.int\nSubject: complaint\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nComplaint.\n--b\n"
        f"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n{fields}\n--b\n"
        f"Content-Type: message/rfc822\n\n{returned}Subject: Invitation\n\nText\n--b--\n"
    )


def test_report_within_a_gateways_report() -> None:
    inner = standard("", group("ana@example.org", "5.1.1", "smtp; 550 5.1.1 user unknown"))
    outer = enclosing("Mail Delivery Subsystem <MAILER-DAEMON@example.com>", "Returned mail", "", to="x")
    raw = outer[: outer.index("Content-Type: message/rfc822")] + f"Content-Type: message/rfc822\n\n{inner}\n--b--\n"
    raw = raw.replace('boundary="b"', 'boundary="outer"', 1).replace("\n--b\n", "\n--outer\n", 2)
    assert [reported.address for reported in read(raw).recipients] == ["ana@example.org"]


def test_forwarded_on_stranger_is_the_final_address() -> None:
    fields = "Original-Recipient: rfc822;ana@example.org\n" + group("stranger@example.net", "5.1.1")
    (reported,) = read(standard("", fields)).recipients
    assert (reported.address, reported.final) == ("ana@example.org", "stranger@example.net")


def test_our_own_addresses_and_the_reporters_are_not_the_failed_ones() -> None:
    text = (
        "Your message from circulars@example.int could not be delivered, 550 unknown. For help write to "
        "support@example.org.\n"
    )
    raw = enclosing("Mail System <mailer-daemon@example.org>", "Undelivered", text, to="ana@example.org")
    assert [reported.address for reported in read(raw).recipients] == ["ana@example.org"]


@pytest.mark.parametrize(
    "word", ["a@", "<", "to: ", "rcpt to: ", "- ", '"a', "(expanded from ", "deliver to ", "\n", "a@b.c\n"]
)
def test_hostile_reports_cost_little(word: str) -> None:
    text = word * (200_000 // len(word))
    with within(5):
        for raw in (
            plain("MAILER-DAEMON@x.example", "Undelivered", text),
            standard(text, group("ana@example.org", "5.0.0", text.replace("\n", " "))),
            plain(
                "MAILER-DAEMON@x.example",
                "Undelivered",
                "550",
                extra=f"X-Failed-Recipients: {text.strip()[:50_000]!r}\n",
            ),
        ):
            read_report(parsed(raw))


def test_recipients_are_limited() -> None:
    text = "".join(f"<person{number}@example.org>: 550 5.1.1 unknown\n" for number in range(3_000))
    assert len(read(plain("MAILER-DAEMON@x.example", "Undelivered", text)).recipients) == 1_000


NOTIFICATION = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [
            {
                "emailAddress": "ana@example.org", "action": "failed", "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            },
        ],
    },
    "mail": {"source": "circulars@example.int", "destination": ["ana@example.org"]},
}  # fmt: skip


def notification(content: object, sender: str = "AWS Notifications <no-reply@sns.example.com>") -> str:
    return mail(f"{json.dumps(content)}\n\n--\nTo stop, visit", From=sender, Subject="AWS Notification Message")


def test_notification_as_json() -> None:
    (reported,) = read(notification(NOTIFICATION)).recipients
    assert (reported.address, reported.status, reported.group) == ("ana@example.org", "5.1.1", "address")
    assert reported.permanent


def test_complaint_as_json() -> None:
    content = {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "ana@example.org"}]}}
    found = read(notification(content))
    assert (found.complaint, [reported.address for reported in found.recipients]) == (True, ["ana@example.org"])


@pytest.mark.parametrize(
    ("stated", "kind", "confidence"),
    [
        ("abuse", "complaint", "certain"), (None, "complaint", "certain"), ("virus", "complaint", "unsure"),
        (["abuse"], "complaint", "unsure"), ("not-spam", "auto-reply", "certain"),
        ("auth-failure", "auto-reply", "certain"),
    ],
)  # fmt: skip
def test_type_of_a_complaint_as_json(stated: object, kind: str, confidence: str) -> None:
    about = {"complainedRecipients": [{"emailAddress": "ana@example.org"}], "complaintFeedbackType": stated}
    classified = classify(parsed(notification({"notificationType": "Complaint", "complaint": about})))
    assert (classified.kind, classified.confidence) == (kind, confidence)


@pytest.mark.parametrize(
    "content",
    [
        {"notificationType": "Bounce"}, {"notificationType": "Bounce", "bounce": {"bouncedRecipients": "x"}},
        {"notificationType": ["Bounce"], "bounce": []}, {"notificationType": "Send", "send": {}}, [],
    ],
)  # fmt: skip
def test_broken_notification_names_nobody(content: object) -> None:
    found = read_report(parsed(notification(content)))
    assert found is None or not found.recipients


def test_notification_that_a_person_passes_on_is_no_report() -> None:
    assert read_report(parsed(notification(NOTIFICATION, "Ana Prieto <ana@example.com>"))) is None


def test_masked_address_is_looked_for_in_the_mail_that_is_returned() -> None:
    text = "The following addresses had delivery problems\n****@***.example.org\nmailbox full\n"
    raw = enclosing("postmaster@example.org", "Returned mail", text, to="ana@example.org")
    assert [reported.address for reported in read(raw).recipients] == ["ana@example.org"]
