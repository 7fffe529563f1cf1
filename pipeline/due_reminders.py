"""Who is to be reminded today of what, and why all others are not: counted from the register, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from letters.daily import Day
from letters.rules import ReminderRule, reminder_day, reminder_rule
from locales.calendar import add_working_days, working_day
from office.model import Office
from pipeline.desk import Desk
from store.circulars import AskTerms, Circular, asks_of
from store.database import Connection
from store.deadlines import FOR_ALL
from store.imports import latest_import
from store.owing import OWING, holds
from store.reminders import Reminded, Reminder, addressees_of, known_reminders, moved_asks
from store.standings import RegisterRow, register_rows

IMPORT_LASTS = timedelta(days=1)  # answers on somebody else's web form that were read back longer ago may be old


class Why(StrEnum):
    """Why a party is not reminded today; the first that holds."""

    ANSWERED = "answered"  # or excused: it owes nothing
    RECEIVED = "received"  # a reply is there that staff have not judged
    NEVER_ASKED = "never-asked"  # its letters were withdrawn before they went
    UNREACHABLE = "unreachable"
    PROVISIONAL = "provisional"
    WEB = "answers-on-the-web"
    NOTE = "held-by-note"
    MAIL = "held-by-mail"
    CLOSED = "no-working-day"
    NOT_SENT = "letter-not-sent"
    NOT_SEALED = "no-reminder-sealed"  # issued before reminders were
    NO_MAILBOX = "no-mailbox"  # all are suppressed, or have bounced
    MISSED = "missed"  # the day has passed
    DONE = "reminded"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A rule whose day has come, for one ask."""

    ask: str
    rule: ReminderRule
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DueParty:
    """A party to be reminded: ``calls`` are the rules that say so; ``open`` all its open asks with their deadlines.

    ``moved`` are the deadlines of letter.toml, by key, that have moved for it.
    """

    party: str
    names: str
    calls: tuple[Call, ...]
    open: Mapping[str, datetime | None]
    moved: Mapping[str, datetime]
    addressees: tuple[Reminded, ...] = ()

    @property
    def cc(self) -> bool:
        """Whether the Cc mailboxes are reminded too."""
        return any(call.rule.cc for call in self.calls)

    def reminders(self, today: date) -> tuple[Reminder, ...]:
        """Return what is recorded: a row for each call, and one for each ask that is merely listed."""
        called = [Reminder(party=self.party, ask=c.ask, rule=c.rule.text, day=c.day) for c in self.calls]
        asks = {call.ask for call in self.calls}
        listed = [Reminder(party=self.party, ask=ask, rule="", day=today) for ask in self.open if ask not in asks]
        return (*called, *listed)

    def day(self, today: date, office: Office) -> Day:
        """Return today as the party's reminder shows it."""
        return Day(today=today, zone=office.zone, place=office.place, due=self.open, moved=self.moved)


@dataclass(kw_only=True)
class Due:
    """The day's reminders. ``others`` are the parties that are not reminded, by reason; ``missed`` what has expired.

    ``refused`` are asks answered on somebody else's web form whose answers were not read in of late; ``next_day`` is
    the next day on which a rule of anybody falls.
    """

    today: date
    parties: list[DueParty] = field(default_factory=list)
    others: dict[Why, list[str]] = field(default_factory=dict)
    missed: list[Reminder] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    next_day: date | None = None

    def leave_out(self, why: Why, party: str) -> None:
        """Take in a party that is not reminded."""
        self.others.setdefault(why, []).append(party)


def find_due(desk: Desk, connection: Connection, circular: Circular, *, anyway: bool = False) -> Due:
    """Return who is due today; ``anyway``: also of asks whose answers may lie on somebody else's web form."""
    selection = _Selection(desk, connection, circular, anyway=anyway)
    for party, rows in groupby(register_rows(connection, circular.id), key=lambda row: row.party):
        selection.take(party, tuple(rows))
    selection.close()
    return selection.due


