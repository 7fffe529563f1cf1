"""What stands in the files of the send journal: lines on messages, and their order in time (`delivery.journal`)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

FOLDER = "journal"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_NO_MARK = b"-"  # where the office's key is missing
_LONGEST_NAME = 150  # bytes of a file's name that come from the folder of the letter
# A row's number has 13 digits at most (office.tokens); more are damage.
_AT = rb"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)"
_LINE = re.compile(rb"([+-]) (\d{1,13}) ([^ \n]+)(?: ([0-9a-f]{16}|-) " + _AT + rb")?\n", re.DOTALL)
_TOLD = re.compile(rb"= " + _AT + rb"\n")
_MOMENT_AT_END = re.compile(_AT + rb"\n\Z")
_HALF = re.compile(rb"\+ (\d{1,13}) ([^ \n]+)(?: ([0-9a-f]{16}))?")  # what a torn line still says for certain


class Entry(NamedTuple):
    """A line on a message. ``mark`` and ``at`` are empty in lines of older versions.

    Of a line that is ``torn``, ``message_id`` may be the beginning only, and ``at`` is about when.
    """

    left: bool
    number: int
    message_id: str
    mark: str
    at: str
    torn: bool = False

    def is_of(self, message_id: str) -> bool:
        """Tell whether the line is about the message with that Message-ID."""
        return message_id.startswith(self.message_id) if self.torn else message_id == self.message_id


@dataclass(frozen=True, slots=True)
class Sources:
    """The files in which messages of a circular stand."""

    office_folder: Path
    slug: str
    circular_id: int

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the order of time, those of older versions first."""
        older = self.office_folder / FOLDER / f"sent-{self.circular_id}.log"
        if older.is_file():  # marks and moments came with the files that are called after the letter
            yield from (entry for entry in _entries(_lines(older)) if not entry.at and not entry.torn)
        yield from _in_order([_dated(path, _lines(path)) for path in self.paths()])

    def last_told(self) -> str:
        """Return the moment up to which the office was told what stands in the journal; empty if it never was."""
        lines = chain.from_iterable(map(_lines, self.paths()))
        return max((found.group(1).decode() for line in lines if (found := _TOLD.fullmatch(line))), default="")

    def latest(self) -> str:
        """Return the latest moment that stands in any file of this version; empty if there is none."""
        latest = b""
        for line in chain.from_iterable(map(_lines, self.paths())):
            if line[-21:-1] > latest and (found := _MOMENT_AT_END.search(line)) is not None:
                latest = found.group(1)
        return latest.decode()

    def added(self, read: dict[Path, int]) -> Iterator[Entry]:
        """Yield the entries of whole lines added since, in the order of time.

        ``read`` has how many bytes of each file were read before, and is brought up to date.
        """
        yield from _in_order([_dated(path, _whole_lines(path, read)) for path in self.paths()])

    def paths(self) -> list[Path]:
        """Return the files of this version."""
        stem, folder = stem_of(self.slug), self.office_folder / FOLDER
        files = sorted(folder.iterdir()) if folder.is_dir() else []
        mine = (f"{stem}.log", f"{stem}@")
        return [path for path in files if path.name.startswith(mine) and path.suffix == ".log" and path.is_file()]


def highest_number(office_folder: Path) -> int:
    """Return the highest number of a row that any journal of the office names, 0 if there is none."""
    paths = (office_folder / FOLDER).glob("sent-*.log")
    return max((entry.number for path in paths for entry in _entries(_lines(path))), default=0)


def stem_of(slug: str) -> str:
    """Return what the names of a letter's files begin with."""
    name = f"sent-{slug}"
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return name
    return f"sent-{hashlib.sha256(os.fsencode(slug)).hexdigest()}"


def _lines(path: Path, begin: int = 0) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        yield from file


def _whole_lines(path: Path, read: dict[Path, int]) -> Iterator[bytes]:
    for line in _lines(path, read.get(path, 0)):
        if line.endswith(b"\n"):  # otherwise it is being written
            read[path] = read.get(path, 0) + len(line)
            yield line


def _entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Yield the entries that stand in lines of a file; what is damaged is passed over."""
    return filter(None, map(_entry, lines))


def _entry(line: bytes) -> Entry | None:
    found = _LINE.fullmatch(line)
    half = None if found else _HALF.match(line)
    if found:
        sign, number, message_id, mark, at = found.groups(b"")
    elif half:
        (number, message_id, mark), sign, at = half.groups(b""), b"+", b""
    else:
        return None
    return Entry(
        sign == b"+",
        int(number),
        message_id.decode("utf-8", "replace" if found else "ignore"),
        mark.decode() if mark != _NO_MARK else "",
        at.decode(),
        half is not None,
    )


def _dated(path: Path, lines: Iterable[bytes]) -> Iterator[Entry]:
    """Yield the entries of a file in which all have their moment; one whose line is torn gets that of the one before.

    What a torn line announces is taken for gone.
    """
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(MOMENT)
    for entry in _entries(lines):
        if entry.at:
            at = entry.at
            yield entry
        elif entry.left:
            yield entry._replace(at=at, torn=True)


def _in_order(files: Sequence[Iterator[Entry]]) -> Iterator[Entry]:
    """Return the entries of several files in the order of time, those of one file in its own."""
    # Where two differ about the same second, «left» counts: at worst a message that stayed is called doubtful.
    return files[0] if len(files) == 1 else merge(*map(_last_of_seconds, files), key=attrgetter("at", "left"))


def _last_of_seconds(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Yield the last entry of each message in a second, those of messages that stayed first."""
    for _, same in groupby(entries, key=attrgetter("at")):
        last = {entry.number: entry for entry in same}
        yield from sorted(last.values(), key=attrgetter("left"))


def a_second_after(moment: str) -> str:
    """Return the moment after one that stands in the journal; that one if it is none, or the last that there is."""
    try:
        return (datetime.fromisoformat(moment) + timedelta(seconds=1)).strftime(MOMENT)
    except (ValueError, OverflowError):
        return moment


def ends_line(path: Path) -> bool:
    """Tell whether the last line of a file is whole."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
