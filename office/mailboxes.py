"""The address of a mailbox on an IMAP server, as [inbox] source and --inbox write it (RFC 5092, simplified)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from office.characters import unfit_character
from office.errors import InputError

_SERVER = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PORTS = {"imaps": 993, "imap": 143}
_EXAMPLE = "Write it like imaps://replies@mail.example.int/INBOX"


def is_local(host: str) -> bool:
    """Tell whether a host is this machine, so that mail and secrets may travel to it in the clear."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAddress:
    """A folder of a mailbox on a server; ``security`` is ``none`` on this machine only."""

    user: str
    host: str
    port: int
    folder: str = "INBOX"
    security: Literal["tls", "starttls", "none"] = "tls"

    @property
    def server(self) -> str:
        """``host:port``, for messages."""
        return f"{self.host}:{self.port}"

    @property
    def account(self) -> tuple[str, str, int]:
        """Whose password opens it: the user, at a server."""
        return self.user, self.host, self.port

    def __str__(self) -> str:
        return f"imaps://{self.user}@{self.server}/{self.folder}"


def imap_address(source: str) -> ImapAddress | None:
    """Read ``imaps://user@host[:port]/folder``; None for what is no address of a server.

    Special characters may be written as %20. Raises `InputError` for an address that cannot be used; its message
    never shows the address, in which somebody may have put a password.
    """
    if not _SERVER.match(source):
        return None
    try:
        parts = urlsplit(source)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise InputError("The mailbox on a server has no address that can be read.", hint=_EXAMPLE) from error
    if parts.scheme not in _PORTS:
        raise InputError(
            f"Mail cannot be fetched from «{parts.scheme}://» addresses.", hint=f"{_EXAMPLE}, or name a Maildir."
        )
    user, host, folder = (unquote(part or "") for part in (parts.username, parts.hostname, parts.path.strip("/")))
    if parts.password is not None:
        raise InputError(
            f"The address of the mailbox at {host} holds a password.",
            hint="Take it out, and name the environment variable that holds it: [inbox] password_env in office.toml.",
        )
    if not user or not host or unfit_character(user + host + folder):
        raise InputError("The address of the mailbox names no user, or no server.", hint=_EXAMPLE)
    options = dict(parse_qsl(parts.query))
    starttls = options.pop("security", "") == "starttls"
    if options or parts.fragment or (parts.query and not starttls):
        raise InputError(
            "The address of the mailbox ends with something that is not known.",
            hint="What may stand there is ?security=starttls",
        )
    security: Literal["tls", "starttls", "none"] = (
        "starttls" if starttls else "tls" if parts.scheme == "imaps" else "none"
    )
    if security == "none" and not is_local(host):
        raise InputError(
            f"Mail and password would travel from {host} in the clear.",
            hint="Write imaps:// (TLS), or imap://…?security=starttls; imap:// alone is for a server on this machine.",
        )
    if starttls and parts.port is None:
        port = _PORTS["imap"]
    return ImapAddress(user=user, host=host, port=port, folder=folder or "INBOX", security=security)
