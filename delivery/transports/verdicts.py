"""What a transport is given, and what it says became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from office.errors import CircularsError
from store.messages import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message with its envelope (RFC 5321 section 3.3); ``utf8`` if it needs SMTPUTF8 (RFC 6531)."""

    row_id: int
    message_id: str
    sender: str
    recipient: str
    message: bytes
    utf8: bool = False

    @property
    def digest(self) -> bytes:
        """SHA-256 of the message as handed over."""
        return hashlib.sha256(self.message).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of one attempt.

    ``state`` is SENT, REFUSED, DEFERRED, IN_DOUBT, or QUEUED where the message certainly did not leave.
    ``relaying_denied`` marks a refusal that may be the fault of our settings, not of the address.
    """

    state: State
    code: int | None = None
    text: str = ""
    relaying_denied: bool = False


class RelayError(CircularsError):
    """The relay cannot be used, whoever the addressee is: a wrong password, certificate, name or sender."""

    exit_code = 3


class UnavailableError(Exception):
    """The relay cannot be used right now; another try may help."""
