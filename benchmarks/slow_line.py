"""A line that takes its time: python -m benchmarks.slow_line PORT [MILLISECONDS] prints the port that leads to PORT.

Whatever goes in comes out after that many milliseconds, in each direction; how much may be under way is not limited.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import cast


class _End(asyncio.Protocol):
    """One end of a connection; what arrives here leaves at the other one, later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready for what the other end passes on."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Pass it on, later."""
        self._later(lambda transport: transport.write(data))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        """Close the other end, after what is still under way."""
        self._later(lambda transport: transport.close())

    def _later(self, act: Callable[[asyncio.Transport], None]) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._act, act)

    def _act(self, act: Callable[[asyncio.Transport], None]) -> None:
        if self.other is None or self.other.transport is None:
            self._later(act)  # the other end is not open yet
        else:
            act(self.other.transport)


async def main(port: int, milliseconds: float = 10) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()

    def accepted() -> _End:
        near, far = _End(milliseconds / 1000), _End(milliseconds / 1000)
        near.other, far.other = far, near
        opening = loop.create_task(loop.create_connection(lambda: far, "127.0.0.1", port))
        openings.add(opening)
        opening.add_done_callback(openings.discard)
        return near

    openings: set[asyncio.Task[tuple[asyncio.Transport, _End]]] = set()
    server = await loop.create_server(accepted, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *map(float, sys.argv[2:3])))
