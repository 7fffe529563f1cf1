from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from office.errors import NotFoundError
from store import inbound
from store.schema import outbox
from tests.replies.samples import NOW, House, mail


def test_triage_lists_what_staff_must_decide(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    house.file(mail(From="stranger@nowhere.example", Subject="Hello", Message_ID="<s@nowhere.example>"))
    with house.store.read() as connection:
        (row,) = inbound.mails(connection)
    assert (row.sender, row.subject, row.state, row.kind) == ("stranger@nowhere.example", "Hello", "triage", "unknown")
    assert row.reason


def test_filed_mails_of_a_party(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    with house.store.read() as connection:
        (row,) = inbound.mails(connection, states=("filed",), circular_id=1, party="KE")
        assert inbound.mails(connection, states=("filed",), circular_id=1, party="FR") == ()
    assert (row.reference, row.key, row.party) == ("CL-22/010", "minister-ke", "KE")
    assert any("token" in sentence for sentence in row.evidence)


def test_raw_bytes_come_back_as_they_were(house: House) -> None:
    raw = mail(To=house.reply_address("minister-ke")).replace("\n", "\r\n").encode() + b"\0\xff\r"
    filed = house.file(raw)
    with house.store.read() as connection:
        assert inbound.raw_mail(connection, filed.inbound_id) == raw


def test_settling_keeps_who_decided_what(house: House) -> None:
    filed = house.file(mail(From="deputy@numerique.example.net"))
    with house.store.write() as connection:
        inbound.settle(
            connection, filed.inbound_id, by="amina", at=NOW, decision="reply of FR", circular_id=1, addressee_id=102
        )
        inbound.settle(connection, filed.inbound_id, by="li", at=NOW, decision="checked")
    with house.store.read() as connection:
        row = inbound.mail_by_id(connection, filed.inbound_id)
        assert inbound.mails(connection) == ()
    assert (row.state, row.circular_id, row.party) == ("settled", 1, "FR")
    assert [(entry["by"], entry["decision"]) for entry in row.details["settled"]] == [
        ("amina", "reply of FR"),
        ("li", "checked"),
    ]


def test_mail_that_is_not_there(house: House) -> None:
    with house.store.read() as connection:
        with pytest.raises(NotFoundError):
            inbound.mail_by_id(connection, 77)
        with pytest.raises(NotFoundError):
            inbound.raw_mail(connection, 77)


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ("sent", "failed", "bounced"),
        ("delivered", "failed", "bounced"),
        ("in-doubt", "failed", "bounced"),
        ("sending", "failed", "bounced"),
        ("in-doubt", "delayed", "sent"),
        ("in-doubt", "delivered", "delivered"),
        ("bounced", "delivered", "bounced"),
        ("queued", "failed", "queued"),
        ("withdrawn", "failed", "withdrawn"),
    ],
)
def test_what_a_report_does_to_a_message(house: House, before: str, action: str, after: str) -> None:
    row = house.row("person@gmail.com")
    with house.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(state=before))
        inbound.add_delivery_event(
            connection, row.id, inbound_id=None, action=action, status="5.1.1", diagnostic="x", at=NOW
        )
    assert house.state("person@gmail.com") == after


def test_unsettling_brings_a_mail_back_as_it_was(house: House) -> None:
    filed = house.file(mail(From="deputy@numerique.example.net"))
    with house.store.read() as connection:
        before = inbound.mail_by_id(connection, filed.inbound_id)
    with house.store.write() as connection:
        terms: dict[str, Any] = {"by": "amina", "at": NOW}
        inbound.settle(
            connection, filed.inbound_id, decision="FR", circular_id=1, addressee_id=102, answers=[7], **terms
        )
        inbound.settle(connection, filed.inbound_id, decision="more", answers=[8, 9], **terms)
        assert inbound.unsettle(connection, filed.inbound_id, by="li", at=NOW) == (8, 9)
        assert inbound.mail_by_id(connection, filed.inbound_id).state == "settled"
        assert inbound.unsettle(connection, filed.inbound_id, by="li", at=NOW) == (7,)
        after = inbound.mail_by_id(connection, filed.inbound_id)
        with pytest.raises(NotFoundError, match="Nothing is decided"):
            inbound.unsettle(connection, filed.inbound_id, by="li", at=NOW)
        with pytest.raises(NotFoundError):
            inbound.unsettle(connection, 77, by="li", at=NOW)
    assert (after.state, after.circular_id, after.addressee_id) == (
        before.state,
        before.circular_id,
        before.addressee_id,
    )
    assert [(entry["decision"], entry["undone_by"]) for entry in after.details["settled"]] == [
        ("FR", "li"),
        ("more", "li"),
    ]
