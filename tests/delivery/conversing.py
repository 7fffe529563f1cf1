"""Messages sent over one connection, without a store behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from delivery.transports.relay import Relay
from delivery.transports.smtp import SmtpConnection
from delivery.transports.verdicts import Parcel, Verdict
from tests.delivery.relays import QUICK
from tests.delivery.sink import Sink


def converse(sink: Sink, parcels: Sequence[Parcel], *, dsn: bool = True) -> list[Verdict]:
    """Send messages that are all asked for, each pipelined with the next; return what became of them."""
    relay = _relay(sink, dsn=dsn)

    async def run() -> list[Verdict]:
        connection = SmtpConnection(relay)
        await connection.open()
        verdicts = []
        assert await connection.begin(parcels[0]) is None
        for following in (*parcels[1:], None):
            verdict, answer = await connection.finish(following)
            assert answer is None
            verdicts.append(verdict)
        await connection.close()
        return verdicts

    return asyncio.run(run())


def cut_short(sink: Sink, parcels: Sequence[Parcel], *, after: float) -> Verdict:
    """Send messages as `converse` does, give up ``after`` seconds; return what is then said of the one under way."""

    async def run() -> Verdict:
        connection = SmtpConnection(_relay(sink))
        await connection.open()
        assert await connection.begin(parcels[0]) is None
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(finish(connection), after)
        return connection.abandon()

    async def finish(connection: SmtpConnection) -> None:
        for following in (*parcels[1:], None):
            await connection.finish(following)

    return asyncio.run(run())


def _relay(sink: Sink, *, dsn: bool = True) -> Relay:
    return Relay(host="127.0.0.1", port=sink.port, security="none", login=None, tls=None, timeouts=QUICK, dsn=dsn)
