"""What a relay's log says of messages whose fate is not known: Postfix's syslog, and the tables of Exchange.

A log proves something only of the time that it covers; `LogSearch.covers` tells. A message that such a log does not
name was not accepted; one that is named may have been accepted, passed on, returned or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import chain, islice
from typing import Protocol

from delivery.relay_logs.exchange import ExchangeLog, table_columns
from delivery.relay_logs.lines import BROKEN, STANDARD_INPUT, open_log
from delivery.relay_logs.postfix import PostfixLog, is_syslog
from delivery.relay_logs.traces import Span, Trace

_GAP = timedelta(hours=1)  # between the end of one file and the beginning of the next, where nothing is taken to lack
_LOOKED_AT = 200  # lines, to see what a file is


class LogKind(StrEnum):
    """Whose form a file has."""

    POSTFIX = "Postfix"
    EXCHANGE = "Exchange"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A file as read. ``begin`` and ``end``: the time of its first and last line that tells it, None where none does.

    ``zoned`` tells whether these lines name their zone. ``problem`` says what could not be read, in plain words.
    """

    name: str
    kind: LogKind
    lines: int
    begin: datetime | None = None
    end: datetime | None = None
    zoned: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSearch:
    """What was found: the trace of each message by its Message-ID, and the files that were read."""

    traces: Mapping[str, Trace]
    files: tuple[LogFile, ...]
    shift: timedelta = field(default=timedelta(0))

    def shifted(self, shift: timedelta) -> LogSearch:
        """Return the same for a relay whose clock, where its lines name no zone, is ahead by ``shift``."""
        return replace(self, shift=shift)

    def moment(self, trace: Trace) -> datetime:
        """Return when the relay saw a message; raises ValueError for a trace that does not tell."""
        if trace.at is None:
            raise ValueError("the log does not tell when")
        return trace.at if trace.zoned else trace.at - self.shift

    def covers(self, begin: datetime, end: datetime) -> bool:
        """Tell whether the files together leave nothing out between two moments."""
        spans = sorted(
            (file.begin - self._shift_of(file), file.end - self._shift_of(file))
            for file in self.files
            if file.begin is not None and file.end is not None
        )
        since = until = None
        for start, stop in spans:
            if since is None or until is None or start - until > _GAP:
                since, until = start, stop
            until = max(until, stop)
            if since <= begin and until >= end:
                return True
        return False

    def _shift_of(self, file: LogFile) -> timedelta:
        return timedelta(0) if file.zoned else self.shift


class _Reader(Protocol):
    """Takes the lines of one or several files of a kind, and gives what they say of the messages that are sought."""

    def read(self, line: bytes, number: int) -> None: ...
    def begin_file(self, name: str, columns: Sequence[str]) -> None: ...
    def span(self) -> Span: ...
    def traces(self) -> Mapping[str, Trace]: ...


def search_logs(
    paths: Sequence[str],
    message_ids: Iterable[str],
    *,
    senders: Mapping[str, str],
    zone: tzinfo,
    now: datetime,
) -> LogSearch:
    """Look for messages in log files; ``-`` is standard input.

    ``senders`` gives the Message-ID for an envelope sender that only one message has: the relay names it where it
    refuses the message before it sees the Message-ID. ``zone`` is taken for lines that name none. A file that cannot
    be read, or is no log, is told in the result; nothing is raised.
    """
    wanted = frozenset(message_ids)
    readers: dict[LogKind, _Reader] = {
        LogKind.POSTFIX: PostfixLog(wanted, senders, zone=zone, now=now),
        LogKind.EXCHANGE: ExchangeLog(wanted, zone=zone),
    }
    files = [_read(path, readers) for path in _by_age(paths, zone=zone, now=now)]
    traces: dict[str, Trace] = {}
    for reader in readers.values():
        for message_id, trace in reader.traces().items():
            traces[message_id] = max(trace, traces.get(message_id, trace), key=lambda one: one.fate.weight)
    return LogSearch(traces=traces, files=tuple(files))


def _by_age(paths: Sequence[str], *, zone: tzinfo, now: datetime) -> list[str]:
    """Return the files in the order of their beginnings: what became of a message may stand in a later one."""
    beginnings: dict[str, datetime] = {}
    for path in dict.fromkeys(paths):
        reader = PostfixLog(frozenset(), {}, zone=zone, now=now)
        if path != STANDARD_INPUT:
            try:
                with open_log(path) as lines:
                    for number, line in enumerate(islice(lines, _LOOKED_AT)):
                        reader.read(line, number)
            except BROKEN:
                pass
        begin = reader.span().begin
        beginnings[path] = begin or now
    return sorted(beginnings, key=lambda path: beginnings[path])


def _read(path: str, readers: Mapping[LogKind, _Reader]) -> LogFile:
    name = "standard input" if path == STANDARD_INPUT else path
    kind, count, problem = LogKind.UNKNOWN, 0, ""
    try:
        with open_log(path) as lines:
            head: list[bytes] = []
            columns: Sequence[str] = ()
            for line in islice(lines, _LOOKED_AT):
                head.append(line)
                columns = table_columns(line)
                if columns or is_syslog(line):
                    kind = LogKind.EXCHANGE if columns else LogKind.POSTFIX
                    break
            if kind is not LogKind.UNKNOWN:
                readers[kind].begin_file(name, columns)
                for count, line in enumerate(chain(head, lines), start=1):
                    readers[kind].read(line, count)
    except BROKEN as error:
        problem = f"it could not be read to its end: {getattr(error, 'strerror', None) or error or 'it is damaged'}"
    if kind is LogKind.UNKNOWN:
        problem = problem or "it is neither a log of Postfix nor a table of Exchange"
        return LogFile(name=name, kind=kind, lines=len(head) if not problem else count, problem=problem)
    span = readers[kind].span()
    return LogFile(
        name=name, kind=kind, lines=count, begin=span.begin, end=span.end, zoned=span.zoned,
        problem=problem or ("" if span.begin else "the time of its lines cannot be read"),
    )  # fmt: skip
