"""Plans, what they said of each addressee, and their approval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from store.circulars import add_circular
from store.database import open_store
from store.plans import Author, decide_plan, entries_of, latest_plan, record_plan, replace_entries
from store.schema import plans

NOW = datetime(2031, 3, 4, 8, tzinfo=UTC)
ADELA, BELA = Author(account="adela", name="Adela Quist"), Author(account="bela", name="Bela «B.» Montero")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = open_store("sqlite:///circulars.db", tmp_path)
    with store.write() as connection:
        add_circular(connection, slug="census", at=NOW)
        add_circular(connection, slug="survey", at=NOW)
        yield connection
    store.close()


def record(connection: Connection, digest: str, *, circular_id: int = 1) -> None:
    record_plan(
        connection, circular_id=circular_id, digest=digest,
        options={"languages": ("fr",), "keys": (), "fall_back": True}, summary={"letters": 3, "subject": "Élections"},
        forms={"fr/governments": "f" * 64}, author=ADELA, at=NOW,
    )  # fmt: skip


def test_a_plan_comes_back_as_it_was_recorded(connection: Connection) -> None:
    assert latest_plan(connection, 1) is None
    record(connection, "a" * 64)
    plan = latest_plan(connection, 1)
    assert plan is not None
    assert plan.digest == "a" * 64
    assert plan.options == {"languages": ["fr"], "keys": [], "fall_back": True}
    assert plan.summary == {"letters": 3, "subject": "Élections"}
    assert plan.forms == {"fr/governments": "f" * 64}
    assert (plan.author, plan.planned_at) == (ADELA, NOW)
    assert (plan.decision, plan.decided_by, plan.note) == ("", None, "")


def test_the_newest_counts_and_the_others_stay(connection: Connection) -> None:
    record(connection, "a" * 64)
    record(connection, "b" * 64)
    record(connection, "c" * 64, circular_id=2)
    plan = latest_plan(connection, 1)
    assert plan is not None
    assert plan.digest == "b" * 64
    assert len(connection.execute(select(plans)).all()) == 3


def test_a_decision_has_its_author_and_touches_no_other_plan(connection: Connection) -> None:
    record(connection, "a" * 64)
    record(connection, "b" * 64, circular_id=2)
    plan = latest_plan(connection, 1)
    assert plan is not None
    decide_plan(connection, plan.id, decision="rejected", by=BELA, at=NOW + timedelta(hours=1), note="The date.")
    decided = latest_plan(connection, 1)
    assert decided is not None
    assert (decided.decision, decided.decided_by, decided.note) == ("rejected", BELA, "The date.")
    other = latest_plan(connection, 2)
    assert other is not None
    assert other.decision == ""


def test_entries_are_those_of_the_latest_plan(connection: Connection) -> None:
    many = [(f"key-{number}", number.to_bytes(32)) for number in range(2500)]
    replace_entries(connection, 1, many)
    replace_entries(connection, 2, [("other", b"o" * 32)])
    assert entries_of(connection, 1) == dict(many)
    replace_entries(connection, 1, many[10:12])
    assert entries_of(connection, 1) == dict(many[10:12])
    replace_entries(connection, 1, [])
    assert entries_of(connection, 1) == {}
    assert entries_of(connection, 2) == {"other": b"o" * 32}
