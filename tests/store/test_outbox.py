"""The outbox's queries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.circulars import set_held
from store.database import Store
from store.message_rows import rows_in
from store.messages import State, counts, highest_id, waiting, waiting_ids
from store.outbox import Outcome, claim, mark_sending, record, recover, withdraw_rows
from store.suppressions import Suppression, suppress, unsuppress
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_sample_store(tmp_path)
    issue_sample(
        opened, sample_office(tmp_path), [[("a@example.org", "to"), ("b@example.org", "cc")], *plain_routes(8)]
    )
    yield opened
    opened.close()


def states(store: Store) -> dict[State, int]:
    with store.read() as connection:
        return {state: number for state, number in counts(connection, 1).items() if number}


def test_claimed_rows_have_what_a_message_needs(store: Store) -> None:
    with store.write() as connection:
        first, copy, *_ = claim(connection, 1, limit=3, now=NOW)
    assert (first.mailbox, first.role, first.key, first.state) == ("a@example.org", "to", "key-0", State.CLAIMED)
    assert (copy.mailbox, copy.role, copy.to_mailbox) == ("b@example.org", "cc", "a@example.org")
    assert first.issued_at == NOW
    assert first.issued_at.tzinfo is not None
    assert (first.sender, first.plus_addressing, first.references) == ("circulars@example.int", True, ())
    assert first.values is not None
    assert first.token != first.reply_token
    assert first.reply_token == copy.reply_token
    assert states(store) == {State.CLAIMED: 3, State.QUEUED: 7}


def test_rows_are_claimed_once_and_in_order(store: Store) -> None:
    with store.write() as connection:
        ids = [row.id for _ in range(4) for row in claim(connection, 1, limit=3, now=NOW)]
        assert ids == list(range(1, 11))
        assert claim(connection, 1, limit=3, now=NOW) == []
        assert claim(connection, 2, limit=3, now=NOW) == []


def test_deferred_rows_are_claimed_when_due(store: Store) -> None:
    with store.write() as connection:
        claim(connection, 1, limit=10, now=NOW)
        record(connection, [Outcome(row_id=4, state=State.DEFERRED, code=450, next_attempt_at=LATER)], NOW)
        assert claim(connection, 1, limit=5, now=NOW) == []
        assert waiting(connection, 1, NOW) == 0
        assert waiting(connection, 1, LATER) == 1
        (row,) = claim(connection, 1, limit=5, now=LATER)
    assert (row.id, row.attempts, row.first_attempt_at, row.reply_code) == (4, 1, NOW, 450)


def test_a_held_circular_yields_nothing(store: Store) -> None:
    with store.write() as connection:
        set_held(connection, 1, held=True)
        assert claim(connection, 1, limit=5, now=NOW) == []


def test_suppressed_mailboxes_are_passed_over(store: Store) -> None:
    with store.write() as connection:
        for number in (0, 1):
            left = Suppression(address=f"minister{number}@example.org", reason="left", by="tester", since=NOW)
            assert suppress(connection, left)
            assert not suppress(connection, left)
        assert unsuppress(connection, "minister1@example.org")
        assert not unsuppress(connection, "minister1@example.org")
        rows = claim(connection, 1, limit=10, now=NOW)
    assert len(rows) == 9
    assert "minister0@example.org" not in {row.mailbox for row in rows}
    assert states(store)[State.SUPPRESSED] == 1


def test_an_intent_is_granted_only_for_claimed_rows(store: Store) -> None:
    with store.write() as connection:
        claim(connection, 1, limit=4, now=NOW)
        assert withdraw_rows(connection, 1, keys=["key-0"], at=NOW) == 2
        assert mark_sending(connection, [1, 2, 3, 4, 5], NOW) == {3, 4}
        assert withdraw_rows(connection, 1, at=NOW) == 6  # not those that are being sent
    assert states(store) == {State.SENDING: 2, State.WITHDRAWN: 8}


def test_outcomes_never_overwrite_what_was_settled(store: Store) -> None:
    with store.write() as connection:
        claim(connection, 1, limit=3, now=NOW)
        mark_sending(connection, [1, 2], NOW)
        withdraw_rows(connection, 1, keys=["key-1"], at=NOW)
        done = [Outcome(row_id=number, state=State.SENT, code=250, sha256=b"x" * 32) for number in (1, 2, 3)]
        record(connection, done, LATER)
        first, *_ = rows_in(connection, 1)
    assert (first.attempts, first.reply_code, first.sha256) == (1, 250, b"x" * 32)
    assert states(store) == {State.SENT: 2, State.WITHDRAWN: 1, State.QUEUED: 7}


def test_a_message_that_did_not_leave_is_no_attempt(store: Store) -> None:
    with store.write() as connection:
        claim(connection, 1, limit=1, now=NOW)
        mark_sending(connection, [1], NOW)
        record(connection, [Outcome(row_id=1, state=State.QUEUED, text="broke")], NOW)
        first, *_ = rows_in(connection, 1)
    assert (first.state, first.attempts, first.first_attempt_at, first.reply_text) == (State.QUEUED, 0, None, "broke")


def test_recovery(store: Store) -> None:
    with store.write() as connection:
        claim(connection, 1, limit=5, now=NOW)
        mark_sending(connection, [1, 2], NOW)
        assert recover(connection, LATER) == 2
        doubtful = list(rows_in(connection, 1, (State.IN_DOUBT,)))
    assert [row.id for row in doubtful] == [1, 2]
    assert "ended before" in doubtful[0].reply_text
    assert states(store) == {State.IN_DOUBT: 2, State.QUEUED: 8}


def test_looking(store: Store) -> None:
    with store.read() as connection:
        assert highest_id(connection) == 10
        assert list(waiting_ids(connection, 1)) == list(range(1, 11))
        assert [row.id for row in rows_in(connection, 1, key="key-0")] == [1, 2]
        assert counts(connection, 1)[State.BOUNCED] == 0
        assert counts(connection, 7)[State.QUEUED] == 0
