"""Intents and outcomes of a run, made durable in groups.

All that becomes ready within about twice the time that a transaction takes goes into one. An outcome waits for the next
intent (of any connection) or the next claim: the message has left already, so a crash in between can only make it
doubtful, at most one per connection. The journal is written in the order that errs on the safe side: «stayed»
before the store knows, «leaving» before the message may go.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Protocol, TypeVar

from delivery.journal import Journal
from delivery.lease import BEAT, LostError, Sender
from office.clock import Clock
from office.errors import BusyError, CircularsError
from store.circulars import is_held
from store.database import Connection, Store
from store.messages import OutboxRow, State, Wanted
from store.outbox import Outcome, claim, mark_sending, record

PATIENCE = 2  # times as long as the last group took: so long a turn waits for others to join
LONGEST_PAUSE = 0.02  # seconds, of that
REST = 0.5  # of the time that the last answers took to come: so long nothing is looked at after a turn
LONGEST_REST = 0.005  # seconds, of that
MOST_TIES = 3  # times that a transaction is begun again which the server ended, for two waited for each other
LONGEST_TIE = 10.0  # seconds after which it was no tie, but a lock that somebody holds
LONGEST_WAIT = 1.0  # seconds that an outcome waits for an intent
_GONE = frozenset({State.SENT, State.IN_DOUBT})  # states of messages that left, or may have
_Result = TypeVar("_Result")


class Asker(Protocol):
    """Who sends one message after the other, and asks for the intent of each."""

    def turn(self) -> OutboxRow | None:
        """Return the row whose message is to leave next; None if it asks for nothing any more."""

    @property
    def is_off(self) -> bool:
        """Whether it does not want the intent any more."""

    def decide(self, *, granted: bool) -> None:
        """Hear that the intent is durable, or that the row was withdrawn meanwhile."""

    def fail(self, error: BaseException) -> None:
        """Hear that it could not be written down."""


class Ledger:
    """Writes down, for one circular, what is about to happen and what happened.

    ``wanted`` says which messages the run may send. ``held`` turns true when somebody held the circular. ``on_write``
    is called after each transaction.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        *,
        sender: Sender,
        circular_id: int,
        clock: Clock,
        wanted: Wanted,
        on_write: Callable[[], None],
    ) -> None:
        self._store = store
        self._journal = journal
        self._sender = sender
        self._circular_id = circular_id
        self._clock = clock
        self._wanted = wanted
        self._on_write = on_write
        self._askers: list[Asker] = []
        self._intents: list[tuple[OutboxRow, Asker]] = []
        self._outcomes: list[tuple[OutboxRow, Outcome]] = []
        self._leaving: set[int] = set()
        self._scheduled: asyncio.Handle | None = None
        self._later: asyncio.Handle | None = None
        self._pause = 0.0
        self._left_at = 0.0  # when the last turn's messages had left
        self._under_way = 0
        self.after_turn: Callable[[], None] = lambda: None  # while the others' answers are on their way
        self.held = False

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a connection that is going to ask for turns: when all of them have, none is worth waiting for."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def join(self, asker: Asker) -> None:
        """Give somebody a turn, together with others: what they have to note and to ask for is written down as one."""
        self._askers.append(asker)
        if len(self._askers) >= self._under_way:
            self._schedule(asyncio.get_running_loop().call_soon(self._turn))
        elif self._scheduled is None:
            self._schedule(asyncio.get_running_loop().call_later(self._pause, self._turn))

    def note(self, row: OutboxRow, outcome: Outcome) -> None:
        """Remember an outcome for the next transaction, which is not far away even if nothing else happens."""
        self._outcomes.append((row, outcome))
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(LONGEST_WAIT, self._flush_later)

    def claim(self, limit: int, without: frozenset[str] = frozenset()) -> list[OutboxRow]:
        """Write down what is ready and take the next rows, none of the domains that are to be left out."""
        self.flush()
        wanted = replace(self._wanted, without=without)

        def take(connection: Connection) -> list[OutboxRow]:
            now, sender = self._clock(), self._sender.id
            rows = claim(connection, self._circular_id, limit=limit, now=now, wanted=wanted, sender=sender)
            if self._journal.has_left(rows):
                raise LostError(
                    "Sending stopped: the store was put back from a backup, and knows less than the journal.",
                    hint="Nothing goes twice: send again, and both are compared.",
                )
            if not rows:  # that the circular was held is one reason
                self.held = is_held(connection, self._circular_id)
            return rows

        return self._transact(take, is_claim=True)

    def look(self) -> None:
        """See whether somebody held the circular, where nothing is written for a while."""
        with self._store.read() as connection:
            self.held = is_held(connection, self._circular_id)

    async def pulse(self) -> None:
        """Give signs of life while no transaction does; raises `LostError` if this sender was taken for dead."""
        while True:
            await asyncio.sleep(BEAT)
            if self._sender.is_due:
                try:
                    with self._sender.transaction():
                        pass
                except LostError:
                    raise
                except CircularsError:  # the store is busy, or away for a moment: the next transaction tells
                    continue

    def flush(self) -> None:
        """Write down everything that is ready, in one transaction."""
        intents, outcomes = self._intents, self._outcomes
        if not intents and not outcomes:
            return
        self._intents, self._outcomes = [], []
        try:
            granted = self._write(intents, outcomes)
        except BaseException as error:
            self._outcomes = outcomes  # another try may succeed; if none does, these rows end in doubt
            for _, asker in intents:
                asker.fail(error)
            if not intents:
                raise
            return
        for row, asker in intents:
            asker.decide(granted=row.id in granted)
        self._on_write()

    def close(self) -> None:
        """Write down what is left, and queue again what was claimed and not tried."""
        try:
            self.flush()
        except LostError:
            pass  # it has been told, and what was not written down is settled
        finally:
            self._sender.end()

    def _schedule(self, handle: asyncio.Handle) -> None:
        if self._scheduled is not None:
            self._scheduled.cancel()
        self._scheduled = handle

    def _flush_later(self) -> None:
        self._later = None
        with suppress(Exception):  # what could not be written stays, and the next transaction tells why
            self.flush()

    def _turn(self) -> None:
        self._scheduled = None
        askers, self._askers = self._askers, []
        took = time.perf_counter() - self._left_at
        asked = [(row, asker) for asker in askers if (row := asker.turn()) is not None]
        if asked:  # what the others have noted waits for the next intent
            self._intents += asked
            began = time.perf_counter()
            self.flush()
            self._left_at = time.perf_counter()
            self._pause = min(PATIENCE * (self._left_at - began), LONGEST_PAUSE)
            self.after_turn()
            if len(asked) > 1:
                self._rest(took)

    def _rest(self, took: float) -> None:
        """Let answers gather: to wake up for each of them would cost about as much as to deal with all at once."""
        left = self._left_at + min(REST * took, LONGEST_REST) - time.perf_counter()
        if left > 0:
            time.sleep(left)

    def _write(
        self, intents: list[tuple[OutboxRow, Asker]], outcomes: list[tuple[OutboxRow, Outcome]]
    ) -> frozenset[int]:
        now = self._clock()
        self._journal.append(stayed=self._stayed(outcomes))

        def write(connection: Connection) -> frozenset[int]:
            sender = self._sender.id
            record(connection, [outcome for _, outcome in outcomes], now, sender=sender)
            wanted = [row.id for row, asker in intents if not asker.is_off]
            granted = mark_sending(connection, wanted, now, sender=sender) if wanted else frozenset()
            if len(granted) < len(wanted):
                self._sender.suspect()
            self.held = is_held(connection, self._circular_id)
            return granted

        granted = self._transact(write)
        self._leaving |= granted  # before the journal: a line that was half written is taken back if nothing leaves
        self._journal.append(leaving=[row for row, _ in intents if row.id in granted])
        return granted

    def _transact(self, work: Callable[[Connection], _Result], *, is_claim: bool = False) -> _Result:
        """Do something in a transaction; again where it and another command on a server wait for each other."""
        for _ in range(MOST_TIES):
            began = time.monotonic()
            try:
                with self._sender.transaction(is_claim=is_claim) as connection:
                    return work(connection)
            except BusyError:
                if time.monotonic() - began > LONGEST_TIE:
                    raise
        with self._sender.transaction(is_claim=is_claim) as connection:
            return work(connection)

    def _stayed(self, outcomes: list[tuple[OutboxRow, Outcome]]) -> list[OutboxRow]:
        stayed = []
        for row, outcome in outcomes:
            if row.id in self._leaving:
                self._leaving.discard(row.id)
                if outcome.state not in _GONE:
                    stayed.append(row)
        return stayed

    def journal_sent(self, rows: list[OutboxRow]) -> None:
        """Enter rows that were delivered by a transport that needs no intents."""
        self._journal.append(leaving=rows)
