"""What a transport is given, and what it says became of it."""

from __future__ import annotations

from typing import NamedTuple

from office.errors import CircularsError
from store.messages import State

STOPPED = "The run was stopped before the relay answered."


class Parcel(NamedTuple):
    """A message with its envelope (RFC 5321 section 3.3); ``utf8`` if it needs SMTPUTF8 (RFC 6531).

    The message is in ``pieces``, the last not empty, and has ``size`` bytes: what all messages have in common is there
    once, and never copied.
    ``digest`` is the SHA-256 of the message as it is archived: without the bytes at its beginning that sign it.
    ``plain`` is True where it is known that no line of it begins with a full stop (RFC 5321 section 4.5.2), and that
    it is ASCII unless ``utf8``: then the transport need not look.
    ``envid`` names it in delivery reports (RFC 3461 section 4.4); empty where it has no such name.
    """

    row_id: int
    message_id: str
    sender: str
    recipient: str
    pieces: tuple[bytes, ...]
    size: int
    utf8: bool = False
    envid: str = ""
    plain: bool = False
    digest: bytes = b""

    @property
    def message(self) -> bytes:
        """All of the message."""
        return b"".join(self.pieces)


class Verdict(NamedTuple):
    """The result of one attempt.

    ``state`` is SENT, REFUSED, DEFERRED, IN_DOUBT, or QUEUED where the message certainly did not leave.
    ``at_recipient`` says that RCPT was answered so: it may be about the addressee's domain. ``blameless`` marks a
    message that did not leave because of the one before it. ``fault`` is set where the relay refuses us, whoever the
    addressee is.
    """

    state: State
    code: int | None = None
    text: str = ""
    at_recipient: bool = False
    blameless: bool = False
    fault: RelayError | None = None


class RelayError(CircularsError):
    """The relay cannot be used, whoever the addressee is: a wrong password, certificate, name or sender.

    It stays so until somebody mends it; what may pass is an `UnavailableError`, or ends a run as `UnreachableError`.
    """


class UnavailableError(Exception):
    """The relay cannot be used right now; another try may help. ``hint``, where it is given, says what else might."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
