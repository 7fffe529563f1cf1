"""Where mail comes from: files (`files`) or a folder of an IMAP server (`imap`). What they have in common.

A source yields its mails one at a time, and passes over those that it has been told are known. Nothing there is
changed, except that an IMAP server may be asked to move a mail that the store has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.fetching import Known, Position

LARGEST_MAIL = 50 * 1024 * 1024  # bytes; beyond that a mail goes to triage with its beginning only
KEPT_OF_LARGER = 64 * 1024  # bytes of it that are read: the header and the first words
_LOOK = 0.5  # seconds
TOO_LARGE = f"the mail is larger than {LARGEST_MAIL // 1024 // 1024} MB; only its beginning was read"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMail:
    """One mail as fetched.

    ``name`` tells a person where it lies; ``problem`` says why ``raw`` is not all of it. ``mark`` is by what the
    source knows it again, empty for a mail of an mbox other than the last: only the whole file has a mark. With
    ``position``, everything up to there is in the store once this mail is.
    """

    name: str
    raw: bytes
    received_at: datetime | None = None
    problem: str = ""
    mark: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A mail that could not be read, and why. It is looked at again by the next run."""

    name: str
    reason: str


class Source(Protocol):
    """A place with mail. ``name`` is under what the store remembers what was fetched from it."""

    name: str

    def mails(self, known: Known) -> Iterator[SourceMail | Unreadable]:
        """Yield what is not known, in a steady order; raises `CircularsError` where the place cannot be read."""
        ...

    def present(self) -> Known:
        """Return with what all that lies there now counts as known, without reading it; raises as `mails`."""
        ...

    def stored(self, marks: Collection[str]) -> None:
        """Hear that the store has these mails for good."""
        ...

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Return when there may be new mail, at the latest after ``seconds`` or soon after ``stopped`` says so."""
        ...

    def close(self) -> None:
        """Let go of the place; it can be read again."""
        ...


def pause(seconds: float, stopped: Callable[[], bool]) -> None:
    """Let time pass, and look now and then whether the wait is to end."""
    end = time.monotonic() + seconds
    while not stopped() and (left := end - time.monotonic()) > 0:
        time.sleep(min(_LOOK, left))
