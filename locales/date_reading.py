"""Find the dates that a text states: the forms of a language read backwards.

The patterns by which a language prints (``[date]`` and ``[range]`` of its locale.toml, with an office's own laid over
them) are those by which it is read; ``[reading]`` adds what people type and the house never prints («April 15, 2022»).
Months may be abbreviated, digits be those of any script, and spaces and dashes be of any kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from locales.dates import Month, MonthDay
from locales.formats import Formats
from locales.locale import Locale
from locales.patterns import fields_of, split
from office.folding import with_ascii_digits

Stated = date | Month | MonthDay

_ABBREVIATING = {"en", "es", "ru", "fr"}
_LEAST_ABBREVIATION = 3  # letters
_ORDINAL = r"(?:\s?(?:er|st|nd|rd|th|\.?º|ª|-?го|-?е)(?!\w))?"
_PROCLITICS = "وبلفك"  # Arabic words of one letter, written together with the next
_DASH = r"\s?[-‐–—]\s?"
_NUMERIC = (  # ISO 8601; the others by British and continental order, day before month
    r"(?P<{0}_year>\d{{4}})-(?P<{0}_m>\d{{2}})-(?P<{0}_d>\d{{2}})",
    r"(?P<{0}_d>\d{{1,2}})\.(?P<{0}_m>\d{{1,2}})\.(?P<{0}_year>\d{{4}})",
    r"(?P<{0}_d>\d{{1,2}})/(?P<{0}_m>\d{{1,2}})/(?P<{0}_year>\d{{4}})",
    r"(?P<{0}_year>\d{{4}})/(?P<{0}_m>\d{{1,2}})/(?P<{0}_d>\d{{1,2}})",
)
_MONTH_NAMES = {"month", "alone", "in", "of"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDate:
    """A date or a range that stands in a text.

    ``first`` and ``last`` are equal for a single day or month; ``first`` is None for an open beginning («until …»),
    ``last`` for an open end («from … on»). Both are None where no calendar has that day, such as 31 June.
    ``text[start:end]`` of the text that was read is what stands there.
    """

    first: Stated | None
    last: Stated | None
    text: str
    start: int
    end: int


def read_dates(text: str, locale: Locale) -> tuple[StatedDate, ...]:
    """Return the dates and ranges that ``text`` states in the language of ``locale``, in their order.

    Digits of any script count. Two days that do not follow each other («20 and 25 March») are two dates of one place.
    """
    return tuple(_reader(locale).read(text))


@lru_cache(maxsize=64)
def _reader(locale: Locale) -> _Reader:
    return _Reader(locale.tag, locale.formats)


class _Reader:
    """One expression for all forms of a language, the longer forms first."""

    def __init__(self, tag: str, formats: Formats) -> None:
        self._is_chinese = tag == "zh"
        self._minds_case = tag == "en"  # «may» is an English verb
        self._months: dict[str, int] = {}
        self._days: dict[str, int] = {}
        self._fields = self._field_expressions(tag, formats)
        self._kinds: list[str] = []
        self._groups: dict[str, list[tuple[str, int]]] = {}
        self._tag, self._formats = tag, formats
        self._looks = _looks_like_dates(tag, self._months)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        """The expression for all forms: it takes long to compile, and most texts hold nothing like a date."""
        forms = [self._alternative(pattern, kind) for pattern, kind in _ordered(_patterns(self._formats))]
        bare = [self._numeric(pattern) for pattern in _NUMERIC]
        before = r"(?<![\d/])" if self._is_chinese else r"(?<![\w/])"
        if self._tag == "ar":
            before = rf"(?:{before}|(?<=\b[{_PROCLITICS}]))"
        after = "" if self._is_chinese else r"(?:(?<=\W)|(?!\w))"
        expression = re.compile(rf"(?<![\w/.-])(?:{'|'.join(bare)})(?![\w/-])|{before}(?:{'|'.join(forms)}){after}")
        for group, index in expression.groupindex.items():
            name, _, role = group.partition("_")
            self._groups.setdefault(name, []).extend([(role, index)] if role else [])
        return expression

    def read(self, text: str) -> Iterator[StatedDate]:
        folded = self._folded(text)
        if not self._looks.search(folded):
            return
        for match in self._expression.finditer(folded):
            for first, last in self._moments(match):
                start, end = match.span()
                yield StatedDate(first=first, last=last, text=text[start:end], start=start, end=end)

    def _folded(self, text: str) -> str:
        plain = with_ascii_digits(text)
        small = plain if self._minds_case else plain.lower()
        return small if len(small) == len(text) else plain  # places must stay; «İ» becomes two characters

    # Expressions

    def _field_expressions(self, tag: str, formats: Formats) -> Mapping[str, str]:
        names = [*formats.months["month"], *formats.months["alone"], *formats.months["in"]]
        self._months = {_plain(name): number % 12 + 1 for number, name in enumerate(names)}
        shortest = {name: self._shortest(name, tag) for name in self._months}
        for name, number in list(self._months.items()):
            self._months |= {name[:length]: number for length in range(shortest[name], len(name))}
        months = [self._any_of(formats.reading_months)] if formats.reading_months else []
        months += [self._month(name, shortest[name]) for name in sorted(shortest, key=len, reverse=True)]
        for number, name in enumerate(formats.reading_months):
            self._months[_plain(name)] = number % 12 + 1
        month = rf"(?:{'|'.join(months)})(?![^\W\d_])\.?"
        fields = {"month": month, "alone": month, "in": month, "m": r"\d{1,2}", "year": r"\d{4}(?!\d)"}
        fields["weekday"] = rf"(?:{self._any_of(formats.weekdays)})"
        for kind, said in formats.months.items():
            if kind not in fields:
                self._months |= {_plain(name): number for number, name in enumerate(said, start=1)}
                fields[kind] = rf"(?:{self._any_of(said)})"
        for kind, forms in formats.days.items():
            fields[kind] = self._day(forms)
        return fields

    def _shortest(self, name: str, tag: str) -> int:
        """Return how many letters of a month's name tell it from all others."""
        if tag not in _ABBREVIATING:
            return len(name)
        others = [other for other, number in self._months.items() if number != self._months[name]]
        lengths = range(_LEAST_ABBREVIATION, len(name))
        return next((at for at in lengths if not any(other.startswith(name[:at]) for other in others)), len(name))

    def _day(self, forms: Mapping[str, str]) -> str:
        special = {_plain(form): int(number) for number, form in forms.items() if number != "default"}
        self._days |= special
        before, _, after = forms.get("default", "{d}").partition("{d}")
        usual = rf"{self._literal(before)}\d{{1,2}}{self._literal(after)}{_ORDINAL if not after else ''}"
        return rf"(?:{self._any_of(special)}|{usual})" if special else rf"(?:{usual})"

    def _alternative(self, pattern: str, kind: str) -> str:
        name = f"p{len(self._kinds)}"
        self._kinds.append(kind)
        pieces: list[str] = []
        seen: set[str] = set()
        for literal, field in split(pattern):
            pieces.append(self._literal(literal))
            if field:
                pieces.append(self._field(name, field, seen))
        between = r"\s?" if self._is_chinese else ""
        return f"(?P<{name}>{between.join(piece for piece in pieces if piece)})"

    def _field(self, name: str, field: str, seen: set[str]) -> str:
        """Return the expression of a field; one that says a thing again, as the year in brackets, is not captured."""
        kind = field.rstrip("12")
        role = {"m": "m", "year": "year", "weekday": "weekday"}.get(kind)
        role = (role or ("month" if kind in _MONTH_NAMES else "d")) + field[len(kind) :]
        if role in seen:
            return f"(?:{self._fields[kind]})"
        seen.add(role)
        return f"(?P<{name}_{role}>{self._fields[kind]})"

    def _numeric(self, expression: str) -> str:
        name = f"p{len(self._kinds)}"
        self._kinds.append("one")
        return f"(?P<{name}>{expression.format(name)})"

    def _literal(self, text: str) -> str:
        """Return an expression for fixed words: any space, dash or apostrophe stands for another."""
        escaped = re.escape(text if self._minds_case else text.lower())
        escaped = re.sub(r"(?:\\?\s)*\\?[-–—](?:\\?\s)*", lambda _: _DASH, escaped)
        escaped = re.sub(r"(?:\\?\s)+", lambda _: r"\s+", escaped)
        return re.sub(r"['’]", lambda _: "['’]", escaped)

    def _any_of(self, words: Iterable[str]) -> str:
        return "|".join(map(self._literal, sorted(dict.fromkeys(words), key=len, reverse=True)))

    def _month(self, name: str, least: int) -> str:
        """Return an expression for a month, or its first letters, ``least`` of them or more."""
        written = (name.capitalize(), name.upper()) if self._minds_case else (name,)
        return "|".join(_abbreviable(said, least) if least < len(said) else self._literal(said) for said in written)

    # Values

    def _moments(self, match: re.Match[str]) -> Iterator[tuple[Stated | None, Stated | None]]:
        name = match.lastgroup or ""
        kind = self._kinds[int(name[1:])]
        parts = {role: match[group] for role, group in self._groups[name]}
        try:
            if kind in ("span", "two"):
                first, last = self._moment(parts, "1", "2"), self._moment(parts, "2", "1")
            else:
                first = last = self._moment(parts, "", "")
        except ValueError:
            yield None, None
            return
        if kind == "two" and not _follow(first, last):
            yield first, first
            yield last, last
        else:
            yield None if kind == "until" else first, None if kind == "from" else last

    def _moment(self, parts: Mapping[str, str], suffix: str, other: str) -> Stated:
        """Return one end of a range; what it does not say, the other end says for it."""
        year = parts.get(f"year{suffix}") or parts.get(f"year{other}")
        month = self._month_of(parts, suffix) or self._month_of(parts, other)
        day = parts.get(f"d{suffix}")
        if day is None:
            if year is None:
                raise ValueError("a month alone says no date")
            return Month(int(year), month)
        number = self._days.get(_plain(day)) or int(re.sub(r"\D", "", day))
        return date(int(year), month, number) if year else MonthDay(month, number)

    def _month_of(self, parts: Mapping[str, str], suffix: str) -> int:
        name, number = parts.get(f"month{suffix}"), parts.get(f"m{suffix}")
        return self._months[_plain(name)] if name else int(number or 0)


