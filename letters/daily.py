"""What a reminder says of its day: values of a sealed form that are filled when it is sent.

The form of a reminder is sealed with its letter; who still owes what by when is known on the day alone. These slots
have names that begin with ``@``, and everything that printing needs stands in the name, for a sealed form keeps
nothing else:

    @date PLACE             the date line, with the place's key
    @open ASK…              whether one of these asks is open
    @due ASK                the last moment in time for this ask
    @deadline RULE FIELD    a field of reminder.md that prints a deadline; RULE is before or by

What is sealed as their value is what the letter said: it stays where nothing has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from letters.composed import SlotSpec
from letters.fields import DatedDeadline
from letters.model import Deadline
from letters.printing import Printing
from letters.rules import ends_a_day, last_day
from locales.locale import Locale
from office.expressions import Expression, ExpressionError, parse_expression

_DATE, _OPEN, _DUE, _DEADLINE = "@date", "@open", "@due", "@deadline"
_DAILY = (_DATE, _OPEN, _DUE, _DEADLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of reminding, for one party. Moments are aware; a ``due`` is the first that is too late.

    ``due`` has the asks that are open, None for one without a deadline; ``moved`` the deadlines of letter.toml, by
    key, that have moved for the party. ``zone`` is the office's and ``place`` the key by which it is called.
    """

    today: date
    zone: ZoneInfo
    place: str
    due: Mapping[str, datetime | None]
    moved: Mapping[str, datetime]


def is_daily(name: str) -> bool:
    """Tell whether a slot of this name is filled on the day of the reminder."""
    return name.partition(" ")[0] in _DAILY


def date_slot(place: str) -> SlotSpec:
    """Return the slot of the date line."""
    return SlotSpec(name=f"{_DATE} {place}")


def open_slot(asks: Iterable[str]) -> SlotSpec:
    """Return the slot that tells whether one of these asks is open."""
    return SlotSpec(name=f"{_OPEN} {' '.join(asks)}", kind="truth", master=True)


def due_slot(ask: str, said: str) -> SlotSpec:
    """Return the slot of an ask's deadline; ``said`` is how the letter's own would be printed."""
    return SlotSpec(name=f"{_DUE} {ask}", master=said)


def deadline_slot(expression: Expression, deadlines: Mapping[str, Deadline], said: str) -> SlotSpec:
    """Return the slot of a field that prints a deadline; raises `ExpressionError` if it prints more than one."""
    keys = {path[1] for path in expression.paths if path[0] == "deadlines" and len(path) > 1}
    if len(keys) != 1 or any(path[0] != "deadlines" for path in expression.paths):
        raise ExpressionError(f"«{expression.source}»: a field of a reminder prints one deadline and nothing else")
    rule = deadlines[keys.pop()].rule
    return SlotSpec(name=f"{_DEADLINE} {rule} {expression.source}", master=said)


def daily_values(
    slots: Sequence[SlotSpec], sealed: Sequence[str | bool], day: Day, locale: Callable[[str], Locale]
) -> tuple[str | bool, ...]:
    """Return the values of a reminder on its day, in the order of ``slots``; ``sealed`` are those of its letter.

    ``locale`` returns a language's data: each value is printed in the language of its slot. Raises `ExpressionError`
    if a field cannot print the deadline that moved.
    """
    return tuple(_value(slot, value, day, locale(slot.language)) for slot, value in zip(slots, sealed, strict=True))


def _value(slot: SlotSpec, sealed: str | bool, day: Day, locale: Locale) -> str | bool:
    name, _, rest = slot.name.partition(" ")
    if name == _DATE:
        return locale.date_line(rest, day.today)
    if name == _OPEN:
        return not day.due.keys().isdisjoint(rest.split())
    if name == _DUE:
        due = day.due.get(rest)
        return sealed if due is None else due_words(due, day.zone, day.place, locale)
    if name == _DEADLINE:
        return _moved(rest, sealed, day, locale)
    return sealed


def due_words(due: datetime, zone: ZoneInfo, place: str, locale: Locale) -> str:
    """Print the last moment in time: the day that ends at ``due``, else its day and time."""
    if ends_a_day(due, zone):
        return locale.date(last_day(due, zone))
    here = due.astimezone(zone)
    clock = locale.phrase("zone", place) if locale.has_phrase("zone", place) else zone.key
    parts = {"date": locale.date(here), "time": locale.time(here), "zone": clock}
    return locale.filled("reminder", "day-and-time", parts)


_parsed = lru_cache(maxsize=256)(parse_expression)


def _moved(rest: str, sealed: str | bool, day: Day, locale: Locale) -> str | bool:
    rule, _, source = rest.partition(" ")
    expression = _parsed(source)
    key = next(path[1] for path in expression.paths if len(path) > 1)
    if key not in day.moved:
        return sealed
    due = day.moved[key]
    moment: date = due.astimezone(day.zone)
    if ends_a_day(due, day.zone):  # as letter.toml would say it by the same rule
        moment = due.astimezone(day.zone).date() if rule == "before" else last_day(due, day.zone)
    printing = Printing(locale)
    scope = {"deadlines": {key: DatedDeadline(date=moment, provisional=False)}}
    return printing.text(expression.evaluate(scope, printing.filters))
