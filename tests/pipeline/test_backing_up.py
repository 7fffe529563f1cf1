"""A copy of the store for a backup, and what goes with it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError, RefusedError
from pipeline.backing_up import Made, back_up, last_backup
from pipeline.sending import send
from store.database import SCHEMA_VERSION
from tests.pipeline.offices import MORNING, SLUG, desk_at, dump, edit, fixed_clock, issue_all, write_office

pytestmark = pytest.mark.sqlite("copies a file")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_office(tmp_path / "office")


def test_the_copy_is_the_store(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        send(desk, SLUG)
        before = dump(desk.store)
        made = back_up(folder, tmp_path / "copy.db", clock=fixed_clock())
    assert made.schema == SCHEMA_VERSION
    assert made.size == (tmp_path / "copy.db").stat().st_size
    assert made.also == ("office.key", "office.toml", "archive", "letters", "recipients", "locales")
    (folder / "circulars.db").write_bytes((tmp_path / "copy.db").read_bytes())
    with desk_at(folder) as desk:
        assert dump(desk.store) == before


def test_in_a_folder_it_is_named_by_the_moment(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    made = back_up(folder, tmp_path / "backup", clock=fixed_clock())
    assert made.file == tmp_path / "backup" / "circulars-20310304T080000Z.db"
    with pytest.raises(RefusedError, match="is there already"):
        back_up(folder, tmp_path / "backup", clock=fixed_clock())


def test_the_last_one_is_remembered(folder: Path, tmp_path: Path) -> None:
    assert last_backup(folder) is None
    back_up(folder, tmp_path / "copy.db", clock=fixed_clock())
    assert last_backup(folder) == Made(at=MORNING, file=str(tmp_path / "copy.db"))
    later = datetime(2031, 3, 5, 8, tzinfo=UTC)
    back_up(folder, tmp_path / "next.db", clock=fixed_clock(later))
    assert last_backup(folder) == Made(at=later, file=str(tmp_path / "next.db"))


def test_the_record_is_for_all_who_may_look_into_the_office(folder: Path, tmp_path: Path) -> None:
    """Whatever the umask of the timer, and of the version that wrote the one before."""
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal").chmod(0o770)
    (folder / "journal" / "backup.json").write_text("{}")
    (folder / "journal" / "backup.json").chmod(0o600)
    umask = os.umask(0o077)
    try:
        made = back_up(folder, tmp_path / "copy.db", clock=fixed_clock())
    finally:
        os.umask(umask)
    assert (folder / "journal" / "backup.json").stat().st_mode & 0o777 == 0o660
    assert made.file.stat().st_mode & 0o777 == 0o600


def test_what_the_settings_name_belongs_to_it(folder: Path, tmp_path: Path) -> None:
    for name in ("dkim.pem", "ca.pem", "inbox-ca.pem", "relay-world.token", "templates/logo.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[transports.world]\nkind = "smtp"\nhost = "relay.example.int"\nca_file = "ca.pem"\n'
            '[inbox]\nsource = "imaps://a@mail.example.int/INBOX"\nca_file = "inbox-ca.pem"\n'
            '[[mail.dkim]]\ndomain = "example.int"\nselector = "a"\nkey_file = "dkim.pem"\n'
            '[look]\nlogo = "templates/logo.png"\n'
        )
    made = back_up(folder, tmp_path / "copy.db", clock=fixed_clock())
    assert {"relay-world.token", "dkim.pem", "ca.pem", "inbox-ca.pem", "templates"} <= set(made.also)
    assert "templates/logo.png" not in made.also, "it goes with its folder"


@pytest.mark.parametrize(
    "spoilt", ["", "[]", "{", '{"at": 3, "file": "x"}', '{"at": "yesterday", "file": "x"}', "\xff"]
)
def test_a_spoilt_record_is_no_record(folder: Path, spoilt: str) -> None:
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "backup.json").write_bytes(spoilt.encode("latin-1"))
    assert last_backup(folder) is None


def test_what_cannot_be_backed_up(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        back_up(folder, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(InputError, match="the store's own file"):
        back_up(folder, folder / "circulars.db-wal2")
    (folder / "circulars.db").unlink()
    with pytest.raises(NotFoundError, match="no store"):
        back_up(folder, tmp_path / "copy.db")
    with (folder / "office.toml").open("a") as file:
        file.write('\n[store]\nurl = "postgresql+psycopg://office@db.example.int/circulars"\n')
    with pytest.raises(RefusedError, match="PostgreSQL"):
        back_up(folder, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy.db*"))


def test_a_store_of_an_older_version_is_copied_as_it_is(folder: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "circulars.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
    assert back_up(folder, tmp_path / "copy.db").schema == "0001"
    edit(folder / "office.toml", 'transport = "files"', 'transport = "nothing"')
    with pytest.raises(InputError):
        back_up(folder, tmp_path / "other.db")
