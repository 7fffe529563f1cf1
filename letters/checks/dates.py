"""Deadlines: in the future of the letter, on a working day of the place of issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from letters.checks.versions import Versions
from letters.model import Deadline, Event, Letter
from letters.places import letter_file
from locales.calendar import holiday
from locales.dates import Moment, Month, day_of, last_day
from office.expressions import Expression
from office.findings import Finding, Level
from office.model import Office

_SATURDAY = 5


def check_dates(letter: Letter, office: Office) -> Iterator[Finding]:
    """Yield what is wrong with the deadlines, and asks that nobody can be late for."""
    for deadline in letter.deadlines.values():
        issued = datetime.combine(letter.date, time(0), tzinfo=office.zone)
        if deadline.cut_off(office.zone) <= issued:
            yield _finding(
                letter, deadline, Level.ERROR, "deadline-before-letter",
                f"the deadline «{deadline.key}» ({day_of(deadline.date)}) has passed when the letter is dated"
                f" ({letter.date})",
                "Correct the deadline or the date of the letter.",
            )  # fmt: skip
        elif not isinstance(deadline.date, Month):
            yield from _closed_day(letter, office, deadline)
    yield from _foreign_clocks(letter, office)
    for ask in letter.asks:
        if ask.expected and not ask.deadline:
            yield Finding(
                level=Level.NOTE,
                code="ask-without-deadline",
                message=f"the ask «{ask.id}» is expected of everybody, but has no deadline: nobody is ever late",
                hint="Give it a deadline, or write expected = false.",
                file=letter_file(letter.slug),
                line=ask.line,
            )


def _foreign_clocks(letter: Letter, office: Office) -> Iterator[Finding]:
    """Times are printed as their own clock shows them: say so where that is not the office's."""
    deadlines = [(f"deadlines.{key}", item.date, item.line) for key, item in letter.deadlines.items()]
    starts = [(f"events.{key}", item.start, item.line) for key, item in letter.events.items()]
    ends = [(f"events.{key}", item.end, item.line) for key, item in letter.events.items()]
    for name, moment, line in (*deadlines, *starts, *ends):
        if not isinstance(moment, datetime):
            continue
        here = moment.astimezone(office.zone)
        if here.utcoffset() != moment.utcoffset():
            yield Finding(
                level=Level.WARNING,
                code="time-of-another-zone",
                message=f"{name} is printed as {moment:%H:%M}, the time of {moment.tzname()};"
                f" in {office.zone.key} it is {here:%Y-%m-%d %H:%M}",
                hint="Say the zone beside the time in the text, or write the time of the office.",
                file=letter_file(letter.slug),
                line=line,
            )


def check_hours(versions: Versions) -> Iterator[Finding]:
    """Yield events whose hours a text prints as a span that they do not make: over days, over a change of the clock."""
    told: set[str] = set()
    for use in versions.uses:
        for event in _timed_events(use.expression, versions.letter):
            why = _no_span(event.key, event.start, event.end)
            if not why or event.key in told:
                continue
            told.add(event.key)
            start, end = (f"{{{{ events.{event.key}.{name} | time }}}}" for name in ("start", "end"))
            yield Finding(
                level=Level.WARNING,
                code="hours-of-several-days",
                message=f"{{{{ {use.expression.source} }}}} prints one span of hours, but {why}",
                hint=f"State the beginning and the end each by itself, with its day: {start}, {end}.",
                file=use.file,
                line=use.line,
            )


def _timed_events(expression: Expression, letter: Letter) -> Iterator[Event]:
    """Yield the events of which an expression prints the hours, from and to."""
    if "time" in expression.filters:
        for path in sorted(expression.paths):
            if path[0] == "events" and len(path) == 2 and path[1] in letter.events:
                yield letter.events[path[1]]


def _no_span(key: str, start: Moment | None, end: Moment | None) -> str:
    """Say why the hours of an event are no span of one day; empty if they are, or if it has none."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return ""
    if last_day(start, end) != start.date():
        return f"events.{key} lasts for several days: it reads as if these were the hours of each"
    if start.utcoffset() != end.utcoffset():
        return f"the clock is changed between the beginning and the end of events.{key}"
    return ""


def _closed_day(letter: Letter, office: Office, deadline: Deadline) -> Iterator[Finding]:
    day = day_of(deadline.date)
    name = holiday(day, office.place)
    if day.weekday() >= _SATURDAY:
        code, what = "deadline-on-weekend", f"a {day:%A}"
    elif name:
        code, what = "deadline-on-holiday", f"a holiday ({name})"
    else:
        return
    yield _finding(
        letter, deadline, Level.WARNING, code, f"the deadline «{deadline.key}», {day}, is {what}",
        f"The working day before it is {_working_day_before(day, office.place)}.",
    )  # fmt: skip


def _working_day_before(day: date, place: str) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= _SATURDAY or holiday(day, place):
        day -= timedelta(days=1)
    return day


def _finding(letter: Letter, deadline: Deadline, level: Level, code: str, message: str, hint: str) -> Finding:  # noqa: PLR0917 - a finding has as many parts
    return Finding(
        level=level, code=code, message=message, hint=hint, file=letter_file(letter.slug), line=deadline.line
    )
