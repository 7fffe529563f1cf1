"""Messages in doubt: their times, their witnesses, their settlement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from store.database import Store
from store.doubts import doubts, prove_arrived, prove_only_arrived, settle, witnesses
from store.message_rows import rows_in
from store.messages import State, counts
from store.outbox import KNOWN_TO_JOURNAL, claim, doubt, mark_sending, recover
from store.schema import delivery_events, outbox
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office

LATER = NOW + timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_sample_store(tmp_path)
    issue_sample(
        opened, sample_office(tmp_path), [[("a@example.org", "to"), ("b@example.org", "cc")], *plain_routes(4)]
    )
    yield opened
    opened.close()


def states(store: Store) -> dict[State, int]:
    with store.read() as connection:
        return {state: number for state, number in counts(connection, 1).items() if number}


def message_ids(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.message_id for row in rows_in(connection, 1)]


def events(store: Store) -> list[tuple[int, str]]:
    with store.read() as connection:
        found = connection.execute(select(delivery_events.c.outbox_id, delivery_events.c.diagnostic))
        return [(number, text) for number, text in found]


def test_a_row_left_by_a_crash_left_when_it_was_begun(store: Store) -> None:
    with store.write() as connection:
        rows = claim(connection, 1, limit=2, now=NOW)
        mark_sending(connection, [row.id for row in rows], NOW)
        recover(connection, LATER)
        (first, _) = doubts(connection, 1)
        (only,) = doubts(connection, 1, key="key-0")[:1]
    assert first.begin <= NOW <= first.end
    assert first.end - first.begin < timedelta(hours=1)
    assert only.row.key == "key-0"


def test_what_the_journal_knows_may_have_left_at_any_time_since_it_was_issued(store: Store) -> None:
    with store.write() as connection:
        doubt(connection, [1], KNOWN_TO_JOURNAL, LATER)
        (found,) = doubts(connection, 1)
    assert found.begin == NOW
    assert found.end >= LATER


def test_rows_are_settled_once_and_the_reason_stays(store: Store) -> None:
    with store.write() as connection:
        doubt(connection, [1, 2, 3, 99], "because", NOW)
        assert settle(connection, {1: "one", 4: "four"}, state=State.SENT, now=NOW) == 1
        assert settle(connection, {1: "again", 2: "two"}, state=State.QUEUED, now=NOW) == 1
        assert settle(connection, {3: "no such mailbox"}, state=State.REFUSED, now=NOW) == 1
    assert states(store) == {State.SENT: 1, State.QUEUED: 4, State.REFUSED: 1}
    assert events(store) == [(1, "one"), (2, "two"), (3, "no such mailbox")]
    with store.read() as connection:
        assert [row.reply_text for row in rows_in(connection, 1, (State.REFUSED,))] == ["no such mailbox"]


def test_witnesses_are_what_the_relay_said_yes_to_at_that_time(store: Store) -> None:
    def change(row_id: int, **values: object) -> None:
        with store.write() as connection:
            connection.execute(update(outbox).where(outbox.c.id == row_id).values(state=State.SENT, **values))

    change(1, changed_at=NOW, reply_code=250)
    change(2, changed_at=NOW)  # settled by a person: nobody knows when it went
    change(3, changed_at=LATER, reply_code=250)
    with store.read() as connection:
        found = witnesses(connection, 1, begin=NOW, end=NOW)
    assert found == {message_ids(store)[0]: NOW}


def test_an_answer_proves_that_its_message_arrived(store: Store) -> None:
    first, second, *_ = message_ids(store)
    with store.write() as connection:
        doubt(connection, [1, 3], "because", NOW)
        assert prove_arrived(connection, message_ids=[first], inbound_id=None, now=NOW)
        assert not prove_arrived(connection, message_ids=[first], inbound_id=None, now=NOW)
        assert not prove_arrived(connection, message_ids=[second], inbound_id=None, now=NOW)  # still queued
        assert not prove_arrived(connection, message_ids=["another@example.org"], inbound_id=None, now=NOW)
    assert states(store) == {State.SENT: 1, State.IN_DOUBT: 1, State.QUEUED: 4}
    assert [number for number, _ in events(store)] == [1]


def test_an_answer_to_the_address_proves_it_only_where_one_message_went(store: Store) -> None:
    with store.write() as connection:
        doubt(connection, [1, 3], "because", NOW)
        assert not prove_only_arrived(connection, 1, inbound_id=None, now=NOW)  # it got a copy too
        assert prove_only_arrived(connection, 2, inbound_id=None, now=NOW)
    assert states(store) == {State.SENT: 1, State.IN_DOUBT: 1, State.QUEUED: 4}
