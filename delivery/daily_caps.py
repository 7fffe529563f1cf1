"""How many recipients a relay takes in 24 hours, in its first days of use and later; how many days that makes.

Such caps are set by whoever runs the relay: Exchange Online takes 10,000 recipients a day, for example («Exchange
Online limits», sending limits). The 24 hours are those that lie behind, at every moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from office.model import SmtpTransport
from store.database import Connection
from store.messages import waiting_by_domain
from store.traffic import DAY, MINUTE, first_use, recent


def relay_key(settings: SmtpTransport) -> str:
    """Return the name under which a relay's traffic is counted: its host, whatever the port."""
    return settings.host.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """A daily cap that has been reached: ``cap`` recipients in 24 hours; there is room again at ``room_at``."""

    cap: int
    room_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How long a number of messages takes: ``days`` of 24 hours or ``minutes``, begun ones counted, and ``ends_at``.

    ``cap`` is what the relay takes in 24 hours now, None without a cap, of which ``used`` have been; ``last_cap`` what
    it takes when the last one goes, which is another after days of a warm-up. ``rate`` is how
    many a minute, 0 without one; that of ``domain`` where it takes longest. ``waiting`` of the messages are others
    that were issued before and take from the same.
    """

    messages: int
    waiting: int
    days: int
    minutes: int
    ends_at: datetime
    cap: int | None
    last_cap: int | None
    used: int
    rate: int
    domain: str

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


class DailyCap:
    """The daily cap of a relay, and what of it has been used: minutes and their messages, the oldest first."""

    def __init__(self, settings: SmtpTransport, first: datetime, used: list[tuple[datetime, int]]) -> None:
        self._settings = settings
        self._first = first
        self._used = used

    @classmethod
    def read(cls, connection: Connection, settings: SmtpTransport, now: datetime) -> DailyCap:
        """Look up what has been used; the warm-up of a relay that never was begins now."""
        if not settings.per_day and not settings.warm_up:
            return cls(settings, now, [])
        relay = relay_key(settings)
        return cls(settings, first_use(connection, relay) or now, recent(connection, relay, now))

    def at(self, moment: datetime) -> int | None:
        """Return how many recipients the relay takes in the 24 hours before a moment, None without a cap."""
        day = (moment - self._first) // DAY
        caps = [self._settings.per_day] if self._settings.per_day else []
        if 0 <= day < len(self._settings.warm_up):
            caps.append(self._settings.warm_up[day])
        return min(caps, default=None)

    def used(self, moment: datetime) -> int:
        """Return how many went in the 24 hours before a moment."""
        return sum(messages for slot, messages in self._used if _leaves(slot) > moment)

    def free(self, moment: datetime) -> int | None:
        """Return how many may still go at a moment, None without a cap."""
        cap = self.at(moment)
        return None if cap is None else max(0, cap - self.used(moment))

    def room_at(self, moment: datetime) -> datetime:
        """Return from when on something may go, if nothing more goes until then."""
        growing = (self._first + number * DAY for number in range(1, len(self._settings.warm_up) + 1))
        changes = sorted({moment, *(_leaves(slot) for slot, _ in self._used), *growing})
        return next((at for at in changes if at >= moment and self.free(at) != 0), moment + DAY)

    def forecast(self, messages: int, now: datetime, *, rate: int = 0) -> datetime:
        """Return when the last of so many messages goes, each as soon as it may; ``rate`` a minute, 0 without one.

        With a rate they are taken by the hour: what went in one makes room in the same hour of the next day.
        """
        ahead = DailyCap(self._settings, self._first, list(self._used))
        moment = now
        while messages > 0:
            moment = ahead.room_at(moment)
            free = ahead.free(moment)
            going = min(messages if free is None else free, rate * 60 if rate else messages, messages)
            ahead._used = [entry for entry in ahead._used if _leaves(entry[0]) > moment]
            ahead._used.append((moment, going))
            messages -= going
            if rate:
                moment += going / rate * MINUTE
        return moment


def forecast(
    connection: Connection,
    settings: SmtpTransport,
    *,
    messages: int,
    by_domain: Mapping[str, int],
    now: datetime,
) -> Forecast:
    """Say how long so many messages take with the caps and rates of a relay; ``by_domain`` of domains with a rate.

    What is queued already takes from the same caps, and is reckoned with.
    """
    cap = DailyCap.read(connection, settings, now)
    before = waiting_by_domain(connection, settings.domains)
    waiting = before.total()
    limits = [("", settings.rate, messages + waiting)]
    limits += [(name, limit.rate, by_domain.get(name, 0) + before[name]) for name, limit in settings.domains.items()]
    slowest = max(((number / rate, rate, name) for name, rate, number in limits if rate), default=(0.0, 0, ""))
    lasting, rate, domain = slowest
    ends_at = max(cap.forecast(messages + waiting, now, rate=settings.rate), now + timedelta(minutes=lasting))
    return Forecast(
        messages=messages + waiting,
        waiting=waiting,
        days=(ends_at - now) // DAY + 1,
        minutes=-((now - ends_at) // MINUTE),
        ends_at=ends_at,
        cap=cap.at(now),
        last_cap=cap.at(ends_at),
        used=cap.used(now),
        rate=rate,
        domain=domain,
    )


def _leaves(slot: datetime) -> datetime:
    """Return when the last message of a minute lies more than 24 hours behind."""
    return slot + DAY + MINUTE
