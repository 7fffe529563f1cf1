"""The rows of messages: the quick way of a claim gives what the general one gives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from office.errors import InputError
from store.message_rows import rows_in
from store.messages import State
from store.outbox import Outcome, claim, record
from store.schema import addressees, batches, outbox
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office

LATER = NOW + timedelta(minutes=20)


def test_what_is_claimed_is_what_stands_there(tmp_path: Path) -> None:
    """Plain letters, copies, one that was put off, and what continues another letter, of two batches."""
    store = open_sample_store(tmp_path)
    routes = [[("a@example.org", "to"), ("b@example.org", "cc")], *plain_routes(4)]
    for _ in range(2):
        issue_sample(store, sample_office(tmp_path), routes)
    with store.write() as connection:
        connection.execute(update(outbox).values(circular_id=1))
        connection.execute(update(batches).values(circular_id=1, sender_name=batches.c.id))
        connection.execute(update(addressees).values(circular_id=1, key=addressees.c.token))
        theirs = update(addressees).where(addressees.c.id.in_((2, 3))).values(thread_token="t" * 31)
        connection.execute(theirs)
        connection.execute(update(addressees).where(addressees.c.id == 2).values(thread_at=NOW - timedelta(days=9)))
        connection.execute(update(outbox).where(outbox.c.id == 3).values(in_reply_to="first@example.int"))
        claim(connection, 1, limit=1, now=NOW)
        put_off = Outcome(row_id=1, state=State.DEFERRED, code=451, text="later", next_attempt_at=LATER)
        record(connection, [put_off], NOW)
        claimed = claim(connection, 1, limit=20, now=LATER)
        assert claimed == list(rows_in(connection, 1, (State.CLAIMED,)))
    assert len(claimed) == 12
    first, _, third, fourth, *_ = claimed
    assert (first.first_attempt_at, first.next_attempt_at, first.attempts) == (NOW, LATER, 1)
    assert (third.thread_at, third.references) == (NOW - timedelta(days=9), ("first@example.int",))
    assert (fourth.thread_at, fourth.references) == (NOW, ())
    store.close()


@pytest.mark.sqlite("its columns take any kind of value")
def test_a_moment_that_is_none_is_told(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(1))
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET first_attempt_at = 'yesterday'")
    with pytest.raises(InputError, match="damaged"), store.write() as connection:
        claim(connection, 1, limit=1, now=NOW)
    store.close()
