"""Opening the store: new, old, newer, spoilt, busy."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import StatementError

from office.errors import BusyError, InputError, NotFoundError
from store import database
from store.circulars import add_circular, find_circular
from store.database import SCHEMA_VERSION, Store, open_store
from store.schema import circulars, metadata

URL = "sqlite:///circulars.db"
NOW = datetime(2031, 3, 4, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(URL, tmp_path)
    store.close()  # the connections come back when they are needed
    return store


def test_a_new_store_has_every_table(store: Store) -> None:
    with store.read() as connection:
        assert set(metadata.tables) | {"alembic_version"} == set(inspect(connection).get_table_names())
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_VERSION
    store.close()


@pytest.mark.sqlite("a store in a file")
def test_a_new_store_is_a_file_in_the_office(tmp_path: Path, store: Store) -> None:
    assert (tmp_path / "circulars.db").exists()


def test_the_migrations_end_where_the_tables_are(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_a_reader_sees_the_store_at_one_moment(store: Store) -> None:
    with store.read() as connection:
        before = connection.execute(select(circulars)).all()
        with store.write() as other:
            add_circular(other, slug="census", at=NOW)
        assert connection.execute(select(circulars)).all() == before == []
    with store.read() as connection:
        assert find_circular(connection, "census") is not None
    store.close()


def test_opening_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    with store.write() as connection:
        add_circular(connection, slug="census", at=NOW)
    store.close()
    again = open_store(URL, tmp_path)
    with again.read() as connection:
        assert connection.execute(select(circulars.c.slug)).scalars().all() == ["census"]
    again.close()


@pytest.mark.sqlite("a store in a file")
def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "circulars.db").touch()
    store = open_store(URL, tmp_path)
    with store.read() as connection:
        assert inspect(connection).has_table("outbox")
    store.close()


@pytest.mark.sqlite("looks into the file")
def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path, store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(NotFoundError, match="schema 9999") as caught:
        open_store(URL, tmp_path)
    assert "newer" in caught.value.hint
    file = sqlite3.connect(tmp_path / "circulars.db")
    assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    file.close()


@pytest.mark.sqlite("a store in a file")
@pytest.mark.parametrize(
    "content", [b"this is a letter, not a database" * 200, b"SQLite format 3\x00" + b"\x07" * 5000]
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "circulars.db").write_bytes(content)
    with pytest.raises(NotFoundError, match="cannot be opened") as caught:
        open_store(URL, tmp_path)
    assert "put back the last backup" in caught.value.hint
    assert (tmp_path / "circulars.db").read_bytes() == content


@pytest.mark.sqlite("a store in a file")
def test_a_folder_in_the_place_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "circulars.db").mkdir()
    with pytest.raises(NotFoundError, match="cannot be opened") as caught:
        open_store(URL, tmp_path)
    assert "office.toml" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["", "circulars.db", "dbase:///old.dbf", "sqlite://:host:port/", "postgresql+nothing://"]
)
def test_an_address_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="cannot be used"):
        open_store(url, tmp_path)


def test_another_command_is_writing(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 50)
    waiting = open_store(URL, tmp_path)
    with store.write() as connection:
        add_circular(connection, slug="first", at=NOW)
        with pytest.raises(BusyError) as caught, waiting.write():
            pytest.fail("two transactions at once")
        with waiting.read() as reading:  # readers go on
            assert find_circular(reading, "first") is None
    assert caught.value.exit_code == 3
    assert caught.value.hint
    with waiting.write() as connection:
        assert find_circular(connection, "first") is not None
    waiting.close()
    store.close()


def enter_and_fail(store: Store) -> None:
    with store.write() as connection:
        add_circular(connection, slug="census", at=NOW)
        raise ZeroDivisionError


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        enter_and_fail(store)
    with store.read() as connection:
        assert find_circular(connection, "census") is None
    store.close()


def enter_many(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(2000):
            add_circular(connection, slug=f"{number:0200}", at=NOW)


@pytest.mark.sqlite("a pragma fills the disk")
def test_a_disk_that_takes_no_more(store: Store) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        enter_many(store)
    store.close()


def test_moments_come_back_aware_and_the_same(store: Store) -> None:
    moment = datetime(2031, 3, 4, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    with store.write() as connection:
        add_circular(connection, slug="census", at=moment)
        stored = connection.execute(select(circulars.c.created_at)).scalar_one()
    store.close()
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="without a zone"), store.write() as connection:
        add_circular(connection, slug="census", at=datetime(2031, 3, 4, 9, 30))  # noqa: DTZ001 - what is refused
    store.close()


@pytest.mark.sqlite("its pragmas")
def test_nothing_points_nowhere(store: Store) -> None:
    """Foreign keys are watched: SQLite does so only when asked."""
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


@pytest.mark.sqlite("damages the file")
def test_a_store_that_is_damaged_within(tmp_path: Path) -> None:
    store = open_store(URL, tmp_path)
    with store.write() as connection:
        connection.execute(text("CREATE TABLE ledger (words TEXT)"))
        connection.execute(text("INSERT INTO ledger VALUES ('x')"))
        page, size = (
            connection.execute(text(query)).scalar_one()
            for query in ("SELECT rootpage FROM sqlite_master WHERE name = 'ledger'", "PRAGMA page_size")
        )
    store.close()
    with (tmp_path / "circulars.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xab" * size)
    reopened = open_store(URL, tmp_path)
    for transaction in (reopened.read, reopened.write):
        with pytest.raises(InputError, match="is damaged") as caught, transaction() as connection:
            connection.execute(text("SELECT * FROM ledger")).all()
        assert "backup" in caught.value.hint
    reopened.close()


@pytest.mark.sqlite("its columns take anything")
@pytest.mark.parametrize("junk", ["junk", b"\x00", 5])
def test_a_moment_that_is_none_is_damage(tmp_path: Path, junk: object) -> None:
    opened = open_store("sqlite:///circulars.db", tmp_path)
    entered = text("INSERT INTO circulars (slug, subject, state, held, created_at) VALUES ('a', '', 'planned', 0, :at)")
    with opened.write() as connection:
        connection.execute(entered, {"at": junk})
    with opened.read() as connection, pytest.raises(InputError, match="a moment that is none"):
        connection.execute(select(circulars)).all()
    opened.close()
