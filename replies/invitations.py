"""Calendar answers (iTIP, RFC 5546): acceptance, refusal, delegation and counter-proposals out of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from urllib.parse import unquote

from replies.addresses import Mailbox, find_addresses
from replies.mail import InboundMail

CALENDAR_TYPES = frozenset({"text/calendar", "application/ics"})
Method = Literal["REPLY", "COUNTER", "REFRESH", "CANCEL", "REQUEST", "PUBLISH", "ADD", "DECLINECOUNTER"]
Status = Literal["accepted", "declined", "tentative", "delegated", "proposed", ""]
_METHODS = frozenset({"REPLY", "COUNTER", "REFRESH", "CANCEL", "REQUEST", "PUBLISH", "ADD", "DECLINECOUNTER"})
_STATUSES: dict[str, Status] = {
    "ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated",
}  # fmt: skip
_LONGEST = 200_000  # characters that are read
_MOST_DELEGATES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAnswer:
    """What a calendar sent.

    ``status`` is the attendee's, ``proposed`` for a counter-proposal (with ``start`` and ``end``, days or aware
    or floating moments), empty where nothing is answered. ``uid`` names the entry; ``comment`` is what the
    person added.
    """

    method: Method
    uid: str
    attendee: Mailbox
    status: Status = ""
    delegated_to: tuple[Mailbox, ...] = ()
    delegated_from: tuple[Mailbox, ...] = ()
    start: date | None = None
    end: date | None = None
    comment: str = ""

    @property
    def sentence(self) -> str:
        """What the calendar says, in one sentence for staff."""
        who = str(self.attendee) or "the attendee"
        if self.status == "delegated":
            return f"{who} delegates to {', '.join(map(str, self.delegated_to)) or 'somebody else'}"
        if self.status == "proposed":
            return f"{who} proposes {_span(self.start, self.end) or 'another time'}"
        if self.status and self.delegated_from:
            return f"{who}, delegated by {', '.join(map(str, self.delegated_from))}: {self.status}"
        return f"{who}: {self.status}" if self.status else f"a calendar message, METHOD:{self.method}"


def read_calendar_answer(mail: InboundMail) -> CalendarAnswer | None:
    """Return what the calendar part of a mail says, or None if it has none that can be read."""
    for part in mail.root.leaves():
        if part.type in CALENDAR_TYPES:
            found = _read(part.text[:_LONGEST], part.parameters.get("method", ""), mail)
            if found is not None:
                return found
    return None


def _read(text: str, stated: str, mail: InboundMail) -> CalendarAnswer | None:
    from icalendar import Calendar

    try:
        calendar = cast("Any", Calendar.from_ical(text))
        entry = next(iter(calendar.walk("VEVENT")), None)
        method = str(calendar.get("method", stated)).upper()
        if entry is None or method not in _METHODS:
            return None
        return _answer(cast("Method", method), entry, mail)
    except Exception:  # whatever a foreign parser makes of foreign text: no mail is lost for it
        return None


def _answer(method: Method, entry: Any, mail: InboundMail) -> CalendarAnswer:  # noqa: ANN401 - icalendar's component
    attendees = _listed(entry.get("attendee"))
    answering = next((one for one in attendees if _mailbox(one).address == mail.sender.address.lower()), None)
    attendee = answering if answering is not None else next(iter(attendees), None)
    parameters = getattr(attendee, "params", {})
    status: Status = _STATUSES.get(str(parameters.get("PARTSTAT", "")).upper(), "") if method == "REPLY" else ""
    start, end = _day(entry, "dtstart"), _day(entry, "dtend")
    return CalendarAnswer(
        method=method,
        uid=str(entry.get("uid", "")).strip()[:500],
        status="proposed" if method == "COUNTER" else status,
        attendee=_mailbox(attendee) if attendee is not None else mail.sender,
        delegated_to=_mailboxes(parameters.get("DELEGATED-TO")),
        delegated_from=_mailboxes(parameters.get("DELEGATED-FROM")),
        start=start if method == "COUNTER" else None,
        end=end if method == "COUNTER" else None,
        comment="\n".join(str(comment) for comment in _listed(entry.get("comment")))[:2_000],
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one value, several, or none
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _mailbox(value: Any) -> Mailbox:  # noqa: ANN401 - a calendar address with its parameters
    found = find_addresses(unquote(str(value)).removeprefix("mailto:").removeprefix("MAILTO:"))
    name = str(getattr(value, "params", {}).get("CN", ""))
    return Mailbox(found[0].lower() if found else "", " ".join(name.split())[:200])


def _mailboxes(value: Any) -> tuple[Mailbox, ...]:  # noqa: ANN401 - a parameter with one value or several
    pieces = [piece for one in _listed(value) for piece in str(one).split(",")]
    return tuple(box for piece in pieces[:_MOST_DELEGATES] if (box := _mailbox(piece.strip(' "'))).address)


def _day(entry: Any, name: str) -> date | None:  # noqa: ANN401 - icalendar's component
    value = getattr(entry.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _span(start: date | None, end: date | None) -> str:
    if start is None:
        return ""
    shown = [moment.isoformat(" ", "minutes") if isinstance(moment, datetime) else moment.isoformat()
             for moment in (start, end) if moment is not None]  # fmt: skip
    return " to ".join(shown)
