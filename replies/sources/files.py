"""Mail in files: a Maildir, an mbox, a folder of .eml files, or one .eml file. Nothing there is changed.

What it is, is found out by looking. No mail larger than `LARGEST_MAIL` is held in memory. A mail in a Maildir is known
again by the steady part of its name; an .eml or mbox file by its name, size and time of change.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from office.errors import NotFoundError
from replies.sources import KEPT_OF_LARGER, LARGEST_MAIL, TOO_LARGE, SourceMail, Unreadable, pause
from store.fetching import LONGEST_NAME, LONGEST_SOURCE, Known

_Reader = Callable[[Path, str, BinaryIO], Iterator[SourceMail]]
_CHUNK = 64 * 1024
# The line before each mail of an mbox (RFC 4155): «From», an address, and a date as asctime writes it.
_MBOX_LINE = re.compile(
    rb"From \S.*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +\w{3} +\d{1,2} .{0,40}\b\d{4}\b|From [^\s@]+@\S+\s*\n?$"
)
_MBOX_QUOTED = re.compile(rb">+From ")
_DELIVERED = re.compile(r"(\d{9,11})\.")  # Maildir: the file's name begins with the second of delivery
_NUMBER = re.compile(r"([0-9]+)")


class FileSource:
    """A file or a folder with mail; within the office it keeps its name when the office moves."""

    def __init__(self, path: Path, *, office: Path) -> None:
        place, above = path.resolve(), office.resolve()
        place = place.relative_to(above) if place.is_relative_to(above) else place
        self.name = _storable(str(place))[-LONGEST_SOURCE:]
        self._path = path

    def mails(self, known: Known) -> Iterator[SourceMail | Unreadable]:
        """Yield the mails that are not known; raises `NotFoundError` if nothing is there, or may not be read."""
        if not self._path.exists():
            raise NotFoundError(
                f"There is no mail at {self._path}.",
                hint="[inbox] source in office.toml, or --inbox, names a Maildir, an mbox file, a folder of .eml files "
                "or a mailbox on an IMAP server.",
            )
        try:
            yield from _from_folder(self._path, known) if self._path.is_dir() else _from_file(self._path, known)
        except OSError as error:
            raise NotFoundError(
                f"The folder {error.filename or self._path} cannot be read: {error.strerror}.",
                hint="Look at the rights on the folder and at the disk.",
            ) from error

    def present(self) -> Known:
        """Return with what all that lies there now counts as known."""
        if not self._path.is_dir():
            return Known(names={_stamp(self._path)})
        letters = {_maildir_mark(name) for place in ("new", "cur") for name in _file_names(self._path / place)}
        return Known(names=letters | {_stamp(self._path / name) for name in _file_names(self._path)})

    def stored(self, marks: Collection[str]) -> None:
        """Files stay where they are."""

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Let the time pass: files do not tell when they come."""
        pause(seconds, stopped)

    def close(self) -> None:
        """Nothing is held open."""


def _from_folder(path: Path, known: Known) -> Iterator[SourceMail | Unreadable]:
    """Yield the mails of a Maildir as they came (new and cur), then .eml and .mbox files that lie beside them."""
    letters = [(name, place) for place in ("new", "cur") for name in _file_names(path / place)]
    for name, place in sorted(letters, key=lambda letter: _arrival(letter[0])):
        if _maildir_mark(name) not in known.names:
            yield from _guarded(path / place / name, f"{path.name}/{place}/{name}", _maildir_mail)
    for name in _file_names(path):
        if name.lower().endswith((".eml", ".mbox")):
            yield from _from_file(path / name, known)


def _file_names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_file())
    except FileNotFoundError:
        return []  # no Maildir


def _from_file(path: Path, known: Known) -> Iterator[SourceMail | Unreadable]:
    mark = _stamp(path)
    if mark and mark in known.names:
        return
    last: SourceMail | Unreadable | None = None
    for item in _guarded(path, path.name, _mbox_or_mail):
        if last is not None:
            yield last
        last = item
    if last is not None:
        yield replace(last, mark=mark) if isinstance(last, SourceMail) else last  # so all before it are in the store


