"""One sender at a time, and one tick: a lock on a file in the office folder that says who holds it.

The kernel releases the lock when the process ends, however it ends. The file stays; what it says counts only
while it is locked. It works on one machine: an office folder shared over a network is not supported.
"""

from __future__ import annotations

import fcntl
import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from office.clock import Clock
from office.errors import BusyError

FOLDER = Path("journal")
SEND_LOCK, TICK_LOCK = "send.lock", "tick.lock"


@contextmanager
def sending_lease(office_folder: Path, clock: Clock) -> Iterator[None]:
    """Hold the right to send; raises `BusyError` naming the holder if somebody else has it."""
    with _lease(office_folder / FOLDER / SEND_LOCK, "Somebody is sending already", clock):
        yield


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
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    since = clock().isoformat(sep=" ", timespec="seconds")
    return f"{user} on {socket.gethostname()}, process {os.getpid()}, since {since}\n"
