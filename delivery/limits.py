"""How fast a relay may be used: what was set in office.toml, and what it asks for while it is used.

Daily caps and rates hold for all runs and all senders of a store together. A few messages are reserved at a time, so
that counting costs next to nothing; what was reserved and not used is given back at the end.

Back-off: a reply that means «too much» (`blamed`) makes a pause and doubles the level, of the relay or of the domain
that is meant. At level n there are n + 1 times fewer connections and messages a minute. Messages that are accepted
bring the level down again one by one. So load falls quickly and grows slowly, as with TCP (RFC 5681).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from delivery.daily_caps import DailyCap, Exhausted, relay_key
from delivery.transports.verdicts import Verdict
from office.clock import Clock
from office.model import DomainLimit, SmtpTransport
from store.database import Store
from store.messages import State
from store.senders import living
from store.traffic import MINUTE, Pause, count, give_back, pauses_of, set_pause, take_turns

AT_A_TIME = 500  # messages reserved of a daily cap
UNCAPPED = 5000  # messages counted at a time where there is none
LOOK = timedelta(seconds=1)  # after which is looked at what other senders heard
FIRST_PAUSE = 1.0  # seconds, at level 1; at level n, n times as long
HIGHEST = 64
RECOVERY = 20  # messages accepted that bring the level down by one
BUSY = 0.05  # seconds until a connection to a domain may be free
_LONGEST = timedelta(minutes=10)  # what lies further ahead was written by a clock that was wrong

_SENT = State.SENT  # asked for every message; a member of an Enum is slow to look up
_STATUS = re.compile(r"\b4\.7\.\d{1,3}\b")  # RFC 3463 section 3.8: security or policy, for the time being
_GREYLISTED = re.compile(r"gr[ae]y-?list", re.IGNORECASE)  # RFC 6647: of each message the first try, whatever the pace


def blamed(verdict: Verdict, domain: str) -> str | None:
    """Return who asks for less: the domain, the relay (an empty name), or None where nobody does.

    421 is the relay's own (RFC 5321 section 3.8), unless it names the addressee's domain, as does what relays pass on.
    """
    if verdict.state is not State.DEFERRED or verdict.code is None:
        return None
    if verdict.code not in (421, 451) and not _STATUS.search(verdict.text):
        return None
    if _GREYLISTED.search(verdict.text):
        return None
    if domain and (verdict.at_recipient or domain in verdict.text.lower()):
        return domain
    return ""


@dataclass(slots=True, kw_only=True)
class _Gate:
    """What is known of the relay, or of a domain behind it."""

    interval: timedelta = timedelta(0)  # between messages; 0: no rate was set
    connections: int = 0  # at a time; 0: as many as there are
    pause: Pause | None = None
    turn: datetime | None = None  # when the next reserved turn begins
    turns: int = 0  # reserved and not used
    accepted: int = 0  # since the level last changed

    @property
    def level(self) -> int:
        return self.pause.level if self.pause is not None else 0


@dataclass(slots=True)
class Limits:
    """The limits of one relay in one run; `close` it at the end.

    ``exhausted`` is set when a daily cap has been reached, ``slowed`` has the reasons why it went slower than set,
    by domain (the relay: empty). ``expected`` is how many messages the run has at most, ``first_pause`` seconds.
    """

    store: Store
    settings: SmtpTransport
    clock: Clock
    expected: int = AT_A_TIME
    first_pause: float = FIRST_PAUSE
    exhausted: Exhausted | None = None
    slowed: dict[str, Pause] = field(default_factory=dict)
    _counted: int = 0
    _slot: datetime | None = None
    _look_at: datetime | None = None
    _connections: int = 1
    _senders: int = 1
    _relay: _Gate = field(default_factory=_Gate)
    _domains: dict[str, _Gate] = field(default_factory=dict)
    _busy: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))  # messages under way, by domain

    def __post_init__(self) -> None:
        """Take over what was set."""
        self._relay = _Gate(interval=_interval(self.settings.rate), connections=self.settings.connections)
        limits: Mapping[str, DomainLimit] = self.settings.domains
        self._domains = {
            domain: _Gate(interval=_interval(limit.rate), connections=limit.connections)
            for domain, limit in limits.items()
        }
        self._share()

    def connections(self) -> int:
        """Return how many connections this sender may have open now: its share, and fewer where less is asked for."""
        return self._connections

    def delay(self) -> float:
        """Return how many seconds the relay wants to be left alone; 0 if a message may go, infinity if none today."""
        now = self.clock()
        if self._look_at is None or now >= self._look_at:
            self._look(now)
        if not self._counted:
            if self.exhausted is None:
                self._count(now)
            if not self._counted:
                return float("inf")
        gate = self._relay
        return self._delay(gate, "", now) if gate.pause is not None or gate.interval else 0.0

    def delay_of(self, domain: str) -> float:
        """Return how many seconds a domain behind the relay wants to be left alone."""
        gate = self._domains.get(domain)
        if gate is None:
            return 0.0
        most = gate.connections
        if gate.level:
            most = max(1, (most or self.settings.connections) // (1 + gate.level))
        if most and self._busy[domain] >= most:
            return BUSY
        return self._delay(gate, domain, self.clock())

    def took(self, domain: str) -> None:
        """Note that a message is on its way; `heard` follows."""
        self._counted -= 1
        if self._relay.turns:
            _use(self._relay)
        self._busy[domain] += 1
        gate = self._domains.get(domain)
        if gate is not None:
            _use(gate)

    def heard(self, domain: str, verdict: Verdict) -> None:
        """Note what became of a message: whether it counts for the day, and whether somebody asks for less."""
        self._busy[domain] -= 1
        if not self._busy[domain]:
            del self._busy[domain]
        gate = self._domains.get(domain)
        if verdict.state is _SENT:
            if self._relay.pause is not None:
                self._recover("", self._relay)
            if gate is not None:
                self._recover(domain, gate)
            return
        if verdict.state is not State.IN_DOUBT:
            self._counted += 1
        who = blamed(verdict, domain)
        if who is not None:
            self.slow_down(who, f"{verdict.code} {verdict.text}")

    def slow_down(self, domain: str, reason: str) -> None:
        """Make a pause, and less load after it, for a domain or the relay (an empty name)."""
        now = self.clock()
        gate = self._gate(domain)
        if gate.pause is not None and now < gate.pause.until:
            return  # said before the pause began to work
        with self.store.write() as connection:
            known = pauses_of(connection, relay_key(self.settings)).get(domain)
            if known is None or known.until <= now:  # otherwise another sender has just heard it too
                level = min(HIGHEST, max(1, 2 * known.level if known is not None else 1))
                known = Pause(until=now + timedelta(seconds=level * self.first_pause), level=level, reason=reason)
                set_pause(connection, relay_key(self.settings), domain, known)
        self._adopt(domain, known)

    def close(self) -> None:
        """Give back what was reserved and not used."""
        if self._counted > 0 and self._slot is not None:
            with self.store.write() as connection:
                give_back(connection, relay_key(self.settings), self._counted, self._slot)
        self._counted, self._slot = 0, None

    def _gate(self, domain: str) -> _Gate:
        return self._domains.setdefault(domain, _Gate()) if domain else self._relay

    def _delay(self, gate: _Gate, domain: str, now: datetime) -> float:
        if gate.pause is not None and now < gate.pause.until:
            return (gate.pause.until - now).total_seconds()
        if not gate.interval:
            return 0.0
        if not gate.turns:
            self._reserve_turns(gate, domain, now)
        assert gate.turn is not None  # noqa: S101 - reserved above
        return max(0.0, (gate.turn - now).total_seconds())

    def _reserve_turns(self, gate: _Gate, domain: str, now: datetime) -> None:
        """Reserve about a second's turns: one sender must not keep the others waiting for long."""
        interval = _slower(gate)
        turns = max(1, int(timedelta(seconds=1) / interval))
        with self.store.write() as connection:
            relay = relay_key(self.settings)
            gate.turn = take_turns(connection, relay, domain, turns=turns, interval=interval, now=now)
        gate.turns = turns

    def _count(self, now: datetime) -> None:
        """Reserve messages of the day, fewer and fewer towards its end: no sender is to sit on the last ones."""
        with self.store.write() as connection:
            cap = DailyCap.read(connection, self.settings, now)
            free = cap.free(now)
            if free == 0:
                self.exhausted = Exhausted(cap=cap.at(now) or 0, room_at=cap.room_at(now))
                return
            most = UNCAPPED if free is None else min(AT_A_TIME, free // 8)
            self._counted = max(1, min(most, self.expected))
            self._slot = count(connection, relay_key(self.settings), self._counted, now)

    def _look(self, now: datetime) -> None:
        """Take over what other senders heard; count again later what was counted too early for when it goes."""
        self._look_at = now + LOOK
        if self._slot is not None and now - self._slot > 2 * MINUTE:
            self.close()
        with self.store.read() as connection:
            known = pauses_of(connection, relay_key(self.settings))
            self._senders = max(1, living(connection))
        for domain, pause in known.items():
            if pause.until - now > _LONGEST:
                pause = Pause(until=now, level=pause.level, reason=pause.reason)  # noqa: PLW2901 - the same, mended
            if pause.level or domain in self._domains or not domain:
                self._adopt(domain, pause)
        self._share()

    def _adopt(self, domain: str, pause: Pause) -> None:
        gate = self._gate(domain)
        if gate.pause != pause:
            gate.accepted = 0
        gate.pause = pause
        if pause.level:
            self.slowed[domain] = pause
        self._share()

    def _share(self) -> None:
        self._connections = max(1, self.settings.connections // (self._senders * (1 + self._relay.level)))

    def _recover(self, domain: str, gate: _Gate) -> None:
        gate.accepted += 1
        if not gate.level or gate.accepted < RECOVERY:
            return
        with self.store.write() as connection:
            known = pauses_of(connection, relay_key(self.settings)).get(domain)
            if known is not None and known.level:
                known = Pause(until=known.until, level=known.level - 1, reason=known.reason)
                set_pause(connection, relay_key(self.settings), domain, known)
        gate.pause, gate.accepted = known, 0
        self._share()


def _interval(rate: int) -> timedelta:
    return timedelta(minutes=1) / rate if rate else timedelta(0)


def _use(gate: _Gate) -> None:
    """Use up a turn, if the gate has turns."""
    if gate.turns and gate.turn is not None:
        gate.turns -= 1
        gate.turn += _slower(gate)


def _slower(gate: _Gate) -> timedelta:
    return gate.interval * (1 + gate.level)
