"""Deadlines: in the future of the letter, on a working day of the place of issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from letters.model import Deadline, Letter
from letters.places import letter_file
from locales.calendar import holiday
from locales.dates import Month, day_of
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
