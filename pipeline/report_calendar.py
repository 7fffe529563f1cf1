"""The calendar of `report --as ics`: the deadlines of one circular or of all, for the staff who keep them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from letters.calendars import calendar_file
from letters.references import normalise_reference
from letters.rules import ends_a_day, last_day

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDay:
    """A deadline as it stands. ``party`` is empty where it is everybody's; ``moves`` counts how often it moved.

    A party's own is over as soon as nothing of it is ``open``.
    """

    reference: str
    subject: str
    ask: str
    due: datetime
    open: int
    parties: int
    provisional: bool = False
    party: str = ""
    moves: int = 0


def write_calendar(days: Iterable[DueDay], *, domain: str, now: datetime, zone: ZoneInfo) -> str:
    """Return an iCalendar file (RFC 5545). An entry keeps its UID when its deadline moves, so that it moves too."""
    return calendar_file("PUBLISH", (_entry(day, domain, now, zone) for day in days)).content


def _entry(day: DueDay, domain: str, now: datetime, zone: ZoneInfo) -> Event:
    from icalendar import Event

    entry = Event()
    whose = f".{normalise_reference(day.party)}" if day.party else ""
    entry.add("uid", f"due.{day.ask}.{normalise_reference(day.reference)}{whose}@{domain}")
    entry.add("dtstamp", now)
    entry.add("sequence", day.moves)
    party = f" ({day.party}: extended)" if day.party else ""
    entry.add("summary", f"{day.reference}: {day.ask} due{party}")
    count = "" if day.party else f"\n{day.open:,} of {day.parties:,} parties have not replied."
    entry.add("description", day.subject + count)
    entry.add("dtstart", _last_day_or_moment(day.due, zone))
    entry.add("transp", "TRANSPARENT")
    entry.add("status", _status(day))
    return entry


def _status(day: DueDay) -> str:
    """An entry that a calendar has already leaves it again only if it is said to be cancelled."""
    if day.party and not day.open:
        return "CANCELLED"
    return "TENTATIVE" if day.provisional else "CONFIRMED"


def _last_day_or_moment(due: datetime, zone: ZoneInfo) -> object:
    """Midnight ends the day before: that whole day is the entry."""
    return last_day(due, zone) if ends_a_day(due, zone) else due
