"""The office goes on with another database: all is there, nobody writes to the one before."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from office.errors import BusyError, InputError, NotFoundError, RefusedError
from pipeline.approving import approve
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.moving import move_store
from pipeline.planning import plan
from pipeline.sending import send
from store import moving
from store.circulars import add_circular
from store.database import open_store
from store.outbox import add_rows
from store.schema import circulars, outbox
from tests.pipeline.offices import MORNING, SLUG, desk_at, dump, edit
from tests.postgresql import Server

pytestmark = [pytest.mark.packages, pytest.mark.sqlite("where the office moves from")]


@pytest.fixture
def url(postgresql: Server) -> str:
    """An empty database."""
    return postgresql.url(postgresql.create_empty())


def stored_url(folder: Path) -> str:
    return str(tomllib.loads((folder / "office.toml").read_text("utf-8"))["store"]["url"])


def test_all_that_was_stored_is_there(sent_folder: Path, url: str) -> None:
    edit(sent_folder / "office.toml", "[mail]", "# kept by Adela\n[mail]")
    with desk_at(sent_folder) as desk:
        before = dump(desk.store)
        moved = move_store(desk, url)
    assert stored_url(sent_folder) == url
    assert "# kept by Adela\n[mail]" in (sent_folder / "office.toml").read_text("utf-8")
    with desk_at(sent_folder) as desk:
        assert not desk.store.is_sqlite
        assert dump(desk.store) == before
    assert {content.table: content.rows for content in moved.tables} == {
        name: len(rows) for name, rows in before.items()
    }
    assert moved.rows > 20


def test_there_and_back(sent_folder: Path, url: str) -> None:
    with desk_at(sent_folder) as desk:
        before = dump(desk.store)
        there = move_store(desk, url)
    with desk_at(sent_folder) as desk:
        back = move_store(desk, "sqlite:///again.db")
    with desk_at(sent_folder) as desk:
        assert desk.store.is_sqlite
        assert dump(desk.store) == before
    assert back.tables == there.tables


def test_the_register_goes_on_counting(sent_folder: Path, url: str) -> None:
    """New rows get numbers that no row has that was brought along."""
    with desk_at(sent_folder) as desk:
        move_store(desk, url)
    edit(
        sent_folder / "recipients" / "keepers.csv",
        "club,,",
        "new,,New One,,,New House,academia,IE,,new@h.example,,email\nclub,,",
    )
    with desk_at(sent_folder) as desk:
        planned = plan(desk, SLUG)
        approve(desk, SLUG, planned.digest)
        issue(desk, SLUG, planned.digest)
        assert send(desk, SLUG).sent == 1
        with desk.store.write() as connection:
            assert add_circular(connection, slug="another", at=MORNING) == 2


def test_nobody_uses_the_store_before(sent_folder: Path, url: str) -> None:
    with desk_at(sent_folder) as waiting:
        with desk_at(sent_folder) as desk:
            move_store(desk, url)
        with pytest.raises(BusyError, match="was moved"), waiting.store.write():
            pytest.fail("written to the store that was left")
    edit(sent_folder / "office.toml", url, "sqlite:///circulars.db")
    with pytest.raises(NotFoundError, match="was moved"), desk_at(sent_folder):
        pass


def test_nobody_begins_to_send_from_the_server_before(sent_folder: Path, url: str) -> None:
    """Where several send from one server, no lock on a file keeps them from it."""
    with desk_at(sent_folder) as desk:
        with desk.store.write() as connection:
            connection.execute(update(outbox).where(outbox.c.state == "sent").values(state="queued"))
        move_store(desk, url)
    with desk_at(sent_folder) as waiting:
        with desk_at(sent_folder) as desk:
            move_store(desk, "sqlite:///again.db")
        before = dump(waiting.store)
        with pytest.raises(BusyError, match="was moved"):
            send(waiting, SLUG)
        assert dump(waiting.store) == before


def test_what_postgresql_does_not_take_is_made_fit(sent_folder: Path, url: str) -> None:
    with desk_at(sent_folder) as desk:
        with desk.store.write() as connection:
            connection.execute(update(outbox).values(reply_text="250 o\0k"))
        move_store(desk, url)
    with desk_at(sent_folder) as desk, desk.store.read() as connection:
        assert set(connection.scalars(outbox.select().with_only_columns(outbox.c.reply_text))) == {"250 o\ufffdk"}


def test_interrupted_the_office_is_as_it_was(sent_folder: Path, url: str) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    settings = (sent_folder / "office.toml").read_bytes()
    with desk_at(sent_folder) as desk:
        before = dump(desk.store)
        with pytest.raises(KeyboardInterrupt):
            move_store(desk, url, interrupt)
        assert (sent_folder / "office.toml").read_bytes() == settings
        assert dump(desk.store) == before
        with desk.store.write():
            pass
    empty = open_store(url, sent_folder)
    assert not any(dump(empty).values())
    empty.close()
    with desk_at(sent_folder) as desk:
        assert move_store(desk, url).rows > 20


def test_interrupted_right_after_copying_it_goes_on(sent_folder: Path, url: str) -> None:
    with desk_at(sent_folder) as desk:
        target = open_store(url, sent_folder)
        with desk.store.write() as connection:
            contents = moving.copy_store(connection, target)
        target.close()
        assert list(move_store(desk, url).tables) == contents
    assert stored_url(sent_folder) == url


def test_a_database_that_holds_something_else(sent_folder: Path, url: str) -> None:
    other = open_store(url, sent_folder)
    with other.write() as connection:
        add_circular(connection, slug="theirs", at=MORNING)
    with desk_at(sent_folder) as desk, pytest.raises(RefusedError, match="not empty") as caught:
        move_store(desk, url)
    assert "createdb" in caught.value.hint
    with other.write() as connection:
        assert connection.scalars(circulars.select().with_only_columns(circulars.c.slug)).all() == ["theirs"]
        connection.execute(delete(circulars))
    other.close()
    assert not (sent_folder / "office.toml").read_text("utf-8").count("[store]")


def test_a_password_is_refused_and_not_printed(sent_folder: Path) -> None:
    with desk_at(sent_folder) as desk, pytest.raises(InputError, match="holds a password") as caught:
        move_store(desk, "postgresql://me:s3cret@db.example.int/letters")
    assert "pgpass" in caught.value.hint
    assert "s3cret" not in caught.value.message + caught.value.hint


def test_not_while_somebody_sends(sent_folder: Path, url: str) -> None:
    from delivery.lease import sending_lease

    with (
        desk_at(sent_folder) as desk,
        sending_lease(sent_folder, desk.clock),
        pytest.raises(BusyError, match="sending already"),
    ):
        move_store(desk, url)


def test_not_to_where_it_is(sent_desk: Desk) -> None:
    with pytest.raises(RefusedError, match="already"):
        move_store(sent_desk, "sqlite:///circulars.db")


def test_a_value_too_long_is_told_and_nothing_moves(sent_folder: Path, url: str) -> None:
    """SQLite does not watch the lengths of columns, PostgreSQL does."""
    with desk_at(sent_folder) as desk:
        with desk.store.write() as connection:
            row = dict(connection.execute(outbox.select().limit(1)).one()._mapping)
            add_rows(connection, [row | {"id": 900, "message_id": "m" * 500}])
        with pytest.raises(InputError, match="table outbox"):
            move_store(desk, url)
        with desk.store.write():
            pass
