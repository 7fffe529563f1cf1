"""An SMTP server that accepts everything and keeps nothing: python -m benchmarks.discarding_sink prints its port.

With the files of a certificate and its key as arguments it offers STARTTLS, which Postfix's smtp-sink does not.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import cast

_FEATURES = (b"PIPELINING", b"SIZE 100000000", b"8BITMIME", b"SMTPUTF8")
_REPLIES = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n", b"STAR": b"220 go ahead\r\n"}
_END = b"\r\n.\r\n"


class Discard(asyncio.Protocol):
    """One connection."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._rest = b""
        self._in_message = False
        self._securing: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; after STARTTLS the client speaks first."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and each message's end, in one write."""
        data = self._rest + data
        if self._securing is not None:
            self._rest = data
            return
        replies = []
        while data:
            if self._in_message:
                end = data.find(_END)
                if end < 0:
                    data = data[-len(_END) + 1 :]
                    break
                self._in_message, data = False, data[end + len(_END) :]
                replies.append(b"250 accepted\r\n")
                continue
            line, newline, after = data.partition(b"\r\n")
            if not newline:
                break
            data, verb = after, line[:4].upper()
            replies.append(self._features() if verb == b"EHLO" else _REPLIES.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                self._in_message, data = True, b"\r\n" + data  # so that an empty text has its end too
            elif verb == b"STAR":
                self._transport.pause_reading()  # what comes next is no longer meant for us
                self._securing = asyncio.ensure_future(self._secure())
        self._rest = data
        self._transport.write(b"".join(replies))

    def _features(self) -> bytes:
        features = (b"sink", *_FEATURES, *([b"STARTTLS"] if self._tls is not None else []))
        return b"".join(b"250-%s\r\n" % feature for feature in features) + b"250 ENHANCEDSTATUSCODES\r\n"

    async def _secure(self) -> None:
        tls, self._tls = self._tls, None
        if tls is not None:
            secured = await asyncio.get_running_loop().start_tls(self._transport, self, tls, server_side=True)
            self._transport = cast("asyncio.Transport", secured)
        self._securing = None
        self.data_received(b"")  # what came before this task had its turn


async def main(certificate: str = "", key: str = "") -> None:
    """Serve until killed."""
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
    server = await asyncio.get_running_loop().create_server(lambda: Discard(tls), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
