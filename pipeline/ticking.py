"""`tick`: what is due now, for a timer. Each step stands alone: one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Literal

from delivery.lease import ticking_lease
from delivery.sending import SendSummary
from letters.rules import reminder_day, reminder_rule
from office.errors import BusyError, CircularsError, HeldError, UnreachableError
from pipeline.desk import Desk
from pipeline.reminding import remind
from pipeline.scheduling import expired_words
from pipeline.sending import send
from pipeline.tracking import track
from store.circulars import Circular, all_circulars, asks_of
from store.database import Connection
from store.messages import Part, Wanted, waiting
from store.reminders import due_moments
from store.schedule import due_circulars, expired_circulars

What = Literal["track", "send", "remind"]
LOOK_BACK = timedelta(days=30)  # reminders whose day is longer past are not even looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that `tick` did. ``counts`` says how much; ``message`` and ``hint`` what went wrong, if anything.

    What is stopped goes on by itself, with a later run; what has failed wants somebody to do something.
    """

    what: What
    slug: str  # the letter's folder; empty for what is no letter's
    state: Literal["done", "stopped", "failed"]
    counts: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
    hint: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the shape that `tick --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def tick(desk: Desk, *, on_step: Callable[[Step], None] = lambda _: None) -> tuple[Step, ...]:
    """Do all that is due: fetch mail, send what is scheduled, remind where the office wants it by itself.

    Mail comes first, so that nobody is reminded whose answer lies in the mailbox. ``on_step`` hears of each step when
    it is done. A sending that did not begin in time is told of, and left alone. Raises BusyError while another tick
    runs.
    """
    steps = []
    with ticking_lease(desk.office.folder, desk.clock):
        for step in _steps(desk):
            on_step(step)
            steps.append(step)
    return tuple(steps)


def _steps(desk: Desk) -> Iterator[Step]:
    tracked = _try("track", "", partial(_track, desk))
    yield tracked
    with desk.store.read() as connection:
        scheduled = due_circulars(connection, desk.clock())
        expired = expired_circulars(connection, desk.clock())
        to_remind = _to_remind(desk, connection) if desk.office.automatic_reminders else ()
    for slug in scheduled:
        yield _try("send", slug, partial(_send, desk, slug))
    for slug, schedule in expired:
        message, hint = expired_words(schedule, slug, desk)
        yield Step(what="send", slug=slug, state="failed", message=message, hint=hint)
    for slug in to_remind:
        if tracked.counts:
            yield _try("remind", slug, partial(_remind, desk, slug))
        else:
            message = "Nobody is reminded while mail cannot be fetched: answers may lie in it."
            yield Step(what="remind", slug=slug, state="stopped", message=message, hint=tracked.hint)


def _try(what: What, slug: str, do: Callable[[], Step]) -> Step:
    try:
        return do()
    except (BusyError, HeldError, UnreachableError) as error:
        return Step(what=what, slug=slug, state="stopped", message=error.message, hint=error.hint)
    except CircularsError as error:
        return Step(what=what, slug=slug, state="failed", message=error.message, hint=error.hint)
    except Exception as error:  # a fault of ours in one step must not stop the others
        message = f"{type(error).__name__}: {error}"
        return Step(what=what, slug=slug, state="failed", message=message, hint="Tell the developers.")


def _track(desk: Desk) -> Step:
    summary = track(desk)
    counts = {"filed": summary.filed, "triage": summary.triage, "already_known": summary.already_known}
    problems = "; ".join(summary.problems)
    return Step(what="track", slug="", state="failed" if problems else "done", counts=counts, message=problems)


def _send(desk: Desk, slug: str) -> Step:
    return _sent("send", slug, send(desk, slug))


def _remind(desk: Desk, slug: str) -> Step:
    found, summary = remind(desk, slug)
    step = _sent("remind", slug, summary)
    asks = ", ".join(found.refused)
    told = f"Nobody is reminded of {asks}: it is answered on a web form whose answers were not read in." if asks else ""
    return Step(
        what="remind",
        slug=slug,
        state=step.state,
        counts={**step.counts, "parties": len(found.parties), "missed": len(found.missed)},
        message=" ".join(filter(None, (step.message, told))),
        hint=step.hint,
    )


def _sent(what: What, slug: str, summary: SendSummary) -> Step:
    names = ("sent", "printed", "refused", "deferred", "in_doubt", "suppressed", "remaining")
    counts = {name: count for name in names if (count := getattr(summary, name))}
    see = f"See: circulars status {slug}" if summary.refused or summary.in_doubt else ""
    return Step(
        what=what,
        slug=slug,
        state="failed" if summary.has_failed else "stopped" if summary.stopped else "done",
        counts=counts,
        message=summary.stopped,
        hint=" · ".join(filter(None, (summary.hint, see))),
    )


def _to_remind(desk: Desk, connection: Connection) -> tuple[str, ...]:
    """Return the folders of the circulars whose rules have a day now or not long ago, or whose reminders wait."""
    return tuple(
        circular.slug
        for circular in all_circulars(connection)
        if circular.state == "issued" and not circular.held and _is_near(desk, connection, circular)
    )


def _is_near(desk: Desk, connection: Connection, circular: Circular) -> bool:
    now, today = desk.clock(), desk.today
    if waiting(connection, circular.id, now, Wanted(part=Part.REMINDERS, reminders_since=now)):
        return True
    moments = due_moments(connection, circular.id)
    return any(
        today - LOOK_BACK <= day <= today
        for ask in asks_of(connection, circular.id)
        for day in _days(desk, ask.remind if ask.expected else (), moments.get(ask.ask, ()))
    )


def _days(desk: Desk, rules: tuple[str, ...], moments: tuple[datetime, ...]) -> Iterator[date]:
    for text in rules:
        for due in moments:
            yield reminder_day(reminder_rule(text), due, desk.office)
