from __future__ import annotations

import pytest
from sqlalchemy import update

from store.parties import find_parties
from store.schema import addressees
from tests.replies.samples import House


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("KE", {"KE"}),
        ("ke", {"KE"}),
        ("minister-fr", {"FR"}),
        ("Kenya", {"KE"}),
        ("Égypte", {"EG"}),
        ("法国", {"FR"}),
        ("Wanjiru", {"KE"}),
        ("elodie", {"FR"}),
        ("person@GMAIL.com", {"person@gmail.com"}),
        ("Samira Fathy", {"EG"}),
        ("Atlantis", set()),
        ("  ", set()),
        ("a", {"KE", "FR", "EG", "person@gmail.com"}),
    ],
)
def test_party_that_is_meant(house: House, text: str, parties: set[str]) -> None:
    with house.store.read() as connection:
        assert {found.party for found in find_parties(connection, 1, text)} == parties


def test_a_whole_name_comes_before_a_part_of_one(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.key == "minister-fr").values(name="WANJIRU"))
        assert {found.party for found in find_parties(connection, 1, "Wanjiru")} == {"FR"}
        assert {found.party for found in find_parties(connection, 1, "anjiru")} == {"FR", "KE"}


def test_party_has_all_its_addressees(house: House) -> None:
    with house.store.read() as connection:
        (found,) = find_parties(connection, 1, "mission-ke")
    assert found.keys == ("minister-ke", "mission-ke")
    assert found.country == "KE"