def _looks_like_dates(tag: str, months: Iterable[str]) -> re.Pattern[str]:
    """Return an expression for what every date has, quick to compile: a month beside a figure, or figures alone."""
    words = "|".join(dict.fromkeys(re.escape(max(name.split(), key=len)) for name in months if name.split()))
    before = "" if tag == "ar" else r"(?<![^\W\d_])"  # Arabic writes words of one letter together with the next
    month = "月" if tag == "zh" else rf"{before}(?:{words})(?![^\W\d_])"
    numeric = r"\d{4}[-/]\d|\d[./]\d{1,2}[./]\d{4}"
    return re.compile(rf"\d\D{{0,12}}{month}|{month}\D{{0,12}}\d|{numeric}", re.IGNORECASE)


def _patterns(formats: Formats) -> Iterator[tuple[str, str]]:
    """Yield every pattern that says a day or a year, and whether it is one date, a span, two, or open."""
    said = [(pattern, "one") for kinds in formats.dates.values() for pattern in kinds.values()]
    for form, shapes in formats.ranges.items():
        said += [(pattern, _kind(form, shape)) for shape, pattern in shapes.items()]
    said += [(pattern, "span" if "1}" in pattern else "one") for pattern in formats.reading_dates]
    for pattern, kind in dict(reversed(said)).items():
        names = {name.rstrip("12") for name in fields_of(pattern)}
        if names & {"d", "since", "year"} and names & (_MONTH_NAMES | {"m"}):
            yield pattern, kind


def _kind(form: str, shape: str) -> str:
    if shape.startswith("until-"):
        return "until"
    if shape in ("day", "month"):
        return "from" if form == "from" else "one"
    return "two" if shape.startswith("two-") else "span"


def _ordered(patterns: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(patterns, key=lambda said: (len(fields_of(said[0])), len(said[0])), reverse=True)


def _abbreviable(word: str, least: int) -> str:
    """Return an expression for a word and for its beginnings of ``least`` letters or more."""
    rest = ""
    for letter in reversed(word[least:]):
        rest = f"(?:{letter}{rest})?"
    return word[:least] + rest


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name).rstrip(".").replace("’", "'").lower()


def _follow(first: Stated, last: Stated) -> bool:
    """Tell whether two days or months stand next to each other; of days without a year, take the month to be long."""
    match first, last:
        case Month(), Month():
            return (last.year - first.year) * 12 + last.month - first.month == 1
        case MonthDay(), MonthDay():
            return (first.month == last.month and last.day - first.day == 1) or (last.day == 1 and first.day >= 28)
        case date(), date():
            return last - first == timedelta(days=1)
    return False
