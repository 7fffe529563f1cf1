"""The send journal: Message-IDs that were handed over, kept outside the store.

A store restored from a backup believes that letters are waiting which have long gone. The journal knows better.
Each circular has a file; a line is a sign, the row's number and the Message-ID:

    + 1042 aezq…@example.int     is about to leave, or has left
    - 1042 aezq…@example.int     did not leave, or somebody decided to send it again

The last line of a row counts. Lines with + are durable before the first byte of the message leaves; a line with
- that a power cut takes away only makes a row doubtful.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from office.files import sync_folder

FOLDER = "journal"
_DIGITS = 13  # of a row number (office.tokens); more are damage


class Journal:
    """The journal of one circular, open for appending."""

    def __init__(self, office_folder: Path, circular_id: int) -> None:
        self.path = office_folder / FOLDER / f"sent-{circular_id}.log"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        self._file = self.path.open("ab", buffering=0)
        if is_new:
            sync_folder(self.path.parent)
        elif not _ends_line(self.path):
            self._file.write(b" torn line\n")  # a power cut left half a line: what it announces did not leave

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, *, leaving: Iterable[tuple[int, str]] = (), stayed: Iterable[tuple[int, str]] = ()) -> None:
        """Add lines for rows (number, Message-ID); durable on return if any is ``leaving``."""
        gone = "".join(f"+ {row_id} {message_id}\n" for row_id, message_id in leaving)
        kept = "".join(f"- {row_id} {message_id}\n" for row_id, message_id in stayed)
        if gone or kept:
            self._file.write((kept + gone).encode("utf-8"))
        if gone:
            os.fsync(self._file.fileno())

    def gone(self, highest: int) -> bytearray:
        """Return, by row number up to ``highest``, 1 where the message left or may have: one byte for each row."""
        known = bytearray(highest + 1)
        for left, number, _ in _entries(self.path):
            if number <= highest:
                known[number] = left
        return known


def known_messages(office_folder: Path, circular_id: int) -> dict[int, str]:
    """Return the Message-ID of every row of a circular that the journal names; nothing where there is no journal."""
    path = office_folder / FOLDER / f"sent-{circular_id}.log"
    if not path.is_file():
        return {}
    return {number: message_id.decode("utf-8", "replace") for _, number, message_id in _entries(path)}


def left_messages(office_folder: Path, circular_id: int) -> frozenset[int]:
    """Return the numbers of the rows of a circular that left, or may have, as the journal has it."""
    path = office_folder / FOLDER / f"sent-{circular_id}.log"
    if not path.is_file():
        return frozenset()
    last = {number: left for left, number, _ in _entries(path)}
    return frozenset(number for number, left in last.items() if left)


def _entries(path: Path) -> Iterator[tuple[bool, int, bytes]]:
    """Yield each line: whether the message left or may have, the number of its row, and its Message-ID."""
    with path.open("rb") as lines:
        for line in lines:
            sign, _, rest = line.partition(b" ")
            number, _, message_id = rest.partition(b" ")
            if sign not in (b"+", b"-") or not message_id.endswith(b"\n") or b" " in message_id:
                continue  # damaged, or torn
            if number.isdigit() and len(number) <= _DIGITS:
                yield sign == b"+", int(number), message_id[:-1]


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
