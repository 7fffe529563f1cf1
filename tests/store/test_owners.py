from __future__ import annotations

from sqlalchemy import update

from store import owners
from store.schema import addressees, outbox
from tests.replies.samples import House, mail


def test_mailbox_is_found_whatever_its_case(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(
            update(outbox).where(outbox.c.mailbox == "person@gmail.com").values(mailbox="Person@gmail.com")
        )
    with house.store.read() as connection:
        found = owners.messages_to_mailbox(connection, {"PERSON@gmail.com"})
    assert [owner.circular_id for owner in found] == [2, 1]


def test_domain_is_matched_whole_and_literally(house: House) -> None:
    with house.store.read() as connection:
        assert owners.owners_in_domain(connection, {"example.org"}) == ()
        assert owners.owners_in_domain(connection, {"ict_example.org"}) == ()
        assert {owner.party for owner in owners.owners_in_domain(connection, {"ICT.example.org"})} == {"KE"}


def test_what_a_party_was_sent(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.id == 101).values(form="1" * 64, values=b"v"))
        assert owners.sealed_copies(connection, 1, "KE") == (("0" * 64, b""), ("1" * 64, b"v"))
        connection.execute(update(addressees).where(addressees.c.id == 101).values(values=None))  # erased
        assert owners.sealed_copies(connection, 1, "KE") == (("0" * 64, b""),)
        assert owners.sealed_copies(connection, 1, "nobody") == ()


def test_mails_of_a_conversation_are_those_that_are_filed(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    house.file(mail(From="x@nowhere.example", Message_ID="<unclear@nowhere.example>"))
    with house.store.read() as connection:
        (found,) = owners.earlier_mails(
            connection, thread="", message_ids=["one@ict.example.org", "unclear@nowhere.example"]
        )
        assert (found.sender, found.owner.party) == ("minister@ict.example.org", "KE")
        assert owners.earlier_mails(connection, thread="", message_ids=()) == ()
        assert owners.earlier_mails(connection, thread="00", message_ids=()) == ()
