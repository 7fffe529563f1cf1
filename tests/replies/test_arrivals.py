"""Answers and receipts prove that the message they are about had arrived; reports prove that it was accepted."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from store.schema import outbox
from tests.replies.samples import House, mail
from tests.replies.test_reports import report

KEY, MAILBOX = "mission-ke", "mission.ke@example.com"


@pytest.fixture
def doubtful(house: House) -> str:
    """The Message-ID of the letter to Kenya's mission; nobody knows whether any letter arrived."""
    with house.store.write() as connection:
        connection.execute(update(outbox).values(state="in-doubt"))
    return str(house.row(MAILBOX).message_id)


def settled(house: House) -> dict[str, str]:
    """Return the messages that are no longer in doubt, by Message-ID."""
    with house.store.read() as connection:
        query = select(outbox.c.message_id, outbox.c.state).where(outbox.c.state != "in-doubt")
        return {row.message_id: row.state for row in connection.execute(query)}


def test_whoever_answers_a_message_has_got_it(house: House, doubtful: str) -> None:
    house.file(mail(From="Somebody <ida@elsewhere.example>", In_Reply_To=f"<{doubtful}>"))
    assert settled(house) == {doubtful: "sent"}


def test_an_automatic_reply_to_a_message(house: House, doubtful: str) -> None:
    house.file(mail("I am away.", Auto_Submitted="auto-replied", In_Reply_To=f"<{doubtful.upper()}>"))
    assert settled(house) == {doubtful: "sent"}


def test_a_receipt_names_the_message_that_was_read(house: House, doubtful: str) -> None:
    receipt = (
        "From: <minister@ke.example.org>\nTo: <circulars@example.int>\nMessage-ID: <r@ke.example.org>\n"
        "Date: Fri, 8 Apr 2022 08:00:00 +0200\nSubject: Read: Forum\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nYour message was read.\n"
        "--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;minister@ke.example.org\n"
        f"Original-Message-ID: <{doubtful}>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n"
    )
    house.file(receipt)
    assert settled(house) == {doubtful: "sent"}


def test_the_address_for_answers_proves_it_where_one_message_went(house: House, doubtful: str) -> None:
    house.file(mail(To=house.reply_address(KEY)))
    assert settled(house) == {doubtful: "sent"}


def test_it_proves_nothing_where_more_than_one_went(house: House, doubtful: str) -> None:
    with house.store.write() as connection:
        row = dict(connection.execute(select(outbox).where(outbox.c.message_id == doubtful)).mappings().one())
        row |= {"id": 9000, "message_id": "reminder@example.int", "token": "x"}
        connection.execute(outbox.insert().values(**row))
    house.file(mail(To=house.reply_address(KEY)))
    assert settled(house) == {}


def test_references_and_our_own_mails_prove_nothing(house: House, doubtful: str) -> None:
    house.file(mail(References=f"<{doubtful}> <later@example.int>", In_Reply_To="<later@example.int>"))
    with house.store.read() as connection:
        other = connection.scalar(select(outbox.c.message_id).where(outbox.c.message_id != doubtful))
    house.file(mail(Message_ID=f"<{other}>", In_Reply_To=f"<{doubtful}>"))  # a reminder of ours that came back
    assert settled(house) == {}


@pytest.mark.parametrize(
    ("action", "state"), [("failed", "bounced"), ("delayed", "sent"), ("delivered", "delivered"), ("relayed", "sent")]
)
@pytest.mark.parametrize("named", ["Message-ID", "ENVID"])
def test_reports(house: House, doubtful: str, action: str, state: str, named: str) -> None:
    status = {"failed": "5.1.1", "delayed": "4.4.1"}.get(action, "2.0.0")
    returned = f"Message-ID: <{doubtful}>\n" if named == "Message-ID" else ""
    raw = report(action, status, to=MAILBOX, extra=returned)
    if named == "ENVID":
        envelope = f"Reporting-MTA: dns; mx.example.int\nOriginal-Envelope-Id: {house.row_token(MAILBOX)}\n"
        raw = raw.replace("Reporting-MTA: dns; mx.example.int\n", envelope)
    house.file(raw)
    assert settled(house) == {doubtful: state}
