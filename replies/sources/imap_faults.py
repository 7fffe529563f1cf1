"""What it means when a mail server (RFC 3501) does not do what was asked, in plain words.

``secrets`` is with what we log in: should the server repeat it, then or later, it is left out.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable

from office.errors import CircularsError, InputError, RefusedError, UnreachableError
from office.mailboxes import ImapAddress
from office.redaction import without_secrets

_NO_TLS = {"WRONG_VERSION_NUMBER", "UNSUPPORTED_PROTOCOL"}
_LONGEST = 300  # characters kept of what a server says
# Response codes for what may pass (RFC 5530, section 3); Exchange also says so in words.
_FOR_NOW = re.compile(r"\[(UNAVAILABLE|SERVERBUG|INUSE|LIMIT|CONTACTADMIN)|temporar|try again|busy", re.IGNORECASE)


def said(answer: object, secrets: Iterable[str] = ()) -> str:
    """Return a server's words on one line, without ``secrets``: bytes, a list of them, or an exception."""
    if isinstance(answer, BaseException):
        answer = answer.args[0] if answer.args else type(answer).__name__
    if isinstance(answer, list | tuple):
        answer = next((part for part in answer if part), b"")
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes | bytearray) else str(answer)
    text = without_secrets(text, secrets)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST]


def unreachable(error: Exception, address: ImapAddress, secrets: Iterable[str] = ()) -> CircularsError:
    """Say why a connection cannot be opened, or has broken."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return InputError(
            f"The certificate of the mail server {address.server} cannot be trusted: {error.verify_message}.",
            hint="Check the server's name in [inbox] source; for a private authority, set ca_file to its certificate.",
        )
    if isinstance(error, ssl.SSLError) and getattr(error, "reason", "") in _NO_TLS:
        return InputError(
            f"The mail server {address.server} does not speak TLS there.",
            hint="imaps:// usually goes to port 993; for port 143 write imap://…?security=starttls.",
        )
    if isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN:
        return InputError(f"There is no mail server called {address.host}.", hint="Check [inbox] source.")
    reason = said(getattr(error, "strerror", None) or error, secrets)
    return UnreachableError(
        f"The mail server {address.server} does not answer, or the connection broke: {reason}",
        hint="Nothing is lost: what was not fetched is fetched the next time.",
    )


def unwilling(answer: object, address: ImapAddress, secrets: Iterable[str] = ()) -> CircularsError:
    """Say that the server does not do what was asked."""
    return UnreachableError(
        f"The mail server {address.server} does not do what it is asked: {said(answer, secrets)}",
        hint="Try again later; if it stays so, ask who runs the server.",
    )


def no_login(answer: object, address: ImapAddress, *, hint: str, secrets: Iterable[str] = ()) -> CircularsError:
    """Say that the server does not let us in, now or at all."""
    text = said(answer, secrets)
    if _FOR_NOW.search(text):
        return UnreachableError(f"The mail server {address.server} lets nobody in for now: {text}")
    return RefusedError(f"The mail server {address.server} refuses the login of {address.user}: {text}", hint=hint)
