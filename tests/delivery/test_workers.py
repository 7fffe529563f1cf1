"""Several processes send from one PostgreSQL store, and are killed at random: nothing is lost, nothing goes twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from delivery.doubt import settle_doubt
from delivery.journal import Journal, open_journal
from delivery.lease import LostError, Sender, sending
from delivery.ledger import Ledger
from delivery.sending import send
from office.clock import system_clock
from office.model import SmtpTransport
from store.circulars import is_held, set_held
from store.database import Store
from store.message_rows import rows_in
from store.messages import OutboxRow, State, Wanted, counts
from store.outbox import mark_sending, withdraw_rows
from store.schema import outbox, senders
from tests.delivery.samples import REFERENCE, issue_sample, plain_routes, sample_office
from tests.delivery.sink import Sink

pytestmark = pytest.mark.packages

ROOT = Path(__file__).parents[2]
CONNECTIONS = 4
ROWS = 900
MANY = 1800  # each process takes two hundred at a time: there is work for all that are killed, and for those after them
KILLS = 5
_LATER = text("UPDATE senders SET seen_at = seen_at - INTERVAL '2 minutes' WHERE process = :process")


@pytest.fixture
def store(postgresql_store: Store) -> Store:
    return postgresql_store


Begin = Callable[[Sink], "Worker"]


class Worker:
    """`send` in a process of its own."""

    def __init__(self, folder: Path, url: str, sink: Sink) -> None:
        arguments = (str(folder), str(sink.port), str(CONNECTIONS), json.dumps({"store": url}))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.delivery.crashing_send", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n", self.end()
        self.line = self._process.stdout.readline()  # it is under way

    def kill(self, store: Store) -> bool:
        """Kill it, and let a minute and more pass for the store; returns False if it had ended by itself."""
        self._process.kill()
        self.end()
        with store.write() as connection:
            connection.execute(_LATER, {"process": self._process.pid})
        return self._process.returncode != 0

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def end(self) -> str:
        """Wait until it ends; returns what it said."""
        said, errors = self._process.communicate(timeout=60)
        assert not errors, errors
        return said


@pytest.fixture
def begin(tmp_path: Path, postgresql_url: str) -> Iterator[Begin]:
    """Begin to send in a process of its own; none is left when the test has ended."""
    begun: list[Worker] = []

    def worker(sink: Sink) -> Worker:
        begun.append(Worker(tmp_path, postgresql_url, sink))
        return begun[-1]

    yield worker
    for left in begun:
        left.stop()


def states_of(store: Store) -> dict[State, int]:
    with store.read() as connection:
        return {state: number for state, number in counts(connection, 1).items() if number}


@pytest.mark.parametrize("workers", [2, 3])
def test_killed_at_random(tmp_path: Path, begin: Begin, store: Store, workers: int) -> None:
    issue_sample(store, sample_office(tmp_path), plain_routes(MANY))
    chance = random.Random(workers)
    sink = Sink(keep=False, delay=0.6)  # slow, so that nobody ends before it is killed
    with sink.running():
        running = [begin(sink) for _ in range(workers)]
        kills = 0
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, 0.3))
            killed = running.pop(chance.randrange(workers))
            kills += killed.kill(store)
            running.append(begin(sink))
        sink.delay = 0.0
        for worker in running:
            worker.end()
        last = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none", connections=CONNECTIONS)
        summary = send(store, sample_office(tmp_path, last), circular_id=1, reference=REFERENCE, clock=system_clock)
    assert kills == KILLS  # the test did what it is for
    assert (summary.remaining, summary.stopped) == (0, "")
    states = states_of(store)
    assert set(states) <= {State.SENT, State.IN_DOUBT}
    assert sum(states.values()) == MANY
    assert 0 < states.get(State.IN_DOUBT, 0) <= kills * CONNECTIONS
    assert set(sink.seen.values()) == {1}, "sent twice"
    with store.read() as connection:
        lost = [row.id for row in rows_in(connection, 1, (State.SENT,)) if row.message_id not in sink.seen]
    assert lost == []


def test_they_share_the_work(tmp_path: Path, begin: Begin, store: Store) -> None:
    """Each takes rows that the others have not taken, and all have ended in good order."""
    issue_sample(store, sample_office(tmp_path), plain_routes(ROWS))
    sink = Sink(keep=False, delay=0.03)
    with sink.running():
        workers = [begin(sink) for _ in range(3)]
        said = [worker.end() for worker in workers]
    assert states_of(store) == {State.SENT: ROWS}
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == ROWS
    assert any("remaining 0" in words for words in said)
    with store.read() as connection:
        assert connection.scalars(select(senders.c.id).where(senders.c.ended_at.is_(None))).all() == []
        assert len(connection.scalars(select(senders.c.id)).all()) == 3


def test_what_a_killed_process_has_left_is_told_until_it_is_free(tmp_path: Path, begin: Begin, store: Store) -> None:
    issue_sample(store, sample_office(tmp_path), plain_routes(20))
    sink = Sink(keep=False, delay=0.6)
    with sink.running():
        first = begin(sink)
        time.sleep(0.2)
        relay = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none", connections=CONNECTIONS)
        first.stop()
        sink.delay = 0.0
        summary = send(store, sample_office(tmp_path, relay), circular_id=1, reference=REFERENCE, clock=system_clock)
    assert summary.remaining == 20 - summary.sent > 0
    assert summary.stopped == f"Other processes have {summary.remaining} of the messages."
    assert "60 seconds" in summary.hint


def test_hold_and_withdraw_from_another_terminal(tmp_path: Path, begin: Begin, store: Store) -> None:
    """What changes many rows at once does not come to a deadlock with those who send them."""
    issue_sample(store, sample_office(tmp_path), plain_routes(ROWS))
    sink = Sink(keep=False, delay=0.02)
    with sink.running():
        workers = [begin(sink) for _ in range(2)]
        for number in range(ROWS - 1, ROWS // 2, -40):
            with store.write() as connection:
                withdraw_rows(
                    connection, 1, keys=[f"key-{near}" for near in range(number, number - 20, -1)], at=system_clock()
                )
        with store.write() as connection:
            set_held(connection, 1, held=True)
        said = [worker.end() for worker in workers]
    assert not any("error" in words or "busy" in words for words in said), said
    states = states_of(store)
    assert set(states) <= {State.SENT, State.QUEUED, State.WITHDRAWN}
    assert states[State.SENT] == len(sink.seen)
    assert states[State.WITHDRAWN] > 100
    with store.read() as connection:
        assert is_held(connection, 1)


def test_doubt_settled_on_one_machine_stops_nobody_on_another(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, now = sample_office(tmp_path), system_clock()
    issue_sample(store, office, plain_routes(4))

    def clock() -> datetime:
        return now

    def take(limit: int, sender: Sender, journal: Journal) -> list[OutboxRow]:
        ledger = Ledger(
            store, journal, sender=sender, circular_id=1, clock=clock, wanted=Wanted(), on_write=lambda: None
        )
        return ledger.claim(limit)

    monkeypatch.setattr("socket.gethostname", lambda: "beta")
    with sending(store, tmp_path, 1, clock) as sender, open_journal(store, office, 1, clock) as journal:
        assert [row.id for row in take(1, sender, journal)] == [1]
        monkeypatch.setattr("socket.gethostname", lambda: "gamma")
        with sending(store, tmp_path, 1, clock) as other, open_journal(store, office, 1, clock) as theirs:
            rows = take(2, other, theirs)
            with store.write() as connection:
                mark_sending(connection, [row.id for row in rows], now, sender=other.id)
            theirs.append(leaving=rows)
        monkeypatch.setattr("socket.gethostname", lambda: "alpha")
        now += timedelta(minutes=2)
        assert settle_doubt(store, office, rows[:1], state=State.QUEUED, said="again", clock=clock) == 1
        assert [row.id for row in take(2, sender, journal)] == [2, 4]
        with store.write() as connection:
            connection.execute(update(outbox).where(outbox.c.id == 3).values(state=State.QUEUED))  # an older copy
        with pytest.raises(LostError, match="put back"):
            take(2, sender, journal)
