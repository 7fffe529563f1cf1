"""How to reach the relay: settings checked, login taken from the environment, certificates loaded."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from office.errors import InputError
from office.model import SmtpTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds to wait for the server (RFC 5321 section 4.5.3.2)."""

    connect: float = 30  # to be connected at all, TLS from the start included
    command: float = 300  # the greeting, and the reply to a command
    data: float = 120  # the 354
    block: float = 180  # the socket to take the message
    ending: float = 600  # the reply to the final dot
    pause: float = 1  # before the relay is asked again that has asked for less, the first time


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who we are to the relay, proved by a password, or by an access token where ``token`` is given (XOAUTH2).

    ``token`` is called in a thread of its own each time that a connection logs in, so that it may look up or renew
    what it returns; it raises `RelayError` for what will not mend itself, `UnavailableError` for what may pass.
    """

    user: str
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """How to reach the relay: `make_relay`.

    ``dsn`` is whether delivery reports are asked for where it announces them; ``per_connection`` is how many messages
    go over one connection, 0 for any number.
    """

    host: str
    port: int
    security: str
    login: Login | None
    tls: ssl.SSLContext | None
    timeouts: Timeouts
    dsn: bool = True
    per_connection: int = 0

    @property
    def name(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"


def make_relay(
    settings: SmtpTransport, office_folder: Path, environment: Mapping[str, str], timeouts: Timeouts | None = None
) -> Relay:
    """Check the settings and take the login from the environment; raises `InputError` with what is missing."""
    if settings.security == "none" and not settings.is_local:
        raise InputError(
            f"[transports.{settings.key}] would send to {settings.host} without encryption.",
            hint='Set security = "starttls" or "tls"; "none" is for this machine only.',
        )
    missing = [name for name in (settings.user_env, settings.password_env) if name and name not in environment]
    if missing:
        raise InputError(
            f"The relay {settings.host} wants a login, but {' and '.join(missing)} is not set in the environment.",
            hint=f"Set it before sending, for example: export {missing[0]}=…",
        )
    return Relay(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        login=_login(settings, environment),
        tls=None if settings.security == "none" else _tls_context(settings, office_folder),
        timeouts=timeouts or Timeouts(),
        dsn=settings.dsn,
        per_connection=settings.per_connection,
    )


def _login(settings: SmtpTransport, environment: Mapping[str, str]) -> Login | None:
    if not settings.user_env:
        return None
    return Login(user=environment[settings.user_env], password=environment.get(settings.password_env, ""))


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