class _Selection:
    def __init__(self, desk: Desk, connection: Connection, circular: Circular, *, anyway: bool) -> None:
        self.office = desk.office
        self.connection = connection
        self.circular = circular
        self.now = desk.clock()
        self.due = Due(today=desk.today)
        self.closed = not working_day(self.due.today, self.office.place)
        self.terms = {ask.ask: ask for ask in asks_of(connection, circular.id)}
        self.held = holds(connection, circular.id, self.now)
        self.known = known_reminders(connection, circular.id)
        self.moved = moved_asks(connection, circular.id)
        imported = latest_import(connection, circular.id)
        is_fresh = anyway or (imported is not None and self.now - imported <= IMPORT_LASTS)
        self.on_the_web = frozenset(ask for ask, terms in self.terms.items() if not is_fresh and _is_on_the_web(terms))
        self._refused: set[str] = set()
        self._day = lru_cache(maxsize=10_000)(lambda rule, due: reminder_day(rule, due, self.office))
        self._found: dict[str, DueParty] = {}

    def take(self, party: str, rows: Sequence[RegisterRow]) -> None:
        """Judge a party by its asks."""
        expected = [row for row in rows if self.terms[row.ask].expected]
        owing = [row for row in expected if row.state in OWING]
        if not owing:
            self.due.leave_out(_why_not_owing(expected), party)
            return
        firm = [row for row in owing if not self.terms[row.ask].provisional]
        still_open = [row for row in firm if row.ask not in self.on_the_web]
        on_the_web = (row for row in firm if row.ask in self.on_the_web)
        self._refused.update(call.ask for call in self._calls(party, on_the_web))
        calls = tuple(self._calls(party, still_open))
        if not still_open:
            self.due.leave_out(Why.WEB if firm else Why.PROVISIONAL, party)
        elif not calls:
            self.due.leave_out(Why.DONE if self._was_reminded(party, still_open) else Why.NOT_YET, party)
        elif party in self.held:
            self.due.leave_out(Why(self.held[party]), party)
        else:
            self._found[party] = DueParty(
                party=party,
                names=rows[0].names,
                calls=calls,
                open={row.ask: row.due for row in still_open},
                moved=self._moved(rows, frozenset(row.ask for row in still_open)),
            )

    def close(self) -> None:
        """Look at the addressees of those found: who got the letter, and when."""
        found = addressees_of(self.connection, self.circular.id, tuple(self._found))
        for party, people in groupby(found, key=lambda addressee: addressee.party):
            self._settle(self._found.pop(party), tuple(people))
        for party in self._found:  # nothing was ever queued for it
            self.due.leave_out(Why.NOT_SENT, party)
        self.due.refused = tuple(ask for ask in self.terms if ask in self._refused)

    def _calls(self, party: str, rows: Iterable[RegisterRow]) -> Iterator[Call]:
        for row in rows:
            for text in self.terms[row.ask].remind if row.due is not None else ():
                rule = reminder_rule(text)
                day = self._day(rule, row.due)
                if day > self.due.today:
                    self.due.next_day = min(day, self.due.next_day or day)
                elif Reminder(party=party, ask=row.ask, rule=text, day=day) not in self.known:
                    yield Call(ask=row.ask, rule=rule, day=day)

    def _was_reminded(self, party: str, rows: Iterable[RegisterRow]) -> bool:
        days = (self.due.today, add_working_days(self.due.today, -1, self.office.place))
        return any(
            Reminder(party=party, ask=row.ask, rule=text, day=day) in self.known
            for row in rows
            for text in ("", *self.terms[row.ask].remind)
            for day in days
        )

    def _moved(self, rows: Iterable[RegisterRow], still_open: frozenset[str]) -> dict[str, datetime]:
        """Return the deadlines that have moved: by the earliest of the open asks that share one, or of any."""
        sharing: dict[str, list[tuple[bool, datetime]]] = {}
        for row in rows:
            terms = self.terms[row.ask]
            if terms.deadline and row.due is not None and (row.due != terms.due_at or (row.ask, FOR_ALL) in self.moved):
                sharing.setdefault(terms.deadline, []).append((row.ask not in still_open, row.due))
        return {key: min(found)[1] for key, found in sharing.items()}

    def _settle(self, found: DueParty, people: tuple[Reminded, ...]) -> None:
        reached = tuple(person for person in people if person.reached_at is not None)
        if not reached:
            self.due.leave_out(Why.NOT_SENT, found.party)
            return
        sealed = tuple(person for person in reached if person.form and person.values is not None)
        since = min(moment for person in reached if (moment := person.reached_at) is not None)
        got_it = since.astimezone(self.office.zone).date()
        calls = [call for call in found.calls if call.day > got_it and not self._was_past(found.party, call)]
        due = [call for call in calls if not self._is_missed(call, calls, found.open[call.ask])]
        self.due.missed.extend(
            Reminder(party=found.party, ask=call.ask, rule=call.rule.text, day=call.day)
            for call in calls
            if call not in due
        )
        if not due:
            self.due.leave_out(Why.MISSED if calls else Why.NOT_YET, found.party)
        elif not sealed:
            self.due.leave_out(Why.NOT_SEALED, found.party)
        elif self.closed:
            self.due.leave_out(Why.CLOSED, found.party)
        else:
            self.due.parties.append(
                DueParty(
                    party=found.party,
                    names=found.names,
                    calls=tuple(due),
                    open=found.open,
                    moved=found.moved,
                    addressees=sealed,
                )
            )

    def _was_past(self, party: str, call: Call) -> bool:
        """Tell whether a rule's day had passed already when the deadline moved: nobody could keep to it."""
        moves = (self.moved.get((call.ask, whose)) for whose in (FOR_ALL, party))
        return any(at is not None and call.day < at.astimezone(self.office.zone).date() for at in moves)

    def _is_missed(self, call: Call, calls: Iterable[Call], due: datetime | None) -> bool:
        """More than a working day ago, overtaken by the next rule, or a word before a deadline that has passed."""
        too_late = self.due.today > add_working_days(call.day, 1, self.office.place)
        overtaken = any(other.ask == call.ask and other.day > call.day for other in calls)
        passed = call.rule.days <= 0 and due is not None and self.now >= due
        return too_late or overtaken or passed


def _is_on_the_web(terms: AskTerms) -> bool:
    return any(way.startswith("link:") for way in terms.reply)


def _why_not_owing(expected: Sequence[RegisterRow]) -> Why:
    states = {row.state for row in expected}
    if "received" in states:
        return Why.RECEIVED
    if "unreachable" in states:
        return Why.UNREACHABLE
    return Why.NEVER_ASKED if states == {"withdrawn"} else Why.ANSWERED
