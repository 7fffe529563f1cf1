"""What a run has done so far, and what is told about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from delivery.hints import hint_for
from delivery.send_log import SendLog
from store.messages import OutboxRow, State
from store.outbox import Outcome

PROBLEMS = frozenset({State.REFUSED, State.DEFERRED, State.IN_DOUBT})
MAX_PROBLEMS = 1000  # told one by one; all are counted, and the store has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A message that did not simply go: ``code`` and ``text`` are the server's, ``hint`` says what to do."""

    mailbox: str
    code: int | None
    text: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendProgress:
    """How far a run is: ``done`` of ``total`` messages, ``rate`` per second."""

    done: int
    total: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSummary:
    """What a run did. ``remaining`` are rows that wait, now or for a later try.

    ``next_try`` is when the first of them is due again, if all were put off; None otherwise.

    ``stopped`` says why the run ended before its work was done (empty otherwise), ``hint`` what to do about it;
    ``lasting`` that it does not pass by itself: a refused login, a certificate, a full disk.
    ``in_doubt`` counts what came into doubt since the run before, also what a crash left behind; ``doubtful`` is
    all that is in doubt when the run ends. ``slowed`` says who asked for less, so that it took longer.
    ``postponed`` counts what waits for a working day of the addressee's country, and was not tried yet; the first of
    these go at ``next_day``.
    """

    sent: int
    refused: int
    deferred: int
    in_doubt: int
    suppressed: int
    printed: int
    remaining: int
    doubtful: int = 0
    problems: tuple[Problem, ...] = ()
    stopped: str = ""
    hint: str = ""
    lasting: bool = False
    next_try: datetime | None = None
    slowed: tuple[str, ...] = ()
    postponed: int = 0
    next_day: datetime | None = None

    @property
    def has_failed(self) -> bool:
        """Tell whether somebody must do something: a message was refused or is in doubt, or what stopped it lasts."""
        return bool(self.refused or self.in_doubt or self.lasting)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `send --json` prints."""
        shape: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        shape["problems"] = [
            {"mailbox": problem.mailbox, "code": problem.code, "text": problem.text, "hint": problem.hint}
            for problem in self.problems
        ]
        return shape


class Tally:
    """Counts outcomes and keeps the problems."""

    def __init__(self, total: int, progress: Callable[[SendProgress], None] | None, log: SendLog | None = None) -> None:
        self._log = log
        self._total = total
        self._progress = progress
        self._began = time.monotonic()
        self._counts = dict.fromkeys(State, 0)
        self._problems: list[Problem] = []

    def count(self, row: OutboxRow, outcome: Outcome) -> None:
        """Count what became of a row, and write it into the log."""
        self._counts[outcome.state] += 1
        if self._log is not None:
            self._log.tell(row, outcome)
        if outcome.state in PROBLEMS:
            self.add_problem(row.mailbox or row.key, outcome)

    def add_problem(self, mailbox: str, outcome: Outcome) -> None:
        """Keep a problem, up to a limit."""
        if len(self._problems) < MAX_PROBLEMS:
            hint = hint_for(outcome.state, outcome.code, outcome.text)
            self._problems.append(Problem(mailbox=mailbox, code=outcome.code, text=outcome.text, hint=hint))

    def add_doubt(self, rows: list[OutboxRow]) -> None:
        """Count rows that a run before this one left in doubt."""
        for row in rows:
            self.count(row, Outcome(row_id=row.id, state=State.IN_DOUBT, text=row.reply_text))
            self._total += 1

    def report(self) -> None:
        """Tell the progress bar."""
        if self._progress is not None:
            done = sum(self._counts.values())
            rate = done / max(time.monotonic() - self._began, 0.001)
            self._progress(SendProgress(done=done, total=max(self._total, done), rate=rate))

    def summary(
        self,
        *,
        suppressed: int,
        doubtful: int,
        remaining: int,
        stopped: str,
        hint: str,
        lasting: bool = False,
        next_try: datetime | None = None,
        slowed: tuple[str, ...] = (),
    ) -> SendSummary:
        """Return what is told at the end."""
        return SendSummary(
            sent=self._counts[State.SENT],
            refused=self._counts[State.REFUSED],
            deferred=self._counts[State.DEFERRED],
            in_doubt=self._counts[State.IN_DOUBT],
            suppressed=suppressed,
            printed=self._counts[State.PRINTED],
            remaining=remaining,
            doubtful=doubtful,
            problems=tuple(self._problems),
            stopped=stopped,
            hint=hint,
            lasting=lasting,
            next_try=next_try,
            slowed=slowed,
        )
