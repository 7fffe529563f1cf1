"""An SMTP conversation on a connection that is open: bytes out, replies in, each waited for as long as it deserves.

Made for many messages: commands are sent in groups (RFC 2920), a round trip costs one call, and a time-out one
assignment. Whatever a server sends, what is kept of it is bounded, and nothing of it raises: `Wire.broken` tells.

What this module does not do: know what a reply means.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_LINE = 8192  # bytes; RFC 5321 section 4.5.3.1.5 allows 512
MAX_LINES = 200  # of one reply
_ROOM = 16384  # bytes read at a time
_CODES = {b"%03d" % code: code for code in range(1000)}
_PLAIN = {b"%03d " % code: code for code in range(1000) if code != 421}  # how most replies begin
_KEPT = 64  # replies: most are the same for every message
_MARKS = frozenset((b" ", b"-", b"\r", b""))  # what may follow the code


class Reply(NamedTuple):
    """A server's reply (RFC 5321 section 4.2): its code, and the text of its lines as it came."""

    code: int
    text: bytes


_OTHER = Reply(-1, b"")  # no reply


class Break(NamedTuple):
    """Why a conversation cannot go on: ``what`` happened, and what is known of the cause, possibly empty."""

    what: str
    why: str


class Wire(asyncio.BufferedProtocol):
    """The protocol of a connection from its first envelope on; it takes ``transport`` over from whoever opened it.

    ``replies`` are those to what was sent last, in order. ``handed_over`` tells whether the final dot in it has left
    our buffers for the socket's, as far as the transport shows; where it does not show all (TLS), it errs on the
    side of «has». ``broken`` is None as long as another group can be sent. Times are in seconds.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._room = memoryview(bytearray(_ROOM))
        self._partial = b""  # of a line
        self._lines: list[bytes] = []  # of a reply of several lines
        self._timeouts: tuple[float, ...] = ()  # one for each reply that is due
        self._then: Callable[[], None] | None = None  # what is waited for
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False
        self._is_lost = False
        is_secured = transport.get_extra_info("sslcontext") is not None
        self._socket = None if is_secured else transport.get_extra_info("socket").fileno()
        # TLS asks for a pause where the buffer has reached the limit, plain TCP where it is beyond it.
        self._limit = 1 if is_secured else 0
        self.replies: list[Reply] = []
        self.handed_over = False
        self.broken: Break | None = None
        transport.set_protocol(self)
        transport.set_write_buffer_limits(high=self._limit, low=0)
        if transport.is_closing():
            self._break("The connection broke")

    async def exchange(
        self, data: bytes, timeouts: tuple[float, ...], *, block: float, after_dot: int = 0
    ) -> list[Reply]:
        """Do what `start` does, and return the replies: one for each of ``timeouts``, fewer if the connection broke."""
        then, waiter = self._awakening()
        self.start((data,), timeouts, then, block=block, after_dot=after_dot)
        await waiter
        return self.replies

    def start(
        self,
        data: Sequence[bytes],
        timeouts: tuple[float, ...],
        then: Callable[[], None],
        *,
        block: float,
        after_dot: int = 0,
    ) -> None:
        """Send ``data``; ``then`` is called when `replies` has one for each of ``timeouts``, or the connection broke.

        ``block`` is how long the socket may take to accept the data. ``after_dot`` is how many bytes of it follow
        the final dot of a message.
        """
        self.replies = []
        self.handed_over = False
        self._then = then
        if self.broken is not None:
            self._loop.call_soon(self._go_on)
            return
        self._timeouts = timeouts
        # Not handed over as long as the three bytes of the dot's line are all still here.
        self.handed_over = self._write(*data) <= after_dot + 2
        if self._paused:
            self._transport.set_write_buffer_limits(high=after_dot + 2, low=after_dot + 2)
        self._allow(block if self._paused else timeouts[0])

    async def push(self, data: bytes | memoryview, *, block: float) -> bool:
        """Send a part of a message that is larger than a block; returns False if the connection broke."""
        self.handed_over = False
        if self.broken is None:
            self._write(data)
        if not self._paused:
            await asyncio.sleep(0)  # others have their turn, and what happened to the connection is heard
        elif self.broken is None:
            self._then, waiter = self._awakening()
            self._allow(block)
            await waiter
        return self.broken is None

    def abort(self) -> None:
        """Close at once, whatever is still to be sent or received."""
        self._break("The connection was closed")
        if not self._is_lost:  # a transport that has ended cannot be aborted any more
            self._transport.abort()

    def _write(self, *data: bytes | memoryview) -> int:
        """Write, and return how many bytes of it are still here."""
        transport, taken = self._transport, 0
        if self._socket is not None and not transport.is_closing() and not transport.get_write_buffer_size():
            # Nothing waits before it. To put the parts of a message together first would take longer than to write it.
            try:
                taken = os.writev(self._socket, data)
            except OSError:  # more parts than the system takes at once; or the transport meets it as well, and tells
                taken = 0
            if taken == sum(map(len, data)):
                return 0
        rest = b"".join(data)[taken:]
        transport.write(rest)
        if transport.is_closing():  # the socket took none of the rest
            self._break("The connection broke")
            return len(rest)
        return transport.get_write_buffer_size()

    def _awakening(self) -> tuple[Callable[[], None], asyncio.Future[None]]:
        """Return what wakes a task, and what that awaits; it may have been cancelled meanwhile."""
        waiter: asyncio.Future[None] = self._loop.create_future()
        return lambda: None if waiter.done() else waiter.set_result(None), waiter

    def _go_on(self) -> None:
        then, self._then, self._timeouts = self._then, None, ()
        if then is not None:
            then()

    def _break(self, what: str, why: str = "") -> None:
        if self.broken is None:
            self.broken = Break(what, why)
            if not self.handed_over and self._then is not None:
                self._transport.abort()  # or the dot might still leave, after all
            self._loop.call_soon(self._go_on)  # whoever noticed it is to finish first

    def _allow(self, seconds: float) -> None:
        # The timer that is set already serves, if it rings before the new deadline: then it is set anew.
        self._deadline = deadline = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._then is None or self.broken is not None:
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._ring)
        elif self._paused:
            self._break("The relay does not take the message")
        else:
            self._break("The relay did not answer in time")

    # What the transport calls.

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to put what arrives."""
        del sizehint
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has arrived apart into replies."""
        if self.broken is not None:
            return
        lines = (self._partial + self._room[:nbytes]).split(b"\n")
        self._partial = lines.pop()
        replies, due = self.replies, len(self._timeouts)
        plain = list(map(_plain, lines))
        if _OTHER not in plain and not self._lines and self.handed_over and len(replies) + len(plain) <= due:
            replies += plain  # as nearly always
        else:
            for line in lines:
                if not self._takes(line):
                    return
        if len(self._partial) > MAX_LINE:
            self._break("The relay answered nonsense", "a line without an end")
        elif due:
            if len(replies) == due:
                self._go_on()
            elif lines and not self._paused:
                self._allow(self._timeouts[len(replies)])

    def _takes(self, line: bytes) -> bool:
        """Add a line to the replies; returns False if the conversation cannot go on after it."""
        code = _CODES.get(line[:3])
        if code is None or line[3:4] not in _MARKS or (self._lines and self._lines[0][:3] != line[:3]):
            self._break("The relay answered nonsense", _text(line))
            return False
        if line[3:4] == b"-":
            self._lines.append(line)
            if len(self._lines) > MAX_LINES:
                self._break("The relay answered nonsense", "a reply without an end")
            return self.broken is None
        text = line[4:]
        if self._lines:
            text = b"\n".join([*(earlier[4:] for earlier in self._lines), text])
            self._lines = []
        # Were it kept, it would pass for the reply to something that the server has not seen yet.
        if len(self.replies) >= len(self._timeouts) or not self.handed_over:
            self._break("The relay spoke out of turn", f"{code} {_text(text)}")
            return False
        self.replies.append(Reply(code, text))
        if code == 421:  # the server closes, RFC 5321 section 3.8
            self._break("The relay closed the connection", _text(text))
        return code != 421

    def eof_received(self) -> None:
        """Note that the server sends no more; the transport then closes by itself."""
        self._break("The connection broke")

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self._is_lost = True
        self._break("The connection broke", str(exc) if exc is not None else "")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause_writing(self) -> None:
        """Note that the socket does not take everything at once."""
        self._paused = True

    def resume_writing(self) -> None:
        """Note that the socket has taken everything, or everything up to a final dot."""
        self._paused = False
        if not self._timeouts:
            self._go_on()
            return
        self.handed_over = True
        self._transport.set_write_buffer_limits(high=self._limit, low=0)
        if self._then is not None and len(self.replies) < len(self._timeouts):
            self._allow(self._timeouts[len(self.replies)])


@lru_cache(maxsize=_KEPT)
def _plain(line: bytes) -> Reply:
    """Return the reply that one line is, if it is one after which the conversation goes on; else `_OTHER`."""
    code = _PLAIN.get(line[:4])
    return Reply(code, line[4:]) if code is not None else _OTHER


def _text(received: bytes) -> str:
    return received[:MAX_LINE].decode("utf-8", "replace").rstrip()
