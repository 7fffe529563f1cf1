"""Deadlines: in the future of the letter, on a working day of the place of issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from letters.model import Deadline, Letter
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
    for ask in letter.asks:
        if ask.expected and not ask.deadline:
            yield Finding(
                level=Level.NOTE,
                code="ask-without-deadline",
                message=f"the ask «{ask.id}» is expected of everybody, but has no deadline: nobody is ever late",
                hint="Give it a deadline, or write expected = false.",
                file=_file(letter),
                line=ask.line,
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


def _finding(letter: Letter, deadline: Deadline, level: Level, code: str, message: str, hint: str) -> Finding:  # noqa: PLR0917
    return Finding(level=level, code=code, message=message, hint=hint, file=_file(letter), line=deadline.line)


def _file(letter: Letter) -> str:
    return f"letters/{letter.slug}/letter.toml"
