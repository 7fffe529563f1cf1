"""What comes back and silences a mailbox: what is proved and about the mailbox, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from replies.explaining import explain
from store.schema import addressees
from store.suppressions import Kind, Suppression, all_suppressions
from tests.replies.samples import House, mail
from tests.replies.test_reports import report

PERSON = "person@gmail.com"


@pytest.fixture(autouse=True)
def _on_a_list(house: House) -> None:
    """One addressee came from a list; the others are governments."""
    with house.store.write() as connection:
        listed = update(addressees).where(addressees.c.key == "mail-only")
        connection.execute(listed.values(list_name="stakeholders"))


def found(house: House) -> list[tuple[str, str, Kind]]:
    return [(one.address, one.list_name, one.kind) for one in every(house)]


def every(house: House) -> tuple[Suppression, ...]:
    with house.store.read() as connection:
        return all_suppressions(connection)


def bounce(house: House, status: str, diagnostic: str, *, mailbox: str = PERSON, proved: bool = True) -> None:
    extra = f"Message-ID: <{house.message_id(mailbox)}>\n" if proved else ""
    house.file(report("failed" if status[0] == "5" else "delayed", status, diagnostic, to=mailbox, extra=extra))


# Hard bounces


def test_a_mailbox_that_is_gone_gets_nothing_more(house: House) -> None:
    bounce(house, "5.1.1", "550 5.1.1 <person@gmail.com>: User unknown\x1b[31m")
    (one,) = every(house)
    assert (one.address, one.list_name, one.kind, one.by) == (PERSON, "", Kind.BOUNCE, "track")
    assert one.reason.startswith("550 5.1.1 <person@gmail.com>: User unknown")
    assert one.reason.isprintable()
    assert one.inbound_id == house.mails()[0].id


def test_that_of_a_government_is_recorded_but_holds_nothing_back(house: House) -> None:
    bounce(house, "5.1.1", "550 5.1.1 User unknown", mailbox="minister@ict.example.org")
    (one,) = every(house)
    assert not one.holds("")
    assert one.holds("stakeholders")


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.7.1", "550 5.7.1 Message rejected as spam by policy"),
        ("5.7.26", "550 5.7.26 Unauthenticated email is not accepted due to DMARC policy"),
        ("5.7.606", "550 5.7.606 Access denied, banned sending IP"),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
        ("5.2.2", "552 5.2.2 The mailbox is full and cannot accept mail now"),
        ("4.2.2", "452 4.2.2 Over quota"),
        ("4.4.1", "connect: Connection timed out"),
        ("5.4.7", "delivery time expired"),
    ],
)
def test_what_is_our_fault_or_passes_suppresses_nobody(house: House, status: str, diagnostic: str) -> None:
    bounce(house, status, diagnostic)
    assert every(house) == ()


def test_a_report_without_a_token_of_ours_suppresses_nobody(house: House) -> None:
    bounce(house, "5.1.1", "550 5.1.1 User unknown", mailbox="ministre@numerique.example.net", proved=False)
    assert every(house) == ()


# Leaving a list


def test_a_mail_to_the_address_of_list_unsubscribe_leaves_the_list(house: House) -> None:
    to = f"reply+{house.row_token(PERSON)}@replies.example.int"
    filed = house.file(mail("", Subject="unsubscribe", To=to, From="somebody@webmail.example", Auto_Submitted="auto-x"))
    assert (filed.state, filed.kind) == ("filed", "unsubscribe")
    assert found(house) == [(PERSON, "stakeholders", Kind.OPT_OUT)]
    assert house.answers(PERSON) == {}  # leaving a list answers nothing


def test_without_plus_addressing_the_subject_has_the_token(house: House) -> None:
    subject = f"unsubscribe {house.row_token(PERSON)}"
    raw = mail("", Subject=subject, To="reply@replies.example.int", From=PERSON)
    assert house.match(raw).kind == "unsubscribe"
    assert house.file(raw).state == "filed"
    assert found(house) == [(PERSON, "stakeholders", Kind.OPT_OUT)]


def test_leaving_twice_is_leaving(house: House) -> None:
    to = f"reply+{house.row_token(PERSON)}@replies.example.int"
    for number in (1, 2):
        house.file(mail("", Subject="unsubscribe", To=to, Message_ID=f"<{number}@x.example>"))
    assert len(every(house)) == 1


def test_the_wish_of_a_government_is_for_staff(house: House) -> None:
    to = f"reply+{house.row_token('minister@ict.example.org')}@replies.example.int"
    filed = house.file(mail("", Subject="unsubscribe", To=to, From="minister@ict.example.org"))
    assert (filed.state, filed.kind) == ("triage", "unsubscribe")
    assert every(house) == ()


def test_nobody_leaves_by_a_reply_address_a_forged_token_or_another_subject(house: House) -> None:
    token = house.row_token(PERSON)
    tried = (
        ("unsubscribe", house.reply_address("mail-only")),
        ("unsubscribe", f"reply+{token[:10]}{'a' * 21}@replies.example.int"),
        ("Re: Invitation", f"reply+{token}@replies.example.int"),
        ("unsubscribe me from these, but we accept the invitation", f"reply+{token}@replies.example.int"),
    )
    for number, (subject, to) in enumerate(tried):
        house.file(mail("We come.", Subject=subject, To=to, From=PERSON, Message_ID=f"<{number}@x.example>"))
    assert every(house) == ()


def test_a_returned_letter_that_bears_the_fields_leaves_nothing(house: House) -> None:
    token = house.row_token(PERSON)
    fields = f"List-Unsubscribe: <mailto:reply+{token}@replies.example.int?subject=unsubscribe>\n"
    house.file(report("failed", "5.7.1", "550 5.7.1 spam", to=PERSON, extra=fields))
    assert every(house) == ()


def test_explain_knows_such_a_mail_by_itself(house: House) -> None:
    raw = mail("", Subject=f"unsubscribe {house.row_token(PERSON)}", From=PERSON)
    assert explain(raw.encode(), file="x")["kind"] == "unsubscribe"


# Complaints


def complaint(house: House, mailbox: str, feedback: str = "Feedback-Type: abuse\n") -> str:
    return (
        "Return-Path: <>\nFrom: fbl@provider.example\nTo: bounce@replies.example.int\nSubject: FW: Invitation\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nA complaint.\n"
        f"--b\nContent-Type: message/feedback-report\n\n{feedback}User-Agent: x/1\nVersion: 1\n"
        f"Original-Rcpt-To: {mailbox}\n\n"
        f"--b\nContent-Type: message/rfc822\n\nSubject: Invitation\n"
        f"Message-ID: <{house.message_id(mailbox)}>\n\nx\n--b--\n"
    )


def test_a_complaint_silences_a_stakeholder_and_is_shown_to_staff(house: House) -> None:
    filed = house.file(complaint(house, PERSON))
    assert (filed.state, filed.kind) == ("triage", "complaint")
    assert filed.reason == f"a complaint: nothing more is sent to {PERSON}; circulars unsuppress undoes that"
    assert found(house) == [(PERSON, "", Kind.COMPLAINT)]


def test_a_complaint_of_a_government_is_for_staff_alone(house: House) -> None:
    filed = house.file(complaint(house, "minister@ict.example.org"))
    assert (filed.state, filed.kind, filed.reason) == (
        "triage", "complaint", "a complaint: stop writing to this mailbox?",
    )  # fmt: skip
    assert every(house) == ()


@pytest.mark.parametrize(
    "field", ["feedback-type:ABUSE", "Feedback-Type : (by hand (twice)) Abuse (spam)  ", "Feedback-Type:\n abuse"]
)
def test_the_type_of_a_complaint_may_be_spelt_freely(house: House, field: str) -> None:
    house.file(complaint(house, PERSON, f"{field}\n"))
    assert found(house) == [(PERSON, "", Kind.COMPLAINT)]


@pytest.mark.parametrize("stated", ["not-spam", "auth-failure", "dkim", " Not-Spam (it is wanted)", "AUTH-FAILURE"])
def test_feedback_that_complains_of_nothing_is_a_machines_mail(house: House, stated: str) -> None:
    filed = house.file(complaint(house, PERSON, f"Feedback-Type: {stated}\nAuth-Failure: dmarc\n"))
    assert (filed.state, filed.kind) == ("filed", "auto-reply")
    assert every(house) == ()
    assert house.state(PERSON) == "sent"
    assert house.answers(PERSON) == {}


@pytest.mark.parametrize(
    "feedback",
    [
        "Feedback-Type: fraud\n", "Feedback-Type: virus\n", "Feedback-Type: other\n", "Feedback-Type: x-new\n",
        "Feedback-Type:\n", "Feedback-Type: (abuse)\n", "", "Feedback-Type: abuse\nFeedback-Type: not-spam\n",
    ],
)  # fmt: skip
def test_feedback_of_another_type_or_none_is_for_staff_alone(house: House, feedback: str) -> None:
    filed = house.file(complaint(house, PERSON, feedback))
    assert (filed.state, filed.kind, filed.reason) == (
        "triage", "complaint", "a complaint: stop writing to this mailbox?",
    )  # fmt: skip
    assert every(house) == ()
