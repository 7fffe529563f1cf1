"""Rules of reminding, such as ``-14d`` and ``+2d cc``: working days from the last day in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from locales.calendar import add_working_days
from office.model import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRule:
    """One rule. ``days`` are working days after the last day in time, negative before it; ``cc``: the Cc as well."""

    text: str
    days: int
    cc: bool


def reminder_rule(text: str) -> ReminderRule:
    """Read a rule as letter.toml has it; raises ValueError for another text."""
    count, _, rest = text.partition("d")
    return ReminderRule(text=text, days=int(count), cc=rest == " cc")


def reminder_day(rule: ReminderRule, due: datetime, office: Office) -> date:
    """Return the working day of a rule; ``due`` is the first moment that is too late."""
    day = last_day(due, office.zone)
    if rule.days == 0:  # the last day itself, or the working day before it
        return add_working_days(day + timedelta(days=1), -1, office.place)
    return add_working_days(day, rule.days, office.place)


def last_day(due: datetime, zone: ZoneInfo) -> date:
    """Return the last day on which an answer is in time."""
    return (due - timedelta(microseconds=1)).astimezone(zone).date()


def ends_a_day(due: datetime, zone: ZoneInfo) -> bool:
    """Tell whether ``due`` is the first moment of a day: midnight, or 01:00 where clocks go forward at midnight."""
    return last_day(due, zone) < due.astimezone(zone).date()
