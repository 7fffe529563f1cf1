"""What has been fetched from where."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from store.fetching import Known, Position, known_of, remember_mails, remember_position
from store.schema import fetched, inboxes
from tests.replies.samples import NOW, House, mail


def test_nothing_is_known_at_first(house: House) -> None:
    with house.store.read() as connection:
        assert known_of(connection, "inbox") == Known(names=set(), position=None)


def test_each_source_for_itself(house: House) -> None:
    number = house.file(mail()).inbound_id
    with house.store.write() as connection:
        remember_mails(connection, "inbox", {"a": number, "b": number})
        remember_mails(connection, "other", {"c": number})
        remember_position(connection, "inbox", Position(uidvalidity=1, last_uid=5), NOW)
    with house.store.read() as connection:
        assert known_of(connection, "inbox") == Known(names={"a", "b"}, position=Position(uidvalidity=1, last_uid=5))
        assert known_of(connection, "other") == Known(names={"c"})


def test_a_name_that_is_known_keeps_its_mail(house: House) -> None:
    first, second = house.file(mail("one")).inbound_id, house.file(mail("two")).inbound_id
    names = {str(number): first for number in range(1200)}
    with house.store.write() as connection:
        remember_mails(connection, "inbox", {"7": second})
        remember_mails(connection, "inbox", names)
        remember_mails(connection, "inbox", {})
        kept = {row.name: row.inbound_id for row in connection.execute(select(fetched))}
    assert kept == names | {"7": second}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (Position(uidvalidity=1, last_uid=9), Position(uidvalidity=1, last_uid=9)),
        (Position(uidvalidity=1, last_uid=2), Position(uidvalidity=1, last_uid=5)),
        (Position(uidvalidity=2, last_uid=1), Position(uidvalidity=2, last_uid=1)),
        (Position(uidvalidity=4_294_967_295, last_uid=4_294_967_294),) * 2,
    ],
)
def test_a_position_goes_back_only_under_another_uidvalidity(house: House, later: Position, expected: Position) -> None:
    with house.store.write() as connection:
        remember_position(connection, "inbox", Position(uidvalidity=1, last_uid=5), NOW)
        remember_position(connection, "inbox", later, NOW + timedelta(hours=1))
        assert known_of(connection, "inbox").position == expected
        changed = connection.execute(select(inboxes.c.changed_at)).scalar_one()
    assert (changed == NOW) is (expected == Position(uidvalidity=1, last_uid=5))
