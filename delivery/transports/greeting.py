"""Getting in at the relay: connect, secure, log in; the library's own conversation (RFC 5321, 3207, 4954)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from delivery.transports.faults import fault_of
from delivery.transports.login import Login
from delivery.transports.relay import Relay
from delivery.transports.verdicts import RelayError

if TYPE_CHECKING:
    from aiosmtplib import SMTP

# Where a server speaks first, in the clear (RFC 5321, 6409); one that makes us wait there may punish who does not.
_IN_THE_CLEAR_FIRST = (25, 587)
# Dovecot's submission service announces PIPELINING, but (2.3.19 at least) it falls dead when an envelope follows the
# final dot, once it has passed the message on: each would come into doubt.
_FALLS_OVER_PIPELINING = re.compile(r"\bDovecot\b")


async def greeted(relay: Relay) -> SMTP:
    """Return a client that is connected, secured and logged in, its extensions known: those that are to be used.

    Raises `RelayError` for what will not mend itself, `UnavailableError` for what may pass.
    """
    from aiosmtplib import SMTP

    client = SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.security == "tls",
        start_tls=False,  # done below, after a look at what is announced
        tls_context=relay.tls,
        timeout=relay.timeouts.command,
        local_hostname=_own_name(),
    )
    try:
        await _greet(client, relay)
    except BaseException as error:
        hang_up(client, client.transport)
        if isinstance(error, Exception):
            raise fault_of(error, relay) from error
        raise
    return client


async def _greet(client: SMTP, relay: Relay) -> None:
    greeting = await _connect(client, relay)
    await client.ehlo()
    if relay.security == "starttls":
        if not client.supports_extension("starttls"):
            raise RelayError(
                f"The relay {relay.name} does not offer STARTTLS.",
                hint='If it takes TLS from the start (often port 465), set security = "tls".',
            )
        await client.starttls()
        await client.ehlo()
    login = relay.login
    if login is not None and login.token is not None:
        if "xoauth2" not in client.server_auth_methods:
            raise RelayError(
                f"The relay {relay.name} does not offer the login XOAUTH2.",
                hint="Check the login of the transport in office.toml; a password may be what it wants.",
            )
        await _show_token(client, login, login.token)
    elif login is not None:
        await client.login(login.user, login.password)
    if not relay.pipelining or _FALLS_OVER_PIPELINING.search(greeting):
        client.esmtp_extensions.pop("pipelining", None)


async def _show_token(client: SMTP, login: Login, token: Callable[[], str]) -> None:
    """Log in by a token; one that is not taken may have been revoked before its time, so a new one is tried, once."""
    from aiosmtplib import SMTPAuthenticationError

    first = await asyncio.to_thread(token)
    login.shown.add(first)
    try:
        await client.auth_xoauth2(login.user, first)
    except SMTPAuthenticationError as error:
        if login.forget is None or error.code // 100 == 4:
            raise
        login.forget(first)
        second = await asyncio.to_thread(token)
        if second == first:
            raise
        login.shown.add(second)
        await client.auth_xoauth2(login.user, second)


async def _connect(client: SMTP, relay: Relay) -> str:
    """Connect, and return the words of the greeting.

    The library has one time-out for both, and the first deserves a shorter. A greeting may take minutes. One that is
    long in coming may also never come, as the server waits for TLS: so that is tried meanwhile, beside it.
    """
    loop = asyncio.get_running_loop()
    limit = asyncio.timeout(None)
    seconds = relay.timeouts.connect

    def give_up() -> None:
        if client.transport is None:
            limit.reschedule(loop.time())

    timer = loop.call_later(seconds, give_up)
    tasks = connecting, trying = asyncio.create_task(client.connect()), asyncio.create_task(_takes_tls(client, relay))
    try:
        async with limit:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done() and trying.result():
                raise RelayError(
                    f"The relay {relay.name} does not greet in the clear: it speaks TLS from the start.",
                    hint='Set security = "tls" in office.toml, or another port: STARTTLS is usually on 587.',
                )
            return (await connecting).message
    except TimeoutError as error:
        if limit.expired():
            raise TimeoutError(f"no answer within {seconds:g} seconds") from error
        raise
    finally:
        timer.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _takes_tls(client: SMTP, relay: Relay) -> bool:
    """Tell, where a connected server has been silent for some time, whether it speaks TLS there; nothing is sent."""
    await asyncio.sleep(relay.timeouts.silence)
    if relay.security == "tls" or relay.port in _IN_THE_CLEAR_FIRST or client.transport is None:
        return False
    context = relay.tls or ssl.create_default_context()
    try:
        async with asyncio.timeout(relay.timeouts.connect):
            _, writer = await asyncio.open_connection(relay.host, relay.port, ssl=context)
    except ssl.SSLCertVerificationError:  # whose it is, is not the question here
        return True
    except OSError:
        return False
    writer.transport.abort()
    return True


def hang_up(client: SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close at once. Not `close`: over TLS that waits for a farewell, which a spoilt connection may never bring."""
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    client.close()


def _own_name() -> str:
    """Return this machine's name for EHLO; no look-up, which may take long and is not needed."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9.-]+", name) else "localhost"
