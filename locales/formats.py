"""Dates, ranges, times, numbers and lists in a language's own forms.

Everything is patterns from ``data/<language>/locale.toml``; only the names of months and weekdays come from
CLDR. Babel's intervals and skeletons are never used: they abbreviate months.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from locales.dates import Moment, Month, day_of
from locales.patterns import fill
from office.suggestions import did_you_mean

DATE_FORMS = ("prose", "dm", "block", "weekday", "of", "on")
RANGE_FORMS = ("prose", "on", "compact", "bare", "from")
TIME_FORMS = ("plain", "zone")
_NUMBER_AND_WORD = re.compile(r"(?<=\d) (?=[^\W\d_])|(?<=\der) (?=[^\W\d_])")
MAX_DIGITS = 40  # before the decimal sign; no letter needs more, and 1e300 would fill a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """Another last conjunction before words that begin in certain ways («e» for «y» in Spanish)."""

    last: str
    begins: tuple[str, ...]
    exceptions: tuple[str, ...] = ()

    def fits(self, word: str) -> bool:
        """Tell whether ``word`` asks for this conjunction."""
        lower = word.lower()
        return lower.startswith(self.begins) and not lower.startswith(self.exceptions or ("\0",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """One language's patterns. ``months`` and ``days`` hold the forms that a pattern may name.

    ``months["month"][0]`` is January as it stands after a day. ``days["d"]`` maps a day's number, as text, to
    its form; ``default`` is the form of all others, with ``{d}`` in it.
    """

    months: Mapping[str, Sequence[str]]
    weekdays: Sequence[str]  # Monday first
    days: Mapping[str, Mapping[str, str]]
    dates: Mapping[str, Mapping[str, str]]
    ranges: Mapping[str, Mapping[str, str]]
    line: str
    time_single: str
    time_range: str
    time_zone: str
    group: str
    decimal: str
    group_from: int
    percentage: str
    ordinals: Mapping[str, Mapping[str, str]]
    separator: str
    last: str
    glue: str = " "  # between a number and the word after it, in what is printed
    variants: tuple[Variant, ...] = ()
    persons: Mapping[str, str] = field(default_factory=dict)
    reading_dates: Sequence[str] = ()  # forms that are read though never printed (`locales.date_reading`)
    reading_months: Sequence[str] = ()
    reading_times: Sequence[str] = ()

    def date(self, moment: Moment, form: str = "prose") -> str:
        """Print one moment; the hours of a date-time are left to `time`. Raises ValueError for an unknown form."""
        require_form(form, DATE_FORMS)
        kind = "month" if isinstance(moment, Month) else "day"
        return self._glued(fill(self.dates[form][kind], self._parts(moment, "")))

    def range(self, start: Moment | None, end: Moment | None, form: str = "prose") -> str:
        """Print from ``start`` to ``end``, both included. Hours are left to `time`.

        Without an end it is a single moment (with an open end by the form ``from``), without a start it is open.
        Raises ValueError for an unknown form, or if neither is given.
        """
        require_form(form, RANGE_FORMS)
        if start is None and end is None:
            raise ValueError("a range needs a start or an end")
        if start is None or end is None or _same(start, end):
            moment = start if start is not None else end
            assert moment is not None  # noqa: S101 - one of the two is there
            shape = ("until-" if start is None else "") + ("month" if isinstance(moment, Month) else "day")
            return self._glued(fill(self._range_pattern(form, shape), self._parts(moment, "")))
        parts = self._parts(start, "1") | self._parts(end, "2")
        return self._glued(fill(self._range_pattern(form, _shape(start, end)), parts))

    def date_line(self, place: str, day: dt.date) -> str:
        """Print the letterhead's date line; ``place`` is the place's name."""
        return fill(self.line, {"place": place, "date": self.date(day, "block")})

    def time(self, start: dt.datetime | dt.time, end: dt.datetime | dt.time | None = None, *, zone: str = "") -> str:
        """Print a time of day or a span, on the clock that the values carry; ``zone`` is what that clock is called.

        A span that lasts until midnight ends at 24:00.
        """
        if end is None:
            printed = fill(self.time_single, _clock_parts(start, ""))
        else:
            printed = fill(self.time_range, _clock_parts(start, "1") | _clock_parts(end, "2", midnight=24))
        return self._glued(fill(self.time_zone, {"time": printed, "zone": zone}) if zone else printed)

    def number(self, value: float | Decimal) -> str:
        """Group the digits; decimals stay as they are. Raises ValueError for what is no ordinary number."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValueError("it is not a number")  # noqa: TRY004 - one error for all misuse of a filter
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not math.isfinite(exact) or abs(exact.adjusted()) >= MAX_DIGITS:
            raise ValueError("it is not a number that a letter can print")
        whole, _, decimals = format(abs(exact), "f").partition(".")
        if isinstance(value, float) and decimals == "0":
            decimals = ""
        if len(whole) >= self.group_from:
            whole = self.group.join(_threes(whole))
        sign = "-" if exact < 0 else ""
        return sign + whole + (self.decimal + decimals if decimals else "")

    def percent(self, value: float | Decimal) -> str:
        """Print a number of hundredths: 42 is «42 %». Raises ValueError as `number` does."""
        return fill(self.percentage, {"number": self.number(value)})

    def ordinal(self, value: int, form: str = "m") -> str:
        """Print «1er», «2nd», «3-я»: the form of the number itself, else of how it ends, else of all others.

        Forms are those that the language has: ``m`` and ``f`` in each, cases in Russian. Raises ValueError for
        another form and for what is no whole number from 1.
        """
        require_form(form, tuple(self.ordinals))
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError("only a whole number from 1 has its place in a row")
        number = str(value)
        endings = self.ordinals[form]
        ending = next((end for end in (f"*{number[at:]}" for at in range(len(number))) if end in endings), "default")
        return fill(endings.get(number) or endings.get(ending, "{n}"), {"n": self.number(value)})

    def join(self, items: Sequence[str]) -> str:
        """Join as the language lists things: «A, B et C»."""
        if len(items) < 2:
            return "".join(items)
        last = next((variant.last for variant in self.variants if variant.fits(items[-1])), self.last)
        return self.separator.join(items[:-1]) + last + items[-1]

    def person(self, name: str, gender: str) -> str:
        """Put «Mme» or «M.» to a name; the name alone where the gender is not known."""
        pattern = self.persons.get(gender)
        return fill(pattern, {"name": name}) if pattern else name

    def _glued(self, printed: str) -> str:
        return printed if self.glue == " " else _NUMBER_AND_WORD.sub(self.glue, printed)

    def _range_pattern(self, form: str, shape: str) -> str:
        """Look up form and shape; a form may leave out shapes that are as in prose, or as for longer ranges."""
        plain = shape.removeprefix("two-")
        for name, key in ((form, shape), (form, plain), ("prose", shape)):
            pattern = self.ranges.get(name, {}).get(key)
            if pattern is not None:
                return pattern
        return self.ranges["prose"][plain]

    def _parts(self, moment: Moment, suffix: str) -> dict[str, str]:
        month = moment.month
        parts = {f"{name}{suffix}": names[month - 1] for name, names in self.months.items()}
        parts[f"m{suffix}"] = str(month)
        parts[f"year{suffix}"] = str(moment.year)
        if not isinstance(moment, Month):
            number = str(moment.day)
            for name, forms in self.days.items():
                form = forms.get(number) or fill(forms.get("default", "{d}"), {"d": number})
                parts[f"{name}{suffix}"] = form
            parts[f"weekday{suffix}"] = self.weekdays[moment.weekday()]
        return parts


