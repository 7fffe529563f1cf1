"""One SMTP connection to the relay (RFC 5321), kept open from message to message.

Where the relay announces PIPELINING (RFC 2920), a message costs one round trip: its text, its final dot, and the
envelope of the next one leave as one group. The order of calls is `begin`, then for each message `launch` and `went_on`
or `settle`, or `finish`, which does all of it. A message that was begun has been asked for by the server (354) and
waits for its text.

Where the outcome is decided: before the final dot is handed to the socket, a broken connection means that the
message did not leave; after it, only the server's reply tells, and without one the outcome is not known (RFC 1047).

What this module does not do: try again, count, or touch the store.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from delivery.headers import one_line
from delivery.transports.envelope import DATA, RESET, Announced, announced, mail_command, recipient_command, refusal
from delivery.transports.faults import MAX_TEXT, said, wants_login
from delivery.transports.greeting import greeted, hang_up
from delivery.transports.relay import Relay
from delivery.transports.verdicts import STOPPED, Parcel, RelayError, Verdict
from delivery.transports.wire import Break, Reply, Wire
from store.messages import State

BLOCK = 65536  # bytes of a large message that are sent at a time
FAREWELL = 2.0  # seconds that the reply to QUIT may take
_DOTTED = re.compile(rb"\.(?<=\n\.)").search  # this way round it costs a fifth of looking for both bytes
_SENT = State.SENT
_GO_AHEAD = (250, 250, 354)  # to MAIL, RCPT and DATA
_AFTER_DOT = {2: _SENT, 4: State.DEFERRED, 5: State.REFUSED}


class SmtpConnection:
    """A connection that is opened when needed and closed when it is no longer fit for use."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._name = relay.name
        limits = relay.timeouts
        self._envelope_times = (limits.command, limits.command, limits.data)
        self._ending_times = (limits.ending,)
        self._group_times = self._ending_times + self._envelope_times
        self._wire: Wire | None = None
        self._offer = Announced()
        self._current: Parcel | None = None  # the message that was begun
        self._ending = False  # the end of its text is under way
        self._settled: Verdict | None = None  # on a message before it, while the answer to its envelope is waited for
        self._unclean = False  # a transaction was left behind, to be reset
        self._begun = 0
        self.used_up = False  # as many messages were begun as one connection is to carry
        self.pipelines = False  # the envelope of the next message can go along with the text of this one

    @property
    def is_open(self) -> bool:
        """Whether the next message can be tried."""
        return self._wire is not None and self._wire.broken is None

    async def open(self) -> None:
        """Connect, secure and log in; raises `RelayError` for what will not mend itself, else `UnavailableError`."""
        client = await greeted(self._relay)
        transport = client.transport
        if not isinstance(transport, asyncio.Transport):
            hang_up(client, transport)
            raise ConnectionResetError("The connection was lost")
        self._offer = announced(client.esmtp_extensions)
        self.pipelines = self._offer.pipelining
        self._wire = Wire(transport)
        self._begun = 0
        self.used_up = False
        self._unclean = False

    async def close(self) -> None:
        """Say goodbye, without waiting long."""
        if self.is_open and self._current is None and self._wire is not None:
            await self._wire.exchange(b"QUIT\r\n", (FAREWELL,), block=FAREWELL)
        self.drop()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn

    def drop(self) -> None:
        """Close at once: the conversation cannot go on."""
        if self._wire is not None:
            self._wire.abort()
        self._wire = self._current = None
        self._ending = False

    def refusal(self, parcel: Parcel) -> Verdict | None:
        """Return why a message cannot go by this relay, known without asking; None if it may be tried."""
        return refusal(parcel, self._offer, self._name)

    async def begin(self, parcel: Parcel) -> Verdict | None:
        """Give the envelope of a message and ask for DATA; returns None when the server waits for its text."""
        wire = self._wire
        if wire is None or wire.broken is not None:
            return self._broken(wire.broken if wire is not None else None)
        commands = self._envelope(parcel)
        if self._unclean:
            reset = await wire.exchange(RESET, self._envelope_times[:1], block=self._relay.timeouts.block)
            if not reset or reset[0].code // 100 != 2:
                self.drop()
                return self._broken(wire.broken, blameless=True)
            self._unclean = False
        if self._offer.pipelining:
            replies = await self._exchange(b"".join(commands), self._envelope_times)
        else:
            replies = []
            for command, seconds in zip(commands, self._envelope_times, strict=True):
                replies += await self._exchange(command, (seconds,))
                if len(replies) < 3 and (not self.is_open or replies[-1].code // 100 != 2):
                    break
        return await self._answered(parcel, replies)

    async def finish(self, following: Parcel | None) -> tuple[Verdict, Verdict | None]:
        """Send the text of the message that was begun, and the envelope of the next one along with it.

        Returns what became of the first, and for the next what `begin` returns: None when the server waits for its
        text. ``following`` is only for a connection that `pipelines`.
        """
        wire, (*pieces, dot, envelope), times = self._group(following)
        text = b"".join(pieces)
        if len(text) > BLOCK:
            text = await self._push(wire, text)
        self._ending = True
        await wire.exchange(
            b"".join((text, dot, envelope)), times, block=self._relay.timeouts.block, after_dot=len(envelope)
        )
        return await self.settle(following)

    def launch(self, following: Parcel | None, then: Callable[[], None]) -> bool:
        """Begin what `finish` does; ``then`` is called when the replies are there.

        `went_on` takes them where all is well, and `settle` in all other cases. Returns False, with nothing done, for
        a message that the socket is not to take as a whole.
        """
        if self._current is not None and self._current.size > BLOCK:
            return False
        wire, group, times = self._group(following)
        self._ending = True
        wire.start(group, times, then, block=self._relay.timeouts.block, after_dot=len(group[-1]))
        return True

    def went_on(self, following: Parcel) -> Verdict | None:
        """Say that a message was accepted and the server waits for the text of the next one, as nearly always.

        Returns None where either is not so: `settle` tells.
        """
        wire = self._wire
        if wire is None or wire.broken is not None or not self._ending or len(wire.replies) != 4:
            return None
        (code, _), (mail, _), (recipient, _), (data, _) = wire.replies
        if code // 100 != 2 or (mail, recipient, data) != _GO_AHEAD:
            return None
        self._ending = False
        self._current = following
        return Verdict(_SENT, code, _accepted(wire.replies[0]))

    async def settle(self, following: Parcel | None) -> tuple[Verdict, Verdict | None]:
        """Say what `finish` does, after the replies to what `launch` has sent."""
        if self._wire is None or not self._ending:
            raise RuntimeError("no message is under way")
        replies = self._wire.replies[1:]
        verdict = self._after_the_dot(self._wire)
        self._ending = False
        self._current = None
        if following is None:
            return verdict, None
        blameless = verdict.state is State.IN_DOUBT or verdict.code in {None, 421}
        self._settled = verdict
        answer = await self._answered(following, replies, blameless=blameless)
        self._settled = None
        return verdict, answer

    def abandon(self) -> Verdict:
        """Close at once, and say what is known of the message that was begun."""
        verdict = self._settled or Verdict(state=State.QUEUED)
        if self._ending and self._wire is not None:
            verdict = self._after_the_dot(self._wire)
        self.drop()
        if verdict.code is not None:
            return verdict
        return Verdict(state=verdict.state, text=STOPPED, blameless=True)

    def _group(self, following: Parcel | None) -> tuple[Wire, tuple[bytes, ...], tuple[float, ...]]:
        """Return the text of the message that was begun, its final dot, the envelope of the next one, and time-outs."""
        if self._wire is None or self._current is None:
            raise RuntimeError("no message was begun")
        pieces = self._current.pieces
        if not self._current.plain and _DOTTED(text := self._current.message) is not None:
            pieces = (text.replace(b"\n.", b"\n.."),)  # RFC 5321 section 4.5.2
        dot = b".\r\n" if pieces[-1].endswith(b"\r\n") else b"\r\n.\r\n"
        if following is None:
            return self._wire, (*pieces, dot, b""), self._ending_times
        return self._wire, (*pieces, dot, b"".join(self._envelope(following))), self._group_times

    def _envelope(self, parcel: Parcel) -> tuple[bytes, bytes, bytes]:
        """Return the commands that begin a message, and count it."""
        offer, dsn = self._offer, self._relay.dsn
        self._begun += 1
        self.used_up = self._begun == self._relay.per_connection
        return mail_command(parcel, offer, dsn=dsn), recipient_command(parcel, offer, dsn=dsn), DATA

    async def _exchange(self, data: bytes, timeouts: tuple[float, ...]) -> list[Reply]:
        if self._wire is None:
            return []
        return await self._wire.exchange(data, timeouts, block=self._relay.timeouts.block)

    async def _push(self, wire: Wire, text: bytes) -> bytes:
        """Send a large message up to its last block, and return that."""
        view = memoryview(text)
        last = (len(text) - 1) // BLOCK * BLOCK
        for start in range(0, last, BLOCK):
            if not await wire.push(view[start : start + BLOCK], block=self._relay.timeouts.block):
                break
        return text[last:]

    async def _answered(self, parcel: Parcel, replies: Sequence[Reply], *, blameless: bool = False) -> Verdict | None:
        """Say what the replies to an envelope come to; None: the server waits for the text."""
        for place, reply in enumerate(replies):
            if reply.code // 100 != 2 if place < 2 else reply.code != 354:
                break
        else:
            if len(replies) == 3 and self.is_open:
                self._current = parcel
                return None
            broken = self._wire.broken if self._wire is not None else None
            self.drop()
            return self._broken(broken, blameless=blameless)
        if reply.code // 100 not in (4, 5):
            self.drop()
            return Verdict(
                state=State.QUEUED, code=reply.code, text=f"The relay answered nonsense: {self._told(reply)}"
            )
        self._unclean = True
        if place < 2 and len(replies) == 3 and replies[2].code == 354:
            await self._end_empty()
        if not self.is_open:
            self.drop()
        return self._refused(parcel, reply, place)

    def _refused(self, parcel: Parcel, reply: Reply, place: int) -> Verdict:
        """Say what a clear no means: to MAIL (``place`` 0), RCPT (1) or DATA (2)."""
        text = self._told(reply)
        if reply.code // 100 == 4:
            return Verdict(state=State.DEFERRED, code=reply.code, text=text, at_recipient=place == 1)
        too_large = reply.code == 552 or "5.3.4" in text
        if place < 2 and reply.code == 530:  # RFC 4954 section 6
            self.drop()
            return Verdict(
                state=State.QUEUED, code=reply.code, text=text, fault=wants_login(reply.code, text, self._relay)
            )
        if place == 0 and not too_large and not parcel.utf8:
            self.drop()
            fault = RelayError(
                f"The relay {self._name} refuses the sender {parcel.sender}: {reply.code} {text}",
                hint="See [mail] bounce and the login of the transport in office.toml, or ask who runs the relay.",
            )
            return Verdict(state=State.QUEUED, code=reply.code, text=text, fault=fault)
        return Verdict(state=State.REFUSED, code=reply.code, text=text, at_recipient=place == 1)

    async def _end_empty(self) -> None:
        """End the text that a server asks for after it refused the envelope (RFC 2920 section 3.1): with nothing in it.

        A server that accepts even this has lost the thread.
        """
        replies = await self._exchange(b".\r\n", self._ending_times)
        if not replies or replies[0].code // 100 not in (4, 5):
            self.drop()

    def _after_the_dot(self, wire: Wire) -> Verdict:
        if not wire.replies:
            if wire.handed_over:
                return Verdict(state=State.IN_DOUBT, text=self._broke(wire.broken, "after the message"))
            return self._broken(wire.broken)
        reply = wire.replies[0]
        state = _AFTER_DOT.get(reply.code // 100)
        text = _accepted(reply) if state is _SENT else self._told(reply)
        if state is None:
            self.drop()
            text = f"The relay answered nonsense after the message: {text}"
            return Verdict(state=State.IN_DOUBT, code=reply.code, text=text)
        return Verdict(state, reply.code, text)

    def _told(self, reply: Reply) -> str:
        """Return the words of a reply other than those that accept, without the login, should the relay repeat it."""
        return said(reply.text.decode("utf-8", "replace"), self._relay)

    def _broken(self, broken: Break | None, *, blameless: bool = False) -> Verdict:
        text = self._broke(broken, "before the end of the message")
        return Verdict(state=State.QUEUED, text=text, blameless=blameless)

    def _broke(self, broken: Break | None, when: str) -> str:
        what, why = broken or Break("The connection broke", "")
        return f"{what} {when}: {said(why, self._relay)}" if why else f"{what} {when}."


def _accepted(reply: Reply) -> str:
    return one_line(reply.text.decode("utf-8", "replace").rstrip())[:MAX_TEXT]
