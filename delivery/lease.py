"""Who may send, and that it lives.

One tick at a time and, where the store is a file, one sender: a lock on a file in the office folder that says who
holds it. The kernel releases the lock when the process ends, however it ends. The file stays; what it says counts
only while it is locked. It works on one machine: an office folder shared over a network is not supported.

Where the store is a server, several processes send side by side. Each enters itself, gives signs of life while it
runs, and settles what the dead have left (`store.senders`).
"""

from __future__ import annotations

import fcntl
import getpass
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

from office.clock import Clock
from office.errors import BusyError, CircularsError
from store.database import Connection, Store
from store.senders import Heartbeat, beat, bury, end, enter

FOLDER = Path("journal")
SEND_LOCK, TICK_LOCK = "send.lock", "tick.lock"
BEAT = 5.0  # seconds between two signs of life


@contextmanager
def sending_lease(office_folder: Path, clock: Clock) -> Iterator[None]:
    """Hold the right to send; raises `BusyError` naming the holder if somebody else has it."""
    with _lease(office_folder / FOLDER / SEND_LOCK, "Somebody is sending already", clock):
        yield


class LostError(CircularsError):
    """This process was taken for dead, and what it had begun was settled by another one."""

    exit_code = 3


class Sender:
    """A process that sends, as long as it lives; ``id`` is its number in the store."""

    def __init__(self, store: Store, heartbeat: Heartbeat, *, clock: Clock) -> None:
        self._store = store
        self._last = heartbeat
        self._at = time.monotonic()
        self._clock = clock
        self._has_ended = False
        self.id = heartbeat.sender_id

    @contextmanager
    def transaction(self, *, is_claim: bool = False) -> Iterator[Connection]:
        """Open a transaction, which begins with a sign of life where one is due.

        A claim always begins so: what was sent from this store must not be taken again from an older copy of it that
        was put in its place meanwhile. Raises `LostError` if this process was taken for dead.
        """
        heartbeat = None
        with self._store.share() as connection:
            if is_claim or self.is_due:
                heartbeat = self._beat(connection)
            yield connection
        if heartbeat is not None:  # committed
            self._last, self._at = heartbeat, time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the next sign of life is due."""
        return time.monotonic() - self._at >= BEAT

    def suspect(self) -> None:
        """Begin the next transaction with a sign of life: somebody has changed what this process had claimed."""
        self._at = -BEAT

    def end(self) -> None:
        """Leave, and settle what was not finished."""
        if not self._has_ended:
            with self._store.share() as connection:
                end(connection, self.id, self._clock())
            self._has_ended = True

    def _beat(self, connection: Connection) -> Heartbeat:
        heartbeat = None if self._store.is_replaced else beat(connection, self._last)
        if heartbeat is None:
            raise LostError(
                "Sending stopped: the store no longer knows this process. It gave no sign of life for a minute and"
                " was taken for dead, or the store was put back from a backup.",
                hint="What was under way is in doubt; nothing goes twice. To go on, send again.",
            )
        if not self._store.is_sqlite:
            bury(connection, self._clock(), mine=self.id, alone=False)
        return heartbeat


@contextmanager
def sending(store: Store, office_folder: Path, circular_id: int, clock: Clock) -> Iterator[Sender]:
    """Enter this process as a sender; what senders that are no more have left is settled.

    Raises `BusyError` if the store is a file and somebody else sends from it, or if it was moved meanwhile.
    """
    with sending_lease(office_folder, clock) if store.is_sqlite else nullcontext():
        with store.write() as connection:  # not shared: nobody begins while the store is being moved, nor after it
            bury(connection, clock(), alone=store.is_sqlite)
            account, host = _account(), socket.gethostname()
            heartbeat = enter(connection, circular_id, account=account, host=host, process=os.getpid())
        sender = Sender(store, heartbeat, clock=clock)
        try:
            yield sender
        finally:
            # Where the store cannot be written to, the next sender settles what is left.
            with suppress(CircularsError):
                sender.end()


def settle_the_dead(store: Store, office_folder: Path, clock: Clock) -> None:
    """Settle what senders that are no more have left; not while somebody sends from a store in a file."""
    alone = store.is_sqlite
    lease = sending_lease(office_folder, clock) if alone else nullcontext()
    # Whoever sends next does it in any case, and tells what is in the way.
    with suppress(CircularsError, OSError), lease, store.share() as connection:
        bury(connection, clock(), alone=alone)


@contextmanager
def ticking_lease(office_folder: Path, clock: Clock) -> Iterator[None]:
    """Hold the right to do what is due; raises `BusyError` naming the holder if somebody else has it."""
    with _lease(office_folder / FOLDER / TICK_LOCK, "A tick is running already", clock):
        yield


@contextmanager
def _lease(path: Path, busy: str, clock: Clock) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = " ".join(file.read(500).split()) or "another process"
            raise BusyError(
                f"{busy}: {holder}.", hint="Wait until that has ended, or stop it there with Ctrl-C."
            ) from None
        file.truncate()
        file.write(_about_me(clock))
        file.flush()
        yield


def _about_me(clock: Clock) -> str:
    since = f"{clock().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{_account()} on {socket.gethostname()}, process {os.getpid()}, since {since}\n"


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def holder(office_folder: Path, lock: str) -> str:
    """Return who holds `SEND_LOCK` or `TICK_LOCK` right now, as it says itself; empty if nobody does."""
    try:
        with (office_folder / FOLDER / lock).open("r", encoding="utf-8", errors="replace") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go at once, with the file
            except BlockingIOError:
                return " ".join(file.read(500).split()) or "another process"
    except OSError:
        pass
    return ""


def last_taken(office_folder: Path, lock: str) -> datetime | None:
    """Return when a lock was last taken on this machine; None if it never was."""
    try:
        return datetime.fromtimestamp((office_folder / FOLDER / lock).stat().st_mtime, UTC)
    except OSError:
        return None