def require_form(form: str, known: tuple[str, ...]) -> None:
    """Raise ValueError for a form that is not among those known, with a suggestion."""
    if form not in known:
        raise ValueError(f"there is no form «{form}». {did_you_mean(str(form), known)}")


def _same(start: Moment, end: Moment) -> bool:
    if isinstance(start, Month) or isinstance(end, Month):
        return start == end
    return day_of(start) == day_of(end)


def _shape(start: Moment, end: Moment) -> str:
    """Name the shape of a range that has two different ends."""
    if isinstance(start, Month) != isinstance(end, Month):
        return "month-day" if isinstance(start, Month) else "day-month"
    tail = "-years" if start.year != end.year else ""
    if isinstance(start, Month):
        distance = (end.year - start.year) * 12 + end.month - start.month
        return ("two-months" if distance == 1 else "months") + tail
    if not tail and start.month != end.month:
        tail = "-months"
    return ("two-days" if day_of(end) - day_of(start) == dt.timedelta(days=1) else "days") + tail


def _clock_parts(moment: dt.datetime | dt.time, suffix: str, *, midnight: int = 0) -> dict[str, str]:
    hour = moment.hour if moment.hour or moment.minute else midnight
    return {
        f"h{suffix}": str(hour),
        f"hh{suffix}": f"{hour:02}",
        f"mm{suffix}": f"{moment.minute:02}",
    }


def _threes(digits: str) -> list[str]:
    head = len(digits) % 3
    return ([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)]