def _arrival(name: str) -> list[str | int]:
    """Return what sorts the names of a Maildir by time: second, microsecond and count stand in them without zeros."""
    parts: list[str | int] = list(_NUMBER.split(name))
    parts[1::2] = (int(number) for number in parts[1::2])
    return parts


def _stamp(path: Path) -> str:
    """Return by what an .eml or mbox file is known again; empty if it cannot be looked at, as opening it says."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return _storable(f"{path.name}:{status.st_size}:{status.st_mtime_ns}")


def _maildir_mark(name: str) -> str:
    """Return what stays when a mail program moves the file and adds flags: the name before «:2,»."""
    return _storable(name.partition(":")[0])


def _storable(name: str) -> str:
    """Make a name of the file system one that a database takes: it need not be UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")[-LONGEST_NAME:]


def _guarded(path: Path, name: str, reader: _Reader) -> Iterator[SourceMail | Unreadable]:
    name = "".join(character if character.isprintable() else "\ufffd" for character in name)  # it goes to the screen
    try:
        with path.open("rb") as file:
            yield from reader(path, name, file)
    except FileNotFoundError:
        return  # a mail program moved it from new to cur meanwhile; the next run sees it
    except OSError as error:
        yield Unreadable(name=name, reason=error.strerror or str(error))


def _maildir_mail(path: Path, name: str, file: BinaryIO) -> Iterator[SourceMail]:
    match = _DELIVERED.match(path.name)
    moment = datetime.fromtimestamp(int(match[1]) if match else path.stat().st_mtime, UTC)
    raw, problem = _read_limited(path, file)
    yield SourceMail(name=name, raw=raw, received_at=moment, problem=problem, mark=_maildir_mark(path.name))


def _mbox_or_mail(path: Path, name: str, file: BinaryIO) -> Iterator[SourceMail]:
    if file.read(5) == b"From ":
        file.seek(0)
        yield from _mbox(name, file)
        return
    file.seek(0)
    raw, problem = _read_limited(path, file)
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    yield SourceMail(name=name, raw=raw, received_at=moment, problem=problem)


def _read_limited(path: Path, file: BinaryIO) -> tuple[bytes, str]:
    size = path.stat().st_size
    return (file.read(KEPT_OF_LARGER), TOO_LARGE) if size > LARGEST_MAIL else (file.read(LARGEST_MAIL), "")


def _mbox(name: str, file: BinaryIO) -> Iterator[SourceMail]:
    """Yield the mails of an mbox. A «From » line begins a mail only after an empty line, and if it has a date."""
    mail = _MboxMail()
    number = 0
    after_blank = fresh = True  # fresh: at the beginning of a line, not amid a very long one
    for line in iter(lambda: file.readline(_CHUNK), b""):
        if fresh and after_blank and _MBOX_LINE.match(line):
            if number:
                yield mail.done(f"{name}#{number}")
            number += 1
            mail = _MboxMail()
        else:
            number = number or 1  # a first line without a date
            quoted = fresh and _MBOX_QUOTED.match(line)
            mail.add(line[1:] if quoted else line)
        after_blank = fresh and line in {b"\n", b"\r\n"}
        fresh = line.endswith(b"\n")
    if number:
        yield mail.done(f"{name}#{number}")


class _MboxMail:
    """Collects one mail's lines, and stops keeping them where it grows too large."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0
        self._beginning = b""

    def add(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= LARGEST_MAIL:
            self._lines.append(line)
        elif self._lines:
            self._beginning = b"".join(self._lines)[:KEPT_OF_LARGER]
            self._lines = []

    def done(self, name: str) -> SourceMail:
        if self._size > LARGEST_MAIL:
            return SourceMail(name=name, raw=self._beginning, problem=TOO_LARGE)
        raw = b"".join(self._lines)
        if raw.endswith((b"\n\n", b"\r\n\r\n")):
            raw = raw[: -2 if raw.endswith(b"\r\n") else -1]  # the empty line that the format adds
        return SourceMail(name=name, raw=raw)
