"""The day on which somebody who is away says that they are back.

Read from automatic replies only: elsewhere, the dates of a mail are about other things. A numeric date that can be
read in two ways is left alone, unless the language or the day of the mail leaves one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from office.folding import folded, folded_pattern, with_ascii_digits
from replies.machine_words import Topic, machine_words
from replies.mail import InboundMail

# Arabic names its months in several ways; CLDR has them under these countries.
_LANGUAGES = (
    "en", "fr", "es", "ru", "zh", "ar", "ar_LB", "ar_DZ", "ar_MA", "de", "it", "pt", "nl", "pl", "tr", "ja",
)  # fmt: skip
_ABBREVIATING = frozenset({"en", "fr", "es", "ru", "de"})  # in the others they are words too: Portuguese «out»
_SENTENCE_END = folded_pattern(r"[!?。！？]|\.(?=\s)")
_MONTH_FIRST = folded_pattern(r"[\u4e00-\u9fff]")
# The ways to write a date; MONTH and WEEKDAY stand for the names in all languages.
_SHAPES = (
    r"(?<!\d)(?P<iso_year>20\d\d)[-/.](?P<iso_month>\d{1,2})[-/.](?P<iso_day>\d{1,2})(?!\d)",
    (
        r"(?:(?P<cjk_year>20\d\d) ?年 ?)?(?P<cjk_month>\d{1,2}) ?月 ?(?P<cjk_day>\d{1,2})(?: ?[日号號])?"
        r"(?: ?[-–—~至到] ?(?P<cjk_last>\d{1,2}) ?[日号號])?"
    ),
    (
        r"(?<!\d)(?P<day>\d{1,2})(?:er|st|nd|rd|th|o|a|e|\.|-?го|-?е)? ?(?:of |de |d['’])?(?P<month>MONTH)(?!\w)"
        r"\.?(?:,? (?:de |del )?(?P<year>20\d\d))?"
    ),
    (
        r"(?<!\w)(?P<month_first>MONTH)\.? (?:the )?(?P<day_second>\d{1,2})(?:st|nd|rd|th)?(?![\d:])"
        r"(?: ?[-–—] ?(?P<last>\d{1,2})(?:st|nd|rd|th)?)?(?:,? (?P<year_last>20\d\d))?"
    ),
    (
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<mark>[./-])(?P<two>\d{1,2})(?:(?P=mark)(?P<short_year>20\d\d|\d\d))?"
        r"(?![\d:]|[./-]\d| ?(?:of |de )?MONTH)"
    ),
    r"(?<!\w)(?P<weekday>WEEKDAY)(?!\w)(?!,? (?:the |le |el |den |dem |dia )?(?:\d|MONTH))",
)
_MOST_TEXT = 4_000  # characters
_CONTEXT = 80  # characters before a date that may say what it is
_STALE = timedelta(days=7)  # a notice may still be sent when its owner has long been back
_FARTHEST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class _Cues:
    """What the words before a date, or after it, tell of it."""

    until: re.Pattern[str]
    until_after: re.Pattern[str]
    through: re.Pattern[str]
    inclusive: re.Pattern[str]
    back: re.Pattern[str]
    back_after: re.Pattern[str]
    english: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A date in folded text, at ``start`` to ``end``. ``days`` are its readings, ``ranged`` that it ends a range."""

    start: int
    end: int
    days: tuple[date, ...]
    ranged: bool = False


def returns_on(mail: InboundMail) -> date | None:
    """Return the day on which the sender of an automatic reply says to be back, if it is stated."""
    return return_date(f"{mail.subject}.\n{mail.text}", sent=mail.date.date())


def return_date(text: str, *, sent: date) -> date | None:
    """Return the first day back that a text written on ``sent`` states: «back on», else the end of the absence.

    «Until 15 August» gives that day, «until 15 August inclusive», «through» and «1 to 15 August» the day after. A
    year that is not named is the one that makes the day the next to come.
    """
    text = " ".join(folded(with_ascii_digits(text[:_MOST_TEXT])).split())
    cues = _cues()
    until: date | None = None
    for found in _dates(text, sent):
        day = _one(found, text, sent)
        if day is None:
            continue
        before = _SENTENCE_END.split(text[max(0, found.start - _CONTEXT) : found.start])[-1]
        after = text[found.end : found.end + _CONTEXT]
        if not found.ranged and (cues.back.search(before) or cues.back_after.match(after)):
            return day
        last = found.ranged or cues.through.search(before) or cues.inclusive.match(after)
        if until is None and (last or cues.until.search(before) or cues.until_after.match(after)):
            until = day + timedelta(days=1) if last else day
    return until


