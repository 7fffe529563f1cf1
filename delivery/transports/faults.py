"""What it means when a connection to the relay cannot be opened."""

from __future__ import annotations

import re
import socket
import ssl

from delivery.headers import one_line
from delivery.transports.relay import Relay
from delivery.transports.verdicts import RelayError, UnavailableError
from office.errors import sentence

MAX_TEXT = 500  # characters kept of a server's reply
_SENDER = re.compile(r"\bsender address\b|\bsend as\b|\bnot owned by\b|\b5\.1\.[78]\b|\b5\.7\.60\b", re.IGNORECASE)
_RELAYING = re.compile(r"\brelay(ing)?\b", re.IGNORECASE)
_CLIENT = re.compile(r"\bclient host\b|\baccess denied\b", re.IGNORECASE)  # the latter: Postfix's bare no


def denies_relaying(text: str) -> bool:
    """Tell whether a refusal says that the relay does not carry our mail to others."""
    return _RELAYING.search(text) is not None


def refuses_client(text: str) -> bool:
    """Tell whether a refusal may be about this machine or its login, which is not allowed to write to everybody."""
    return denies_relaying(text) or _CLIENT.search(text) is not None


def refuses_sender(text: str) -> bool:
    """Tell whether a refusal is about our own address; many servers say so only when they are told the addressee's."""
    return _SENDER.search(text) is not None


def reason_of(error: BaseException) -> str:
    """Return the most telling text that an exception has."""
    return str(getattr(error, "message", "") or getattr(error, "strerror", "") or error or type(error).__name__)


def fault_of(error: Exception, relay: Relay) -> Exception:  # noqa: PLR0911 - one line per kind of fault
    """Say what a failed opening means: `RelayError` for what stays so, `UnavailableError` for what may pass."""
    from aiosmtplib import SMTPAuthenticationError, SMTPException, SMTPResponseException

    if isinstance(error, RelayError):
        return error
    cause = error.__cause__ if isinstance(error, ConnectionError) and error.__cause__ is not None else error
    if isinstance(cause, ssl.SSLError):
        return _no_tls(cause, relay)
    if isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN:
        return RelayError(f"There is no host called {relay.host}.", hint="Check [transports] host in office.toml.")
    if isinstance(error, SMTPAuthenticationError) and error.code // 100 != 4:
        return _refused_login(error.code, error.message, relay)
    if isinstance(error, SMTPResponseException) and error.code < 0:  # no reply at all, in the words of the library
        return RelayError(
            f"What answers as the relay {relay.name} does not speak SMTP: {said(error.message, relay)}",
            hint="Check host and port in office.toml, or ask who runs the relay.",
        )
    if isinstance(error, SMTPResponseException):
        text = f"The relay {relay.name} turns us away: {error.code} {said(error.message, relay)}"
        if error.code // 100 == 4:
            return UnavailableError(text, hint="Try again later; if it stays so, ask who runs the relay.")
        return RelayError(text, hint="Check host and port in office.toml, or ask who runs the relay.")
    if isinstance(error, SMTPException) and not isinstance(error, OSError):
        return RelayError(
            f"The relay {relay.name} does not offer what is needed: {said(reason_of(error), relay)}",
            hint="Check security and the login in office.toml.",
        )
    if isinstance(error, OSError):
        return UnavailableError(f"The relay {relay.name} cannot be reached: {said(reason_of(cause), relay)}")
    return error


def _no_tls(error: ssl.SSLError, relay: Relay) -> RelayError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return RelayError(
            f"The certificate of the relay {relay.name} cannot be trusted: {error.verify_message}.",
            hint="Check host in office.toml; for a private authority, set ca_file to its certificate.",
        )
    if relay.security == "tls" and error.reason == "WRONG_VERSION_NUMBER":  # a greeting came, in the clear
        return RelayError(
            f"The relay {relay.name} does not speak TLS from the start.",
            hint='Set security = "starttls" in office.toml, or another port: TLS from the start is usually on 465.',
        )
    return RelayError(
        sentence(f"The relay {relay.name} does not speak TLS as expected: {reason_of(error)}"),
        hint='Check port and security ("starttls" or "tls") in office.toml.',
    )


def _refused_login(code: int, text: str, relay: Relay) -> RelayError:
    hint = "Check the user and the password in the environment variables or the keyring that office.toml names."
    if relay.login is not None and relay.login.token is not None:
        hint = "A token was given, but it does not open this relay: see OAuth 2 in docs/installation.md."
    return RelayError(f"The relay {relay.name} refuses the login: {code} {said(text, relay)}", hint=hint)


def wants_login(code: int, text: str, relay: Relay) -> RelayError:
    """Say that a relay takes mail only from who has logged in, or as somebody else; ``text`` is `said` already."""
    hint = "Say in [transports] of office.toml as whom to log in, and with what: user_env, password_env, or oauth."
    if relay.login is not None:
        hint = "Ask who runs the relay: the login was accepted, and does not suffice."
    return RelayError(f"The relay {relay.name} wants a login before it takes mail: {code} {text}", hint=hint)


def said(text: str, relay: Relay) -> str:
    """Return a relay's words on one line, without the login, should it repeat it."""
    if relay.login is not None:
        text = relay.login.without_secrets(text)
    return one_line(text)[:MAX_TEXT]
