"""The states of a message: whatever happens, in whatever order, only the named changes are made."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from office.errors import CircularsError
from store.database import Store
from store.doubts import settle
from store.inbound import add_delivery_event
from store.messages import WAITING, State
from store.outbox import (
    Outcome,
    claim,
    doubt,
    mark_printed,
    mark_sending,
    record,
    withdraw_rows,
)
from store.schema import outbox, senders
from store.senders import LIFE, Heartbeat, beat, bury, end, enter
from store.transitions import TRANSITIONS
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office
from tests.delivery.transitions import guard, reachable

ROWS = range(1, 7)
NUMBERS = st.lists(st.sampled_from(ROWS), unique=True, max_size=4)
ENDED = (State.SENT, State.DEFERRED, State.REFUSED, State.QUEUED, State.IN_DOUBT)


def test_every_state_has_its_changes() -> None:
    assert set(TRANSITIONS) == set(State)
    assert reachable(State.QUEUED) == set(State)
    assert not TRANSITIONS[State.WITHDRAWN] | TRANSITIONS[State.PRINTED]


@pytest.mark.parametrize("state", [State.SENT, State.DELIVERED, State.BOUNCED])
def test_what_a_server_has_taken_is_never_sent_again(state: State) -> None:
    assert not reachable(state) & {*WAITING, State.SENDING}


def test_the_guard_refuses_other_changes(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(1))
    guard(store)
    for before in State:
        for after in set(State) - TRANSITIONS[before] - {before}:
            with pytest.raises((CircularsError, DBAPIError)):
                _change(store, before, after)
    store.close()


def _change(store: Store, before: State, after: State) -> None:
    """Bring the only row to a state by the shortest named way, and then to another; all or nothing."""
    ways: dict[State, list[State]] = {State.QUEUED: []}
    left = [State.QUEUED]
    while left:
        here = left.pop(0)
        for following in sorted(TRANSITIONS[here]):
            if following not in ways:
                ways[following] = [*ways[here], following]
                left.append(following)
    with store.write() as connection:
        for step in (*ways[before], after):
            connection.execute(update(outbox).values(state=step))


class Outbox(RuleBasedStateMachine):
    """Two senders, people and reports at work on one outbox under the guard.

    What the store must never forget is kept beside it: what left (an intent was granted), and what a server took.
    """

    @initialize()
    def issue(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.store: Store = open_sample_store(path)
        issue_sample(self.store, sample_office(path), plain_routes(len(ROWS)))
        guard(self.store)
        self.now = NOW
        self.senders: dict[int, Heartbeat] = {}
        self.granted: dict[int, int] = {}  # row -> the sender that may hand it over
        self.taken: set[int] = set()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def states(self) -> dict[int, State]:
        with self.store.read() as connection:
            return {row.id: State(row.state) for row in connection.execute(select(outbox.c.id, outbox.c.state))}

    def _sender(self, which: int) -> int:
        if which not in self.senders:
            with self.store.write() as connection:
                self.senders[which] = enter(connection, 1, account="a", host="h", process=which)
        return self.senders[which].sender_id

    @rule(which=st.sampled_from((1, 2)), limit=st.integers(1, 4))
    def claims(self, which: int, limit: int) -> None:
        sender = self._sender(which)
        with self.store.write() as connection:
            heartbeat = beat(connection, self.senders[which])
            if heartbeat is None:
                del self.senders[which]
                return
            self.senders[which] = heartbeat
            claim(connection, 1, limit=limit, now=self.now, sender=sender)

    @rule(which=st.sampled_from((1, 2)), ids=NUMBERS.filter(bool))
    def intends(self, which: int, ids: list[int]) -> None:
        before = self.states()
        sender = self._sender(which)
        with self.store.write() as connection:
            granted = mark_sending(connection, ids, self.now, sender=sender)
        for row_id in granted:
            if before[row_id] is State.CLAIMED:
                assert row_id not in self.taken, "would be sent twice"
                self.granted[row_id] = sender

    @rule(which=st.sampled_from((1, 2)), row_id=st.sampled_from(ROWS), state=st.sampled_from(ENDED))
    def answers(self, which: int, row_id: int, state: State) -> None:
        sender = self._sender(which)
        is_sending = self.granted.get(row_id) == sender
        if state in {State.SENT, State.IN_DOUBT} and not is_sending:
            return  # nobody answers what was not handed over
        if state is State.SENT:
            self.taken.add(row_id)
        if is_sending:
            del self.granted[row_id]
        later = self.now + timedelta(minutes=1) if state is State.DEFERRED else None
        outcome = Outcome(row_id=row_id, state=state, next_attempt_at=later, sha256=b"x" * 32)
        with self.store.write() as connection:
            record(connection, [outcome], self.now, sender=sender)

    @rule(which=st.sampled_from((1, 2)), is_found=st.booleans())
    def dies(self, which: int, is_found: bool) -> None:
        """Be silent for too long; the row that it was sending may have been taken."""
        if which not in self.senders:
            return
        last = self.senders[which]
        self.senders[which] = Heartbeat(last.sender_id, last.seen_at - 2 * LIFE)
        with self.store.write() as connection:
            mine = senders.c.id == last.sender_id
            connection.execute(update(senders).where(mine).values(seen_at=last.seen_at - 2 * LIFE))
            if is_found:
                bury(connection, self.now, alone=False)

    @rule(which=st.sampled_from((1, 2)))
    def ends(self, which: int) -> None:
        if which in self.senders:
            with self.store.write() as connection:
                end(connection, self.senders.pop(which).sender_id, self.now)

    @rule(row_id=st.sampled_from(ROWS), action=st.sampled_from(("failed", "delayed", "delivered")))
    def report_comes(self, row_id: int, action: str) -> None:
        before = self.states()[row_id]
        if before in {State.SENDING, State.IN_DOUBT, State.SENT, State.DELIVERED}:
            self.taken.add(row_id)
        with self.store.write() as connection:
            add_delivery_event(
                connection, row_id, inbound_id=None, action=action, status="", diagnostic="", at=self.now
            )
        if action == "failed" and before in {State.SENDING, State.IN_DOUBT, State.SENT, State.DELIVERED}:
            assert self.states()[row_id] is State.BOUNCED

    @rule(ids=NUMBERS, sent=st.booleans())
    def person_settles(self, ids: list[int], sent: bool) -> None:
        if not sent:  # a person takes that upon itself; what had arrived is not asked to go again here
            ids = [row_id for row_id in ids if row_id not in self.taken]
        with self.store.write() as connection:
            settle(connection, dict.fromkeys(ids, "said"), state=State.SENT if sent else State.QUEUED, now=self.now)

    @rule(ids=NUMBERS)
    def journal_knows(self, ids: list[int]) -> None:
        with self.store.write() as connection:
            doubt(connection, ids, "because", self.now)

    @rule(key=st.sampled_from([f"key-{number}" for number in range(len(ROWS))]))
    def withdraws(self, key: str) -> None:
        with self.store.write() as connection:
            withdraw_rows(connection, 1, keys=[key], at=self.now)

    @rule(ids=NUMBERS)
    def prints(self, ids: list[int]) -> None:
        with self.store.write() as connection:
            mark_printed(connection, ids, self.now)

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_taken_waits(self) -> None:
        if hasattr(self, "store"):
            waiting = {row_id for row_id, state in self.states().items() if state in WAITING}
            assert not waiting & self.taken


Outbox.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestOutbox: Callable[..., object] = Outbox.TestCase
