"""An SMTP server that accepts everything and keeps nothing: python -m benchmarks.discarding_sink prints its port."""

from __future__ import annotations

import asyncio
from typing import cast

_REPLIES = {
    b"EHLO": b"250-sink\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
_END = b"\r\n.\r\n"


class Discard(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._tail = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each message's end."""
        if self._in_message:
            self._tail = (self._tail + data)[-len(_END) :]
            if self._tail == _END:
                self._in_message, self._tail = False, b""
                self._transport.write(b"250 accepted\r\n")
            return
        for line in data.splitlines():
            verb = line[:4].upper()
            self._in_message = verb == b"DATA"
            self._transport.write(_REPLIES.get(verb, b"250 ok\r\n"))


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Discard, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
