"""One SMTP connection to the relay (RFC 5321), kept open from message to message.

Where the outcome is decided: before the final dot is handed to the socket, a broken connection means that the
message did not leave; after it, only the server's reply tells, and without one the outcome is not known.

What this module does not do: try again, count, or touch the store.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from delivery.headers import one_line
from delivery.transports.faults import MAX_TEXT, reason_of
from delivery.transports.greeting import greeted, hang_up
from delivery.transports.relay import Relay
from delivery.transports.verdicts import Parcel, RelayError, Verdict
from store.messages import State

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponse

Intend = Callable[[], Awaitable[bool]]
_RELAYING = re.compile(r"\brelay(ing)?\b", re.IGNORECASE)
_WRITE_POLL = 0.01  # seconds between looks at the socket's buffer, for a message larger than that


class SmtpConnection:
    """A connection that is opened when needed and closed when it is no longer fit for use.

    ``handed_over`` tells, of the message under way, whether its final dot has gone to the socket.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._client: SMTP | None = None
        self._transport: asyncio.BaseTransport | None = None  # the client forgets it when it closes by itself
        self.handed_over = False

    @property
    def is_open(self) -> bool:
        """Whether the next message can be tried."""
        return self._client is not None and self._client.is_connected

    async def open(self) -> None:
        """Connect, secure and log in; raises `RelayError` for what will not mend itself, else `UnavailableError`."""
        client = await greeted(self._relay)
        client.timeout = self._relay.timeouts.command
        self._client = client
        self._transport = client.transport

    async def close(self) -> None:
        """Say goodbye, without waiting long."""
        from aiosmtplib import SMTPException

        if self._client is not None and self._client.is_connected:
            with suppress(SMTPException, OSError):
                await self._client.execute_command(b"QUIT", timeout=2)
        self.drop()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn

    def drop(self) -> None:
        """Close at once: the conversation cannot go on."""
        if self._client is not None:
            hang_up(self._client, self._transport)
        self._client = self._transport = None

    async def deliver(self, parcel: Parcel, intend: Intend) -> Verdict:
        """Send one message on the open connection.

        ``intend`` is awaited between the server's 354 and the first byte of the message; if it answers False, the
        message is not to go any more. Raises `RelayError` if the server refuses us, not the addressee.
        """
        from aiosmtplib import SMTPException

        self.handed_over = False
        try:
            refused = await self._envelope(parcel)
            if refused is not None:
                return refused
            if not await intend():
                self.drop()  # after 354 there is no other way to cancel
                return Verdict(state=State.QUEUED, text="Withdrawn in the last moment.")
            reply = await self._content(parcel.message)
        except (SMTPException, OSError) as error:  # time-outs are among them
            self.drop()
            state = State.IN_DOUBT if self.handed_over else State.QUEUED
            return Verdict(state=state, text=_broken(error, handed_over=self.handed_over))
        return self._after_the_dot(reply)

    async def _envelope(self, parcel: Parcel) -> Verdict | None:
        """Give the envelope and ask for DATA; returns None when the server waits for the message."""
        client = self._need()
        if parcel.utf8 and not client.supports_extension("smtputf8"):
            text = f"The relay {self._relay.name} cannot carry addresses in this script (SMTPUTF8)."
            return Verdict(state=State.REFUSED, text=text)
        reply = await client.execute_command(b"MAIL", *_mail_arguments(client, parcel))
        if reply.code // 100 != 2:
            self._require_welcome(reply, parcel)
            return await self._rejected(reply)
        encoding = "utf-8" if parcel.utf8 else "ascii"
        reply = await client.execute_command(b"RCPT", b"TO:<" + parcel.recipient.encode(encoding) + b">")
        if reply.code // 100 != 2:
            if reply.code == 530:  # authentication required, RFC 4954
                self._require_welcome(reply, parcel)
            return await self._rejected(reply, at_recipient=True)
        reply = await client.execute_command(b"DATA", timeout=self._relay.timeouts.data)
        if reply.code == 354:
            return None
        return await self._rejected(reply)

    def _require_welcome(self, reply: SMTPResponse, parcel: Parcel) -> None:
        """Raise `RelayError` where a refusal of MAIL or RCPT is meant for us."""
        too_large = reply.code == 552 or "5.3.4" in reply.message
        if reply.code // 100 != 5 or too_large or parcel.utf8:
            return
        self.drop()
        raise RelayError(
            f"The relay {self._relay.name} refuses the sender {parcel.sender}: {reply.code} {_said(reply)}",
            hint="See [mail] bounce and the login of the transport in office.toml, or ask who runs the relay.",
        )

    async def _rejected(self, reply: SMTPResponse, *, at_recipient: bool = False) -> Verdict:
        """Say what a reply means that is not the one hoped for, and make the connection ready for the next."""
        if reply.code // 100 not in (4, 5):
            self.drop()
            return Verdict(state=State.QUEUED, code=reply.code, text=f"The relay answered nonsense: {_said(reply)}")
        if reply.code == 421:  # the server closes, RFC 5321 section 3.8
            self.drop()
        else:
            await self._reset()
        denied = at_recipient and reply.code // 100 == 5 and _RELAYING.search(reply.message) is not None
        state = State.DEFERRED if reply.code // 100 == 4 else State.REFUSED
        return Verdict(state=state, code=reply.code, text=_said(reply), relaying_denied=denied)

    async def _reset(self) -> None:
        from aiosmtplib import SMTPException

        try:
            reply = await self._need().execute_command(b"RSET")
        except (SMTPException, OSError):
            self.drop()
        else:
            if reply.code // 100 != 2:
                self.drop()

    async def _content(self, message: bytes) -> SMTPResponse:
        """Send the message and its final dot, and return the reply."""
        protocol = self._need().protocol
        transport = protocol.transport if protocol is not None else None
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise ConnectionResetError("The connection was lost")
        if b"\r\n." in message:
            message = message.replace(b"\r\n.", b"\r\n..")  # RFC 5321 section 4.5.2
        protocol.write(message)
        waited = 0.0
        while transport.get_write_buffer_size() and protocol.is_connected:  # rare: messages fit the socket's buffer
            if waited > self._relay.timeouts.block:
                raise TimeoutError("The relay does not take the message")
            await asyncio.sleep(_WRITE_POLL)
            waited += _WRITE_POLL
        if not protocol.is_connected:
            raise ConnectionResetError("The connection was lost")
        self.handed_over = True
        protocol.write(b".\r\n")
        return await protocol.read_response(timeout=self._relay.timeouts.ending)

    def _after_the_dot(self, reply: SMTPResponse) -> Verdict:
        state = {2: State.SENT, 4: State.DEFERRED, 5: State.REFUSED}.get(reply.code // 100, State.IN_DOUBT)
        if reply.code == 421 or state is State.IN_DOUBT:
            self.drop()
        text = _said(reply)
        if state is State.IN_DOUBT:
            text = f"The relay answered nonsense after the message: {text}"
        return Verdict(state=state, code=reply.code, text=text)

    def _need(self) -> SMTP:
        if self._client is None:
            raise ConnectionResetError("The connection was lost")
        return self._client


def _mail_arguments(client: SMTP, parcel: Parcel) -> list[bytes]:
    arguments = [b"FROM:<" + parcel.sender.encode("ascii") + b">"]
    if client.supports_extension("size"):
        arguments.append(b"SIZE=%d" % len(parcel.message))
    if parcel.utf8:
        arguments.extend((b"BODY=8BITMIME", b"SMTPUTF8"))
    return arguments


def _said(reply: SMTPResponse) -> str:
    return one_line(reply.message.encode("utf-8", "replace").decode("utf-8"))[:MAX_TEXT]


def _broken(error: Exception, *, handed_over: bool) -> str:
    from aiosmtplib import SMTPResponseException

    when = "after the message" if handed_over else "before the end of the message"
    what = "The relay answered nonsense" if isinstance(error, SMTPResponseException) else "The connection broke"
    return f"{what} {when}: {one_line(reason_of(error))[:MAX_TEXT]}"
