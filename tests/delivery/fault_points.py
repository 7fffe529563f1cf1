"""Named points of a run at which a test's child process kills itself, as a power cut would: nothing is cleaned up.

The product knows nothing of them: its functions are wrapped from outside, in the child.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import delivery.doubt
import delivery.lease
import delivery.ledger
import delivery.restored
import delivery.sending
import delivery.transports.smtp
from delivery.journal import Journal
from delivery.lease import Sender
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

        @wraps(usual)
        async def awaited(*arguments: Any, **options: Any) -> Any:
            result = await usual(*arguments, **options)
            if condition(*arguments, **options):
                kill()
            return result

        setattr(owner, name, awaited if iscoroutinefunction(usual) else wrapped)

    return install


def _in_blocks(point: Callable[[Kill], None]) -> Callable[[Kill], None]:
    """Let every text be one that goes in blocks, which large ones do."""

    def install(kill: Kill) -> None:
        delivery.transports.smtp.BLOCK = 256
        point(kill)

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


# Those of a run over SMTP. What is «not committed» stands in a transaction that ends with the process.
POINTS: dict[str, Callable[[Kill], None]] = {
    "before the dead are settled": _before(delivery.lease, "bury"),
    "the dead settled, not committed": _after(delivery.lease, "bury"),
    "entered as a sender": _after(delivery.lease, "enter"),
    "compared with the journal": _after(delivery.sending, "compare"),
    "claim not committed": _after(delivery.ledger, "claim"),
    "claimed": _after(Ledger, "claim"),
    "before the intent": _before(Ledger, "_write", lambda _, intents, __: bool(intents)),
    "intent not committed": _after(delivery.ledger, "mark_sending"),
    "intent in the store": _before(Journal, "append", _leaving),
    "intent in the journal": _after(Journal, "append", _leaving),
    "before the text": _before(SmtpConnection, "launch"),
    "before a block of a large text": _in_blocks(_before(Wire, "push")),
    "after a block of a large text": _in_blocks(_after(Wire, "push")),
    "in the middle of the text": _in_the_text(lambda length: length // 2),
    "before the dot": _in_the_text(lambda length: length - 3),
    "after the dot": _in_the_text(lambda length: length),
    "answered": _after(SmtpConnection, "went_on"),
    "before the answer is settled": _in_blocks(_before(SmtpConnection, "settle")),
    "the answer settled": _in_blocks(_after(SmtpConnection, "settle")),
    "outcome noted": _after(Ledger, "note"),
    "stay in the journal": _after(Journal, "append", _stayed),
    "outcome not committed": _after(delivery.ledger, "record", lambda _, outcomes, *__, **___: bool(outcomes)),
    "outcome in the store": _after(Ledger, "_write", lambda _, __, outcomes: bool(outcomes)),
    "before the end": _before(Ledger, "close"),
    "end not committed": _after(delivery.lease, "end"),
    "ended": _after(Sender, "end"),
}
# Those that only some runs come to: of a store put back, of a transport of files, of settling doubt.
RARER_POINTS: dict[str, Callable[[Kill], None]] = {
    "put in doubt, not committed": _after(delivery.restored, "doubt"),
    "held, not committed": _after(delivery.restored, "set_held"),
    "held, not told": _before(Journal, "told"),
    "told": _after(Journal, "told"),
    "before the files": _before(delivery.sending, "write_messages"),
    "after the files": _after(delivery.sending, "write_messages"),
    "files in the store": _before(Ledger, "journal_sent"),
    "files in the journal": _after(Ledger, "journal_sent"),
    "before doubt is settled": _before(delivery.doubt, "settle_doubt"),
    "doubt taken back in the journal": _before(delivery.doubt, "settle"),
    "doubt settled, not committed": _after(delivery.doubt, "settle"),
    "doubt settled": _after(delivery.doubt, "settle_doubt"),
}


def arm(point: str, hit: int) -> None:
    """Kill this process when it comes to a point for the ``hit``-th time."""
    left = [hit]

    def kill() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    (POINTS | RARER_POINTS)[point](kill)
