"""The conversation on an open connection: replies in whatever pieces, bounds, deadlines, and what was handed over."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from delivery.transports.wire import MAX_LINE, MAX_LINES, Break, Wire

SOON = (5.0, 5.0, 5.0)
Talk = Callable[[Wire, socket.socket, asyncio.Transport], Awaitable[None]]


def conversing(talk: Talk) -> None:
    """Run ``talk`` with a wire and the other end of its connection, which takes little before it is read."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    far.setblocking(False)

    async def run() -> None:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=near)
        wire = Wire(transport)
        try:
            await talk(wire, far, transport)
        finally:
            wire.abort()
            await asyncio.sleep(0)

    with far:
        asyncio.run(run())


def take(far: socket.socket, most: int) -> int:
    """Read what there is, and return how much it was."""
    with suppress(BlockingIOError):
        return len(far.recv(most))
    return 0


def test_replies_come_in_whatever_pieces() -> None:
    stream = b"250-first\r\n250-\r\n250 last\r\n354\n550 5.1.1 no such user \xff\r\n"

    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        for size in (1, 2, 7, len(stream)):
            asking = asyncio.create_task(wire.exchange(b"NOOP\r\n", SOON, block=5))
            await asyncio.sleep(0)
            for start in range(0, len(stream), size):
                far.send(stream[start : start + size])
                await asyncio.sleep(0.001)
            replies = await asking
            assert [reply.code for reply in replies] == [250, 354, 550]
            assert replies[0].text.split() == [b"first", b"last"]
            assert replies[2].text == b"5.1.1 no such user \xff\r"
            assert wire.broken is None

    conversing(talk)


@pytest.mark.parametrize(
    ("received", "codes", "broken"),
    [
        (b"250 a\r\n421 closing\r\n250 b\r\n", [250, 421], Break("The relay closed the connection", "closing")),
        (b"250 a\r\n250 b\r\n250 c\r\n250 d\r\n", [250, 250, 250], Break("The relay spoke out of turn", "250 d")),
        (b"250 a\r\nhello\r\n250 b\r\n", [250], Break("The relay answered nonsense", "hello")),
        (b"2500 a\r\n", [], Break("The relay answered nonsense", "2500 a")),
        (b"250-a\r\n251 b\r\n", [], Break("The relay answered nonsense", "251 b")),
        (b"\r\n", [], Break("The relay answered nonsense", "")),
        ("２５０ ok\r\n".encode(), [], Break("The relay answered nonsense", "２５０ ok")),
        (b"250 a" * MAX_LINE, [], Break("The relay answered nonsense", "a line without an end")),
        (b"250-\r\n" * (MAX_LINES + 2), [], Break("The relay answered nonsense", "a reply without an end")),
    ],
)  # fmt: skip
def test_what_a_conversation_does_not_survive(received: bytes, codes: list[int], broken: Break) -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        far.send(received)
        replies = await wire.exchange(b"NOOP\r\n", SOON, block=5)
        if wire.broken is None:  # the line too many may come a moment later
            await asyncio.sleep(0.01)
        assert [reply.code for reply in replies] == codes
        assert wire.broken == broken
        assert await wire.exchange(b"NOOP\r\n", SOON, block=5) == []

    conversing(talk)


@pytest.mark.parametrize("received", [b"", b"25", b"250 a", b"250-a\r\n", b"250-a\r\n250"])
def test_half_a_reply_is_none(received: bytes) -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        far.send(received)
        far.shutdown(socket.SHUT_RDWR)
        assert await wire.exchange(b"NOOP\r\n", SOON, block=5) == []
        assert wire.broken is not None

    conversing(talk)


def test_more_pieces_than_the_system_takes_at_once() -> None:
    pieces = [b"%d\r\n" % number for number in range(os.sysconf("SC_IOV_MAX") + 1)]

    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        answered = asyncio.Event()
        wire.start(pieces, SOON[:1], answered.set, block=5)
        received = b""
        while len(received) < len(b"".join(pieces)):
            received += await asyncio.get_running_loop().sock_recv(far, 65536)
        assert received == b"".join(pieces)
        far.send(b"250 ok\r\n")
        await answered.wait()
        assert [reply.code for reply in wire.replies] == [250]

    conversing(talk)


def test_what_comes_unasked_ends_the_conversation() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        far.send(b"250 what you wanted to hear\r\n")
        await asyncio.sleep(0.01)
        assert wire.broken == Break("The relay spoke out of turn", "250 what you wanted to hear")

    conversing(talk)


def test_a_reply_before_the_dot_is_not_the_reply_to_it() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        far.send(b"250 accepted\r\n")
        replies = await wire.exchange(bytes(500_000) + b"\r\n.\r\n", (5.0,), block=5)
        assert replies == []
        assert not wire.handed_over
        assert wire.broken == Break("The relay spoke out of turn", "250 accepted")

    conversing(talk)


