"""An SMTP server for tests, on loopback, that does at every step of the protocol what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

DROP = "drop"  # close the connection
HANG = "hang"  # answer nothing; at «body»: read nothing
CUT = "cut"  # at «body»: read a little of the message, then close
HALF = "half"  # send a part of a reply, then close

# (step, argument) -> a reply line, DROP, HANG, CUT, HALF, or "" for the usual reply.
# Steps: connect ehlo starttls auth mail rcpt data body dot rset quit; that of data, body and dot is RCPT's.
Script = Callable[[str, str], str]
USUAL = {
    "connect": "220 sink ready",
    "starttls": "220 go ahead",
    "auth": "235 come in",
    "mail": "250 sender ok",
    "rcpt": "250 recipient ok",
    "data": "354 go on",
    "dot": "250 2.0.0 accepted",
    "rset": "250 reset",
    "quit": "221 bye",
}
_THEN = {"mail": "rcpt", "rcpt": "data"}
_MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]+)>", re.MULTILINE)


@dataclass
class Received:
    """A message as it arrived; ``mail`` and ``rcpt`` are the arguments of these commands."""

    mail: str
    rcpt: str
    content: bytes

    @property
    def message_id(self) -> str:
        match = _MESSAGE_ID.search(self.content)
        assert match is not None
        return match[1].decode()


@dataclass
class Sink:
    script: Script = lambda _step, _argument: ""
    extensions: Sequence[str] = ("8BITMIME", "SMTPUTF8", "SIZE 10000000", "PIPELINING")
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    keep: bool = True
    delay: float = 0.0
    withhold: int = 0  # final dots that are answered only once the next envelope has come as well
    strict: bool = False  # notes what comes before the command in front of it was answered
    port: int = 0
    connections: int = 0
    received: list[Received] = field(default_factory=list)
    hasty: int = 0
    empty: list[bytes] = field(default_factory=list)  # texts that came although no recipient was accepted
    seen: Counter[str] = field(default_factory=Counter)  # Message-IDs whose final dot arrived

    @contextmanager
    def running(self) -> Iterator[Sink]:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(self._start(), loop).result()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await _Session(self, reader, writer).run()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, _DroppedError, ssl.SSLError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


class _DroppedError(Exception):
    pass


class _Session:
    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.mail = self.rcpt = ""
        self.expected = "mail"
        self.ahead: list[bytes] = []  # lines that were read before their time

    async def run(self) -> None:
        await self.answer("connect", "")
        while line := (await self.line()).decode("utf-8").rstrip("\r\n"):
            verb, _, argument = line.partition(" ")
            step = verb.lower()
            if step == "data":
                await self.data()
            elif step == "ehlo":
                await self.ehlo(argument)
            elif step in USUAL:
                if step in ("mail", "rcpt"):
                    setattr(self, step, argument)
                if step == "rset":
                    self.expected = "mail"
                reply = await self.answer(step, argument)
                if step == "starttls" and reply.startswith("220") and self.sink.starttls is not None:
                    await self.writer.start_tls(self.sink.starttls)
            else:
                await self.say("500 what?")

    async def line(self) -> bytes:
        return self.ahead.pop(0) if self.ahead else await self.reader.readline()

    async def ehlo(self, argument: str) -> None:
        scripted = self.sink.script("ehlo", argument)
        if scripted:
            await self.carry_out(scripted)
            return
        offered = ["sink", *self.sink.extensions]
        if self.sink.starttls is not None and self.writer.get_extra_info("sslcontext") is None:
            offered.append("STARTTLS")
        *lines, last = offered
        await self.say("\r\n".join([*(f"250-{line}" for line in lines), f"250 {last}"]))

    async def data(self) -> None:
        reply = await self.answer("data", self.rcpt)
        if not reply.startswith("354"):
            return
        accepted, self.expected = self.expected == "data", "mail"
        content = await self.body(self.sink.script("body", self.rcpt))
        if self.sink.delay:
            await asyncio.sleep(self.sink.delay)
        if not accepted:
            await self.carry_out(self.sink.script("dot", self.rcpt) or "554 no valid recipients")
            self.sink.empty.append(content)
            return
        if self.sink.withhold:
            self.sink.withhold -= 1
            self.ahead = [await self.reader.readline() for _ in range(3)]
        message = Received(self.mail, self.rcpt, content)
        if self.sink.keep:
            self.sink.received.append(message)
        reply = self.sink.script("dot", message.rcpt) or USUAL["dot"]
        if reply[:1] not in ("4", "5"):
            self.sink.seen[message.message_id] += 1
        await self.carry_out(reply)

    async def body(self, scripted: str) -> bytes:
        if scripted == CUT:
            await self.reader.readexactly(100)
            raise _DroppedError
        if scripted == HANG:
            await asyncio.sleep(3600)
        content = bytearray()
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise _DroppedError
            content += line[1:] if line.startswith(b".") else line
        return bytes(content)

    async def answer(self, step: str, argument: str) -> str:
        fits = step == self.expected or step not in ("mail", "rcpt", "data")
        reply = self.sink.script(step, argument) or (USUAL[step] if fits else "503 5.5.1 not now")
        if fits and reply.startswith("2") and step in _THEN:
            self.expected = _THEN[step]
        await self.carry_out(reply)
        return reply

    async def carry_out(self, reply: str) -> None:
        if reply == DROP:
            raise _DroppedError
        if reply == HANG:
            await asyncio.sleep(3600)
        if reply == HALF:
            self.writer.write(b"250-2.0.0 acc")
            await self.writer.drain()
            raise _DroppedError
        await self.say(reply)
        if reply.startswith(("421", "221")):
            raise _DroppedError

    async def say(self, reply: str) -> None:
        if self.sink.strict:
            await asyncio.sleep(0.01)
            self.sink.hasty += bool(self.reader._buffer)  # type: ignore[attr-defined]
        self.writer.write(reply.encode("utf-8") + b"\r\n")
        await self.writer.drain()
