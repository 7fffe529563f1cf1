"""The small office with a letter that reminds, issued and sent on 4 March 2031; its deadline is 30 April.

14 working days before it is 8 April (Good Friday and Easter Monday lie between), three before it 25 April, two after
it 2 May.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from delivery.sending import SendSummary
from office.clock import Clock
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.reminding import Reminding, remind, reminding
from pipeline.sending import send
from store.message_rows import rows_in
from store.messages import OutboxRow, Part
from tests.pipeline.offices import LETTER, SLUG, Person, desk_at, edit, issue_all, write_office

RULES = 'remind = ["-14d", "-3d", "+2d cc"]'
REMINDING_LETTER = LETTER.replace(
    'what = "information"\ndeadline = "reply"', f'what = "information"\ndeadline = "reply"\n{RULES}'
)
FIRST, SECOND, LAST = (4, 8), (4, 25), (5, 2)  # the days of the rules
EVERYBODY = {"BT", "FR", "KE", "NO", "lens", "optique", "prism"}


def write_reminding_office(folder: Path, letter: str = REMINDING_LETTER) -> Path:
    """Write the office; its letter is not issued yet."""
    write_office(folder)
    (folder / "letters" / SLUG / "letter.toml").write_text(letter, "utf-8")
    return folder


def issue_and_send(folder: Path) -> Path:
    """Issue and send the letter on 4 March."""
    with desk_at(folder, clock=at(3, 4)) as desk:
        issue_all(desk)
        assert send(desk, SLUG).remaining == 0
    return folder


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> Clock:
    """A clock that stands at a moment of 2031, in UTC."""
    moment = datetime(2031, month, day, hour, minute, tzinfo=UTC)
    return lambda: moment


@dataclass
class Year:
    """The office in the course of 2031."""

    folder: Path

    def remind(self, month: int, day: int, *, hour: int = 8, anyway: bool = False) -> Reminding:
        """Remind on a day, and see that everything went."""
        found, summary = self.run(month, day, hour=hour, anyway=anyway)
        assert summary.remaining == 0
        return found

    def run(self, month: int, day: int, *, hour: int = 8, anyway: bool = False) -> tuple[Reminding, SendSummary]:
        """Remind on a day."""
        with self.desk(month, day, hour) as desk:
            return remind(desk, SLUG, anyway=anyway)

    def look(self, month: int, day: int, *, hour: int = 8, anyway: bool = False) -> Reminding:
        """See who would be reminded on a day."""
        with self.desk(month, day, hour) as desk:
            return reminding(desk, SLUG, anyway=anyway)

    def desk(self, month: int, day: int, hour: int = 8) -> _Opened:
        """Open the office on a day."""
        return _Opened(self.folder, at(month, day, hour))

    def rows(self) -> list[OutboxRow]:
        """Return the messages of all reminders."""
        with self.desk(12, 31) as desk, desk.store.read() as connection:
            return list(rows_in(connection, 1, part=Part.REMINDERS))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace words in one of the office's files."""
        edit(self.folder / name, old, new)


class _Opened:
    def __init__(self, folder: Path, clock: Clock) -> None:
        self._opened = desk_at(folder, clock=clock)

    def __enter__(self) -> Person:
        return self._opened.__enter__()

    def __exit__(self, *ending: object) -> None:
        self._opened.__exit__(*ending)


def parties(found: Reminding) -> set[str]:
    """Return who is reminded."""
    return {party.party for party in found.parties}


def mailboxes(found: Reminding, party: str) -> tuple[str, ...]:
    """Return where a party is reminded."""
    return next(one.mailboxes for one in found.parties if one.party == party)


def left_out(found: Reminding) -> dict[str, set[str]]:
    """Return who is not reminded, by reason."""
    return {why: set(names) for why, names in found.others.items()}


def reminder_text(desk: Desk, key: str, number: int = 1) -> str:
    """Return a reminder as its addressee got it."""
    content = show(desk, SLUG, key, "txt", reminder=number).content
    return content.decode()


def states(year: Year) -> dict[str, int]:
    """Return how many messages of reminders are in each state."""
    return dict(Counter(row.state for row in year.rows()))
