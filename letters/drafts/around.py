"""What stands around a day in its sentence: its hours, whether something is due by it, and what is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from letters.drafts.words import ASKS, DUE
from locales.date_reading import StatedDate
from locales.dates import MonthDay
from locales.time_reading import StatedTime

YEARS = range(1900, 2200)  # those that letter.toml takes
_HOURS_FOLLOW = re.compile(r"\s?[-–]\s?\d{4}\b|\s*(?:hours|hrs|hs)\b")
_BESIDE = 14  # characters between a day and its hours
_APART = re.compile(r"[.;!?。；؛]\s|\n")


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
        if len(between) <= _BESIDE and not _APART.search(between):
            near.append((len(between), found.start, found))
    return min(near, key=lambda item: item[:2])[2] if near else None


def due_by(text: str, stated: StatedDate, tag: str) -> str:
    """Tell whether something is due by a day: «before», «by» or nothing, by the words around it."""
    before, after = DUE[tag]
    if stated.first is None:  # «until»
        return "by"
    # «le» and «на» may belong to what the date's own form says.
    for match in (
        re.search(before, text[max(0, stated.start - 60) : stated.start], re.IGNORECASE),
        re.match(after, text[stated.end : stated.end + 30], re.IGNORECASE) if after else None,
    ):
        if match is not None and match[0].strip():
            return "before" if match.groupdict().get("early") else "by"
    return ""


def asked_in(sentence: str) -> str:
    """Return what words ask for, as asks name it; empty if nothing tells it."""
    return next((what for what, words in ASKS if re.search(words, sentence, re.IGNORECASE)), "")


def sentence_of(text: str, stated: StatedDate) -> str:
    """Return the sentence around a date, roughly: the words that say what is asked."""
    start = max((match.end() for match in _APART.finditer(text, 0, stated.start)), default=0)
    end = next((match.start() for match in _APART.finditer(text, stated.end)), len(text))
    return text[start:end]


def around(text: str, stated: StatedDate) -> str:
    """Return a date with the few words before it."""
    before = (
        text[max(0, stated.start - 25) : stated.start].split(" ", 1)[-1] if stated.start > 25 else text[: stated.start]
    )
    return " ".join((before + text[stated.start : stated.end]).split())
