"""What the send journal knows and the store does not: it was put back from a backup (docs/decisions/0014).

What the journal knows as gone is put in doubt, and the circular held until a person has looked. It is held, too, where
the journal lacks what the store has sent: nobody can tell then what else has left since the store was saved. The
comparison needs no lock on the store: what seems amiss is looked up in the journal again, and every change carries its
condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from delivery.journal import Journal, Known, told_last
from delivery.journal_lines import Entry
from office.clock import Clock
from office.model import Office
from store.circulars import Circular, set_held
from store.database import Connection, Store
from store.doubts import count_known_to_journal
from store.journalled import Waiting, gone_messages, message_numbers, taken_messages, waiting_messages
from store.messages import State, counts
from store.outbox import KNOWN_TO_JOURNAL, doubt

CHUNK = 500  # rows changed by one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What left without the store's knowing: ``waiting`` of them it believed waiting, ``missing`` it does not have.

    ``lacking`` are messages that the store has sent and the journal does not know: it is not the newest one.
    ``since`` and ``until`` are when they left, as the journal has it; None where that is of an older version.
    """

    waiting: int
    missing: int
    lacking: int
    since: datetime | None
    until: datetime | None

    def told(self, reference: str, office: Office) -> str:
        """Return what a person has to know."""
        count = self.waiting + self.missing
        if not count:
            return f"{reference} starts held. {self._lacking()}"
        told = f"{reference} starts held. The send journal knows {_messages(count)} of it{self._when(office)} that left"
        parts = [f"{told} without this store's knowing: it was probably put back from an older backup."]
        if self.waiting:
            parts.append(f"{_messages(self.waiting)} waited here to be sent, and {_are(self.waiting)} now in doubt.")
        if self.missing:
            parts.append(f"{_messages(self.missing)} {_are(self.missing)} not in this store at all.")
        if self.lacking:
            parts.append(self._lacking())
        return " ".join(parts)

    def _lacking(self) -> str:
        return (
            f"The send journal does not know {_messages(self.lacking)} that this store has sent: it was lost, or an"
            " older one was put back. If the store was put back from a backup too, what left since then would go"
            " twice: put back the newest journal that there is, or compare with the relay's log."
        )

    def _when(self, office: Office) -> str:
        if self.since is None or self.until is None:
            return ""
        first, last = (f"{moment.astimezone(office.zone):%Y-%m-%d %H:%M}" for moment in (self.since, self.until))
        return f", of {first}," if first == last else f", from {first} to {last},"


def next_step(reference: str) -> str:
    """Return what to do about it."""
    return (
        f"See what is in doubt, and settle it: circulars doubt {reference} · to let the rest go:"
        f" circulars resume {reference}, then circulars send {reference}"
    )


def why_held(store: Store, office: Office, circular: Circular) -> str:
    """Return what a person has to know of a held circular before it goes on; empty where there is nothing.

    Whoever ran the comparison may not have seen what it told: the process was killed, or it was a timer's.
    """
    with store.read() as connection:
        doubtful = counts(connection, circular.id)[State.IN_DOUBT]
        known = count_known_to_journal(connection, circular.id)
    restored = "it was probably put back from an older backup."
    parts = []
    if doubtful:
        parts.append(f"{_messages(doubtful)} of it {_are(doubtful)} in doubt.")
    if known:
        parts.append(f"The send journal knows {_messages(known)} as gone that this store believed waiting: {restored}")
    elif told_last(office.folder, circular.slug, circular.id):
        parts.append(f"When it was last to be sent, the send journal and this store did not agree: {restored}")
    return " ".join(parts)


def compare(store: Store, journal: Journal, *, circular_id: int, clock: Clock) -> Restored | None:
    """Put in doubt what the journal knows as gone, and hold the circular; None if the store knows all of it."""
    known, told = journal.known(), journal.last_told()
    since = _moment(told)
    with store.read() as connection:
        suspects = _suspects(connection, journal, known, circular_id) if known else []
        missing = frozenset(_missing(known, message_numbers(connection, circular_id)) if known else ())
        lacking = {n for n in taken_messages(connection, circular_id, since=since) if not known.has_number(n)}
    if not suspects and not missing and not lacking:
        return None
    marks = {journal.marks.of(row) for row in suspects} - {""}
    by_number, by_mark = journal.last(missing | lacking | {row.id for row in suspects}, marks)
    lacking = {number for number in lacking if number not in by_number}  # others may be sending
    with store.write() as connection:
        accounted = gone_messages(connection, {entry.number for entry in by_mark.values()})
        gone: dict[int, Entry] = {}
        for row in suspects:
            entry = _proof(row, by_number.get(row.id), by_mark.get(journal.marks.of(row)), accounted)
            if entry is not None:
                gone[row.id] = entry
        doubtful = list(gone)
        changed = sum(
            doubt(connection, doubtful[start : start + CHUNK], KNOWN_TO_JOURNAL, clock())
            for start in range(0, len(doubtful), CHUNK)
        )
        again = {entry.mark for entry in gone.values()} - {""}  # they wait under another number
        unknown = [
            entry
            for number, entry in by_number.items()
            if number in missing and entry.left and entry.mark not in again and (entry.at > told or not told)
        ]
        if not changed and not unknown and not lacking:
            return None
        set_held(connection, circular_id, held=True)
    journal.told()  # after the hold: what ends between the two tells it again
    moments = sorted(entry.at for entry in (*gone.values(), *unknown) if entry.at)
    first, last = (_moment(moments[0]), _moment(moments[-1])) if moments else (None, None)
    return Restored(waiting=changed, missing=len(unknown), lacking=len(lacking), since=first, until=last)


def _suspects(connection: Connection, journal: Journal, known: Known, circular_id: int) -> list[Waiting]:
    return [
        row
        for row in waiting_messages(connection, circular_id)
        if known.has_number(row.id) or known.has_mark(journal.marks.of(row))
    ]


def _proof(row: Waiting, by_number: Entry | None, by_mark: Entry | None, accounted: dict[int, str]) -> Entry | None:
    """Return the line of the journal by which a message that waits has gone, None if there is none."""
    if by_number is not None and by_number.left and by_number.is_of(row.message_id):
        return by_number
    if by_mark is None or not by_mark.left:
        return None
    # A mailbox that stands twice in a list, a second reminder of a day: the one that left is another row, and known.
    return None if accounted.get(by_mark.number) == by_mark.message_id else by_mark


def _missing(known: Known, numbers: Iterator[int]) -> Iterator[int]:
    """Yield the numbers of rows that left and that the store does not have."""
    present = next(numbers, None)
    for number in known.numbers():
        while present is not None and present < number:
            present = next(numbers, None)
        if present != number:
            yield number


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # none, or damaged
        return None


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
