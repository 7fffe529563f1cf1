"""A letter's dates as calendar entries (iCalendar, RFC 5545): what `attach = ["ics"]` puts beside the letter.

The deadlines of the asks are published in one file, with the letter's events. But an event that an ask is about goes
out alone, as an invitation (RFC 5546, METHOD:REQUEST), so that a calendar's «Accept» answers the ask; so does an event
that a corrigendum moves. An entry's UID is made of its key and the letter's reference, that of the corrected letter
for a corrigendum, so that the entry moves instead of a second one appearing. Nothing depends on the clock or on
chance: the same letter gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from letters.model import Deadline, Event, Letter
from letters.references import normalise_reference
from locales.dates import Moment, Month
from locales.locale import Locale

if TYPE_CHECKING:
    from icalendar import Event as Entry

Method = Literal["PUBLISH", "REQUEST"]
_UID = re.compile(r"(event|deadline)\.([\w-]{1,80})\.([^\s@]{1,200})@\S+")
_FIRST_DAY = date(2000, 1, 1)
_LINE = 75  # octets of a folded line (RFC 5545 section 3.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """One .ics: ``content`` with CRLF line ends. An invitation is completed for each mailbox by `addressed`."""

    method: Method
    content: str

    def addressed(self, *, organizer: str, attendee: str) -> str:
        """Return the file for one addressee: an invitation names who asks and who is asked, by their mailboxes."""
        if self.method == "PUBLISH":
            return self.content
        lines = (
            f"ORGANIZER:{_uri(organizer)}\r\n"
            f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:{_uri(attendee)}\r\n"
        )
        before, end, after = self.content.partition("END:VEVENT\r\n")
        return before + "".join(map(_fold, lines.splitlines())) + end + after


@dataclass(frozen=True, slots=True)
class EntryName:
    """What a UID of ours names: an event or a deadline, its key, and the normalised reference of its letter."""

    kind: str
    key: str
    reference: str


def letter_calendars(
    letter: Letter, *, subject: str, locale: Locale, zone: ZoneInfo, domain: str
) -> tuple[CalendarFile, ...]:
    """Return the letter's calendar files: what is published, then an invitation for each event that is asked about.

    ``subject`` is the letter's, ``domain`` the office's mail domain. Months are no entries: they have no day.
    """
    maker = _Maker(letter, subject, locale, zone, domain)
    asked_about = dict.fromkeys(ask.event for ask in letter.asks if ask.event in letter.events)
    invited = tuple(asked_about or (letter.events if _corrected(letter) else ()))
    # Entries have the letter's subject for a name: beside an invitation, other events would only confuse.
    published = [
        *(maker.event(event) for event in letter.events.values() if not invited and _has_day(event)),
        *(maker.deadline(letter.deadlines[key]) for key in _asked_deadlines(letter)),
    ]
    files = [calendar_file("PUBLISH", published)] if published else []
    dated = (letter.events[key] for key in invited if _has_day(letter.events[key]))
    files += [calendar_file("REQUEST", [maker.event(event)]) for event in dated]
    return tuple(files)


def entry_uid(kind: Literal["event", "deadline"], key: str, reference: str, domain: str) -> str:
    """Return the UID of an entry, such as ``event.forum.cl-22-10@example.int``."""
    return f"{kind}.{key}.{normalise_reference(reference)}@{domain}"


def read_uid(uid: str) -> EntryName | None:
    """Return what a UID names if it has the form of ours."""
    match = _UID.fullmatch(uid.strip())
    return None if match is None else EntryName(match[1], match[2], match[3].lower())


def _asked_deadlines(letter: Letter) -> Iterator[str]:
    """Yield the deadlines of the asks, once each; a corrigendum that asks nothing itself moves all that it states."""
    asked = dict.fromkeys(ask.deadline for ask in letter.asks if ask.deadline in letter.deadlines)
    yield from asked or (letter.deadlines if _corrected(letter) else ())


def _corrected(letter: Letter) -> str:
    return next((relation.to for relation in letter.relates if relation.relation == "corrects"), "")


def _has_day(event: Event) -> bool:
    return event.start is not None and not isinstance(event.start, Month)


class _Maker:
    def __init__(self, letter: Letter, subject: str, locale: Locale, zone: ZoneInfo, domain: str) -> None:
        self._letter, self._subject, self._locale, self._zone = letter, subject, locale, zone
        self._domain = domain
        self._root = _corrected(letter) or letter.reference

    def event(self, event: Event) -> Entry:
        """Return the entry of an event; whole days where it has no hours."""
        assert event.start is not None  # noqa: S101 - `_has_day`
        entry = self._entry("event", event.key, self._subject)
        start = self._moment(event.start)
        entry.add("dtstart", start)
        end = None if event.end is None or isinstance(event.end, Month) else self._moment(event.end)
        if isinstance(start, datetime):
            if isinstance(end, datetime) and end > start:
                entry.add("dtend", end)
        else:
            last = end.astimezone(self._zone).date() if isinstance(end, datetime) else end or start
            entry.add("dtend", max(last, start) + timedelta(days=1))  # DTEND is the first day after it
        entry.add("status", "TENTATIVE" if event.provisional else "CONFIRMED")
        place = self._place(event)
        if place:
            entry.add("location", place)
        return entry

    def deadline(self, deadline: Deadline) -> Entry:
        """Return the entry of a deadline: its last day, or its moment where it has an hour; it blocks no time."""
        label = self._locale.phrase("label", "deadline")
        entry = self._entry("deadline", deadline.key, f"{label}{self._locale.colon} {self._letter.reference}")
        entry.add("description", self._subject)
        cut_off = deadline.cut_off(self._zone)
        if isinstance(deadline.date, datetime):
            entry.add("dtstart", cut_off.astimezone(UTC))
        else:
            entry.add("dtstart", (cut_off - timedelta(seconds=1)).astimezone(self._zone).date())
        entry.add("transp", "TRANSPARENT")
        entry.add("status", "TENTATIVE" if deadline.provisional else "CONFIRMED")
        return entry

    def _entry(self, kind: Literal["event", "deadline"], key: str, summary: str) -> Entry:
        from icalendar import Event as Entry

        entry = Entry()
        entry.add("uid", entry_uid(kind, key, self._root, self._domain))
        written = datetime.combine(self._letter.date, time(0), tzinfo=UTC)
        entry.add("dtstamp", written)
        # Rises with each corrigendum (RFC 5546 section 2.1.4); the letter that made the entry has 0.
        entry.add("sequence", (self._letter.date - _FIRST_DAY).days if _corrected(self._letter) else 0)
        entry.add("summary", " ".join(summary.split()))
        return entry

    def _moment(self, moment: Moment) -> date | datetime:
        if isinstance(moment, Month):
            return moment.first
        if not isinstance(moment, datetime):
            return moment
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
        return aware.astimezone(UTC)  # needs no table of time zones in the file

    def _place(self, event: Event) -> str:
        place = event.place
        if place and self._locale.has_phrase("place", place):
            place = self._locale.phrase("place", place)
        return ", ".join(part for part in (event.room, place) if part)


def calendar_file(method: Method, entries: Iterable[Entry]) -> CalendarFile:
    """Return the file that holds these entries."""
    from icalendar import Calendar

    calendar: Any = Calendar()
    calendar.add("prodid", "-//circulars//circulars//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    return CalendarFile(method=method, content=calendar.to_ical().decode("utf-8"))


def _uri(mailbox: str) -> str:
    return "mailto:" + quote(mailbox, safe="@+!#$&'*=^_`{|}~.-")


def _fold(line: str) -> str:
    """Fold one line of ASCII."""
    pieces = [line[:_LINE]]
    pieces += [" " + line[at : at + _LINE - 1] for at in range(_LINE, len(line), _LINE - 1)]
    return "\r\n".join(pieces) + "\r\n"
