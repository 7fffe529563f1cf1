"""Nobody is reminded twice: two at once, a run that ends in the middle, doubt, a restored backup."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from delivery.lease import sending_lease
from office.errors import BusyError
from pipeline.due_reminders import Due, find_due
from pipeline.reminding import queue_reminders, remind
from pipeline.stopping import resume
from store.schema import outbox, reminder_letters, reminders
from tests.pipeline.offices import SLUG, Person
from tests.pipeline.reminders import (
    EVERYBODY,
    FIRST,
    Year,
    parties,
    states,
)


def test_killed_between_queueing_and_sending(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
    for hour in (9, 10, 11):
        year.run(*FIRST, hour=hour)
    assert states(year) == {"sent": 8, "printed": 2}


def test_killed_while_queueing_leaves_nothing(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.reminding.add_rows", die)
    with year.desk(*FIRST) as desk, pytest.raises(KeyboardInterrupt):
        queue_reminders(desk, SLUG)
    with year.desk(*FIRST) as desk, desk.store.read() as connection:
        assert connection.execute(select(reminders)).all() == []
        assert connection.execute(select(reminder_letters)).all() == []
    monkeypatch.undo()
    assert parties(year.remind(*FIRST)) == EVERYBODY


def test_a_message_in_doubt_is_not_sent_again(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        with desk.store.write() as connection:
            change = update(outbox).where(
                outbox.c.mailbox == "rosa@lens.example.com", outbox.c.reminder_id.is_not(None)
            )
            connection.execute(change.values(state="sending"))  # the process was killed here
    _, summary = year.run(*FIRST, hour=9)
    assert (summary.in_doubt, summary.doubtful) == (1, 1)
    assert parties(year.remind(*FIRST, hour=10)) == set()
    assert states(year) == {"sent": 7, "printed": 2, "in-doubt": 1}


@pytest.mark.sqlite("a backup is a copy of the file")
def test_a_restored_backup_reminds_nobody_again(year: Year) -> None:
    store = year.folder / "circulars.db"
    backup = store.read_bytes()
    year.remind(*FIRST)
    with year.desk(*FIRST):
        pass  # closed: nothing is left in the write-ahead log
    for path in year.folder.glob("circulars.db*"):
        path.unlink()
    store.write_bytes(backup)
    _, summary = year.run(*FIRST, hour=9)
    assert (summary.sent, summary.in_doubt) == (0, 8)  # the journal knows what has gone
    assert "knows 8 messages" in summary.stopped
    assert states(year) == {"in-doubt": 8, "queued": 2}
    with year.desk(*FIRST) as desk:
        resume(desk, SLUG)
    _, summary = year.run(*FIRST, hour=10)
    assert (summary.sent, summary.printed, summary.stopped) == (0, 2, "")
    assert states(year) == {"in-doubt": 8, "printed": 2}


def test_two_at_once(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_while_another_terminal_queues(desk: Person, connection: Connection, *rest: Any, **options: Any) -> Due:
        found = find_due(desk, connection, *rest, **options)
        monkeypatch.undo()
        with year.desk(*FIRST) as other:
            queue_reminders(other, SLUG)
        return found

    monkeypatch.setattr("pipeline.reminding.find_due", look_while_another_terminal_queues)
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
    assert states(year) == {"queued": 10}


def test_another_terminal_that_sends(year: Year) -> None:
    with year.desk(*FIRST) as desk, sending_lease(desk.office.folder, desk.clock), pytest.raises(BusyError):
        remind(desk, SLUG)
    assert parties(year.remind(*FIRST, hour=9)) == set()
    assert states(year) == {"sent": 8, "printed": 2}
