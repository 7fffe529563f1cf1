"""`send`: deliver what is queued, once each, whatever happens on the way (docs/decisions/0003).

The order of a run: take the lease, settle what a crash left behind, compare with the journal, deliver, report.
"""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from datetime import time as time_of_day
from itertools import islice
from pathlib import Path

from delivery.feed import Feed
from delivery.journal import Journal, open_journal
from delivery.lease import LostError, Sender, sending
from delivery.ledger import Ledger
from delivery.limits import Limits
from delivery.mail_form import file_stem
from delivery.postponing import postpone_rest_days
from delivery.relaying import RelayRun
from delivery.restored import compare, next_step
from delivery.send_log import open_log
from delivery.stopping import Stop
from delivery.tally import Problem, SendProgress, SendSummary, Tally
from delivery.transports.files import write_messages
from delivery.transports.relay import Timeouts, make_relay
from delivery.transports.verdicts import RelayError
from delivery.waiting import slowness, why_it_ended
from locales.calendar import add_working_days, working_day
from office.clock import Clock
from office.errors import CircularsError, UnreachableError
from office.model import FilesTransport, Office, SmtpTransport
from store.database import Store
from store.message_rows import rows_in
from store.messages import LEFT, OutboxRow, Part, State, Wanted, counts, next_try, waiting
from store.outbox import Outcome
from store.reminders import has_reminders
from store.schedule import postponed
from store.senders import LIFE, held_by_others

__all__ = ["Problem", "SendProgress", "SendSummary", "send"]

STEP = 0.005  # seconds in which the clock of limits moves
OUTGOING = "outgoing"  # where the print run goes if no transport writes files


@dataclass(frozen=True, slots=True)
class _Run:
    store: Store
    office: Office
    circular_id: int
    reference: str
    outgoing: Path
    clock: Clock
    timeouts: Timeouts | None
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class _Ending:
    """Why a run ended before its work was done; empty if it did not. ``lasting``: it stays so until mended."""

    reason: str = ""
    hint: str = ""
    lasting: bool = False
    slowed: tuple[str, ...] = ()


def send(
    store: Store,
    office: Office,
    *,
    circular_id: int,
    reference: str,
    limit: int | None = None,
    part: Part = Part.ALL,
    clock: Clock,
    progress: Callable[[SendProgress], None] | None = None,
    timeouts: Timeouts | None = None,
) -> SendSummary:
    """Deliver the rows of a circular that are due, at most ``limit``; reminders on working days only.

    What stopped the run early (the relay, Ctrl-C, a hold) is told in the summary, not raised: what was done until
    then matters as much. Raises `BusyError` while another process sends, `InputError` for settings that cannot
    work, `NotFoundError` or `InputError` if a sealed form is missing or damaged, `CircularsError` for a full disk.
    """
    transport = office.transports[office.mail.transport]
    folder = transport.folder if isinstance(transport, FilesTransport) else OUTGOING
    outgoing = office.folder / folder / file_stem(reference)
    with store.read() as connection:
        reminds = has_reminders(connection, circular_id)
    # Not asked for nothing: the calendar of holidays takes longer to load than a hundred letters take to send. The
    # first reminders of a circular, entered while it is being sent, go with the next run.
    since = _reminders_since(office, clock()) if reminds else None
    wanted = Wanted(part=part, reminders_since=since)
    run = _Run(store, office, circular_id, reference, outgoing, clock, timeouts, wanted)
    known = _in_doubt(run)
    with (
        _plain_faults(),
        sending(store, office.folder, circular_id, clock) as sender,
        open_journal(store, office, circular_id, clock) as journal,
        open_log(office, reference) as log,
    ):
        restored = compare(store, journal, circular_id=circular_id, clock=clock)
        postpone_rest_days(store, office, circular_id, clock)
        with store.read() as connection:
            due, before = waiting(connection, circular_id, clock(), wanted), counts(connection, circular_id, part)
        tally = Tally(due if limit is None else min(due, limit), progress, log)
        tally.add_doubt(_fresh_doubt(run, known))
        ending = _Ending()
        if restored is not None:
            ending = _Ending(restored.told(reference, office), next_step(reference), lasting=True)
        elif due:
            with _collector_at_rest():
                ending = asyncio.run(_deliver(run, sender, journal, tally, due=due, limit=limit))
        if not ending.reason and limit is None:
            ending = _with_others(run, sender, ending)
        with store.read() as connection:
            after, next_at = counts(connection, circular_id, part), next_try(connection, circular_id, part)
            resting, next_day = postponed(connection, circular_id)
    summary = tally.summary(
        suppressed=after[State.SUPPRESSED] - before[State.SUPPRESSED],
        doubtful=after[State.IN_DOUBT],
        remaining=sum(after[state] for state in LEFT),
        stopped=ending.reason,
        hint=ending.hint,
        lasting=ending.lasting,
        next_try=next_at,
        slowed=ending.slowed,
    )
    return replace(summary, postponed=resting, next_day=next_day)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Let the garbage collector look seldom, and not at what was loaded before: messages leave no cycles behind."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _with_others(run: _Run, sender: Sender, ending: _Ending) -> _Ending:
    """Say that messages are left because other processes have taken them, which can be on PostgreSQL."""
    with run.store.read() as connection:
        held = held_by_others(connection, run.circular_id, sender.id)
    if not held:
        return ending
    told = f"What a process that was killed has left is free again after {LIFE.seconds} seconds."
    reason = f"Other processes have {held:,} of the messages."
    return replace(ending, reason=reason, hint=f"{told} Then: circulars send {run.reference}")


