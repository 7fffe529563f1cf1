"""The send journal: messages that were handed over, kept outside the store.

A store put back from a backup believes that letters are waiting which have long gone. The journal knows better
(docs/decisions/0014). Each circular has a file, called after the letter's folder; a line is a sign, the row's number,
the Message-ID, a mark of the message, and the moment:

    + 1042 aezq…@example.int 3f6c51d20e9ab847 2027-03-21T09:30:00Z     is about to leave, or has left
    - 1042 aezq…@example.int 3f6c51d20e9ab847 2027-03-21T09:30:02Z     did not leave, or somebody sends it again
    = 2027-03-22T08:00:00Z                                             what stands above was told to the office

The last line of a message counts. Lines with + are durable before the first byte of the message leaves; a line with
- that a power cut takes away only makes a row doubtful. Where others send too, it is durable before they may take the
row: another machine may see of a shared file only what was synced.

The mark is what makes a message the same to a person, hashed with the office's key: letter, addressee, mailbox, role
and, for a reminder, its day. Numbers and Message-IDs change when a letter is issued anew after a restore; the mark
does not. Lines of older versions end after the Message-ID, in a file called after the number of the circular.

Several senders on one machine append whole lines to one file. Senders on several machines each have their own, with
the machine's name in that of the file: appending over a network is not safe. All of them are read, so machines that
send from one store share the office folder.
"""

from __future__ import annotations

import errno
import os
import re
import socket
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from types import TracebackType

from delivery.journal_lines import FOLDER, MOMENT, Entry, Sources, a_second_after, ends_line, stem_of
from office.clock import Clock
from office.errors import CircularsError
from office.files import sync_folder
from office.model import Office
from office.reading import KEY_NAME
from office.tokens import Tokens, load_tokens
from store.circulars import circular_by_id
from store.database import Store
from store.journalled import Journalled

_MARK = 16  # hexadecimal digits: 64 bits
_BITS = 12  # of a row number, within one page of `Known`
_WITHIN = (1 << _BITS) - 1


class Marks:
    """Makes the marks of one letter's messages; empty ones where the office's key cannot be read."""

    def __init__(self, office: Office, slug: str) -> None:
        self._zone = office.zone
        self._begin = f"message\n{slug}\n"
        self._tokens: Tokens | None
        try:
            self._tokens = load_tokens(office.folder / KEY_NAME)
        except CircularsError:  # letters that were issued must go all the same: numbers and Message-IDs remain
            self._tokens = None

    def of(self, row: Journalled) -> str:
        """Return the mark of a message."""
        if self._tokens is None:
            return ""
        day = "" if row.reminder_id is None else row.issued_at.astimezone(self._zone).date().isoformat()
        return self._tokens.hide(f"{self._begin}{row.key}\n{row.mailbox.lower()}\n{row.role}\n{day}")[:_MARK]


class Journal:
    """The journal of one circular, open for appending.

    ``slug`` is the letter's folder. ``is_shared``: other processes may be appending at the same time.
    """

    def __init__(self, office: Office, slug: str, circular_id: int, *, clock: Clock, is_shared: bool = False) -> None:
        folder = office.folder / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        host = f"@{re.sub(r'[^A-Za-z0-9.-]', '_', socket.gethostname())[:60]}" if is_shared else ""
        self.path = folder / f"{stem_of(slug)}{host}.log"
        self.marks = Marks(office, slug)
        self._sources = Sources(office.folder, slug, circular_id)
        self._clock = clock
        self._additions = _Additions(self._sources) if is_shared else None
        self._begin = b"\n" if is_shared else b""  # whoever was killed in the middle of a line may have left half of it
        is_new = not self.path.exists()
        self._file = self.path.open("ab", buffering=0)
        if is_new:
            sync_folder(folder)
        elif not is_shared and not ends_line(self.path):
            self._write(b" torn line\n")  # a power cut left half a line: what it announces is taken for gone

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, *, leaving: Sequence[Journalled] = (), stayed: Sequence[Journalled] = ()) -> None:
        """Add lines for messages; durable on return if any is ``leaving``, or if others may look at what ``stayed``."""
        if not leaving and not stayed:
            return
        mark, at = self.marks.of, self._clock().astimezone(UTC).strftime(MOMENT)
        if self._additions is not None:  # what was read before this is earlier, whatever clocks say
            at = max(at, self._additions.latest)
        lines = [f"- {row.id} {row.message_id} {mark(row) or '-'} {at}\n" for row in stayed]
        lines += [f"+ {row.id} {row.message_id} {mark(row) or '-'} {at}\n" for row in leaving]
        self._write("".join(lines).encode("utf-8"))
        if leaving or self._additions is not None:
            os.fsync(self._file.fileno())

    def told(self) -> None:
        """Note that what stands here was told to the office: it is no news any more, however late its clocks were."""
        at = max(self._clock().astimezone(UTC).strftime(MOMENT), self._sources.latest())
        self._write(f"= {at}\n".encode())
        os.fsync(self._file.fileno())

    def has_left(self, rows: Iterable[Journalled]) -> bool:
        """Tell whether any of the rows left, or may have, by what all senders added since this was opened.

        Nobody claims such a row but from a store that was put back from a backup under the hands of its senders. Where
        one sends alone, its sign of life tells.
        """
        if self._additions is None:
            return False
        left = self._additions.look()
        return any(row.id in left for row in rows)

    def known(self) -> Known:
        """Return which messages left or may have."""
        return Known(self._sources)

    def last(self, numbers: Collection[int], marks: Collection[str]) -> tuple[Mapping[int, Entry], Mapping[str, Entry]]:
        """Return the last entries of some messages, by number and by mark; each may be of a message that stayed."""
        by_number: dict[int, Entry] = {}
        by_mark: dict[str, Entry] = {}
        for entry in self._sources.entries():
            if entry.number in numbers:
                by_number[entry.number] = entry
            if entry.mark in marks:
                by_mark[entry.mark] = entry
        return by_number, by_mark

    def last_told(self) -> str:
        """Return the moment up to which everything was told, as it stands in the entries; empty if never."""
        return self._sources.last_told()

    def _write(self, lines: bytes) -> None:
        content = self._begin + lines
        if self._file.write(content) != len(content):
            self._begin = b"\n"  # what follows begins a line of its own
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))


