"""Issued batches and their addressees."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store.batches import (
    BatchTerms,
    add_addressees,
    add_batch,
    count_addressees,
    issued_names,
    keys_by_mailbox,
    next_ids,
    plan_is_issued,
)
from store.schema import addressees, batches
from tests.replies.samples import ADDRESSEES, NOW, House


def terms(plan_id: int) -> BatchTerms:
    return BatchTerms(
        circular_id=1, plan_id=plan_id, digest="d" * 64, issued_at=NOW, issued_by="adela", sender="s@example.int",
        sender_name="Union", reply="r@example.int", bounce="b@example.int", plus_addressing=False,
    )  # fmt: skip


def test_a_batch_keeps_what_its_messages_have_in_common(house: House) -> None:
    with house.store.write() as connection:
        number = add_batch(connection, terms(2))
        row = connection.execute(select(batches).where(batches.c.id == number)).one()
    assert (row.digest, row.issued_at, row.issued_by, row.sender) == ("d" * 64, NOW, "adela", "s@example.int")
    assert (row.sender_name, row.reply, row.bounce) == ("Union", "r@example.int", "b@example.int")
    assert row.plus_addressing is False


def test_a_batch_is_made_of_a_plan_that_exists(house: House) -> None:
    with pytest.raises(IntegrityError), house.store.write() as connection:
        add_batch(connection, terms(99))


def test_whether_a_plan_is_issued(house: House) -> None:
    with house.store.read() as connection:
        assert plan_is_issued(connection, 1)
        assert not plan_is_issued(connection, 99)


def test_who_has_the_letter_already(house: House) -> None:
    with house.store.read() as connection:
        assert issued_names(connection, 1) == {key: name for key, _, name, *_ in ADDRESSEES}
        assert issued_names(connection, 99) == {}
        assert count_addressees(connection, 1) == len(ADDRESSEES)
        assert count_addressees(connection, 99) == 0


def test_nobody_is_entered_twice_for_one_circular(house: House) -> None:
    with house.store.read() as connection:
        query = select(addressees).where(addressees.c.circular_id == 1).limit(1)
        row = dict(connection.execute(query).mappings().one())
    with pytest.raises(IntegrityError), house.store.write() as connection:
        add_addressees(connection, [row | {"id": 9999}])
    with house.store.write() as connection:
        add_addressees(connection, [])
    with house.store.read() as connection:
        assert count_addressees(connection, 1) == len(ADDRESSEES)


def test_ids_go_on_over_all_circulars(house: House) -> None:
    with house.store.read() as connection:
        addressee, row = next_ids(connection)
    assert addressee == 2 * 100 + len(ADDRESSEES)
    assert row == (2 * 100 + len(ADDRESSEES) - 1) * 10 + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("minister-ke", ("minister-ke",)),
        (" MINISTER-KE ", ("minister-ke",)),
        ("PA@ict.example.org", ("minister-ke",)),
        ("person@gmail.com", ("mail-only",)),
        ("KE", ()),
        ("nobody@example.org", ()),
        ("", ()),
        ("%", ()),
    ],
)
def test_keys_by_key_or_mailbox(house: House, text: str, expected: tuple[str, ...]) -> None:
    with house.store.read() as connection:
        assert keys_by_mailbox(connection, 1, text) == expected
