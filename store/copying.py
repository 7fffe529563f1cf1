"""A copy of a store in a file, taken while others read and write it (https://www.sqlite.org/backup.html)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from office.errors import CircularsError, InputError
from office.files import sync_folder
from store.database import LOCK_TIMEOUT, LOOK_AT_DISK, is_damaged
from store.moments import PUT_BACK

_PAGES = 2_000  # copied between two calls of ``progress``


def copy_file(source: Path, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> str:
    """Copy a store to ``target``, whole or not at all, durable on return and readable by its owner only.

    The copy is the store at one moment; who writes meanwhile is not hindered. ``progress`` hears of pages, done and
    in all. Returns the schema of the copy. Raises `InputError` if the source cannot be read or is damaged,
    `CircularsError` if the target cannot be written.
    """
    aside = target.with_name(f".{target.name}.part")
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        schema = _copied(source, aside, progress)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise CircularsError(
            f"The copy cannot be written to {target}: {error.strerror}.", hint="Look at the folder and its disk."
        ) from error
    except sqlite3.DatabaseError as error:
        hint = PUT_BACK if is_damaged(error) else LOOK_AT_DISK
        raise InputError(f"The store cannot be copied: {error}.", hint=hint) from error
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            aside.with_name(aside.name + suffix).unlink(missing_ok=True)
    return schema


def _copied(source: Path, target: Path, progress: Callable[[int, int], None]) -> str:
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True, timeout=LOCK_TIMEOUT / 1000)) as store,
        closing(sqlite3.connect(target)) as copy,
    ):
        # A transaction that has read keeps its view: without it the copy would begin anew with each write of others.
        store.execute("BEGIN")
        schema = store.execute("SELECT version_num FROM alembic_version").fetchone()
        store.backup(copy, pages=_PAGES, progress=lambda _, left, pages: progress(pages - left, pages))
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it
        found = [str(row[0]) for row in copy.execute("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise InputError(f"The store is damaged, and was not copied: {found[0]}.", hint=PUT_BACK)
        return str(schema[0]) if schema else ""
