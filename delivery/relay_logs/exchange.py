"""The tables of Exchange: the message tracking log of a server, and the message trace of Exchange Online.

Both are comma-separated, under many spellings of their columns: a log of a server names them in a line `#Fields:`,
what PowerShell or the admin centre exports in the first line. A line is a step of a message (`EventId`), or what
became of it for one recipient (`Status`, `recipient_status`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from delivery.headers import one_line
from delivery.relay_logs.moments import exact_moment, listed_moments
from delivery.relay_logs.traces import MAX_TEXT, Fate, Span, Trace

_NOT_LETTER = re.compile(r"[^a-z0-9]")
_MESSAGE_ID = ("messageid", "internetmessageid")
# Those of the service and of the server's own files are in UTC; what PowerShell exports of a server is not.
_UTC = ("datetime", "datetimeutc", "origintimestamp", "origintimestamputc", "received", "receiveddate", "receivedutc")
_LOCAL = ("timestamp", "date", "receivedtime", "datereceived")
_STATUS = ("eventid", "event", "status", "deliverystatus", "recipientstatus")  # a server's words only without a step
_WORDS = ("recipientstatus", "detail", "sourcecontext", "statusdetail")
_FAILED = re.compile(r"\b(?:fail(?:ed)?|badmail|poisonmessage|deliverfail)\b", re.IGNORECASE)
_PASSED_ON = re.compile(r"\b(?:deliver(?:ed)?|send|sent|expand(?:ed)?|redirect|transfer)\b", re.IGNORECASE)
# A copy that another server keeps for this one is made before this one says yes (shadow redundancy).
_SHADOW = re.compile(r"\bha(?:receive|discard|redirect|redirectfail)\b", re.IGNORECASE)
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(slots=True)
class _Steps:
    """What a table says of one message."""

    at: datetime | None
    zoned: bool
    place: str
    steps: list[str] = field(default_factory=list)
    failed: str = ""
    passed_on: bool = False
    taken: bool = False


def table_columns(line: bytes) -> Sequence[str]:
    """Return the columns that a line names, in lower case and letters only; nothing if it is no heading."""
    text = line.decode("utf-8", "replace").lstrip("\ufeff")
    heading = text.removeprefix("#Fields:")
    if text.startswith("#") and heading == text:
        return ()
    columns = [_NOT_LETTER.sub("", cell.lower()) for cell in _cells(heading, _delimiter(heading))]
    return columns if any(name in columns for name in _MESSAGE_ID) and len(columns) > 1 else ()


class ExchangeLog:
    """Reads the lines of tables."""

    def __init__(self, wanted: frozenset[str], *, zone: tzinfo) -> None:
        self._wanted = wanted
        self._zone = zone
        self._found: dict[str, _Steps] = {}
        self._name = ""
        self._columns: Sequence[str] = ()
        self._delimiter = ","
        self._orders = (Span(), Span())  # the day stands first, the month stands first
        self._readable = [True, True]

    def begin_file(self, name: str, columns: Sequence[str]) -> None:
        """Begin another file."""
        self._name, self._columns, self._delimiter = name, columns, ","
        self._orders, self._readable = (Span(), Span()), [True, True]

    def span(self) -> Span:
        """Return the time of the file so far; none where it may be read in two ways."""
        known = [span for span, readable in zip(self._orders, self._readable, strict=True) if readable and span.begin]
        if len(known) == 2 and (known[0].begin, known[0].end) != (known[1].begin, known[1].end):
            return Span()
        return known[0] if known else Span()

    def read(self, line: bytes, number: int) -> None:
        """Take a line."""
        if columns := table_columns(line):
            self._columns = columns
            self._delimiter = _delimiter(line.decode("utf-8", "replace").removeprefix("#Fields:"))
            return
        if not line or line.startswith(b"#"):
            return
        cells = _cells(line.decode("utf-8", "replace"), self._delimiter)
        row = dict(zip(self._columns, cells, strict=False))
        moment = self._time(row)
        message_id = _first(row, _MESSAGE_ID).strip().strip("<>")
        if message_id in self._wanted:
            self._take(message_id, row, moment, f"{self._name}, line {number}")

    def traces(self) -> Mapping[str, Trace]:
        """Return what became of each message that was found."""
        return {message_id: _trace(steps) for message_id, steps in self._found.items()}

    def _take(self, message_id: str, row: Mapping[str, str], moment: tuple[datetime, bool] | None, place: str) -> None:
        steps = self._found.get(message_id)
        if steps is None:
            at, zoned = moment or (None, False)
            steps = self._found[message_id] = _Steps(at, zoned, place)
        status = one_line(_first(row, _STATUS).rpartition("##")[2])
        words = one_line(_first(row, _WORDS))
        if len(steps.steps) < 50:
            steps.steps.append(status[:80])
        if _SHADOW.search(status):
            return
        steps.taken = True
        if _FAILED.search(status):
            steps.failed = f"{status}: {words}" if words and words not in status else status
        elif _PASSED_ON.search(status):
            steps.passed_on = True

    def _time(self, row: Mapping[str, str]) -> tuple[datetime, bool] | None:
        """Read the time of a row and widen the file's; the row's own only where it can be read in one way."""
        text, utc = _first(row, _UTC), True
        if not text:
            text, utc = _first(row, _LOCAL), False
        zone = UTC if utc else self._zone
        exact = exact_moment(text, zone=zone)
        moments: Sequence[datetime | None] = (exact[0], exact[0]) if exact else listed_moments(text, zone=zone)
        zoned = utc or bool(exact and exact[1])
        if moments[0] is None and moments[1] is None:
            return None
        for place, moment in enumerate(moments):
            if moment is None:
                self._readable[place] = False
            else:
                self._orders[place].take(moment, zoned=zoned)
        return (moments[0], zoned) if moments[0] is not None and moments[0] == moments[1] else None


def _trace(steps: _Steps) -> Trace:
    fate = Fate.UNFINISHED
    if steps.taken:
        fate = Fate.BOUNCED if steps.failed and not steps.passed_on else Fate.ACCEPTED
    text = steps.failed if fate is Fate.BOUNCED else ", ".join(dict.fromkeys(steps.steps))
    status = _ENHANCED.search(text)
    return Trace(
        fate=fate, at=steps.at, zoned=steps.zoned, status=status[0] if status and fate is Fate.BOUNCED else "",
        text=text[:MAX_TEXT], place=steps.place,
    )  # fmt: skip


def _first(row: Mapping[str, str], names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _delimiter(heading: str) -> str:
    return max(",;\t", key=heading.count)


def _cells(line: str, delimiter: str) -> list[str]:
    """Cut one line; a quotation mark that is never closed ends with it."""
    try:
        return next(csv.reader([line.replace("\0", "").strip()], delimiter=delimiter), [])
    except csv.Error:
        return []
