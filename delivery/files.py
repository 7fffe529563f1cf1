"""Writing a file so that it is there whole or not at all, whatever happens to the process or the power."""

from __future__ import annotations

import os
from pathlib import Path


def write_aside(target: Path, content: bytes) -> None:
    """Write ``content`` beside ``target``, make it durable, and rename it into place.

    The rename itself is durable after `sync_folder`. A half-written file of a process that died is overwritten.
    """
    aside = target.with_name(f".{target.name}.part")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
