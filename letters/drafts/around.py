"""What stands around a day in its sentence: its hours, whether something is due by it, and what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, time

from letters.drafts.words import ASKS, CLOCK, DUE, WEEKDAY
from locales.date_reading import StatedDate, read_dates
from locales.dates import MonthDay
from locales.locale import Locale
from locales.time_reading import StatedTime, read_times

YEARS = range(1900, 2200)  # those that letter.toml takes
_HOURS_FOLLOW = re.compile(r"\s?[-–]\s?\d{4}\b|\s*(?:hours|hrs|hs)\b")
_BESIDE = 14  # characters between a day and its hours
_APART = re.compile(r"[.;!?؛]\s|[。！？；]|\n")
_ALSO = re.compile(r",?\s(?:and|et|y|и|а также|as well as|ainsi que)\s|،\s+و(?=\w)|;|；|并")  # another thing is asked
_HALVES = re.compile(
    r"(?<![\d.:,/])(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?\s?(?P<half>[ap])\.?\s?m\b\.?", re.IGNORECASE
)
_LATER = re.compile(r"\s*(?:de la (?:tarde|noche)|(?:дня|вечера)\b|مساء)")
_LATER_BEFORE = re.compile(r"(?:下午|晚上)\s*$")
_TO = re.compile(r"\s*(?:[-–—]|to|until|à|a|до|至|إلى|حتى)\s*(?:las\s+|下午|晚上|上午|الساعة\s+)?", re.IGNORECASE)
_HOURS_AFTER = re.compile(
    r"[^\d.;。；\n]{0,12}\d{1,2}\s*(?:[.:]\d{2}|[时点時](?:\d{1,2}分)?|h\b(?:\s?\d{2})?)(?:\s*[(（][^()（）]*[)）])?"
)
_WORDS_BEFORE = 25  # characters
_DASH = re.compile(r"(?:\s?[(（]星期[一二三四五六日天][)）])?\s*[-–—至]\s*")


def days_in(text: str, locale: Locale) -> tuple[StatedDate, ...]:
    """Return the days that a text states; «30 May – 3 June 2022» in whatever form is one range."""
    found: list[StatedDate] = []
    for stated in read_dates(text, locale):
        day = without_hours(stated, text)
        before = found[-1] if found else None
        if before is not None and _is_one_range(before, day, text):
            first = before.first
            if isinstance(first, MonthDay) and isinstance(day.last, date):
                year = day.last.year - ((first.month, first.day) > (day.last.month, day.last.day))
                with suppress(ValueError):  # 29 February
                    first = date(year, first.month, first.day)
            found[-1] = replace(before, first=first, last=day.last, text=text[before.start : day.end], end=day.end)
        else:
            found.append(day)
    return tuple(found)


def _is_one_range(first: StatedDate, last: StatedDate, text: str) -> bool:
    single = first.first == first.last and last.first == last.last
    return (
        single
        and isinstance(last.last, date if isinstance(first.first, date) else date | MonthDay)
        and isinstance(first.first, date | MonthDay)
        and first.end < last.start
        and _DASH.fullmatch(text, first.end, last.start) is not None
    )


def hours_in(text: str, locale: Locale) -> list[StatedTime]:
    """Return the hours that a text states, also «5 p.m.» and «from 9 to 17.30 hours»."""
    found = [
        StatedTime(
            first=time(int(match["hour"]) % 12 + 12 * (match["half"] in "pP"), int(match["minute"] or 0)),
            last=None, text=match[0], start=match.start(), end=match.end(),
        )
        for match in _HALVES.finditer(text)
        if 1 <= int(match["hour"]) <= 12 and int(match["minute"] or 0) < 60
    ]  # fmt: skip
    taken = [(one.start, one.end) for one in found]
    others = (
        one for one in read_times(text, locale) if all(one.end <= start or end <= one.start for start, end in taken)
    )
    found += [_in_its_half(one, text) for one in others]
    joined: list[StatedTime] = []
    for one in sorted(found, key=lambda one: one.start):
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.last is None
            and one.last is None
            and _TO.fullmatch(text, before.end, one.start)
        ):
            joined[-1] = replace(before, last=one.first, text=text[before.start : one.end], end=one.end)
        else:
            joined.append(one)
    return joined


def _in_its_half(stated: StatedTime, text: str) -> StatedTime:
    """Return «3 in the afternoon» as 15:00."""
    is_later = _LATER.match(text, stated.end) or _LATER_BEFORE.search(text[: stated.start])
    if not is_later or stated.first.hour >= 12:
        return stated
    first, last = stated.first, stated.last
    if last is not None and last.hour < 12:
        last = last.replace(hour=last.hour + 12)
    return replace(stated, first=first.replace(hour=first.hour + 12), last=last)


def without_hours(stated: StatedDate, text: str) -> StatedDate:
    """Return «20 June» for the «20 June, 1700» of «20 June, 1700-1800 hours», which is no year."""
    match = re.search(r",?\s+(?P<year>\d{4})$", stated.text)
    day = stated.first
    if match is None or not isinstance(day, date) or day != stated.last:
        return stated
    if not _HOURS_FOLLOW.match(text, stated.end) and int(match["year"]) in YEARS:
        return stated
    end = stated.start + match.start()
    bare = MonthDay(day.month, day.day)
    return replace(stated, first=bare, last=bare, text=text[stated.start : end], end=end)


def beside(day: StatedDate, times: Iterable[StatedTime], text: str) -> StatedTime | None:
    """Return the hours that stand next to a day, in the same sentence."""
    near = []
    for found in times:
        between = text[day.end : found.start] if found.start >= day.end else text[found.end : day.start]
        between = re.sub(r"\s*[(（][^()（）]*[)）]", "", between)  # «(Geneva time)»
        if len(between) <= _BESIDE and not _APART.search(between):
            near.append((len(between), found.start, found))
    return min(near, key=lambda item: item[:2])[2] if near else None


def due_by(text: str, stated: StatedDate, tag: str) -> str:
    """Tell whether something is due by a day: «before», «by» or nothing, by the words around it."""
    before, after = DUE[tag]
    if stated.first is None:  # «until»
        return (
            "" if re.search(r"\b(?:closed|fermée?s?|cerrad[oa]s?)\s*$", text[: stated.start], re.IGNORECASE) else "by"
        )
    # «le» and «на» may belong to what the date's own form says.
    said = WEEKDAY.sub("", text[max(0, stated.start - 140) : stated.start])
    without = re.sub(rf"{CLOCK}$", "", said, flags=re.IGNORECASE)
    rest = text[stated.end : stated.end + 60]
    later = _HOURS_AFTER.match(rest)
    matches = [re.search(before, words[-90:], re.IGNORECASE) for words in dict.fromkeys((said, without))]
    matches += [
        re.match(after, words, re.IGNORECASE) for words in (rest, rest[later.end() :] if later else "") if after
    ]
    for match in matches:
        if match is not None and match[0].strip():
            return "before" if match.groupdict().get("early") else "by"
    return ""


def _found(words: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(words, text, re.IGNORECASE)


def asked_in(sentence: str, at: int | None = None) -> str:
    """Return what words ask for, as asks name it: the nearest to a place; empty if nothing tells it, or several do."""
    found = [(match.start(), match.end(), what) for what, words in ASKS for match in _found(words, sentence)]
    if at is None:
        kinds = {what for _, _, what in found}
        return kinds.pop() if len(kinds) == 1 else ""
    before = [item for item in found if item[1] <= at]
    after = [item for item in found if item[0] >= at and not _ALSO.search(sentence, at, item[0])]
    return min((*before, *after), key=lambda item: max(at - item[1], item[0] - at), default=(0, 0, ""))[2]


def asked_by(text: str, stated: StatedDate, days: Sequence[StatedDate]) -> str:
    """Return what is asked by a day: by the words of its sentence, those between the days before and after it first."""
    start = max((match.end() for match in _APART.finditer(text, 0, stated.start)), default=0)
    end = next((match.start() for match in _APART.finditer(text, stated.end)), len(text))
    first = max((day.end for day in days if start < day.end <= stated.start), default=start)
    last = min((day.start for day in days if stated.end <= day.start < end), default=end)
    return asked_in(text[first:last], stated.start - first) or (asked_in(text) if len(days) == 1 else "")


def around(text: str, stated: StatedDate) -> str:
    """Return a date with the few words before it."""
    start = max((match.end() for match in _APART.finditer(text, 0, stated.start)), default=0)
    before = text[start : stated.start]
    if len(before) > _WORDS_BEFORE:
        before = before[-_WORDS_BEFORE:]
        before = before.split(" ", 1)[-1] if " " in before.strip() else before
    return " ".join((before + text[stated.start : stated.end]).split())
