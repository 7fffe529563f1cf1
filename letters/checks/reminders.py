"""Reminders: rules that remind nobody, or on a day that is past when the letter goes; a text that nobody gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from letters.model import Ask, Letter
from letters.places import letter_file
from letters.rules import reminder_day, reminder_rule
from letters.segments import REMINDER, text_stems
from office.findings import Finding, Level
from office.model import Office


def check_reminders(letter: Letter, office: Office) -> Iterator[Finding]:
    """Yield what is worth a look about when and whether anybody is reminded."""
    for index, ask in enumerate(letter.asks):
        if ask.remind:
            yield from _nobody(letter, index, ask)
            yield from _days(letter, office, index, ask)
    if not letter.reminds and REMINDER in text_stems(letter, office):
        yield _finding(
            letter, Level.NOTE, "reminder-not-used", "nobody gets reminder.md: no ask says when to remind",
            'Give an ask remind = ["-3d"], or remove the file.',
        )  # fmt: skip


def _nobody(letter: Letter, index: int, ask: Ask) -> Iterator[Finding]:
    deadline = letter.deadlines.get(ask.deadline)
    key = f"asks.{index}.remind"
    if not ask.expected:
        yield _finding(
            letter, Level.WARNING, "reminder-of-an-offer",
            f"nobody is reminded of «{ask.id}»: no answer to it is expected",
            "Take remind away, or expected = false.", key,
        )  # fmt: skip
    elif deadline is not None and deadline.provisional:
        yield _finding(
            letter, Level.NOTE, "reminder-of-provisional",
            f"nobody is reminded of «{ask.id}» as long as its deadline is provisional",
            "A corrigendum that states it without «provisional» makes it firm.", key,
        )  # fmt: skip


def _days(letter: Letter, office: Office, index: int, ask: Ask) -> Iterator[Finding]:
    deadline = letter.deadlines.get(ask.deadline)
    if deadline is None:
        return
    due = deadline.cut_off(office.zone)
    seen: dict[int, str] = {}
    for number, text in enumerate(ask.remind):
        rule = reminder_rule(text)
        key = f"asks.{index}.remind.{number}"
        if rule.days in seen:
            yield _finding(
                letter, Level.WARNING, "reminder-twice", f"«{seen[rule.days]}» and «{text}» are the same day",
                "One reminder a day goes out; remove one of the two.", key,
            )  # fmt: skip
        seen.setdefault(rule.days, text)
        day = reminder_day(rule, due, office)
        if day <= letter.date + timedelta(days=1):
            yield _finding(
                letter, Level.WARNING, "reminder-before-letter",
                f"«{text}» is {day}: the letter of {letter.date} will hardly have arrived",
                "Nobody is reminded on a day before they got the letter; take a later day.", key,
            )  # fmt: skip


def _finding(letter: Letter, level: Level, code: str, message: str, hint: str, key: str = "asks") -> Finding:  # noqa: PLR0917 - a finding has as many parts
    line = letter.lines.get(key, letter.lines.get(key.rpartition(".")[0]))
    return Finding(level=level, code=code, message=message, hint=hint, file=letter_file(letter.slug), line=line)
