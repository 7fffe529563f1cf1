"""Bounds on time that hold on slow machines too: what must not happen is a growth that nobody can wait for."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

_WORD = re.compile(r"\w+")
_USUAL = 0.025  # CPU-seconds that `_work` takes on a machine of 2026


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail if the block takes more CPU time than ``seconds``, or than as much more as this machine is slower."""
    begun = time.process_time()
    yield
    taken = time.process_time() - begun
    if taken >= seconds:  # only then it matters how fast the machine is, just now
        slower = max(1.0, min(_work() for _ in range(3)) / _USUAL)
        assert taken < seconds * slower, f"{taken:.2f} s of CPU time; {seconds} were allowed (machine: x{slower:.1f})"


def _work() -> float:
    """Return the CPU time of a fixed piece of work: calls, small objects, a dictionary, an expression."""
    begun = time.process_time()
    found: dict[str, int] = {}
    for number in range(20_000):
        word = f"{number % 700}-{number}"
        for match in _WORD.finditer(word):
            found[match[0]] = found.get(match[0], 0) + len(word)
    return time.process_time() - begun
