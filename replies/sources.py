"""Where mail comes from: a Maildir, an mbox, a folder of .eml files, or one .eml file. Nothing there is changed.

What a source is, is found out by looking. Mails are yielded one at a time; none larger than `LARGEST_MAIL` is
held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from office.errors import InputError, NotFoundError

_Reader = Callable[[Path, str, BinaryIO], Iterator["SourceMail"]]
LARGEST_MAIL = 50 * 1024 * 1024  # bytes; beyond that a mail goes to triage with its beginning only
KEPT_OF_LARGER = 64 * 1024  # bytes of it that are read: the header and the first words
_CHUNK = 64 * 1024
# The line before each mail of an mbox (RFC 4155): «From», an address, and a date as asctime writes it.
_MBOX_LINE = re.compile(
    rb"From \S.*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +\w{3} +\d{1,2} .{0,40}\b\d{4}\b|From [^\s@]+@\S+\s*\n?$"
)
_MBOX_QUOTED = re.compile(rb">+From ")
_DELIVERED = re.compile(r"(\d{9,11})\.")  # Maildir: the file's name begins with the second of delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMail:
    """One mail as fetched. ``name`` tells a person where it lies; ``problem`` says why ``raw`` is not all of it."""

    name: str
    raw: bytes
    received_at: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that could not be read, and why."""

    name: str
    reason: str


def read_source(address: str, folder: Path) -> Iterator[SourceMail | Unreadable]:
    """Yield the mails of a source in a steady order; a relative path is taken from ``folder``, the office.

    Raises `InputError` for a kind of source that is not known, `NotFoundError` if nothing is there.
    """
    if re.match(r"[a-z][a-z0-9+.-]+://", address, re.IGNORECASE):
        kind = address.partition("://")[0].lower()
        raise InputError(
            f"Mail cannot be fetched from «{kind}://» addresses.",
            hint="Let a mail program deliver into a Maildir, and write its folder under [inbox] source in office.toml.",
        )
    path = folder / Path(address).expanduser()
    if not path.exists():
        raise NotFoundError(
            f"There is no mail at {address}.",
            hint="[inbox] source in office.toml, or --inbox, names a Maildir, an mbox file or a folder of .eml files.",
        )
    return _from_folder(path) if path.is_dir() else _from_file(path)


def _from_folder(path: Path) -> Iterator[SourceMail | Unreadable]:
    """Yield the mails of a Maildir (new and cur), and of .eml and .mbox files that lie beside them."""
    for place in ("new", "cur"):
        inner = path / place
        if inner.is_dir():
            for file in _files(inner):
                yield from _guarded(file, f"{path.name}/{place}/{file.name}", _maildir_mail)
    for file in _files(path):
        if file.suffix.lower() in {".eml", ".mbox"}:
            yield from _from_file(file)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if not file.name.startswith(".") and file.is_file())


def _from_file(path: Path) -> Iterator[SourceMail | Unreadable]:
    yield from _guarded(path, path.name, _mbox_or_mail)


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
    yield SourceMail(name=name, raw=raw, received_at=moment, problem=problem)


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
    return (file.read(KEPT_OF_LARGER), _too_large()) if size > LARGEST_MAIL else (file.read(LARGEST_MAIL), "")


def _too_large() -> str:
    return f"the mail is larger than {LARGEST_MAIL // 1024 // 1024} MB; only its beginning was read"


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
            return SourceMail(name=name, raw=self._beginning, problem=_too_large())
        raw = b"".join(self._lines)
        if raw.endswith((b"\n\n", b"\r\n\r\n")):
            raw = raw[: -2 if raw.endswith(b"\r\n") else -1]  # the empty line that the format adds
        return SourceMail(name=name, raw=raw)
