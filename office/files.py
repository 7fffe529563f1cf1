"""Writing a file so that it is there whole or not at all, whatever happens to the process or the power."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

Stamp = tuple[tuple[int, int], ...]


@contextmanager
def written_aside(target: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """Open a file beside ``target`` that takes its place, durable and with its rights, when the block ends well.

    A new file has the rights ``mode`` from its first byte on, or the umask's. The rename itself is durable after
    `sync_folder`. What a process that died has left is overwritten.
    """
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            aside.chmod(target.stat().st_mode & 0o777)
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def write_aside(target: Path, content: bytes, mode: int | None = None) -> None:
    """Write ``content`` to ``target``, whole or not at all; ``mode`` are the rights of a new file."""
    with written_aside(target, mode) as file:
        file.write(content)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stamp_of(paths: Iterable[Path]) -> Stamp:
    """Return what tells whether files have changed: time and size of each, zeros for one that cannot be looked at."""
    found = []
    for path in paths:
        try:
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)
