"""The store as doctor sees it: without making, upgrading or changing anything."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from office.clock import system_clock
from office.errors import CircularsError
from office.reading import load_office
from pipeline.doctor.results import Result
from pipeline.doctor.store import look_at_store
from store.database import SCHEMA_VERSION
from tests.pipeline.doctor.visits import codes, of, visit_to
from tests.pipeline.offices import write_office
from tests.postgresql import Server

sqlite = pytest.mark.sqlite("looks at a file")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_office(tmp_path / "office")


def looked_at(folder: Path, **how: Any) -> list[Result]:
    return list(look_at_store(load_office(folder), visit_to(folder, **how)))


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "circulars.db")) as database:
        database.execute(statement)
        database.commit()


@sqlite
def test_a_store_in_order(folder: Path) -> None:
    assert codes(looked_at(folder)) == {"integrity": "good", "schema": "good", "wal": "good"}
    assert not list(folder.glob(".doctor*")), "nothing is left behind"


@sqlite
def test_no_store_yet_and_none_is_made(folder: Path) -> None:
    for path in folder.glob("circulars.db*"):
        path.unlink()
    assert codes(looked_at(folder)) == {"no-store": "note", "wal": "good"}
    assert not list(folder.glob("circulars.db*"))


@sqlite
def test_a_store_that_was_lost_is_no_new_office(folder: Path) -> None:
    for path in folder.glob("circulars.db*"):
        path.unlink()
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "sent-census.log").write_text("+ 1 a@example.int 0 2031-03-04T08:00:00Z\n")
    found = of(looked_at(folder), "store-lost")
    assert found.level == "error"
    assert "last backup" in found.hint
    sqlite3.connect(folder / "circulars.db").close()
    assert of(looked_at(folder), "store-lost").level == "error"


@sqlite
def test_an_older_store_is_not_upgraded(folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = '0001'")
    found = of(looked_at(folder), "schema-older")
    assert (found.level, SCHEMA_VERSION in found.message) == ("note", True)
    assert "circulars backup" in found.hint
    assert of(looked_at(folder), "schema-older")


@sqlite
def test_a_store_of_a_newer_version(folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = '9999'")
    assert of(looked_at(folder), "schema-newer").level == "error"


@sqlite
def test_a_store_without_a_write_ahead_log(folder: Path) -> None:
    change(folder, "PRAGMA journal_mode = DELETE")
    assert of(looked_at(folder), "log-off").level == "note"


@sqlite
def test_a_damaged_store(folder: Path) -> None:
    change(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = folder / "circulars.db"
    spoilt = bytearray(path.read_bytes())
    spoilt[8 * 4096 : 20 * 4096] = b"\x55" * (12 * 4096)
    path.write_bytes(spoilt)
    found = of(looked_at(folder), "damaged")
    assert (found.level, "put back the last backup" in found.hint) == ("error", True)


@sqlite
@pytest.mark.parametrize(("start", "said"), [(0, "file is not a database"), (100, "malformed"), (4096, "malformed")])
def test_a_store_that_cannot_be_read_for_damage(folder: Path, start: int, said: str) -> None:
    change(folder, "PRAGMA wal_checkpoint(TRUNCATE)")
    path = folder / "circulars.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + b"\x55" * (len(whole) - start))
    found = looked_at(folder)
    assert said in of(found, "damaged").message
    assert "put back the last backup" in of(found, "damaged").hint
    assert codes(found) == {"damaged": "error", "wal": "good"}


@sqlite
def test_a_store_that_may_not_be_read(folder: Path) -> None:
    (folder / "circulars.db").unlink()
    (folder / "circulars.db").mkdir()
    with pytest.raises(CircularsError, match="cannot be read") as caught:
        looked_at(folder)
    assert "Look at the disk" in caught.value.hint


@sqlite
def test_a_large_store_is_not_waited_for(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "circulars.db")) as database:
        database.execute("CREATE TABLE marks (text TEXT)")
        database.executemany("INSERT INTO marks VALUES (?)", (("x" * 20,) for _ in range(20_000)))
        database.commit()
    found = of(looked_at(folder, limit=0.0), "integrity")
    assert (found.level, "integrity_check" in found.hint) == ("skipped", True)


def on_server(folder: Path, url: str) -> Path:
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[store]\nurl = "{url}"\n')
    return folder


def test_a_server_that_is_not_there(folder: Path) -> None:
    on_server(folder, "postgresql+psycopg://office@127.0.0.1:1/circulars")
    with pytest.raises(CircularsError, match="cannot be opened"):
        looked_at(folder)


def test_a_server_is_not_asked_offline(folder: Path) -> None:
    on_server(folder, "postgresql+psycopg://office@127.0.0.1:1/circulars")
    assert codes(looked_at(folder, offline=True)) == {"store-offline": "skipped"}


@sqlite
def test_a_store_that_was_moved(folder: Path) -> None:
    change(folder, "UPDATE alembic_version SET version_num = 'moved'")
    assert of(looked_at(folder), "moved").level == "error"


@pytest.mark.packages
def test_a_server(folder: Path, postgresql: Server) -> None:
    on_server(folder, postgresql.url(postgresql.create()))
    found = looked_at(folder, clock=system_clock)
    assert codes(found) == {"reachable": "good", "schema": "good", "forgetful": "error", "clocks": "good"}
    assert "fsync = off, synchronous_commit = off" in of(found, "forgetful").message  # as the tests set it up
    assert "differ by" in of(looked_at(folder), "clocks").message  # beside a clock of 2031


@pytest.mark.packages
def test_a_database_for_another_encoding(folder: Path, postgresql: Server) -> None:
    name = postgresql.create_empty("ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc")
    found = looked_at(on_server(folder, postgresql.url(name)))
    assert of(found, "encoding").level == "error"
    assert of(found, "no-schema").level == "note"


@pytest.mark.packages
def test_a_database_that_is_not_there(folder: Path, postgresql: Server) -> None:
    on_server(folder, postgresql.url("nowhere"))
    with pytest.raises(CircularsError, match="does not exist"):
        looked_at(folder)
