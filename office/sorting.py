"""Sorting more than memory should hold: sorted runs in temporary files, merged while they are read."""

from __future__ import annotations

import heapq
import struct
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

Record = tuple[str, bytes]  # what it is sorted by, and what belongs to it

RUN = 20_000  # records held in memory
_HEAD = struct.Struct("<II")  # bytes of the key, and of the content


class SortedSpool:
    """Records that come in any order and go out sorted, by the code points of their keys and then by content.

    Reading may be repeated, and adding go on after it. The files have no name and vanish with the object.
    """

    def __init__(self, run: int = RUN) -> None:
        self._run = run
        self._recent: list[Record] = []
        self._files: list[IO[bytes]] = []
        self._open = ExitStack()
        self._count = 0
        weakref.finalize(self, self._open.close)

    def __len__(self) -> int:
        """How many records were added."""
        return self._count

    def add(self, key: str, content: bytes = b"") -> None:
        """Take in a record."""
        self._recent.append((key, content))
        self._count += 1
        if len(self._recent) >= self._run:
            self._write_run()

    def __iter__(self) -> Iterator[Record]:
        """Yield all records in their order; one reading at a time."""
        self._recent.sort()
        return heapq.merge(*map(_records, self._files), self._recent)

    def _write_run(self) -> None:
        file = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the others
        for key, content in sorted(self._recent):
            name = key.encode("utf-8", "surrogatepass")
            file.write(_HEAD.pack(len(name), len(content)) + name + content)
        self._files.append(file)
        self._recent = []


def _records(file: IO[bytes]) -> Iterator[Record]:
    file.seek(0)
    while head := file.read(_HEAD.size):
        name, content = _HEAD.unpack(head)
        yield file.read(name).decode("utf-8", "surrogatepass"), file.read(content)
