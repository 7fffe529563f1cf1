"""`track --follow`: mail is filed as it comes, through lost connections and a busy store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from office.errors import BusyError, CircularsError, UnreachableError
from pipeline.desk import Desk
from pipeline.sent_letters import sent_letters
from replies.fetching import Fetcher
from replies.sources import Unreadable, pause
from replies.sources.opening import open_source
from store import inbound
from store.inbound import InboundRow

FIRST_PAUSE = 5.0  # seconds before another try; each further one waits twice as long
LONGEST_PAUSE = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """The mail cannot be fetched at the moment: why, and after how many seconds it is tried again."""

    error: CircularsError
    seconds: float


Told = Callable[[InboundRow | Unreadable | Interruption], None]


def follow(
    desk: Desk,
    *,
    every: float,
    stopped: Callable[[], bool],
    told: Told,
    source: str = "",
    first_pause: float = FIRST_PAUSE,
) -> None:
    """File mail as it comes until ``stopped`` says so; a server rings, and all sources are looked at ``every`` seconds.

    ``told`` hears of each mail newly filed, of one that cannot be read (once), and of each interruption. What is wrong
    before the first look is raised as the `CircularsError` it is, unless it may pass by itself; later everything is
    tried again, for a service must outlive a night in which somebody else repairs something.
    """
    place = open_source(desk.office, source, clock=desk.clock)
    fetcher = Fetcher(place, desk.store, desk.office, desk.tokens, desk.clock, letters=sent_letters(desk))
    problems: set[str] = set()
    looked = False
    seconds = first_pause
    with closing(place):
        while not stopped():
            try:
                for event in _look(desk, fetcher, stopped):
                    if not isinstance(event, Unreadable):
                        told(event)
                    elif event.name not in problems:
                        problems.add(event.name)
                        told(event)
                looked, seconds = True, first_pause
                place.wait(every, stopped)
            except CircularsError as error:
                if not looked and not isinstance(error, UnreachableError | BusyError):
                    raise
                place.close()
                told(Interruption(error=error, seconds=seconds))
                pause(seconds, stopped)
                seconds = min(2 * seconds, LONGEST_PAUSE)


def _look(desk: Desk, fetcher: Fetcher, stopped: Callable[[], bool]) -> Iterator[InboundRow | Unreadable]:
    """File what is there, and yield what is new; stops between two mails."""
    with closing(fetcher.fetch()) as items:
        for item in items:
            if isinstance(item, Unreadable):
                yield item
            elif item[1].state != "known":
                with desk.store.read() as connection:
                    row = inbound.mail_by_id(connection, item[1].inbound_id)
                yield row
            if stopped():
                return
