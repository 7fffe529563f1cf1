"""Lines of a relay's log, however it was kept: plain or compressed, in UTF-8 or UTF-16, of any size.

Whoever talks to the relay writes into its log. Nothing is believed but whole lines of a known form, and no line, file
or compressed stream makes this program use more than a little memory.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

STANDARD_INPUT = "-"
LONGEST_LINE = 65_536  # bytes; what is longer is passed over
_PORTION = 1_048_576
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# What may go wrong with bytes that others wrote; OSError also where a disk fails.
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)


@contextmanager
def open_log(path: str) -> Iterator[Iterator[bytes]]:
    """Open a log, or standard input for ``-``, and give its lines as UTF-8 without their ends.

    gzip, bzip2 and xz are undone. Raises OSError where it cannot be opened; reading on raises one of `BROKEN` where
    the file is damaged.
    """
    file: IO[bytes] = sys.stdin.buffer if path == STANDARD_INPUT else Path(path).open("rb")  # noqa: SIM115 - below
    try:
        yield _lines(io.BufferedReader(_Portions(file), _PORTION))
    finally:
        if path != STANDARD_INPUT:
            file.close()


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Portions(io.RawIOBase):
    """A stream that may be peeked into, whatever stands behind it."""

    def __init__(self, stream: _Readable) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read some bytes."""
        found = self._stream.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _lines(stream: io.BufferedReader) -> Iterator[bytes]:
    plain = _unpacked(stream)
    if plain.peek(2)[:2] in _UTF16:
        yield from _decoded(io.TextIOWrapper(plain, "utf-16", errors="replace"))
        return
    while line := plain.readline(LONGEST_LINE):
        if line.endswith(b"\n"):
            yield line.rstrip(b"\r\n")
            continue
        if len(line) < LONGEST_LINE:  # the last one
            yield line
            return
        while (rest := plain.readline(_PORTION)) and not rest.endswith(b"\n"):
            pass


def _decoded(text: io.TextIOWrapper) -> Iterator[bytes]:
    while line := text.readline(LONGEST_LINE):
        yield line.rstrip("\r\n").encode("utf-8", "replace")


def _unpacked(stream: io.BufferedReader) -> io.BufferedReader:
    head = stream.peek(6)
    packed: _Readable
    if head.startswith(b"\x1f\x8b"):
        packed = gzip.GzipFile(fileobj=stream)
    elif head.startswith(b"BZh"):
        packed = bz2.BZ2File(stream)
    elif head.startswith(b"\xfd7zXZ\x00"):
        packed = lzma.LZMAFile(stream)  # noqa: SIM115 - closed with the stream below it
    else:
        return stream
    return io.BufferedReader(_Portions(packed), _PORTION)
