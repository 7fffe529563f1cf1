"""Postfix's log: which of our messages it took, and what became of them.

cleanup(8) writes a message's Message-ID beside its queue id; from then on the queue id names it. qmgr(8) writes a line
only for a message that is safely in the queue: that, a `status=`, or `removed` proves that it was accepted. Short queue
ids are used again after `removed`; a content filter gives a message back under another one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from delivery.headers import one_line
from delivery.relay_logs.moments import exact_moment, syslog_moment
from delivery.relay_logs.traces import MAX_TEXT, Fate, Span, Trace

_LINE = re.compile(
    rb"(?:<\d{1,3}>)?"
    rb"(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\S* "
    rb"(?:[^\s\[\]]+ )?[^\s\[\]]*/(?P<service>[\w-]+)\[\d+\]: (?:\[ID [^\]]*\] )?(?P<said>.*)",
    re.DOTALL,
)
_QUEUE_ID = re.compile(rb"([0-9A-Za-z]{5,30}): (.*)", re.DOTALL)
_MESSAGE_ID = re.compile(rb"(?:resent-)?message-id=<?([^\s<>]+)>?$")
_STATUS = re.compile(
    r"to=<([^>]*)>,.*?(?:dsn=(\d\.\d{1,3}\.\d{1,3}), )?status=(sent|bounced|deferred|expired|undeliverable)\b(.*)"
)
_EXPIRED = re.compile(r"status=(?:expired|force-expired)\b(.*)")
_REFUSAL = re.compile(r"(?:milter-)?reject: (?P<stage>[\w-]+) (?P<rest>.*)")
_CODE = re.compile(r"\b([45])\.\d{1,3}\.\d{1,3}\b")
_REPLY = re.compile(r": ([45])\d\d ")
_SENDER = re.compile(r"; from=<([^<>]*)> (?:to=<|proto=)")
_PASSED_ON = re.compile(r"queued as ([0-9A-Za-z]{5,30})\b")
_KEPT_ASIDE = ("hold: ", "discard: ", "milter-hold: ", "milter-discard: ")
_LAST = 50  # lines in which the time of the last one is looked for


@dataclass(slots=True)
class _Queued:
    """A message under one queue id: ``statuses`` by mailbox, as (status, dsn, words)."""

    message_id: str
    at: datetime | None
    zoned: bool
    place: str
    accepted: bool = False
    refused: str = ""
    statuses: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def is_syslog(line: bytes) -> bool:
    """Tell whether a line has the form that Postfix's programs write."""
    return _LINE.match(line) is not None


