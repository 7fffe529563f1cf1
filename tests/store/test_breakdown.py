"""The parts of each division add up to the whole."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update

from store.breakdown import DIVISIONS, NOWHERE, Breakdown, breakdown, region_of
from store.schema import addressees
from store.standings import COUNTED, ask_counts
from store.timeline import reply_moments
from tests.replies.samples import House, mail


def divided(house: House) -> Breakdown:
    with house.store.read() as connection:
        return breakdown(connection, 1)


def test_the_parts_add_up_to_what_status_counts(house: House) -> None:
    house.decide("KE", "attendance", "accepted")
    house.decide("FR", "attendance", "declined")
    house.decide("EG", "statement", "excused")
    with house.store.read() as connection:
        whole = ask_counts(connection, 1)
    parts = divided(house)
    assert list(parts) == [counts.id for counts in whole]
    for counts in whole:
        for division in DIVISIONS:
            for name in COUNTED:
                assert sum(part[name] for part in parts[counts.id][division].values()) == getattr(counts, name)


def test_parties_stand_in_their_region_or_in_none(house: House) -> None:
    house.decide("KE", "attendance", "accepted")
    regions = divided(house)["attendance"]["region"]
    assert {name: (part["parties"], part["answered"]) for name, part in regions.items()} == {
        "africa": (2, 1), "europe": (1, 0), NOWHERE: (1, 0),
    }  # fmt: skip
    assert region_of("ZZ") == NOWHERE


def test_a_party_of_several_addressees_counts_once_with_its_first(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(update(addressees).values(language="en", class_name="missions"))
        connection.execute(
            update(addressees).where(addressees.c.key == "minister-ke").values(language="fr", class_name="ministers")
        )
    parts = divided(house)["attendance"]
    assert parts["language"]["fr"]["parties"] == 1
    assert parts["class"]["ministers"]["parties"] == 1
    assert parts["language"]["en"]["parties"] == 3


def test_replies_count_from_their_arrival_while_they_stand(house: House) -> None:
    arrived = datetime(2022, 4, 2, 8, tzinfo=UTC)
    house.file(mail(To=house.reply_address("minister-ke"), Date="Sat, 02 Apr 2022 08:00:00 +0000"))
    house.decide("FR", "attendance", "acknowledged")
    with house.store.read() as connection:
        assert reply_moments(connection, 1)["attendance"] == (arrived,)
    house.decide("KE", "attendance", "open")
    with house.store.read() as connection:
        assert "attendance" not in reply_moments(connection, 1)
