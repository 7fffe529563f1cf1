"""One message after the other on a connection, as long as each goes the way of nearly all.

    the server asks for the text ─▶ turn: the next message is taken, the intent is asked for
              ▲                                                        │ it is durable
              └────── all replies are there ◀── text and next envelope leave

The ledger gives the streams of all connections their turns together. Each step calls the next: waking a task for each
of them would cost as much as the conversation itself. Whatever is out of the ordinary ends the stream, and who awaits
it takes over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, auto

from delivery.ledger import Ledger
from delivery.stopping import Stop
from delivery.transports.smtp import SmtpConnection
from delivery.transports.verdicts import STOPPED, Parcel, Verdict
from store.messages import OutboxRow, State

NOT_BEGUN = Verdict(state=State.QUEUED, text=STOPPED, blameless=True)

Letter = tuple[OutboxRow, Parcel]


class End(Enum):
    """Why a stream ended, and so what is to be done about the first message under way."""

    WITHDRAWN = auto()  # it must not go
    GRANTED = auto()  # it may go, and is too large for one step
    ANSWERED = auto()  # its replies, or those to the next one's envelope, have to be looked at


class Stream:
    """The messages of one connection. ``under_way`` are the one that was begun, and the one that goes along with it.

    ``take`` returns the next message that may be begun, if there is one. ``judge`` hears what became of one.
    """

    def __init__(
        self,
        connection: SmtpConnection,
        ledger: Ledger,
        stop: Stop,
        *,
        take: Callable[[SmtpConnection], Letter | None],
        judge: Callable[[Letter, Verdict], None],
    ) -> None:
        self._connection = connection
        self._ledger = ledger
        self._stop = stop
        self._take = take
        self._judge = judge
        self._ended: asyncio.Future[End]
        self._has_answers = False  # to the text of the first message under way
        self.under_way: list[Letter] = []

    async def run(self) -> End:
        """Send the message that was begun and those that follow it, up to one that takes another way than most."""
        self._ended = asyncio.get_running_loop().create_future()
        self._ledger.join(self)
        return await self._ended

    # What the ledger calls.

    def turn(self) -> OutboxRow | None:
        """Settle the message that was sent, take the one after the next, and ask for the intent of the next."""
        connection, under_way = self._connection, self.under_way
        try:
            if self._ended.done():
                return None
            if self._has_answers:
                self._has_answers = False
                verdict = connection.went_on(under_way[1][1])
                if verdict is None:
                    self._ended.set_result(End.ANSWERED)
                    return None
                self._judge(under_way.pop(0), verdict)
            if connection.pipelines and (following := self._take(connection)) is not None:
                under_way.append(following)
            return under_way[0][0]
        except Exception as error:
            # Before the others have their turn: a store that is busy would keep each of them waiting.
            self._stop.ask("")
            self.fail(error)
            return None

    @property
    def is_off(self) -> bool:
        """Whether the message is not to be sent any more."""
        return self._ended.done()

    def decide(self, *, granted: bool) -> None:
        """Let the message go whose intent is durable, and the envelope of the next one along with it."""
        under_way = self.under_way
        try:
            if self._ended.done():
                return
            if not granted:
                self._ended.set_result(End.WITHDRAWN)
                return
            if len(under_way) > 1 and (self._stop.asked or self._ledger.held):
                self._judge(under_way.pop(), NOT_BEGUN)  # the run was stopped since it was taken
            following = under_way[1][1] if len(under_way) > 1 else None
            if not self._connection.launch(following, self._answered):
                self._ended.set_result(End.GRANTED)
        except Exception as error:
            self._stop.ask("")
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End with an error."""
        if not self._ended.done():
            self._ended.set_exception(error)

    def _answered(self) -> None:
        if self._ended.done():
            return
        if len(self.under_way) < 2:
            self._ended.set_result(End.ANSWERED)
            return
        self._has_answers = True
        self._ledger.join(self)
