"""What waits for a person's decision."""

from __future__ import annotations

from store.triage import received_replies
from tests.replies.samples import House, mail


def test_a_reply_waits_with_the_asks_that_it_may_answer(house: House) -> None:
    with house.store.read() as connection:
        assert received_replies(connection) == ()
    house.file(mail(To=house.reply_address("minister-ke")))
    with house.store.read() as connection:
        (reply,) = received_replies(connection)
    assert (reply.reference, reply.slug, reply.party) == ("CL-22/010", "forum-1", "KE")
    assert reply.asks == ("attendance", "statement")
    assert reply.sender == "minister@ict.example.org"
    assert not reply.colleague


def test_a_colleagues_reply_is_marked(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke"), From="Protocol <protocol@ict.example.org>"))
    with house.store.read() as connection:
        (reply,) = received_replies(connection)
    assert reply.colleague


def test_what_is_decided_waits_no_longer(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    house.decide("KE", "attendance", "accepted")
    with house.store.read() as connection:
        (reply,) = received_replies(connection)
        assert reply.asks == ("statement",)
    house.decide("KE", "statement", "declined")
    with house.store.read() as connection:
        assert received_replies(connection) == ()


def test_the_oldest_first_and_each_circular_for_itself(house: House) -> None:
    for key, circular, sender, day in (
        ("minister-fr", 1, "ministre@numerique.example.net", 9),
        ("minister-ke", 1, "minister@ict.example.org", 8),
        ("minister-eg", 2, "office@mcit.example.com", 7),
    ):
        house.file(
            mail(
                To=house.reply_address(key, circular), From=sender, Message_ID=f"<{key}@example.org>",
                Date=f"{day:02} Apr 2022 09:00:00 +0000",
            )
        )  # fmt: skip
    with house.store.read() as connection:
        assert [reply.party for reply in received_replies(connection)] == ["EG", "KE", "FR"]
        assert [reply.party for reply in received_replies(connection, 1)] == ["KE", "FR"]
        assert [reply.party for reply in received_replies(connection, 2)] == ["EG"]