class PostfixLog:
    """Reads the lines of log files in the order of time, traditional or RFC 3339."""

    def __init__(self, wanted: frozenset[str], senders: Mapping[str, str], *, zone: tzinfo, now: datetime) -> None:
        self._wanted = {message_id.encode("utf-8") for message_id in wanted}
        self._senders = senders
        self._zone = zone
        self._now = now
        self._queue: dict[bytes, _Queued] = {}
        self._done: list[tuple[str, _Queued]] = []
        self._refused: dict[str, Trace] = {}
        self._name = ""
        self._span = Span()
        self._last: deque[bytes] = deque(maxlen=_LAST)

    def begin_file(self, name: str, columns: Sequence[str]) -> None:  # noqa: ARG002 - tables have some
        """Begin another file; queue ids go on from one to the next."""
        self._name, self._span = name, Span()
        self._last.clear()

    def span(self) -> Span:
        """Return the time of the file so far: from its first line to its last."""
        for line in reversed(self._last):
            moment = self._time(line)
            if moment is not None:
                self._span.take(moment[0], zoned=moment[1])
                break
        return self._span

    def read(self, line: bytes, number: int) -> None:
        """Take a line."""
        self._last.append(line)
        if self._span.begin is None:
            moment = self._time(line)
            if moment is not None:
                self._span.take(moment[0], zoned=moment[1])
        if b"message-id=" in line:
            self._named(line, number)
        elif b"NOQUEUE: " in line:
            self._turned_away(line, number)
        elif self._queue:
            self._went_on(line)

    def traces(self) -> Mapping[str, Trace]:
        """Return what became of each message that was found."""
        found: dict[str, list[tuple[str, _Queued]]] = {}
        for queue_id, queued in (*self._done, *((name.decode("ascii"), one) for name, one in self._queue.items())):
            found.setdefault(queued.message_id, []).append((queue_id, queued))
        return self._refused | {message_id: _trace(queues) for message_id, queues in found.items()}

    def _named(self, line: bytes, number: int) -> None:
        match = _LINE.match(line)
        named = match and _QUEUE_ID.fullmatch(match["said"])
        if not match or not named or match["service"] != b"cleanup":
            return
        found = _MESSAGE_ID.fullmatch(named[2])
        earlier = self._queue.pop(named[1], None)
        if earlier is not None:  # the queue id is used again, or the message has a Resent-Message-ID too
            self._done.append((named[1].decode("ascii"), earlier))
        if found and found[1] in self._wanted:
            moment = self._time(line)
            self._queue[named[1]] = _Queued(
                found[1].decode("utf-8"),
                moment[0] if moment else None,
                moment[1] if moment else False,
                f"{self._name}, line {number}",
            )

    def _went_on(self, line: bytes) -> None:
        start = line.find(b"]: ") + 3
        queue_id = line[start : line.find(b":", start)]
        queued = self._queue.get(queue_id)
        match = _LINE.match(line) if queued is not None else None
        if queued is None or match is None:
            return
        said = match["said"][len(queue_id) + 2 :].decode("utf-8", "replace")
        if said == "removed":
            queued.accepted = True
            self._done.append((queue_id.decode("ascii"), self._queue.pop(queue_id)))
        elif status := _STATUS.match(said):
            queued.accepted = True
            queued.statuses[status[1].lower()] = (status[3], status[2] or "", _words(f"{status[3]}{status[4]}"))
        elif match["service"] == b"qmgr":
            queued.accepted = True
            if expired := _EXPIRED.search(said):
                waited = {
                    box: ("expired", dsn, words)
                    for box, (state, dsn, words) in queued.statuses.items()
                    if state != "sent"
                }
                queued.statuses |= waited or {"": ("expired", "", _words(f"expired{expired[1]}"))}
        elif refusal := _REFUSAL.match(said):
            queued.refused = _words(refusal[0])
        elif said.startswith(_KEPT_ASIDE):
            queued.accepted = True

    def _turned_away(self, line: bytes, number: int) -> None:
        match = _LINE.match(line)
        if not match or not self._senders:
            return
        said = match["said"].decode("utf-8", "replace").removeprefix("NOQUEUE: ")
        refusal, sender = _REFUSAL.match(said), _SENDER.search(said)
        message_id = self._senders.get(sender[1]) if refusal and sender else None
        if message_id is None:
            return
        moment = self._time(line)
        self._refused[message_id] = Trace(
            fate=_refused(said),
            at=moment[0] if moment else None,
            zoned=bool(moment and moment[1]),
            status=_status_of(said),
            text=_words(said),
            place=f"{self._name}, line {number}",
        )

    def _time(self, line: bytes) -> tuple[datetime, bool] | None:
        match = _LINE.match(line)
        if match is None:
            return None
        text = match["time"].decode("ascii", "replace")
        exact = exact_moment(text, zone=self._zone)
        if exact is not None:
            return exact
        moment = syslog_moment(text, zone=self._zone, now=self._now)
        return (moment, False) if moment is not None else None


def _trace(queues: Sequence[tuple[str, _Queued]]) -> Trace:
    """Judge a message by all its queue ids: what only went to a filter and came back is told by what came back."""
    known = {queue_id for queue_id, _ in queues}
    last = [
        queued
        for queue_id, queued in queues
        if not queued.statuses
        or not all(_passed_on(words, known - {queue_id}) for _, _, words in queued.statuses.values())
    ] or [queued for _, queued in queues]
    taken = any(queued.accepted for _, queued in queues)
    statuses = [status for queued in last for status in queued.statuses.values()]
    first = queues[0][1]
    fate, dsn, text = Fate.UNFINISHED, "", "The relay began to take it."
    refused = next((queued.refused for _, queued in queues if queued.refused), "")
    if taken:
        failed = bool(statuses) and all(status in {"bounced", "expired"} for status, _, _ in statuses)
        fate = Fate.BOUNCED if failed else Fate.ACCEPTED
        # The words of what went, where something went.
        _, dsn, text = next(
            (one for one in statuses if failed or one[0] == "sent"), statuses[0] if statuses else ("", "", "queued")
        )
    elif refused:
        fate, dsn, text = _refused(refused), _status_of(refused), refused
    return Trace(fate=fate, at=first.at, zoned=first.zoned, status=dsn, text=text, place=first.place)


def _passed_on(words: str, others: set[str]) -> bool:
    found = _PASSED_ON.search(words)
    return found is not None and found[1] in others


def _refused(said: str) -> Fate:
    found = _REPLY.search(said) or _CODE.search(said)
    return Fate.PUT_OFF if found is not None and found[1] == "4" else Fate.REFUSED


def _status_of(said: str) -> str:
    found = _CODE.search(said)
    return found[0] if found else ""


def _words(said: str) -> str:
    return one_line(said)[:MAX_TEXT]
