"""Stopping a run: Ctrl-C finishes what is under way, a second one does not wait for it.

A terminal that is closed stops it alike, but however often that is said: the shell repeats what the system says.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

GRACE = 20.0  # seconds that messages under way have after the first Ctrl-C
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether the run is to end: once ``asked``, no further message is begun.

    ``reason`` and ``hint`` are told to the user; the first ones count.
    """

    def __init__(self) -> None:
        self.asked = False
        self._wake = asyncio.Event()
        self._workers: Sequence[asyncio.Task[None]] = ()
        self._signals = 0
        self.reason = ""
        self.hint = ""

    def ask(self, reason: str, *, hint: str = "") -> None:
        """End the run after what is under way."""
        if not self.asked:
            self.reason, self.hint = reason, hint
            self.asked = True
            self.wake()

    def wake(self) -> None:
        """End every pause: there may be nothing left to wait for."""
        self._wake.set()

    async def pause(self, seconds: float) -> None:
        """Wait, until woken at most."""
        if not self.asked:
            self._wake.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let Ctrl-C, SIGTERM and the end of the terminal stop the run, where this is the program's main thread.

        Who began it with `nohup` wants it to go on without the terminal: what is ignored stays so.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in heard:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            yield
        finally:
            for number in heard:
                loop.remove_signal_handler(number)

    @contextmanager
    def cancelling(self, workers: Sequence[asyncio.Task[None]]) -> Iterator[None]:
        """Name the tasks that are cancelled if they do not end in time."""
        self._workers = workers
        try:
            yield
        finally:
            self._workers = ()

    def _on_signal(self, number: signal.Signals) -> None:
        if number == signal.SIGHUP and self._signals:
            return
        self._signals += 1
        self.ask("Stopped as asked.")
        if self._signals == 1:
            asyncio.get_running_loop().call_later(GRACE, self._cancel)
        else:
            self._cancel()

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()
