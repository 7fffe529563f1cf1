"""Copies of a store, also while others write to it."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from office.errors import CircularsError, InputError
from store import copying
from store.copying import copy_file
from store.database import SCHEMA_VERSION, open_store

pytestmark = pytest.mark.sqlite("copies a file")
ROWS = 20_000


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """A store of some hundreds of pages, its log not yet folded in."""
    open_store("sqlite:///circulars.db", tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "circulars.db")) as database:
        database.execute("CREATE TABLE marks (number INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO marks VALUES (?, ?)", ((number, "x" * 50) for number in range(ROWS)))
        database.commit()
    return tmp_path / "circulars.db"


def numbers(path: Path) -> tuple[int, int]:
    """Return how many marks there are, and the highest."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        count, highest = database.execute("SELECT count(*), max(number) FROM marks").fetchone()
        return int(count), int(highest)


def test_a_copy_is_whole_alone_and_private(store_file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "copy.db"
    copy.parent.mkdir()
    assert copy_file(store_file, copy) == SCHEMA_VERSION
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"], "no log, no shared memory, no part"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert numbers(copy) == (ROWS, ROWS - 1)
    open_store("sqlite:///copy.db", copy.parent).close()


def test_who_writes_meanwhile_neither_waits_nor_spoils_the_copy(
    store_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_PAGES", 20)
    steps: list[tuple[int, int]] = []
    with closing(sqlite3.connect(store_file, timeout=0)) as writer:

        def write(done: int, pages: int) -> None:
            """Add a mark, and take one away, between any two steps of the copy."""
            steps.append((done, pages))
            writer.execute("INSERT INTO marks VALUES (?, 'new')", (ROWS + len(steps),))
            writer.execute("DELETE FROM marks WHERE number = ?", (len(steps),))
            writer.commit()

        copy_file(store_file, tmp_path / "copy.db", write)
    assert len(steps) > 10
    assert [done for done, _ in steps] == sorted({done for done, _ in steps}), "it never began anew"
    assert numbers(tmp_path / "copy.db") == (ROWS, ROWS - 1), "the store at one moment: that of the beginning"
    assert numbers(store_file)[1] == ROWS + len(steps)


def test_a_damaged_store_is_not_copied(store_file: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(store_file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoilt = bytearray(store_file.read_bytes())
    spoilt[200 * 4096 : 210 * 4096] = b"\x55" * (10 * 4096)
    store_file.write_bytes(spoilt)
    with pytest.raises(InputError, match=r"damaged|malformed"):
        copy_file(store_file, tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy.db*"))


def test_what_is_no_store_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / "circulars.db").write_text("this is no database, by any means" * 100)
    with pytest.raises(InputError, match="cannot be copied") as caught:
        copy_file(tmp_path / "circulars.db", tmp_path / "copy.db")
    assert "put back the last backup" in caught.value.hint
    assert not list(tmp_path.glob("*copy.db*"))


def test_a_folder_that_is_not_there(store_file: Path, tmp_path: Path) -> None:
    with pytest.raises(CircularsError, match="cannot be written to"):
        copy_file(store_file, tmp_path / "nowhere" / "copy.db")