class Known:
    """Which messages left, or may have: by number and by mark. A few bytes for each, however many there are."""

    def __init__(self, sources: Sources) -> None:
        numbers: dict[int, bool] = {}  # what ever stayed, and whether it left after all: few
        marks: dict[int, bool] = {}
        for entry in sources.entries():
            if not entry.left or entry.number in numbers:
                numbers[entry.number] = entry.left
            if entry.mark and (not entry.left or int(entry.mark, 16) in marks):
                marks[int(entry.mark, 16)] = entry.left
        self._numbers = _Numbers()
        found = array("Q")
        for entry in sources.entries():
            if entry.left and numbers.get(entry.number, True):
                self._numbers.put(entry.number, belongs=True)
            if entry.left and entry.mark and marks.get(int(entry.mark, 16), True):
                found.append(int(entry.mark, 16))
        self._marks = array("Q", sorted(found))

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def has_number(self, number: int) -> bool:
        """Tell whether the row of that number left."""
        return number in self._numbers

    def has_mark(self, mark: str) -> bool:
        """Tell whether a message of that mark left."""
        if not mark:
            return False
        wanted = int(mark, 16)
        place = bisect_left(self._marks, wanted)
        return place < len(self._marks) and self._marks[place] == wanted

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of all rows that left, ascending."""
        return iter(self._numbers)


class _Numbers:
    """A set of numbers of rows, a byte for each as they follow each other."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def put(self, number: int, *, belongs: bool) -> None:
        if belongs or number in self:
            page = self._pages.setdefault(number >> _BITS, bytearray(1 << _BITS))
            page[number & _WITHIN] = belongs

    def __contains__(self, number: int) -> bool:
        page = self._pages.get(number >> _BITS)
        return page is not None and bool(page[number & _WITHIN])

    def __bool__(self) -> bool:
        return any(map(any, self._pages.values()))

    def __iter__(self) -> Iterator[int]:
        for page in sorted(self._pages):
            yield from (page << _BITS | place for place, left in enumerate(self._pages[page]) if left)


class _Additions:
    """Which rows left by the lines that were added since it was made; what is written then is not before ``latest``.

    It is later than all that stood there before: by a second, so that it also counts where they differ.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._read = {path: path.stat().st_size for path in sources.paths()}
        self._left = _Numbers()
        self.latest = a_second_after(sources.latest())

    def look(self) -> _Numbers:
        """Read what is new."""
        for entry in self._sources.added(self._read):
            self._left.put(entry.number, belongs=entry.left)
            self.latest = max(self.latest, entry.at)
        return self._left


def open_journal(store: Store, office: Office, circular_id: int, clock: Clock) -> Journal:
    """Open the journal of a circular that the store has; a store on a server may have several senders."""
    with store.read() as connection:
        circular = circular_by_id(connection, circular_id)
    slug = "" if circular is None else circular.slug
    return Journal(office, slug, circular_id, clock=clock, is_shared=not store.is_sqlite)


def known_messages(office_folder: Path, slug: str, circular_id: int) -> dict[int, str]:
    """Return the Message-ID of every row of a circular that the journal names; nothing where there is no journal."""
    entries = Sources(office_folder, slug, circular_id).entries()
    return {entry.number: entry.message_id for entry in entries if not entry.torn}


def left_messages(office_folder: Path, slug: str, circular_id: int) -> frozenset[int]:
    """Return the numbers of the rows of a circular that left, or may have, as the journal has it."""
    last = {entry.number: entry.left for entry in Sources(office_folder, slug, circular_id).entries()}
    return frozenset(number for number, left in last.items() if left)


def told_last(office_folder: Path, slug: str, circular_id: int) -> bool:
    """Tell whether nothing has left since the office was last told what a circular's journal knows."""
    sources = Sources(office_folder, slug, circular_id)
    told = sources.last_told()
    return bool(told) and all(entry.at <= told for entry in sources.entries())