def _reminders_since(office: Office, now: datetime) -> datetime | None:
    """Return when a reminder that goes now was made at the earliest: on the working day before; None on other days."""
    today = now.astimezone(office.zone).date()
    if not working_day(today, office.place):
        return None
    return datetime.combine(add_working_days(today, -1, office.place), time_of_day(0), tzinfo=office.zone)


@contextmanager
def _plain_faults() -> Iterator[None]:
    """Say in plain words that the disk is full, or that a folder may not be written to (`Store` does so itself)."""
    try:
        yield
    except OSError as error:
        raise CircularsError(
            f"Sending stopped, as the office's own files cannot be written: {error}.",
            hint="Check the disk and the rights on the office folder, then send again: nothing goes twice.",
        ) from error


def _in_doubt(run: _Run) -> frozenset[int]:
    with run.store.read() as connection:
        return frozenset(row.id for row in rows_in(connection, run.circular_id, (State.IN_DOUBT,)))


def _fresh_doubt(run: _Run, known: frozenset[int]) -> list[OutboxRow]:
    """Return what came into doubt since the run before this one (the first thousand)."""
    with run.store.read() as connection:
        doubtful = rows_in(connection, run.circular_id, (State.IN_DOUBT,))
        return list(islice((row for row in doubtful if row.id not in known), 1000))


async def _deliver(
    run: _Run, sender: Sender, journal: Journal, tally: Tally, *, due: int, limit: int | None
) -> _Ending:
    """Run the transport, and queue again what was claimed and not tried."""
    ledger = Ledger(
        run.store,
        journal,
        sender=sender,
        circular_id=run.circular_id,
        clock=run.clock,
        wanted=run.wanted,
        on_write=tally.report,
    )
    feed = Feed(ledger, tally, run.office, outgoing=run.outgoing, limit=limit)
    stop = Stop()
    pulse = asyncio.create_task(_stop_when_lost(ledger, stop))
    transport = run.office.transports[run.office.mail.transport]
    with stop.on_signals():
        try:
            ending = _Ending()
            if isinstance(transport, FilesTransport):
                await _write_files(run.outgoing, feed, ledger, tally, stop)
            else:
                ending = await _relay(run, transport, feed=feed, ledger=ledger, tally=tally, stop=stop, due=due)
            ledger.flush()  # not left to the end, where nobody is told what was in the way
        except (RelayError, UnreachableError, LostError) as error:
            return _Ending(error.message, error.hint, lasting=isinstance(error, RelayError))
        finally:
            pulse.cancel()
            ledger.close()
    if ledger.held:
        held = ("The circular was held.", f"To go on: circulars resume {run.reference}")
        return replace(ending, reason=held[0], hint=held[1])
    return ending if ending.reason else replace(ending, reason=stop.reason, hint=stop.hint)


async def _relay(
    run: _Run, transport: SmtpTransport, *, feed: Feed, ledger: Ledger, tally: Tally, stop: Stop, due: int
) -> _Ending:
    """Send over the relay, within its limits; tells where these ended the run, or slowed it down."""
    relay = make_relay(transport, run.office.folder, os.environ, run.timeouts)
    limits = Limits(run.store, transport, _going_on(run.clock), expected=due, first_pause=relay.timeouts.pause)
    try:
        relaying = RelayRun(relay, feed=feed, limits=limits, ledger=ledger, tally=tally, stop=stop, clock=run.clock)
        await relaying.run(max(1, min(transport.connections, due)))
        ending = _Ending(slowed=slowness(limits))
        if relaying.waits is None:
            return ending
        reason, hint = why_it_ended(
            limits, relaying.waits, reference=run.reference, now=limits.clock(), zone=run.office.zone
        )
        return replace(ending, reason=reason, hint=hint)
    finally:
        limits.close()


def _going_on(clock: Clock) -> Clock:
    """Return a clock that begins with the present and goes on evenly, in small steps, whatever the machine's does.

    It is asked for every message: making a moment anew each time would cost more than all the rest of keeping limits.
    """
    begun, at = clock(), time.monotonic()
    moment, until = begun, at

    def now() -> datetime:
        nonlocal moment, until
        present = time.monotonic()
        if present >= until:
            moment, until = begun + timedelta(seconds=present - at), present + STEP
        return moment

    return now


async def _stop_when_lost(ledger: Ledger, stop: Stop) -> None:
    try:
        await ledger.pulse()
    except LostError as error:
        stop.ask(error.message, hint=error.hint)


async def _write_files(folder: Path, feed: Feed, ledger: Ledger, tally: Tally, stop: Stop) -> None:
    while not stop.asked and (chunk := feed.next_chunk()):
        try:
            write_messages(folder, [(row.key, parcel) for row, parcel in chunk])
        except OSError as error:
            raise RelayError(
                f"The message files cannot be written to {folder}: {error.strerror}.",
                hint="Check the disk and the rights on the folder, then send again.",
            ) from error
        for row, parcel in chunk:
            outcome = Outcome(row_id=row.id, state=State.SENT, sha256=parcel.digest)
            ledger.note(row, outcome)
            tally.count(row, outcome)
        ledger.flush()
        ledger.journal_sent([row for row, _ in chunk])
        await asyncio.sleep(0)  # let Ctrl-C be heard
