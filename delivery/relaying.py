"""A run over SMTP: several connections, over each of which one message follows the other.

Policy lives here: what a verdict means for the row, when to try again, when to stop for a fault of the relay.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from delivery.addressing import envelope_sender
from delivery.feed import Feed
from delivery.ledger import Ledger
from delivery.limits import Limits
from delivery.pace import GIVE_UP, next_attempt
from delivery.stopping import Stop
from delivery.stream import NOT_BEGUN, End, Letter, Stream
from delivery.tally import Tally
from delivery.transports.faults import denies_relaying, refuses_client, refuses_sender
from delivery.transports.relay import Relay
from delivery.transports.smtp import SmtpConnection
from delivery.transports.verdicts import Parcel, RelayError, UnavailableError, Verdict
from office.clock import Clock
from office.errors import UnreachableError
from store.messages import OutboxRow, State
from store.outbox import Outcome

MOST_DENIALS = 5  # refusals that may be about us, before anything was accepted: then it is not the addresses
MOST_BREAKS = 3  # times that the connection may break over one message in a run
MOST_DOUBTS = 2  # messages per connection that may come into doubt in a row: a relay must not spoil a whole list
MOST_TRIES = 8  # openings in a row that may fail while none is open: 45 seconds, in which a mail server starts anew
FIRST_PAUSE = 0.5  # seconds before another opening; doubled each time
LONGEST_PAUSE = 15.0  # seconds between such openings, of all connections together
PATIENCE = 60.0  # seconds that a run waits at most for what the relay, or a domain behind it, may take again
GLANCE = 1.0  # seconds after which a run that waits looks whether it was held, or may go on
SENT = State.SENT  # what is asked for every message; a member of an Enum is slow to look up


class RelayRun:
    """Sends what the feed yields until it is empty, the run is stopped, or the relay turns out to be unusable."""

    def __init__(
        self, relay: Relay, *, feed: Feed, limits: Limits, ledger: Ledger, tally: Tally, stop: Stop, clock: Clock
    ) -> None:
        self._relay = relay
        self._feed = feed
        self._limits = limits
        self._ledger = ledger
        self._ledger.after_turn = feed.make_ahead
        self._tally = tally
        self._stop = stop
        self._clock = clock
        self._breaks: Counter[int] = Counter()
        self._denied: list[tuple[OutboxRow, Verdict]] = []
        self._proven = False  # the relay has accepted an addressee
        self._doubts = 0  # messages in a row that came into doubt
        self._most_doubts = MOST_DOUBTS
        self._fault: RelayError | None = None
        self._asking = asyncio.Lock()  # one connection at a time asks a relay again that turned it away
        self._refused = 0  # openings in a row that were turned away
        self._in_vain = 0  # of them, while no other was open
        self._places: dict[SmtpConnection, int] = {}  # of connections that are at work, the first one 0
        self._looked_at = time.monotonic()
        self.waits: tuple[str, ...] | None = None  # where the run ended because it would have to wait for too long

    async def run(self, connections: int) -> None:
        """Deliver; raises `RelayError` or `UnreachableError`, with every row that was not sent queued again."""
        if self._limits.delay() > PATIENCE:
            self.waits = ("",)
            return
        first = SmtpConnection(self._relay)
        # The first alone: what is wrong with the relay shows once, and at once.
        try:
            if not await self._greeted(first):
                return
        except UnavailableError as error:
            hint = error.hint or "Check host and port in office.toml, or try again later."
            raise UnreachableError(str(error), hint=hint) from error
        self._most_doubts = MOST_DOUBTS * connections
        others = [SmtpConnection(self._relay) for _ in range(connections - 1)]
        self._places = {connection: place for place, connection in enumerate((first, *others))}
        workers = [asyncio.create_task(self._work(connection)) for connection in (first, *others)]
        try:
            with self._stop.cancelling(workers):
                ended = await asyncio.gather(*workers, return_exceptions=True)
        finally:
            self._settle_denied()
        faults = [error for error in ended if isinstance(error, Exception)]
        if self._fault is not None:
            faults.append(self._fault)
        # A fault in our own code or the store matters more than one of the relay, and that more than what passes.
        for fault in sorted(faults, key=_rank):
            raise fault
        if self._denied:
            raise self._denial()

    async def _work(self, connection: SmtpConnection) -> None:
        try:
            while self._goes_on:
                if connection.used_up or self._is_surplus(connection):
                    await connection.close()
                if not connection.is_open and not await self._open(connection):
                    return
                await self._converse(connection)
                if not connection.is_open:
                    connection.drop()
                elif self._feed.wait and not self._feed.exhausted:
                    await self._wait()
                elif not connection.used_up and not self._is_surplus(connection):  # so there was nothing to take
                    self._stop.wake()  # others may wait for a connection that is no longer needed
                    return
        except Exception:
            self._stop.ask("")
            raise
        finally:
            # Those that are left take its place: where the relay wants fewer, one of them is to go on.
            del self._places[connection]
            self._places = {other: place for place, other in enumerate(self._places)}
            await connection.close()

    @property
    def _goes_on(self) -> bool:
        return not self._stop.asked and not self._ledger.held

    def _is_surplus(self, connection: SmtpConnection) -> bool:
        return self._places[connection] >= self._limits.connections()

    async def _wait(self) -> None:
        """Wait until a message may go; end the run if that would take too long."""
        if self._feed.wait <= PATIENCE:
            await self._rest(self._feed.wait)
            return
        self.waits = tuple(self._feed.aside) or ("",)
        self._stop.ask("")

    async def _rest(self, seconds: float) -> None:
        """Wait, and see whether somebody held the circular meanwhile."""
        ends_at = time.monotonic() + seconds
        while self._goes_on and (left := ends_at - time.monotonic()) > 0 and not self._feed.exhausted:
            await self._stop.pause(min(left, GLANCE))
            self._look()

    def _look(self) -> None:
        if time.monotonic() - self._looked_at >= GLANCE:
            self._looked_at = time.monotonic()
            self._ledger.look()

    async def _open(self, connection: SmtpConnection) -> bool:
        """Open a connection; False if meanwhile the run was stopped or nothing is left to send.

        The first try is at once. Those that the relay turned away ask again one at a time, and their pauses are in
        common: a relay that wants fewer connections, or none, is not to be asked by all of them.
        """
        if not self._is_surplus(connection) and self._opens and await self._tried(connection, first=True):
            return True
        while self._opens:
            if self._is_surplus(connection):
                await self._rest(GLANCE)
                continue
            async with self._asking:
                began = time.monotonic()
                while self._opens and not self._is_surplus(connection) and (left := self._pause_since(began)) > 0:
                    await self._rest(min(left, GLANCE))
                if self._opens and not self._is_surplus(connection) and await self._tried(connection):
                    return True
        return False

    def _pause_since(self, began: float) -> float:
        """Return how many seconds are left of the pause before another opening, as things stand now.

        Where the last open connection was closed and is not let in again, that the others were not does not count.
        """
        if not self._refused:
            return 0.0
        tries = self._refused if any(other.is_open for other in self._places) else self._in_vain
        pause: float = min(FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 10), LONGEST_PAUSE)
        return began + pause - time.monotonic()

    @property
    def _opens(self) -> bool:
        return self._goes_on and not self._feed.exhausted

    async def _tried(self, connection: SmtpConnection, *, first: bool = False) -> bool:
        """Try to open a connection, once; raises `UnreachableError` if too many tries in a row were in vain."""
        try:
            if not await self._greeted(connection):
                return False
        except UnavailableError as error:
            if first and self._refused:
                return False  # others were told the same
            self._refused += 1
            # With others open, the relay only wants fewer connections.
            self._in_vain = 0 if any(other.is_open for other in self._places) else self._in_vain + 1
            if self._in_vain >= MOST_TRIES:
                hint = error.hint or "Try again later: circulars send goes on where it was."
                raise UnreachableError(str(error), hint=hint) from error
            return False
        self._refused = self._in_vain = 0
        return True

    async def _greeted(self, connection: SmtpConnection) -> bool:
        """Open a connection as long as there is something to send: a greeting may be minutes in coming, or never come.

        Returns False if meanwhile the run was stopped or nothing was left.
        """
        opening = asyncio.create_task(connection.open())
        try:
            while not opening.done() and self._opens:
                await asyncio.wait([opening], timeout=GLANCE)
                self._look()
            if opening.done():
                await opening
            return opening.done()
        finally:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)

    async def _converse(self, connection: SmtpConnection) -> None:
        """Send one message after the other, as long as the connection is fit for it and there is a next one."""
        stream = Stream(connection, self._ledger, self._stop, take=self._take, judge=self._judge)
        under_way = stream.under_way
        try:
            with self._ledger.under_way():
                while await self._begin(connection, under_way):
                    while under_way:
                        await self._finish(connection, stream)
        except BaseException:
            verdict = connection.abandon()  # of the first; nothing has left of the other
            for letter in under_way:
                self._judge(letter, verdict)
                verdict = NOT_BEGUN
            raise

    async def _begin(self, connection: SmtpConnection, under_way: list[Letter]) -> bool:
        """Give the envelopes of messages until one is asked for; False if none is."""
        while connection.is_open and (letter := self._take(connection)) is not None:
            under_way.append(letter)
            verdict = await connection.begin(letter[1])
            if verdict is None:
                return True
            under_way.clear()
            self._judge(letter, verdict)
        return False

    async def _finish(self, connection: SmtpConnection, stream: Stream) -> None:
        """Send the message that was begun, and those that follow it up to one that takes another way than most."""
        end, under_way = await stream.run(), stream.under_way
        letter = under_way[0]
        following = under_way[1] if len(under_way) > 1 else None
        if end is End.WITHDRAWN:
            connection.drop()  # after 354 there is no other way to cancel
            under_way.clear()
            self._judge(letter, Verdict(state=State.QUEUED, text="Withdrawn in the last moment."))
            if following is not None:
                self._judge(following, NOT_BEGUN)
            return
        outcome = connection.finish if end is End.GRANTED else connection.settle
        verdict, answer = await outcome(following[1] if following is not None else None)
        del under_way[0]
        if following is not None and answer is not None:
            under_way.clear()
            self._judge(letter, verdict)
            self._judge(following, answer)
        else:
            self._judge(letter, verdict)

    def _take(self, connection: SmtpConnection) -> Letter | None:
        """Return the next message that may be begun on a connection now; None where there is none."""
        while self._goes_on and not connection.used_up and not self._is_surplus(connection):
            letter = self._feed.next(self._limits)
            if letter is None:
                return None
            refusal = connection.refusal(letter[1])
            if refusal is None:
                return letter
            self._judge(letter, refusal)
        return None

    def _judge(self, letter: Letter, verdict: Verdict) -> None:
        """Turn a verdict on an attempt into what happens to the row, to the run, and to its pace."""
        row, parcel = letter
        if verdict.state is SENT and self._proven:
            self._doubts = 0
            self._breaks.pop(row.id, None)
            outcome = Outcome(row.id, SENT, verdict.code, verdict.text, None, parcel.digest)
            self._ledger.note(row, outcome)
            self._tally.count(row, outcome)
        else:
            self._weigh(row, parcel, verdict)
        self._limits.heard(row.domain, verdict)  # in the end: it may write to the store, and fail

    def _weigh(self, row: OutboxRow, parcel: Parcel, verdict: Verdict) -> None:
        if verdict.fault is not None:
            self._fail(verdict.fault)
        if verdict.state is State.IN_DOUBT:
            self._doubts += 1
            if self._doubts > self._most_doubts:
                self._fail(self._spoiling())
        elif verdict.state is not State.QUEUED:
            self._doubts = 0
        if not self._proven and _may_be_ours(verdict):
            self._denied.append((row, verdict))
            if len(self._denied) >= MOST_DENIALS:
                self._fail(self._denial())
            return
        self._record(row, parcel, verdict)
        if verdict.state is SENT and not self._proven:
            self._proven = True
            self._settle_denied()

    def _fail(self, fault: RelayError) -> None:
        """End the run for a fault of the relay, after what is under way; the first one counts."""
        self._fault = self._fault or fault
        self._stop.ask("")

    def _spoiling(self) -> RelayError:
        return RelayError(
            f"The relay {self._relay.name} broke off {self._doubts} times in a row when it was to accept a message.",
            hint="Ask who runs the relay, and settle what is in doubt with: circulars doubt",
        )

    def _denial(self) -> RelayError:
        row, verdict = self._denied[0]
        said = f"{verdict.code} {verdict.text}"
        if refuses_sender(verdict.text) and not denies_relaying(verdict.text):
            any_token = ", with any +token" if row.plus_addressing else ""
            return RelayError(
                f"The relay {self._relay.name} refuses the sender {envelope_sender(row)}: {said}",
                hint=f"Let this login send as {row.bounce}{any_token}, then send again: a letter keeps the addresses"
                " with which it was issued. [mail] bounce and plus_addressing in office.toml hold for the next ones.",
            )
        return RelayError(
            f"The relay {self._relay.name} does not relay for this office: {said}",
            hint="See the login of the transport in office.toml, or ask who runs the relay.",
        )

    def _settle_denied(self) -> None:
        """Believe the refusals that may be about us once something was accepted; until then the rows stay queued."""
        for row, verdict in self._denied:
            believed = verdict if self._proven else Verdict(state=State.QUEUED, code=verdict.code, text=verdict.text)
            self._record(row, None, believed)
        if self._proven:
            self._denied.clear()

    def _record(self, row: OutboxRow, parcel: Parcel | None, verdict: Verdict) -> None:
        state, text, later = verdict.state, verdict.text, None
        if state is State.QUEUED and not verdict.blameless:
            self._breaks[row.id] += 1
            if self._breaks[row.id] >= MOST_BREAKS:
                state = State.DEFERRED
        if state is State.DEFERRED:
            later = next_attempt(
                attempts=row.attempts, first_attempt_at=row.first_attempt_at, now=self._clock(), row_id=row.id
            )
            if later is None:
                state, text = State.REFUSED, f"Given up after {GIVE_UP.days} days. Last: {text}"
        outcome = Outcome(
            row_id=row.id,
            state=state,
            code=verdict.code,
            text=text,
            next_attempt_at=later,
            sha256=parcel.digest if parcel is not None and state in {SENT, State.IN_DOUBT} else None,
        )
        self._ledger.note(row, outcome)
        if state is State.QUEUED:
            self._feed.returned()
        else:
            self._breaks.pop(row.id, None)
            self._tally.count(row, outcome)


def _may_be_ours(verdict: Verdict) -> bool:
    """Tell whether a refusal may come from our settings, and say nothing of the addressee."""
    refused = verdict.at_recipient and verdict.state is State.REFUSED
    return refused and (refuses_sender(verdict.text) or refuses_client(verdict.text))


def _rank(fault: Exception) -> int:
    return isinstance(fault, RelayError) + 2 * isinstance(fault, UnreachableError)
