"""kill -9 at random moments: nothing is lost, nothing goes twice, and what nobody can know is named."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from delivery.feed import CHUNK
from delivery.sending import SendSummary, send
from office.model import SmtpTransport
from store.circulars import is_held, set_held
from store.database import Store
from store.message_rows import rows_in
from store.messages import OutboxRow, State, counts
from store.outbox import KNOWN_TO_JOURNAL
from tests.delivery.fault_points import POINTS
from tests.delivery.samples import NOW, REFERENCE, issue_sample, open_sample_store, plain_routes, sample_office
from tests.delivery.sink import Sink
from tests.delivery.transitions import guard

CONNECTIONS = 8
ROWS = 800
KILLS = 10
ROOT = Path(__file__).parents[2]
# Points before the first message is begun, and after the last has its answer.
NOTHING_UNDER_WAY = {
    "before the dead are settled",
    "the dead settled, not committed",
    "entered as a sender",
    "compared with the journal",
    "claim not committed",
    "claimed",
    "before the end",
    "end not committed",
    "ended",
}


def start(folder: Path, port: int, **settings: object) -> subprocess.Popen[str]:
    arguments = [str(folder), str(port), str(CONNECTIONS), json.dumps(settings)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.delivery.crashing_send", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip


@contextmanager
def nursery(folder: Path, port: int) -> Iterator[Callable[..., int]]:
    """Run processes with such settings, one after the other; each call returns how one ended."""
    nurse = subprocess.Popen(
        [sys.executable, "-m", "tests.delivery.crashing_send", str(folder), str(port), str(CONNECTIONS), "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True,
    )  # fmt: skip

    def run(**settings: object) -> int:
        assert nurse.stdin is not None
        assert nurse.stdout is not None
        nurse.stdin.write(json.dumps(settings) + "\n")
        nurse.stdin.flush()
        return int(nurse.stdout.readline())

    try:
        yield run
    finally:
        _, errors = nurse.communicate()
    assert not errors


def run_and_kill(folder: Path, port: int, *, after: float, lines: int) -> bool:
    """Run `send`, kill it so many seconds after a line of its output; returns False if it had ended by itself."""
    process = start(folder, port)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for _ in range(lines):
        process.stdout.readline()  # a transaction was committed
    time.sleep(after)
    process.kill()
    _, errors = process.communicate()
    assert not errors
    return process.returncode != 0


def rows_of(store: Store) -> list[OutboxRow]:
    with store.read() as connection:
        return list(rows_in(connection, 1))


def states_of(store: Store) -> dict[State, int]:
    with store.read() as connection:
        return {state: number for state, number in counts(connection, 1).items() if number}


@pytest.mark.sqlite("a lock tells at once who is dead; of others, test_workers.py")
def test_killed_while_sending_over_smtp(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(ROWS))
    chance = random.Random(20220321)
    sink = Sink(keep=False, delay=0.02)
    kills = 0
    with sink.running():
        for _ in range(KILLS):
            lines = chance.choice((0, 1, 5))
            kills += run_and_kill(tmp_path, sink.port, after=chance.uniform(0.0, 0.2), lines=lines)
        last = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none", connections=CONNECTIONS)
        summary = send(store, sample_office(tmp_path, last), circular_id=1, reference=REFERENCE, clock=lambda: NOW)
    assert summary.remaining == 0
    states = states_of(store)
    assert set(states) <= {State.SENT, State.IN_DOUBT}
    assert states[State.SENT] + states.get(State.IN_DOUBT, 0) == ROWS
    assert kills > KILLS // 2  # the test did what it is for
    assert states.get(State.IN_DOUBT, 0) <= kills * CONNECTIONS
    assert states.get(State.IN_DOUBT, 0) > 0
    assert set(sink.seen.values()) == {1}, "sent twice"
    for row in rows_of(store):
        assert row.state != State.SENT or sink.seen[row.message_id] == 1, "lost"
    store.close()


@pytest.mark.sqlite("a lock tells at once who is dead; of others, test_workers.py")
def test_killed_at_every_step(tmp_path: Path) -> None:
    """Each kill leaves at most one message per connection in doubt, and the guard sees no other change of a state."""
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(ROWS))
    guard(store)

    def refuse_some(step: str, argument: str) -> str:
        return "550 5.1.1 nobody" if step == "dot" and "5@" in argument else ""

    doubtful = 0
    with Sink(keep=False, delay=0.002, script=refuse_some).running() as sink, nursery(tmp_path, sink.port) as run:
        for point in POINTS:
            is_quiet = point in NOTHING_UNDER_WAY
            assert run(point=point, hit=1 if is_quiet else 3) == -signal.SIGKILL, point
            states = states_of(store)
            found = states.get(State.IN_DOUBT, 0) + states.get(State.SENDING, 0)
            assert found - doubtful <= (0 if is_quiet else CONNECTIONS), point
            doubtful = found
        assert run() == 0
    states = states_of(store)
    assert set(states) == {State.SENT, State.IN_DOUBT, State.REFUSED}
    assert sum(states.values()) == ROWS
    assert set(sink.seen.values()) == {1}, "sent twice"
    for row in rows_of(store):
        assert row.state == State.IN_DOUBT or sink.seen[row.message_id] == (row.state == State.SENT), "lost"
        assert row.state != State.REFUSED or "5@" in row.mailbox
    store.close()


@pytest.mark.sqlite("a backup is a copy of the file")
def test_killed_while_a_store_put_back_is_compared(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(30))
    store.close()
    backup = shutil.copy(tmp_path / "circulars.db", tmp_path / "backup.db")
    with Sink(keep=False).running() as sink, nursery(tmp_path, sink.port) as run:
        assert run() == 0
        for point in ("put in doubt, not committed", "held, not committed", "held, not told", "told"):
            shutil.copy(backup, tmp_path / "circulars.db")
            assert run(point=point) == -signal.SIGKILL, point
            assert run() == 0
            store = open_sample_store(tmp_path)
            assert states_of(store) == {State.IN_DOUBT: 30}, point
            with store.read() as connection:
                assert is_held(connection, 1), point
            store.close()
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 30


@pytest.mark.sqlite("a lock tells at once who is dead; of others, test_workers.py")
def test_killed_while_doubt_is_settled(tmp_path: Path) -> None:
    """A message that is to go again goes again, and the journal holds nothing back for it."""
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(60))
    guard(store)
    with Sink(keep=False).running() as sink, nursery(tmp_path, sink.port) as run:
        assert run(point="after the dot", hit=CONNECTIONS) == -signal.SIGKILL
        left = states_of(store)[State.SENDING]
        for point in ("before doubt is settled", "doubt taken back in the journal", "doubt settled, not committed"):
            assert run(resend=True, point=point) == -signal.SIGKILL, point
            assert states_of(store)[State.IN_DOUBT] == left > 0, point
        assert run(resend=True, point="doubt settled") == -signal.SIGKILL
        assert State.IN_DOUBT not in states_of(store)
        assert run() == 0
    assert states_of(store) == {State.SENT: 60}
    again = [seen for seen in sink.seen.values() if seen > 1]
    assert len(sink.seen) == 60
    assert len(again) <= left
    store.close()


@pytest.mark.sqlite("a lock tells at once who is dead; of others, test_workers.py")
def test_killed_while_writing_files(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(ROWS))
    chance = random.Random(20220321)
    kills = sum(run_and_kill(tmp_path, 0, after=chance.uniform(0.0, 0.05), lines=lines) for lines in (0, 1, 2))
    send(store, sample_office(tmp_path), circular_id=1, reference=REFERENCE, clock=lambda: NOW)
    assert kills
    assert states_of(store) == {State.SENT: ROWS}
    written = list((tmp_path / "outgoing" / "CL-22-010").glob("*.eml"))
    assert len(written) == ROWS
    rows = {row.message_id for row in rows_of(store)}
    assert {path.read_bytes().split(b"Message-ID: <")[1].split(b">")[0].decode() for path in written} == rows
    store.close()


@pytest.mark.sqlite("a lock tells at once who is dead; of others, test_workers.py")
def test_killed_at_every_step_of_writing_files(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(CHUNK + 2))
    with nursery(tmp_path, 0) as run:
        for point in ("before the files", "after the files", "files in the store", "files in the journal"):
            assert run(point=point) == -signal.SIGKILL, point
        assert run() == 0
    assert states_of(store) == {State.SENT: CHUNK + 2}
    assert len(list((tmp_path / "outgoing" / "CL-22-010").glob("*.eml"))) == CHUNK + 2
    store.close()


@pytest.mark.sqlite("a backup is a copy of the file")
def test_a_store_restored_from_a_backup_sends_nothing_twice(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(30))
    store.close()
    backup = tmp_path / "backup.db"
    shutil.copy(tmp_path / "circulars.db", backup)

    def send_some(limit: int, sink: Sink) -> tuple[Store, SendSummary]:
        opened = open_sample_store(tmp_path)
        transport = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none")
        office = sample_office(tmp_path, transport)
        return opened, send(opened, office, circular_id=1, reference=REFERENCE, limit=limit, clock=lambda: NOW)

    def refuse_one(step: str, argument: str) -> str:
        return "550 5.1.1 nobody" if step == "dot" and "minister5@" in argument else ""

    with Sink(script=refuse_one).running() as sink:
        send_some(10, sink)[0].close()
        shutil.copy(backup, tmp_path / "circulars.db")
        store, summary = send_some(100, sink)
        assert (summary.sent, summary.in_doubt, len(sink.seen)) == (0, 9, 9)
        assert summary.stopped.startswith(f"{REFERENCE} starts held. The send journal knows 9 messages of it, of 2022-")
        assert f"circulars resume {REFERENCE}" in summary.hint
        with store.write() as connection:
            assert is_held(connection, 1)
            set_held(connection, 1, held=False)
        store.close()
        store, summary = send_some(100, sink)
        assert (summary.sent, summary.in_doubt, summary.stopped) == (20, 0, "")
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 29
    doubtful = [row for row in rows_of(store) if row.state == State.IN_DOUBT]
    assert len(doubtful) == 9  # the tenth was refused, and may be tried again
    assert {row.reply_text for row in doubtful} == {KNOWN_TO_JOURNAL}
    store.close()


@pytest.mark.parametrize("left_behind", ["+ 3 half", "+ 3", "\x00\x01\n+ 99999999999999999999 x\n- x y\n", "+ -1 a\n"])
def test_a_damaged_journal_does_no_harm(tmp_path: Path, left_behind: str) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(3))
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal" / "sent-1.log").write_text(left_behind)
    with Sink().running() as sink:
        transport = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none")
        office = sample_office(tmp_path, transport)
        summary = send(store, office, circular_id=1, reference=REFERENCE, clock=lambda: NOW)
    assert summary.sent == 3
    store.close()
