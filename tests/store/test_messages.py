"""What is packed with a reminder, and what a run may send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, insert, update

from store.database import Store
from store.message_rows import rows_in
from store.messages import Part, State, Wanted, counts, next_try, pack_reminder, unpack_reminder, waiting, waiting_ids
from store.outbox import claim
from store.parties import countries_of_parties
from store.register import all_answers
from store.schema import outbox, reminder_letters
from store.standings import register_rows
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office

VALUES = '["Élodie",true]'.encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three letters that were sent, and a reminder to the second addressee."""
    opened = open_sample_store(tmp_path)
    issue_sample(opened, sample_office(tmp_path), plain_routes(3))
    with opened.write() as connection:
        connection.execute(update(outbox).values(state="sent"))
        letter = next(row for row in rows_in(connection, 1) if row.addressee_id == 2)
        connection.execute(
            insert(reminder_letters).values(
                id=7,
                circular_id=1,
                addressee_id=2,
                form=letter.form,
                values=pack_reminder("Successor", VALUES),
                made_at=NOW,
            )
        )
        connection.execute(
            insert(outbox).values(
                id=4, circular_id=1, addressee_id=2, mailbox="new@example.org", role="to", state="queued",
                message_id="r@example.int", token="r", changed_at=NOW, reminder_id=7,
            )
        )  # fmt: skip
    yield opened
    opened.close()


@pytest.mark.parametrize("name", ["", "Élodie «É» Marchand", '"; DROP TABLE outbox', "\u2028"])
def test_a_reminder_is_packed_with_the_name_it_is_written_to(name: str) -> None:
    assert unpack_reminder(pack_reminder(name, VALUES)) == (name, VALUES)


def test_a_reminder_answers_its_letter_under_a_date_of_its_own(store: Store) -> None:
    with store.read() as connection:
        (row,) = rows_in(connection, 1, part=Part.REMINDERS)
        letters = list(rows_in(connection, 1, part=Part.LETTERS))
    assert row.references == (letters[1].message_id,)
    assert (row.name, row.values, row.to_mailbox) == ("Successor", VALUES, "new@example.org")
    assert (row.issued_at, row.thread_at) == (NOW, letters[1].issued_at)
    assert all(letter.references == () and letter.thread_at is None for letter in letters)


def test_erased_values_stay_erased(store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(reminder_letters).values({"values": None}))
        (row,) = rows_in(connection, 1, part=Part.REMINDERS)
    assert row.values is None


def test_parts_are_counted_apart(store: Store) -> None:
    with store.read() as connection:
        assert counts(connection, 1, Part.LETTERS)[State.SENT] == 3
        assert counts(connection, 1, Part.REMINDERS)[State.QUEUED] == 1
        assert sum(counts(connection, 1).values()) == 4
        assert next_try(connection, 1, Part.LETTERS) is None


@pytest.mark.parametrize(
    ("wanted", "due"),
    [
        (Wanted(), 0),
        (Wanted(part=Part.LETTERS, reminders_since=NOW), 0),
        (Wanted(part=Part.REMINDERS), 0),
        (Wanted(part=Part.REMINDERS, reminders_since=NOW), 1),
        (Wanted(reminders_since=NOW), 1),
    ],
)
def test_reminders_go_only_where_they_are_wanted(store: Store, wanted: Wanted, due: int) -> None:
    with store.write() as connection:
        assert waiting(connection, 1, NOW, wanted) == due
        assert len(claim(connection, 1, limit=10, now=NOW, wanted=wanted)) == due


def test_a_reminder_is_claimed_among_letters_in_its_turn(store: Store) -> None:
    wanted = Wanted(reminders_since=NOW)
    with store.write() as connection:
        connection.execute(update(outbox).values(domain="example.org"))
        connection.execute(update(outbox).where(outbox.c.id.in_((1, 3))).values(state="queued"))
        connection.execute(update(outbox).where(outbox.c.id == 3).values(id=5))
        connection.execute(update(outbox).where(outbox.c.id == 2).values(state="deferred", next_attempt_at=NOW))
        assert claim(connection, 1, limit=2, now=NOW, wanted=replace(wanted, without=frozenset({"example.org"}))) == []
        claimed = claim(connection, 1, limit=2, now=NOW, wanted=replace(wanted, without=frozenset({"a.org", "b.org"})))
        assert [row.id for row in claimed] == [1, 4]
        assert claimed == list(rows_in(connection, 1, (State.CLAIMED,)))
        assert [row.id for row in claim(connection, 1, limit=9, now=NOW, wanted=wanted)] == [2, 5]


def test_reading_in_pieces_leaves_the_connection_as_it_was(store: Store) -> None:
    """Set on the connection, PostgreSQL would make a cursor of every later statement, and refuse those that write."""
    with store.write() as connection:
        before = dict(connection.get_execution_options())
        ids = list(waiting_ids(connection, 1))
        rows = list(rows_in(connection, 1))
        read = (*all_answers(connection, 1), *register_rows(connection, 1), *countries_of_parties(connection, 1))
        assert dict(connection.get_execution_options()) == before
    assert (len(ids), len(rows), len(read)) == (1, 4, 3)


@pytest.mark.sqlite("its plans of queries")
def test_the_pace_of_reading_does_not_fall_with_the_number_of_letters(tmp_path: Path) -> None:
    """SQLite says which index it would use: one that leads through all letters for each of them would be quadratic."""
    opened = open_sample_store(tmp_path)
    issue_sample(opened, sample_office(tmp_path), plain_routes(2))
    asked: list[str] = []
    event.listen(opened.engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    with opened.read() as connection:
        list(rows_in(connection, 1))
    (query,) = (statement for statement in asked if "sibling" in statement)
    with opened.read() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + query, (1,) * query.count("?"))
        steps = [row[3] for row in plan]
    assert any("sibling USING INDEX ix_outbox_addressee_id" in step for step in steps), steps
    assert not any("SCAN" in step or "ix_outbox_reminder_id" in step for step in steps), steps
    opened.close()