def _one(found: _Found, text: str, sent: date) -> date | None:
    """Return the only reading of a date, as far as its language and the day of the mail decide."""
    days = tuple(day for day in found.days if sent - timedelta(days=366) <= day <= sent + _FARTHEST)
    if len(set(days)) > 1:
        around = text[max(0, found.start - _CONTEXT) : found.start]
        if not _cues().english.search(around):
            return days[1] if _MONTH_FIRST.search(around) else days[0]
        days = tuple(day for day in days if day >= sent - _STALE)
    return days[0] if len(set(days)) == 1 else None


def _dates(text: str, sent: date) -> Iterator[_Found]:
    """Yield the dates of a text in order, each with all its readings; of a numeric one, day first comes first."""
    end = 0
    for match in _pattern().finditer(text):
        if match.start() < end:
            continue
        end = match.end()
        group = {name: value for name, value in match.groupdict().items() if value}
        ranged = "cjk_last" in group or "last" in group
        yield _Found(match.start(), end, tuple(_readings(group, sent)), ranged)


def _readings(group: dict[str, str], sent: date) -> Iterator[date]:
    if "weekday" in group:
        yield sent + timedelta(days=(_weekdays()[group["weekday"]] - sent.weekday() - 1) % 7 + 1)
    elif "iso_day" in group:
        yield from _days(group["iso_year"], group["iso_month"], group["iso_day"], sent)
    elif "cjk_month" in group:
        day = group.get("cjk_last") or group["cjk_day"]
        yield from _days(group.get("cjk_year", ""), group["cjk_month"], day, sent)
    elif "month" in group:
        yield from _days(group.get("year", ""), str(_months()[group["month"]]), group["day"], sent)
    elif "month_first" in group:
        day = group.get("last") or group["day_second"]
        yield from _days(group.get("year_last", ""), str(_months()[group["month_first"]]), day, sent)
    else:
        year = group.get("short_year", "")
        yield from _days(year, group["two"], group["one"], sent)
        if group["mark"] != ".":
            yield from _days(year, group["one"], group["two"], sent)


def _days(year: str, month: str, day: str, sent: date) -> Iterator[date]:
    """Yield the day, if there is such a one: of the year named, else the next to come."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else range(sent.year - 1, sent.year + 2)
    for number in years:
        with suppress(ValueError):
            found = date(number, int(month), int(day))
            if year or found >= sent - _STALE:
                yield found
                return


@lru_cache
def _cues() -> _Cues:
    def words(topic: Topic) -> str:
        return rf"(?<!\w)(?:{machine_words(topic).pattern})(?!\w)"

    begun = r"(?:\d[\w.]{0,3}|日|号)(?: [^\W\d]{2,12}){0,2}"
    few = r"\W*(?:(?!\d)\w+\W+){0,3}$"
    return _Cues(
        until=re.compile(rf"{words('until')}{few}|(?:至|到|截至|直到|截止)\s*$"),
        until_after=re.compile(r"['’]?\w{0,4} (?:tarihine )?kadar"),
        # «from 1 to 15 August», «1-15 August», «5月1日至5月6日»
        through=re.compile(rf"{words('through')}{few}|{begun}\s*(?:{words('to')}|[-–—~至到])\s*$"),
        inclusive=re.compile(rf"\W{{0,3}}(?:г(?:ода|\.)?\W*)?(?:{machine_words('inclusive').pattern})"),
        back=re.compile(rf"{words('back')}\D{{0,60}}$"),
        back_after=re.compile(rf"[^。.!?\d]{{0,25}}?(?:{machine_words('back_after').pattern})"),
        english=re.compile(words("english")),
    )


@lru_cache
def _pattern() -> re.Pattern[str]:
    months = "|".join(re.escape(name) for name in sorted(_months(), key=len, reverse=True))
    weekdays = "|".join(re.escape(name) for name in sorted(_weekdays(), key=len, reverse=True))
    return folded_pattern("|".join(_SHAPES).replace("MONTH", f"(?:{months})").replace("WEEKDAY", weekdays))


@lru_cache
def _months() -> dict[str, int]:
    """Return the number of each month's name, folded, in all languages."""
    from babel import Locale

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        widths = ("wide", "abbreviated") if language in _ABBREVIATING else ("wide",)
        for context in ("format", "stand-alone"):
            for width in widths:
                for number, name in months[context][width].items():
                    names.setdefault(folded(name).rstrip("."), number)
    return {name: number for name, number in names.items() if not name[0].isdigit()}


@lru_cache
def _weekdays() -> dict[str, int]:
    """Return the number of each weekday's name, folded, from Monday, 0, in all languages."""
    from babel import Locale

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        days = Locale.parse(language).days["format"]
        for width in ("wide", "abbreviated") if language == "zh" else ("wide",):
            for number, name in days[width].items():
                names.setdefault(folded(name), number)
    return names
