"""Named points of a run at which a test's child process kills itself, as a power cut would: nothing is cleaned up.

The product knows nothing of them: its functions are wrapped from outside, in the child.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import delivery.lease
import delivery.sending
from delivery.journal import Journal
from delivery.ledger import Ledger
from delivery.transports.smtp import SmtpConnection
from delivery.transports.wire import Wire

Condition = Callable[..., bool]
Kill = Callable[[], None]


def _before(owner: Any, name: str, condition: Condition = lambda *_, **__: True) -> Callable[[Kill], None]:
    def install(kill: Kill) -> None:
        usual = getattr(owner, name)

        @wraps(usual)
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if condition(*arguments, **options):
                kill()
            return usual(*arguments, **options)

        setattr(owner, name, wrapped)

    return install


def _after(owner: Any, name: str, condition: Condition = lambda *_, **__: True) -> Callable[[Kill], None]:
    def install(kill: Kill) -> None:
        usual = getattr(owner, name)

        @wraps(usual)
        def wrapped(*arguments: Any, **options: Any) -> Any:
            result = usual(*arguments, **options)
            if condition(*arguments, **options):
                kill()
            return result

        setattr(owner, name, wrapped)

    return install


def _in_the_text(part: Callable[[int], int]) -> Callable[[Kill], None]:
    """Kill when that many bytes of the group in which a message ends were handed to the socket."""

    def install(kill: Kill) -> None:
        usual = Wire.start

        def wrapped(
            self: Wire, data: Sequence[bytes], timeouts: Any, then: Any, *, block: float, after_dot: int = 0
        ) -> Any:
            whole = b"".join(data)
            message = whole[: len(whole) - after_dot]
            if message.endswith(b"\r\n.\r\n") and len(whole) > 500:
                self._transport.write(message[: part(len(message))])
                kill()
                data = (whole[part(len(message)) :],)  # another hit is awaited: the rest goes as usual
            usual(self, data, timeouts, then, block=block, after_dot=after_dot)

        Wire.start = wrapped  # type: ignore[method-assign]

    return install


def _leaving(*_: Any, leaving: Any = (), **__: Any) -> bool:
    return bool(leaving)


def _stayed(*_: Any, stayed: Any = (), **__: Any) -> bool:
    return bool(stayed)


POINTS: dict[str, Callable[[Kill], None]] = {
    "entered as a sender": _after(delivery.lease, "enter"),
    "compared with the journal": _after(delivery.sending, "compare"),
    "claimed": _after(Ledger, "claim"),
    "before the intent": _before(Ledger, "_write", lambda _, intents, __: bool(intents)),
    "intent in the store": _before(Journal, "append", _leaving),
    "intent in the journal": _after(Journal, "append", _leaving),
    "before the text": _before(SmtpConnection, "launch"),
    "in the middle of the text": _in_the_text(lambda length: length // 2),
    "before the dot": _in_the_text(lambda length: length - 3),
    "after the dot": _in_the_text(lambda length: length),
    "answered": _after(SmtpConnection, "went_on"),
    "outcome noted": _after(Ledger, "note"),
    "stay in the journal": _after(Journal, "append", _stayed),
    "outcome in the store": _after(Ledger, "_write", lambda _, __, outcomes: bool(outcomes)),
    "before the end": _before(Ledger, "close"),
}


def arm(point: str, hit: int) -> None:
    """Kill this process when it comes to a point for the ``hit``-th time."""
    left = [hit]

    def kill() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    POINTS[point](kill)
