"""`doubt`: settling messages of which nobody knows whether they went, by a person or by the relay's log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Literal

from delivery.addressing import envelope_sender
from delivery.doubt import settle_doubt as settle_rows
from delivery.lease import settle_the_dead
from delivery.relay_logs.searching import LogFile, LogKind, LogSearch, search_logs
from delivery.relay_logs.traces import Fate, Trace
from office.errors import InputError, NotFoundError
from pipeline.desk import Desk
from pipeline.lookup import issued_circular, one_addressee
from pipeline.roles import Role, require_role
from replies.reported import reported
from store import doubts as store_doubts
from store.circulars import Circular
from store.doubts import Doubt
from store.inbound import add_delivery_event
from store.message_rows import rows_in
from store.messages import OutboxRow, State

Finding = Literal["accepted", "bounced", "refused", "missing", "unknown"]
_QUARTER = 15 * 60  # seconds; clocks of the world differ by whole quarters of an hour
_BEFORE = timedelta(minutes=5)  # by which the relay's clock may be behind
_STATES = {"accepted": State.SENT, "refused": State.REFUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the log says of a message in doubt. ``text`` says why, ``place`` in which line it stands."""

    row: OutboxRow
    found: Finding
    text: str
    place: str = ""
    trace: Trace | None = None

    def as_json(self) -> dict[str, object]:
        """Return the shape that `doubt --relay-log --json` prints."""
        return {
            "key": self.row.key, "mailbox": self.row.mailbox, "message_id": self.row.message_id,
            "found": self.found, "text": self.text, "place": self.place,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What a log said of all messages in doubt. ``settled`` counts those that no longer are.

    ``shift`` is by how much the log's clock is ahead where its lines name no zone, as our other messages in it show.
    """

    files: tuple[LogFile, ...]
    judged: tuple[Judged, ...]
    settled: int
    shift: timedelta

    @property
    def missing(self) -> tuple[Judged, ...]:
        """The messages that the relay did not take."""
        return tuple(one for one in self.judged if one.found == "missing")

    def as_json(self) -> dict[str, object]:
        """Return the shape that `doubt --relay-log --json` prints."""
        files = [
            {"file": file.name, "kind": file.kind, "lines": file.lines, "from": file.begin, "to": file.end,
             "problem": file.problem}
            for file in self.files
        ]  # fmt: skip
        return {
            "files": files, "messages": [one.as_json() for one in self.judged],
            "settled": self.settled, "missing": len(self.missing),
        }  # fmt: skip


def doubtful(desk: Desk, ref: str) -> tuple[OutboxRow, ...]:
    """Return the messages whose outcome is not known; what a process left that was killed is among them."""
    circular = issued_circular(desk, ref)
    settle_the_dead(desk.store, desk.office.folder, desk.clock)
    with desk.store.read() as connection:
        return tuple(rows_in(connection, circular.id, (State.IN_DOUBT,)))


def settle_doubt(desk: Desk, ref: str, key: str, *, sent: bool) -> int:
    """Settle the doubtful messages of an addressee, or of all where ``key`` is empty: sent, or to be sent again."""
    _, found = _in_doubt(desk, ref, key)
    return settle_rows(
        desk.store,
        desk.office,
        [one.row for one in found],
        state=State.SENT if sent else State.QUEUED,
        said=f"Settled by {desk.account}: {'it arrived' if sent else 'send it again'}.",
        clock=desk.clock,
    )


def consult_log(desk: Desk, ref: str, key: str, paths: Sequence[str]) -> LogReport:
    """Look for doubtful messages in the relay's log, and settle those of which it says what became of them.

    What the relay took counts as sent, or as bounced where it came back; what it refused for good as refused. What a
    log that covers its time does not name is only listed (`resend_missing`). Raises NotFoundError if nothing is in
    doubt, InputError if none of the files is a log.
    """
    circular, found = _in_doubt(desk, ref, key)
    begin, end = min(one.begin for one in found), max(one.end for one in found)
    with desk.store.read() as connection:
        others = store_doubts.witnesses(connection, circular.id, begin=begin, end=end)
    search = search_logs(
        paths,
        {*others, *(one.row.message_id for one in found)},
        senders={envelope_sender(one.row): one.row.message_id for one in found if one.row.plus_addressing},
        zone=desk.office.zone,
        now=desk.clock(),
    )
    seen = [
        trace.at - others[name]
        for name, trace in search.traces.items()
        if name in others and trace.at is not None and not trace.zoned
    ]
    search = search.shifted(_shift(seen))
    if all(file.kind is LogKind.UNKNOWN for file in search.files):
        said = "; ".join(f"{file.name}: {file.problem}" for file in search.files)
        raise InputError(
            f"No log of the relay could be read: {said}.",
            hint=f"Name the relay's own log: circulars doubt {ref} --relay-log FILE. Nothing was settled.",
        )
    strange = bool(others) and not search.traces
    judged = tuple(_judge(one, search, strange=strange) for one in found)
    settled = _settle(desk, judged)
    return LogReport(files=search.files, judged=judged, settled=settled, shift=search.shift)


def resend_missing(desk: Desk, report: LogReport) -> int:
    """Queue again what the relay did not take, under the same Message-IDs; returns how many."""
    said = f"Settled by {desk.account}: the relay's log does not have it, send it again."
    rows = [one.row for one in report.missing]
    return settle_rows(desk.store, desk.office, rows, state=State.QUEUED, said=said, clock=desk.clock)


def _in_doubt(desk: Desk, ref: str, key: str) -> tuple[Circular, tuple[Doubt, ...]]:
    require_role(desk, Role.SENDER)
    circular = issued_circular(desk, ref)
    settle_the_dead(desk.store, desk.office.folder, desk.clock)
    with desk.store.read() as connection:
        wanted = one_addressee(connection, circular, key) if key else ""
        found = store_doubts.doubts(connection, circular.id, key=wanted)
    if not found:
        raise NotFoundError(
            f"Nothing of {circular.reference} is in doubt{f' for {key}' if key else ''}.",
            hint=f"See what is: circulars doubt {ref}",
        )
    return circular, found


def _shift(differences: Iterable[timedelta]) -> timedelta:
    """Return by how much the log's clock is ahead: whole quarters of an hour, for that is how zones differ."""
    seconds = [difference.total_seconds() for difference in differences]
    return timedelta(seconds=round(median(seconds) / _QUARTER) * _QUARTER) if seconds else timedelta(0)


def _judge(doubt: Doubt, search: LogSearch, *, strange: bool) -> Judged:
    row, trace = doubt.row, search.traces.get(doubt.row.message_id)
    if trace is not None and trace.fate in {Fate.ACCEPTED, Fate.BOUNCED, Fate.REFUSED}:
        earlier = trace.at is not None and search.moment(trace) < doubt.begin - _BEFORE
        if trace.fate is not Fate.REFUSED or not earlier:  # an earlier attempt that was refused says nothing of this
            found: Mapping[Fate, Finding] = {
                Fate.ACCEPTED: "accepted", Fate.BOUNCED: "bounced", Fate.REFUSED: "refused",
            }  # fmt: skip
            return Judged(row=row, found=found[trace.fate], text=trace.text, place=trace.place, trace=trace)
    if strange:
        text = "This log has none of the messages that the relay took at that time: is it of another server?"
        return Judged(row=row, found="unknown", text=text)
    if not search.covers(doubt.begin, doubt.end):
        since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (doubt.begin, doubt.end))
        text = f"The log does not cover the time when it may have left, {since} to {until} UTC."
        return Judged(row=row, found="unknown", text=text)
    if trace is None:
        return Judged(row=row, found="missing", text="Not in the log, which covers its time.")
    text = f"Not taken: {trace.text}"
    return Judged(row=row, found="missing", text=text, place=trace.place, trace=trace)


def _settle(desk: Desk, judged: Sequence[Judged]) -> int:
    settled = 0
    for found, state in _STATES.items():
        chosen = [one for one in judged if one.found == found]
        said = {
            one.row.id: f"Settled by {desk.account}, by the relay's log ({one.place}): {one.text}" for one in chosen
        }
        rows = [one.row for one in chosen]
        settled += settle_rows(desk.store, desk.office, rows, state=state, said=said, clock=desk.clock)
    for one in judged:
        if one.found == "bounced" and one.trace is not None:
            _bounce(desk, one, one.trace)
            settled += 1
    return settled


def _bounce(desk: Desk, one: Judged, trace: Trace) -> None:
    failure = reported(one.row.mailbox, action="failed", stated=trace.status, diagnostic=trace.text)
    with desk.store.write() as connection:
        add_delivery_event(
            connection, one.row.id, inbound_id=None, action="failed", status=failure.status,
            diagnostic=failure.diagnostic, reason_group=failure.group, permanent=failure.permanent, at=desk.clock(),
        )  # fmt: skip
