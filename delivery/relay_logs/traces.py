"""What is found of a message in a relay's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_TEXT = 500  # characters of a line's words that are kept


class Fate(StrEnum):
    """What the relay did with a message, as far as its log goes."""

    ACCEPTED = "accepted"  # it took the message, and passed it on or has it still
    BOUNCED = "bounced"  # it took the message, and could not pass it on
    REFUSED = "refused"  # it answered 5xx
    PUT_OFF = "put off"  # it answered 4xx
    UNFINISHED = "unfinished"  # it began to take the message; nothing says that it took it all

    @property
    def weight(self) -> int:
        """Which of several traces counts: what was taken in one attempt was taken."""
        return (Fate.UNFINISHED, Fate.PUT_OFF, Fate.REFUSED, Fate.BOUNCED, Fate.ACCEPTED).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a log says of a message: ``status`` is of RFC 3463, or empty; ``text`` the log's own words, on one line.

    ``at`` is when the relay saw it, where the line tells; ``zoned`` whether that line names its zone. ``place`` is
    the file and the line.
    """

    fate: Fate
    at: datetime | None
    zoned: bool
    status: str
    text: str
    place: str


@dataclass(slots=True)
class Span:
    """The time between the earliest and the latest line of a file."""

    begin: datetime | None = None
    end: datetime | None = None
    zoned: bool = True

    def take(self, moment: datetime, *, zoned: bool) -> None:
        """Widen the span to a moment."""
        if self.begin is None or moment < self.begin:
            self.begin = moment
        if self.end is None or moment > self.end:
            self.end = moment
        self.zoned = self.zoned and zoned
