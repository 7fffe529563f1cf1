"""How to reach the relay: settings checked, login taken from the environment, certificates loaded."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery.transports.login import Login, make_login
from office.clock import Clock, system_clock
from office.errors import InputError
from office.model import SmtpTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the server (RFC 5321 section 4.5.3.2)."""

    connect: float = 30  # to be connected at all, TLS from the start included
    silence: float = 5  # before a server that has not greeted is tried with TLS
    command: float = 300  # the greeting, and the reply to a command
    data: float = 120  # the 354
    block: float = 180  # the socket to take the message
    ending: float = 600  # the reply to the final dot
    pause: float = 1  # before the relay is asked again that has asked for less, the first time


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How to reach the relay: `make_relay`.

    ``dsn`` is whether delivery reports are asked for where it announces them, ``pipelining`` whether commands go ahead
    of answers where it does; ``per_connection`` is how many messages go over one connection, 0 for any number.
    """

    host: str
    port: int
    security: str
    login: Login | None
    tls: ssl.SSLContext | None
    timeouts: Timeouts
    dsn: bool = True
    pipelining: bool = True
    per_connection: int = 0

    @property
    def name(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"


def make_relay(
    settings: SmtpTransport,
    office_folder: Path,
    environment: Mapping[str, str],
    timeouts: Timeouts | None = None,
    *,
    clock: Clock = system_clock,
) -> Relay:
    """Check the settings and take the login from the environment; raises `InputError` with what is missing."""
    if settings.security == "none" and not settings.is_local and (settings.logs_in or not settings.in_the_clear):
        raise InputError(
            f"[transports.{settings.key}] would send to {settings.host} without encryption.",
            hint='Set security = "starttls" or "tls"; "none" is for this machine, or with in_the_clear and no login.',
        )
    return Relay(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        login=make_login(settings, office_folder, environment, clock),
        tls=None if settings.security == "none" else _tls_context(settings, office_folder),
        timeouts=timeouts or Timeouts(),
        dsn=settings.dsn,
        pipelining=settings.pipelining,
        per_connection=settings.per_connection,
    )


def _tls_context(settings: SmtpTransport, office_folder: Path) -> ssl.SSLContext:
    if not settings.ca_file:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=str(office_folder / settings.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"The certificate {settings.ca_file} of [transports.{settings.key}] cannot be read: {error}.",
            hint="ca_file is a PEM file in the office folder.",
        ) from error
