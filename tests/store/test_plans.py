"""Plans, what they said of each addressee, and their approval."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from store.circulars import add_circular
from store.database import open_store
from store.plans import (
    Author,
    Decision,
    decisions_of,
    entries_of,
    latest_plan,
    record_decision,
    record_plan,
    replace_entries,
)
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
        forms={"fr/governments": "f" * 64}, fields={"fr/governments": {"values": ["country"]}}, author=ADELA, at=NOW,
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
    assert plan.fields == {"fr/governments": {"values": ["country"]}}
    assert (plan.decision, plan.decided_by, plan.decided) == ("", None, None)


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
    no = Decision(
        digest="a" * 64, decision="rejected", by=BELA, role="approver", decided_at=NOW + timedelta(hours=1),
        note="The date.", visa_name="visa «2».pdf", visa_sha256="c" * 64,
    )  # fmt: skip
    record_decision(connection, plan.id, no)
    decided = latest_plan(connection, 1)
    assert decided is not None
    assert (decided.decision, decided.decided_by, decided.decided) == ("rejected", BELA, no)
    other = latest_plan(connection, 2)
    assert other is not None
    assert other.decision == ""


def test_the_latest_decision_counts_and_the_history_stays(connection: Connection) -> None:
    made = []
    for number, (digest, decision) in enumerate([("a", "rejected"), ("b", "approved"), ("b", "rejected")]):
        if number < 2:
            record(connection, digest * 64)
        plan = latest_plan(connection, 1)
        assert plan is not None
        made.append(
            Decision(digest=digest * 64, decision=decision, by=ADELA, role="approver", decided_at=NOW, note=str(number))
        )
        record_decision(connection, plan.id, made[-1])
    assert decisions_of(connection, 1) == tuple(made)
    assert decisions_of(connection, 2) == ()
    latest = latest_plan(connection, 1)
    assert latest is not None
    assert latest.decided == made[-1]


def test_entries_are_those_of_the_latest_plan_sorted_by_code_points(connection: Connection) -> None:
    many = [(f"key-{number:04}", number.to_bytes(32), b"parts") for number in range(2500)]
    other = [("other", b"o" * 32, None)]
    replace_entries(connection, 1, reversed(many))
    replace_entries(connection, 2, other)
    assert list(entries_of(connection, 1)) == many
    few = [(key, b"k" * 32, b"") for key in ("Z", "a", "é", "中", "🙂")]
    replace_entries(connection, 1, reversed(few))
    assert list(entries_of(connection, 1)) == few
    replace_entries(connection, 1, [])
    assert list(entries_of(connection, 1)) == []
    assert list(entries_of(connection, 2)) == other
