"""What is under way, held, in doubt or overdue."""

from __future__ import annotations

import fcntl
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from delivery.lease import ticking_lease
from office.reading import load_office
from pipeline.backing_up import back_up
from pipeline.doctor.results import Result
from pipeline.doctor.work import look_at_work
from pipeline.scheduling import schedule
from pipeline.sending import send
from pipeline.stopping import hold
from store.health import unended_senders
from store.outbox import claim, doubt
from store.senders import enter
from tests.pipeline.doctor.visits import codes, of, visit_to
from tests.pipeline.offices import MORNING, SLUG, desk_at, edit, fixed_clock, issue_all, write_office

pytestmark = pytest.mark.sqlite("looks at a file")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_office(tmp_path_factory.mktemp("issued") / "office")
    with desk_at(folder) as desk:
        issue_all(desk)
    return folder


@pytest.fixture
def folder(issued: Path, tmp_path: Path) -> Path:
    from tests.pipeline.offices import copy_office

    return copy_office(issued, tmp_path / "office")


def looked_at(folder: Path, **how: Any) -> list[Result]:
    return list(look_at_work(load_office(folder), visit_to(folder, **how)))


def test_a_quiet_office(folder: Path) -> None:
    found = codes(looked_at(folder))
    assert found == {"not-sending": "good", "backup-unknown": "note", "register": "good", "tick": "note"}


def test_letters_that_are_no_longer_in_the_archive(folder: Path) -> None:
    (folder / "archive").rename(folder / "attic")
    found = looked_at(folder)
    assert of(found, "archive-lost").level == "error"
    assert "register" not in codes(found)


def test_who_sends_right_now(folder: Path) -> None:
    (folder / "journal").mkdir(exist_ok=True)
    with (folder / "journal" / "send.lock").open("w+") as lock:
        lock.write("anna on desk-7, process 42, since 2031-03-04 07:59:00\n")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "anna on desk-7, process 42" in of(looked_at(folder), "sending").message
    assert codes(looked_at(folder))["not-sending"] == "good"


def test_what_is_held_or_in_doubt(folder: Path) -> None:
    with desk_at(folder) as desk:
        hold(desk, SLUG)
        with desk.store.write() as connection:
            doubt(connection, [1, 2], "nobody knows", MORNING)
    found = looked_at(folder)
    assert "circulars resume census" in of(found, "held").hint
    assert "of 2 messages" in of(found, "in-doubt").message
    assert of(found, "in-doubt").level == "warning"
    assert "register" not in codes(found)


def test_what_a_sender_left_that_died(folder: Path) -> None:
    with desk_at(folder) as desk, desk.store.write() as connection:
        sender = enter(connection, 1, account="anna", host="desk-7", process=42)
        claim(connection, 1, limit=3, now=MORNING, sender=sender.sender_id)
        assert [seen.process for seen in unended_senders(connection)] == [42]
    found = looked_at(folder)
    assert "anna on desk-7, process 42" in of(found, "sender-ended").message
    assert "left 3 messages" in of(found, "left-behind").message


def test_a_store_of_another_version_is_left_alone(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "circulars.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
    assert codes(looked_at(folder))["no-register"] == "skipped"
    with closing(sqlite3.connect(folder / "circulars.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_store_put_back_from_a_backup(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "copy.db", clock=fixed_clock())
    with desk_at(folder) as desk:
        send(desk, SLUG)
    assert "journal-ahead" not in codes(looked_at(folder))
    for path in folder.glob("circulars.db-*"):
        path.unlink()
    (tmp_path / "copy.db").replace(folder / "circulars.db")
    found = of(looked_at(folder), "journal-ahead")
    assert (found.level, "circulars send census" in found.hint) == ("warning", True)


def test_a_store_older_than_the_letter(folder: Path) -> None:
    for path in folder.glob("circulars.db*"):
        path.unlink()
    (folder / "journal").mkdir(exist_ok=True)
    (folder / "journal" / "sent-other.log").write_text("+ 12 abc@example.int - 2031-03-04T08:00:00Z\n")
    desk_at(folder).__enter__().store.close()
    assert "names message 12" in of(looked_at(folder), "store-behind").message


def ticked(folder: Path, moment: Any) -> None:
    with ticking_lease(folder, fixed_clock(moment)):
        pass
    os.utime(folder / "journal" / "tick.lock", (moment.timestamp(), moment.timestamp()))


def test_a_timer_that_does_not_run(folder: Path) -> None:
    with desk_at(folder) as desk:
        schedule(desk, SLUG, "2031-03-04 12:00")
    at = {"clock": fixed_clock(MORNING + timedelta(hours=5))}  # 14:00 in Geneva
    assert "has never run" in of(looked_at(folder, **at), "tick-missing").message
    ticked(folder, MORNING)
    assert "last ran 5 hours ago" in of(looked_at(folder, **at), "tick-missing").message
    ticked(folder, MORNING + timedelta(hours=4, minutes=50))
    assert codes(looked_at(folder, **at))["tick"] == "good"


def test_reminders_that_rest_on_a_timer(folder: Path) -> None:
    assert codes(looked_at(folder))["tick"] == "note"
    edit(folder / "office.toml", "[mail]", "[reminders]\nautomatic = true\n\n[mail]")
    assert of(looked_at(folder), "tick-missing").level == "warning"
    ticked(folder, MORNING - timedelta(minutes=10))
    assert "10 minutes ago" in of(looked_at(folder), "tick").message


def test_how_old_the_last_backup_is(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "copy.db", clock=fixed_clock(MORNING - timedelta(days=3)))
    assert "3 days ago" in of(looked_at(folder), "backup").message
    late = looked_at(folder, clock=fixed_clock(MORNING + timedelta(days=6)))
    assert of(late, "backup-old").level == "warning"


def test_a_server_has_tools_of_its_own_for_copies(folder: Path, tmp_path: Path) -> None:
    """What was copied before the store was moved says nothing of it."""
    back_up(folder, tmp_path / "copy.db", clock=fixed_clock(MORNING))
    with (folder / "office.toml").open("a") as file:
        file.write('\n[store]\nurl = "postgresql://office@db.example.int/circulars"\n')
    found = looked_at(folder, offline=True)
    assert "pg_dump" in of(found, "backup-unknown").hint
