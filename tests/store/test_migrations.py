"""A store of an earlier version keeps what it holds when it is opened by this one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import store.migrations
from store.database import open_store
from store.message_rows import rows_in
from store.messages import State, counts

MOMENT = datetime(2022, 3, 21, 9, tzinfo=UTC).replace(tzinfo=None)
ROWS = (
    "INSERT INTO circulars VALUES (1, 'forum', 'CL-22/010', 'Forum', 'issued', 0, :at)",
    "INSERT INTO plans VALUES (1, 1, 'd', '{}', '{}', '{}', 'ann', 'Ann', :at, 'approved', 'bob', 'Bob', :at, '')",
    "INSERT INTO batches VALUES (1, 1, 1, 'd', :at, 'ann', 'a@example.int', 'A', 'r@example.int', 'b@example.int', 1)",
    "INSERT INTO addressees VALUES (1, 1, 1, 'KE', 'kenya', 'N', '', 'KE', '', 'en', 'm', 'email', 'f', '', 'h', 't')",
    "INSERT INTO outbox VALUES (1, 1, 1, 'm@example.org', 'to', 'sent', 'i', 't', 1, :at, NULL, 250, 'OK', :at, NULL)",
    "INSERT INTO delivery_events VALUES (1, 1, NULL, 'delayed', '4.2.2', 'full', :at)",
    "INSERT INTO asks VALUES (1, 'attendance', 0, 'attendance', :at, 0, 1)",
)


def test_a_store_of_the_first_version_is_brought_up_and_keeps_its_rows(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(str(store.migrations.__file__)).parent))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in ROWS:
            connection.execute(text(row), {"at": MOMENT})
        connection.commit()
    engine.dispose()
    opened = open_store("sqlite:///old.db", tmp_path)
    with opened.read() as connection:
        assert counts(connection, 1)[State.SENT] == 1
        letter = next(rows_in(connection, 1))
        assert (letter.mailbox, letter.key) == ("m@example.org", "KE")
        assert connection.execute(text("SELECT count(*) FROM delivery_events WHERE reason_group = ''")).scalar() == 1
        assert connection.execute(text("SELECT reply, remind, deadline FROM asks")).one() == ("[]", "[]", "")
        assert not connection.execute(text("PRAGMA foreign_key_check")).all()
    opened.close()
