"""Crash test of sending: kill -9 at every step, rude servers, restored backups; how many letters are lost or doubled.

    python -m benchmarks.crash [--json] [--kills N] [--workers N] [--connections N] [--store URL] [--seed N]

A round is an issued circular that is sent to a server on this machine by processes that are killed, at named points
(`tests.delivery.fault_points`) and at random moments, while the server drops connections, answers 4xx, 5xx, 421,
nothing, nonsense, or half a reply. In every other round the store is put back from a backup that was taken while it
was being sent, sometimes under the very hands of a running process. Then all is sent to its end, and what the server
has accepted is compared with what the store says.

Without ``--store``, each round has a SQLite file of its own. ``--store postgresql://…`` takes an empty database, and
several workers send at the same time; some are put to sleep until the others take them for dead, and then awake.

- lost: messages that the store calls sent or refused and the server never accepted or refused, or that never ended
- twice: Message-IDs, and mailboxes, that the server accepted more than once
- in_doubt: messages of which nobody knows, by what made them so; ``accepted_in_doubt`` of them had arrived
- beyond_bound: kills that left more messages in doubt than connections were open

Exits 1 if anything was lost or sent twice, or a kill left more in doubt than connections.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, text

from store.circulars import is_held, set_held
from store.database import Store, open_store
from store.message_rows import rows_in
from store.messages import LEFT, State
from store.outbox import ENDED_EARLY, KNOWN_TO_JOURNAL
from store.schema import pauses
from tests.delivery.fault_points import POINTS
from tests.delivery.samples import TOKENS_HEX, issue_sample, plain_routes, sample_office
from tests.delivery.sink import CUT, DROP, HALF, HANG, Sink

ROOT = Path(__file__).parents[1]
SQLITE = "sqlite:///circulars.db"
ROWS = 250  # messages of a round, for each worker
TURNS = 9  # times that processes are started in a round, before all is sent to its end
LIFE = 2.0  # seconds without a sign, after which a sender counts as dead here
PATIENCE = 6.0  # seconds after which a process is killed in any case
RUDE = ("421 4.3.2 closing", "451 4.3.0 later", "454 4.7.0 busy", "550 5.7.1 no", "what?", "999 x", DROP, HALF)
RUDENESS = {
    "connect": (0.05, ("421 4.3.2 busy", "what?", DROP, HALF, HANG)),
    "ehlo": (0.03, ("421 4.3.2 busy", "what?", DROP, HALF)),
    "mail": (0.004, (*(reply for reply in RUDE if not reply.startswith("55")), HANG)),
    "rcpt": (0.01, (*RUDE, HANG)),
    "data": (0.006, RUDE),
    "body": (0.003, (CUT,)),
    "dot": (0.008, (*RUDE, HANG)),
    "rset": (0.05, RUDE),
}


@dataclass
class Server:
    """A server that is rude at random, and remembers what it has accepted and refused."""

    chance: random.Random
    is_kind: bool = False
    accepted: Counter[str] = field(default_factory=Counter)  # by mailbox
    refused: set[str] = field(default_factory=set)

    def answer(self, step: str, argument: str) -> str:
        """Return what `tests.delivery.sink` is to do."""
        reply = ""
        if not self.is_kind and step in RUDENESS:
            rate, replies = RUDENESS[step]
            reply = self.chance.choice(replies) if self.chance.random() < rate else ""
        mailbox = argument.partition("<")[2].partition(">")[0]
        if reply.startswith("5"):
            self.refused.add(mailbox)
        if step == "dot" and reply[:1] not in ("4", "5"):
            self.accepted[mailbox] += 1
        return reply


@dataclass
class Totals:
    """What all rounds came to."""

    kills: int = 0
    sleepers: int = 0
    rounds: int = 0
    restored: int = 0
    messages: int = 0
    sent: int = 0
    refused: int = 0
    lost: int = 0
    twice: int = 0
    in_doubt: int = 0
    in_doubt_by_kills: int = 0
    in_doubt_by_the_server: int = 0
    in_doubt_by_the_journal: int = 0
    accepted_in_doubt: int = 0
    beyond_bound: int = 0
    points: Counter[str] = field(default_factory=Counter)  # kills by where


class Round:
    """One circular, from its issue to its end."""

    def __init__(
        self, folder: Path, store_url: str, chance: random.Random, totals: Totals, options: argparse.Namespace
    ) -> None:
        self.folder, self.url, self.chance, self.totals, self.options = folder, store_url, chance, totals, options
        (folder / "office.key").write_text(TOKENS_HEX)
        with self.store() as store:
            self.rows = ROWS * options.workers
            self.circular = issue_sample(store, sample_office(folder), plain_routes(self.rows))
        self.server = Server(chance)
        self.backup = Backup(folder, store_url)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store."""
        store = open_store(self.url, self.folder)
        try:
            yield store
        finally:
            store.close()

    def run(self) -> None:
        """Send under attack, then to the end, and count."""
        is_restored = self.chance.random() < 0.5
        with Sink(script=self.server.answer, delay=0.003).running() as sink:
            for turn in range(TURNS):
                if turn > 4 and not self.unfinished():
                    break
                before, restored = self.doubtful(), self.totals.restored
                killed = self.turn(sink.port, turn, is_restored=is_restored)
                bound = killed * self.options.connections
                if self.totals.restored == restored and self.doubtful() - before > bound:
                    self.totals.beyond_bound += 1  # in an older copy, what was being sent then is in doubt as well
            self.server.is_kind = True
            for turn in range(40):
                self.child(sink.port, {"hours": 5 * (turn + 1)}).communicate(timeout=300)
                if not self.unfinished():
                    break
            self.count(sink)

    def turn(self, port: int, turn: int, *, is_restored: bool) -> int:
        """Start the workers and attack them; returns how many were killed."""
        plans = [self.plan() for _ in range(self.options.workers)]
        children = [self.child(port, plan) for plan in plans]
        for child in children:
            assert child.stdout is not None
            select.select([child.stdout], [], [], 20)
        if is_restored and turn == 1:
            time.sleep(self.chance.uniform(0, 0.3))
            self.backup.take()
        if is_restored and turn == 4 and self.chance.random() < 0.5:
            time.sleep(self.chance.uniform(0, 0.3))
            self.restore()  # while they are sending
            is_restored = False
        for child, plan in zip(children, plans, strict=True):
            if not plan:
                self.strike(child)
        deadline = time.monotonic() + PATIENCE
        killed = sum(self.killed(child, plan, deadline) for child, plan in zip(children, plans, strict=True))
        if is_restored and turn == 4:
            self.restore()
        return killed

    def plan(self) -> dict[str, Any]:
        """Return where the next process kills itself; nothing if it is to be killed at a random moment."""
        if self.chance.random() < 0.4:
            return {}
        return {"point": self.chance.choice(list(POINTS)), "hit": self.chance.choice((1, 1, 2, 5, 20))}

    def strike(self, child: subprocess.Popen[bytes]) -> None:
        """Kill a process at a random moment; or put it to sleep, so that the others take it for dead."""
        time.sleep(self.chance.uniform(0, 0.4))
        if self.options.workers > 1 and self.chance.random() < 0.4:
            child.send_signal(signal.SIGSTOP)
            time.sleep(LIFE * 1.5)
            child.send_signal(signal.SIGCONT)
            self.totals.sleepers += 1
        else:
            child.kill()

    def killed(self, child: subprocess.Popen[bytes], plan: dict[str, Any], deadline: float) -> int:
        """Wait until a process has killed itself or ended; returns 1 if it was killed."""
        try:
            _, errors = child.communicate(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:  # it waits for the server that has asked for less
            child.kill()
            _, errors = child.communicate()
        if errors:
            sys.stderr.write(errors.decode("utf-8", "replace"))
        if child.returncode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"a sender ended with {child.returncode}")
        if child.returncode == 0:
            return 0
        self.totals.kills += 1
        self.totals.points[plan.get("point", "a random moment")] += 1
        return 1

    def child(self, port: int, plan: dict[str, Any]) -> subprocess.Popen[bytes]:
        """Start a process that sends, after taking the circular off hold as a person would.

        What the server asked to wait for has passed by then: the figures are about crashes, not about patience.
        """
        with self.store() as store, store.write() as connection:
            set_held(connection, self.circular, held=False)
            connection.execute(delete(pauses))
        settings = {"circular": self.circular, "store": self.url, "life": LIFE, "short": 1.0, **plan}
        command = [sys.executable, "-m", "tests.delivery.crashing_send", str(self.folder), str(port)]
        return subprocess.Popen(
            [*command, str(self.options.connections), json.dumps(settings)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip

    def restore(self) -> None:
        """Put the store back from the backup."""
        self.backup.put_back()
        self.totals.restored += 1

    def doubtful(self) -> int:
        """Return how many messages are in doubt because a process ended, or will be when the next one has looked."""
        with self.store() as store, store.read() as connection:
            rows = rows_in(connection, self.circular, (State.IN_DOUBT, State.SENDING))
            return sum(row.state == State.SENDING or row.reply_text == ENDED_EARLY for row in rows)

    def unfinished(self) -> bool:
        """Tell whether anything waits, or the circular is held."""
        with self.store() as store, store.read() as connection:
            waiting = any(True for _ in rows_in(connection, self.circular, LEFT))
            return waiting or is_held(connection, self.circular)

    def count(self, sink: Sink) -> None:
        """Compare what the store says with what the server has."""
        totals, server = self.totals, self.server
        totals.rounds += 1
        totals.messages += self.rows
        with self.store() as store, store.read() as connection:
            rows = list(rows_in(connection, self.circular))
        totals.lost += self.rows - len(rows)
        for row in rows:
            seen = server.accepted[row.mailbox]
            totals.twice += max(0, seen - 1) + max(0, sink.seen[row.message_id] - 1)
            if row.state == State.SENT:
                totals.sent += 1
                totals.lost += seen == 0
            elif row.state == State.REFUSED:
                totals.refused += 1
                totals.lost += row.mailbox not in server.refused or seen > 0
            elif row.state == State.IN_DOUBT:
                totals.in_doubt += 1
                totals.accepted_in_doubt += seen > 0
                totals.in_doubt_by_kills += row.reply_text == ENDED_EARLY
                totals.in_doubt_by_the_journal += row.reply_text == KNOWN_TO_JOURNAL
            else:
                totals.lost += 1
        totals.in_doubt_by_the_server = totals.in_doubt - totals.in_doubt_by_kills - totals.in_doubt_by_the_journal


class Backup:
    """A copy of the store as it was, taken and put back while processes may be writing."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self._tables = ("outbox", "senders")

    def take(self) -> None:
        """Copy the store."""
        if self._url == SQLITE:
            with (
                closing(sqlite3.connect(self._folder / "circulars.db")) as store,
                closing(sqlite3.connect(self._folder / "backup.db")) as copy,
            ):
                store.backup(copy)
            return
        self._execute(
            *(f"DROP TABLE IF EXISTS backup_{table}" for table in self._tables),
            *(f"CREATE TABLE backup_{table} AS SELECT * FROM {table}" for table in self._tables),
        )

    def put_back(self) -> None:
        """Put the copy in the place of the store."""
        if self._url == SQLITE:
            fresh = self._folder / "fresh.db"
            fresh.write_bytes((self._folder / "backup.db").read_bytes())
            for left in ("circulars.db-wal", "circulars.db-shm"):
                (self._folder / left).unlink(missing_ok=True)
            fresh.replace(self._folder / "circulars.db")
            return
        # What a sender holds locks on is put back when its transaction has ended, as a real restore would wait.
        self._execute(
            "LOCK TABLE senders, outbox IN ACCESS EXCLUSIVE MODE",
            "DELETE FROM senders",
            "INSERT INTO senders SELECT * FROM backup_senders",
            "DELETE FROM outbox USING backup_outbox WHERE outbox.id = backup_outbox.id",
            "INSERT INTO outbox SELECT * FROM backup_outbox",
        )

    def _execute(self, *statements: str) -> None:
        store = open_store(self._url, self._folder)
        with store.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        store.close()


def measure(options: argparse.Namespace, *, progress: bool = False) -> Totals:
    """Run rounds until enough processes were killed."""
    chance, totals = random.Random(options.seed), Totals()
    while totals.kills < options.kills:
        with tempfile.TemporaryDirectory() as name:
            Round(Path(name), options.store, chance, totals, options).run()
        if progress:
            sys.stderr.write(f"{totals.kills} kills, {totals.lost} lost, {totals.twice} twice\n")
    return totals


def main() -> int:
    """Count, print, and exit 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--store", default=SQLITE)
    parser.add_argument("--seed", type=int, default=20220321)
    options = parser.parse_args()
    if options.store == SQLITE and options.workers > 1:
        parser.error("several workers need a --store on PostgreSQL: on SQLite one process sends at a time")
    os.environ.pop("PYTHONASYNCIODEBUG", None)
    totals = measure(options, progress=not options.json)
    figures = {name: getattr(totals, name) for name in totals.__dataclass_fields__}
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, figure in figures.items():
            if name != "points":
                print(f"{name.replace('_', ' '):24} {figure:>8,}")
        for point, count in totals.points.most_common():
            print(f"  killed: {point:32} {count:>6,}")
    return 1 if totals.lost or totals.twice or totals.beyond_bound else 0


if __name__ == "__main__":
    raise SystemExit(main())
