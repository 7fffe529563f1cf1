"""Who sends, who is dead, and what the dead have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from store.database import Store
from store.message_rows import rows_in
from store.messages import State, counts
from store.outbox import Outcome, claim, mark_sending, record
from store.schema import outbox, senders
from store.senders import LIFE, Heartbeat, beat, bury, end, enter
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_sample_store(tmp_path)
    issue_sample(opened, sample_office(tmp_path), plain_routes(10))
    yield opened
    opened.close()


def begin(store: Store) -> Heartbeat:
    with store.write() as connection:
        return enter(connection, 1, account="tester", host="here", process=1)


def send_some(store: Store, sender: Heartbeat, *, limit: int, sending: int) -> list[int]:
    with store.write() as connection:
        ids = [row.id for row in claim(connection, 1, limit=limit, now=NOW, sender=sender.sender_id)]
        mark_sending(connection, ids[:sending], NOW, sender=sender.sender_id)
    return ids


def fall_silent(store: Store, sender: Heartbeat, seconds: float) -> Heartbeat:
    with store.write() as connection:
        seen_at = sender.seen_at - timedelta(seconds=seconds)
        connection.execute(update(senders).where(senders.c.id == sender.sender_id).values(seen_at=seen_at))
    return Heartbeat(sender.sender_id, seen_at)


def states(store: Store) -> dict[State, int]:
    with store.read() as connection:
        return {state: number for state, number in counts(connection, 1).items() if number}


def test_signs_of_life_go_on(store: Store) -> None:
    first = begin(store)
    with store.write() as connection:
        second = beat(connection, first)
    assert second is not None
    assert (second.sender_id, second.seen_at > first.seen_at) == (first.sender_id, True)


def test_the_living_keep_what_they_have(store: Store) -> None:
    one, other = begin(store), begin(store)
    send_some(store, one, limit=3, sending=2)
    fall_silent(store, one, LIFE.total_seconds() - 5)
    with store.write() as connection:
        assert bury(connection, NOW, mine=other.sender_id, alone=False) == 0
        assert bury(connection, NOW, alone=False) == 0
    assert states(store) == {State.SENDING: 2, State.CLAIMED: 1, State.QUEUED: 7}


def test_what_a_silent_one_has_left_is_settled(store: Store) -> None:
    one, other = begin(store), begin(store)
    sleeper = send_some(store, one, limit=3, sending=2)
    mine = send_some(store, other, limit=2, sending=1)
    assert not set(sleeper) & set(mine)
    last = fall_silent(store, one, LIFE.total_seconds() + 5)
    with store.write() as connection:
        assert bury(connection, NOW, mine=other.sender_id, alone=False) == 2
        assert bury(connection, NOW, mine=other.sender_id, alone=False) == 0
    assert states(store) == {State.IN_DOUBT: 2, State.SENDING: 1, State.CLAIMED: 1, State.QUEUED: 6}
    # It wakes up: it is told, can neither begin what it had claimed nor say what became of what it was sending.
    with store.write() as connection:
        assert beat(connection, last) is None
        claim(connection, 1, limit=1, now=NOW, sender=other.sender_id)  # the one that was given back
        assert mark_sending(connection, sleeper, NOW, sender=one.sender_id) == frozenset()
        record(connection, [Outcome(row_id=row, state=State.SENT) for row in sleeper], NOW, sender=one.sender_id)
        record(connection, [Outcome(row_id=row, state=State.QUEUED) for row in mine], NOW, sender=one.sender_id)
    assert states(store) == {State.IN_DOUBT: 2, State.SENDING: 1, State.CLAIMED: 2, State.QUEUED: 5}


def test_who_is_alone_knows_that_all_others_are_dead(store: Store) -> None:
    one = begin(store)
    send_some(store, one, limit=3, sending=2)
    with store.write() as connection:
        assert bury(connection, NOW, alone=True) == 2
        assert beat(connection, one) is None
    assert states(store) == {State.IN_DOUBT: 2, State.QUEUED: 8}


def test_who_ends_leaves_nothing_claimed(store: Store) -> None:
    one, other = begin(store), begin(store)
    send_some(store, one, limit=3, sending=1)
    send_some(store, other, limit=3, sending=1)
    with store.write() as connection:
        assert end(connection, one.sender_id, NOW) == 1
        assert beat(connection, one) is None
    assert states(store) == {State.IN_DOUBT: 1, State.SENDING: 1, State.CLAIMED: 2, State.QUEUED: 6}


def test_rows_of_a_version_without_senders_are_settled(store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == 1).values(state="sending"))
        connection.execute(update(outbox).where(outbox.c.id == 2).values(state="sending", sender_id=7))  # not entered
        assert bury(connection, NOW, alone=False) == 2


def test_an_older_copy_of_the_store_does_not_know_the_sign(store: Store) -> None:
    first = begin(store)
    with store.write() as connection:
        second = beat(connection, first)
        assert second is not None
        # The backup was taken before the second sign, and put back under the hands of the sender.
        connection.execute(update(senders).where(senders.c.id == first.sender_id).values(seen_at=first.seen_at))
        assert beat(connection, second) is None


def test_numbers_of_senders_are_not_handed_out_in_turn(store: Store) -> None:
    assert len({begin(store).sender_id for _ in range(5)} & set(range(1, 1000))) <= 1


@pytest.mark.parametrize("reported", ["bounced", "delivered", "sent"])
def test_a_report_that_is_faster_than_the_answer_stands(store: Store, reported: str) -> None:
    one = begin(store)
    (row_id,) = send_some(store, one, limit=1, sending=1)
    with store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == row_id).values(state=reported))
        done = [
            Outcome(row_id=row_id, state=State.SENT, code=250, text="taken", sha256=b"x" * 32),
            Outcome(row_id=row_id + 1, state=State.SENT, code=250, sha256=b"y" * 32),  # not this sender's
        ]
        record(connection, done, NOW, sender=one.sender_id)
        record(connection, done, NOW, sender=one.sender_id)
        first, second, *_ = rows_in(connection, 1)
    assert (first.state, first.sha256, first.attempts, first.reply_code) == (reported, b"x" * 32, 1, 250)
    assert first.first_attempt_at == NOW
    assert (second.state, second.sha256, second.attempts) == ("queued", None, 0)


def test_the_moments_are_those_of_the_database(store: Store) -> None:
    one = begin(store)
    with store.read() as connection:
        row = connection.execute(select(senders).where(senders.c.id == one.sender_id)).one()
    assert row.started_at == row.seen_at or row.seen_at - row.started_at < timedelta(seconds=1)
    assert row.started_at.year > NOW.year  # not the office's clock, which a test may have set