def test_handed_over_is_what_left_our_buffers_up_to_the_dot() -> None:
    text, envelope = bytes(100_000) + b".\r\n", b"x" * 3000

    async def talk(wire: Wire, far: socket.socket, transport: asyncio.Transport) -> None:
        sending = asyncio.create_task(wire.exchange(text + envelope, (5.0,), block=5, after_dot=len(envelope)))
        await asyncio.sleep(0)
        taken = 0
        while not wire.handed_over:
            assert transport.get_write_buffer_size() > len(envelope) + 2
            taken += take(far, 500)
            await asyncio.sleep(0)
        assert transport.get_write_buffer_size() <= len(envelope) + 2
        assert taken > 0
        while taken < len(text) + len(envelope):
            taken += take(far, 5000)
            await asyncio.sleep(0)
        far.send(b"250 ok\r\n")
        assert [reply.code for reply in await sending] == [250]
        assert wire.handed_over

    conversing(talk)


def test_a_dot_that_is_still_here_was_not_handed_over() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        sending = asyncio.create_task(wire.exchange(bytes(500_000) + b".\r\n", (5.0,), block=5))
        await asyncio.sleep(0)
        far.recv(1000)
        far.close()
        assert await sending == []
        assert not wire.handed_over

    conversing(talk)


def test_a_dot_that_has_left_was_handed_over_whatever_is_behind_it() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        behind = bytes(500_000)
        sending = asyncio.create_task(wire.exchange(b"text\r\n.\r\n" + behind, SOON, block=5, after_dot=len(behind)))
        await asyncio.sleep(0)
        far.close()
        assert await sending == []
        assert wire.handed_over

    conversing(talk)


def test_a_part_of_a_message_waits_until_the_socket_takes_it() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        pushing = asyncio.create_task(wire.push(bytes(100_000), block=5))
        taken = 0
        while not pushing.done():
            taken += take(far, 5000)
            await asyncio.sleep(0)
        assert await pushing
        assert not wire.handed_over
        assert not await wire.push(bytes(500_000), block=0.05)
        assert wire.broken == Break("The relay does not take the message", "")

    conversing(talk)


def test_every_reply_has_its_own_deadline() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        began = asyncio.get_running_loop().time()
        asyncio.get_running_loop().call_later(0.05, far.send, b"250 ok\r\n")
        replies = await wire.exchange(b"NOOP\r\n", (60.0, 0.1, 60.0), block=60)
        assert [reply.code for reply in replies] == [250]
        assert wire.broken == Break("The relay did not answer in time", "")
        assert asyncio.get_running_loop().time() - began >= 0.15

    conversing(talk)


def test_a_deadline_that_was_met_does_not_cut_the_next_one_short() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        far.send(b"250 ok\r\n")
        assert len(await wire.exchange(b"NOOP\r\n", (0.1,), block=5)) == 1
        asyncio.get_running_loop().call_later(0.3, far.send, b"250 ok\r\n")
        assert len(await wire.exchange(b"NOOP\r\n", (60.0,), block=5)) == 1

    conversing(talk)


def test_a_dot_that_left_was_handed_over_even_if_the_connection_broke_before_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text, envelope = b"x" * 300 + b"\r\n.\r\n", b"MAIL FROM:<a@b.example>\r\n"
    received = bytearray()

    async def talk(wire: Wire, far: socket.socket, transport: asyncio.Transport) -> None:
        def write_some(descriptor: int, data: tuple[bytes, ...]) -> int:
            count = os.write(descriptor, b"".join(data)[: len(text) + 10])  # the socket takes no more
            received.extend(far.recv(1000))
            far.close()
            return count

        monkeypatch.setattr(os, "writev", write_some)
        ended = asyncio.Event()
        wire.start((text, envelope), (5.0,), ended.set, block=5, after_dot=len(envelope))
        await ended.wait()
        assert received.startswith(text)
        assert wire.broken is not None
        assert wire.handed_over

    conversing(talk)


@pytest.mark.parametrize("says", [b"", b"421 too busy\r\n"], ids=["nothing more", "421"])
def test_a_dot_that_was_not_handed_over_does_not_leave_after_all(says: bytes) -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        ended = asyncio.Event()
        wire.start((bytes(60_000), b"\r\n.\r\n"), (5.0,), ended.set, block=5)
        if says:
            far.send(says)
        else:
            far.shutdown(socket.SHUT_WR)
        await ended.wait()
        assert not wire.handed_over
        received = bytearray()
        for _ in range(20):
            await asyncio.sleep(0)
            with suppress(BlockingIOError):
                received += far.recv(100_000)
        assert not received.endswith(b".\r\n")

    conversing(talk)


def test_a_connection_that_is_gone_can_be_closed_all_the_same() -> None:
    async def talk(wire: Wire, far: socket.socket, _transport: asyncio.Transport) -> None:
        envelope = bytes(30_000)
        ended = asyncio.Event()
        wire.start((b".\r\n", envelope), SOON, ended.set, block=5, after_dot=len(envelope))
        far.shutdown(socket.SHUT_WR)
        await ended.wait()
        assert wire.handed_over
        for _ in range(20):
            take(far, 100_000)
            await asyncio.sleep(0)
        wire.abort()

    conversing(talk)
