from __future__ import annotations

from sqlalchemy import update

from store import owners
from store.schema import outbox
from tests.replies.samples import House


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
