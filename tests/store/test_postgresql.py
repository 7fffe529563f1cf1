"""What is particular to PostgreSQL, asked of a real server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import make_url, select, update

from office.errors import BusyError, InputError, NotFoundError
from store import database
from store.circulars import add_circular
from store.database import Store, open_store
from store.postgresql import DRIVER, fit_text, with_driver
from store.schema import circulars
from tests.postgresql import Server

NOW = datetime(2031, 3, 4, 8, tzinfo=UTC)


@pytest.fixture
def store(postgresql_store: Store) -> Store:
    return postgresql_store


def enter(store: Store, slug: str) -> None:
    with store.write() as connection:
        add_circular(connection, slug=slug, at=NOW)


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
def test_it_is_reached_by_its_usual_names(name: str) -> None:
    assert with_driver(make_url(f"{name}://me@db/letters")).drivername == DRIVER


def test_other_drivers_stay() -> None:
    assert with_driver(make_url("sqlite:///circulars.db")).drivername == "sqlite"


@pytest.mark.packages
@pytest.mark.parametrize(("given", "kept"), [("a\0b\0", "a\ufffdb\ufffd"), ("half \ud83d", "half ?"), ("ж字", "ж字")])
def test_any_text_can_be_kept(store: Store, given: str, kept: str) -> None:
    enter(store, "census")
    with store.write() as connection:
        connection.execute(update(circulars).values(subject=given))
        assert connection.scalar(select(circulars.c.subject)) == kept
        assert connection.scalar(select(circulars.c.slug).where(circulars.c.subject == given)) == "census"


def test_text_that_is_fit_is_the_same_object() -> None:
    text = "Élodie"
    assert fit_text(text) is text


@pytest.mark.packages
def test_one_writes_at_a_time_and_the_next_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 50)
    with store.write() as connection:
        connection.exec_driver_sql("SET LOCAL lc_messages = 'C'")
        with pytest.raises(BusyError, match="another command"), store.write():
            pytest.fail("two transactions at once")
        with store.read() as reading:  # readers go on
            assert reading.scalars(select(circulars.c.slug)).all() == []
        with store.share() as sharing:  # so do senders
            add_circular(sharing, slug="shared", at=NOW)


@pytest.mark.packages
def test_two_processes_make_the_tables_at_once(postgresql: Server, tmp_path: Path) -> None:
    url = postgresql.url(postgresql.create_empty())
    faults: list[BaseException] = []

    def open_it() -> None:
        try:
            open_store(url, tmp_path).close()
        except BaseException as error:
            faults.append(error)

    threads = [Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.packages
def test_a_database_without_unicode_is_refused(postgresql: Server, tmp_path: Path) -> None:
    name = postgresql.create_empty("ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
    with pytest.raises(InputError, match="LATIN1") as caught:
        open_store(postgresql.url(name), tmp_path)
    assert "UTF8" in caught.value.hint


@pytest.mark.packages
def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="cannot be opened") as caught:
        open_store(f"postgresql://circulars@/letters?host={tmp_path}", tmp_path)
    assert "~/.pgpass" in caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.packages
def test_a_connection_that_breaks_is_no_traceback(store: Store) -> None:
    ended = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(InputError, match="cannot be written") as caught, store.write() as connection:
        connection.exec_driver_sql(ended)
    assert "server" in caught.value.hint
    enter(store, "census")  # the next transaction has a connection of its own


@pytest.mark.packages
def test_a_value_too_long_is_no_traceback(store: Store) -> None:
    with pytest.raises(InputError, match="does not take a value") as caught:
        enter(store, "x" * 300)
    assert "Shorten" in caught.value.hint
    assert "xxx" not in caught.value.message


def test_a_store_that_is_being_put_back_is_told_so(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE senders RENAME TO senders_away")
    with pytest.raises(InputError, match="lacks a table"), store.read() as connection:
        connection.exec_driver_sql("SELECT * FROM senders")
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE senders_away RENAME TO senders")
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM senders").all() == []
