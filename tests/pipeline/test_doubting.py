"""Messages in doubt, and what the relay's log makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from delivery.lease import sending_lease
from office.errors import NotFoundError
from pipeline.desk import Desk
from pipeline.doubting import LogReport, consult_log, doubtful, resend_missing
from pipeline.sending import send
from store.message_rows import rows_in
from store.messages import State
from store.schema import delivery_events, outbox
from tests.pipeline.offices import MORNING, SLUG, copy_office, desk_at, issue_all

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(small_office: Path, tmp_path: Path) -> Iterator[Desk]:
    """An office that has sent its letter; rows 7, 9 and 10 came into doubt at 8 in the morning, UTC."""
    with desk_at(copy_office(small_office, tmp_path / "office"), clock=lambda: MORNING + 8 * HOUR) as desk:
        issue_all(desk)
        send(desk, SLUG)
        with desk.store.write() as connection:
            doubtful = outbox.c.id.in_([7, 9, 10])
            connection.execute(update(outbox).values(changed_at=MORNING, reply_code=250))
            connection.execute(update(outbox).where(doubtful).values(state=State.IN_DOUBT, reply_code=None))
        yield desk


def message_ids(desk: Desk) -> dict[int, str]:
    with desk.store.read() as connection:
        return {row.id: row.message_id for row in rows_in(connection, 1)}


def states(desk: Desk, *ids: int) -> list[str]:
    with desk.store.read() as connection:
        found = {row.id: row.state for row in rows_in(connection, 1)}
    return [found[number] for number in ids]


def log(*lines: str, begin: str = "Mar  4 08:00:00", end: str = "Mar  4 17:00:00", at: str = "Mar  4 09:00:00") -> str:
    shown = [f"{at} relay postfix/{line}" for line in lines]
    return "\n".join([f"{begin} relay postfix/x[1]: a", *shown, f"{end} relay postfix/x[1]: b", ""])


def taken(message_id: str, queue_id: str = "AAAAA", *more: str) -> list[str]:
    return [
        f"cleanup[1]: {queue_id}: message-id=<{message_id}>",
        f"qmgr[1]: {queue_id}: from=<x@y>, size=1, nrcpt=1 (queue active)",
        *more,
    ]


def consult(desk: Desk, text: str, key: str = "") -> LogReport:
    path = desk.office.folder / "mail.log"
    path.write_text(text)
    return consult_log(desk, SLUG, key, [str(path)])


def found(report: LogReport) -> list[str]:
    return [one.found for one in report.judged]


@pytest.mark.sqlite("one sends at a time")
def test_what_a_killed_process_left_is_in_doubt_at_once(desk: Desk) -> None:
    with desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == 8).values(state=State.SENDING))
    with sending_lease(desk.office.folder, desk.clock):  # it lives
        assert [row.id for row in doubtful(desk, SLUG)] == [7, 9, 10]
    assert [row.id for row in doubtful(desk, SLUG)] == [7, 8, 9, 10]


def test_what_the_log_says_is_settled_and_what_it_lacks_is_offered(desk: Desk) -> None:
    names = message_ids(desk)
    bounce = "smtp[1]: BBBBB: to=<a@b>, relay=x, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (550 5.1.1 no such)"
    text = log(*taken(names[1], "WITNS"), *taken(names[7]), *taken(names[9], "BBBBB", bounce))
    report = consult(desk, text)
    assert (found(report), report.settled) == (["accepted", "bounced", "missing"], 2)
    assert states(desk, 7, 9, 10) == ["sent", "bounced", "in-doubt"]
    with desk.store.read() as connection:
        events = connection.execute(select(delivery_events).order_by(delivery_events.c.id)).all()
    assert [(event.outbox_id, event.action, event.reason_group) for event in events] == [
        (7, "settled", ""), (9, "failed", "address"),
    ]  # fmt: skip
    assert "mail.log, line 4" in events[0].diagnostic
    assert resend_missing(desk, report) == 1
    assert states(desk, 10) == ["queued"]
    assert send(desk, SLUG).sent == 1  # the journal knows that it was decided
    assert message_ids(desk) == names
    with pytest.raises(NotFoundError, match="in doubt"):
        consult(desk, text)


def test_a_log_that_does_not_cover_the_time_proves_nothing(desk: Desk) -> None:
    witness = taken(message_ids(desk)[1], "WITNS")
    for begin, end in (("Mar  4 09:01:00", "Mar  4 17:00:00"), ("Mar  3 08:00:00", "Mar  4 09:01:00")):
        report = consult(desk, log(*witness, begin=begin, end=end))
        assert found(report) == ["unknown"] * 3
        assert "does not cover" in report.judged[0].text
        assert not report.missing
    assert states(desk, 7, 9, 10) == ["in-doubt"] * 3


def test_a_log_of_another_server_proves_nothing(desk: Desk) -> None:
    report = consult(desk, log(*taken("somebody@else.example")))
    assert found(report) == ["unknown"] * 3
    assert "another server" in report.judged[0].text


def test_the_clock_of_the_relay_is_known_by_our_other_messages(desk: Desk) -> None:
    witness = taken(message_ids(desk)[1], "WITNS")
    morning_in_tokyo = {"begin": "Mar  4 16:00:00", "at": "Mar  4 17:00:00", "end": "Mar  4 18:00:00"}
    report = consult(desk, log(*witness, **morning_in_tokyo))
    assert found(report) == ["missing"] * 3
    assert report.shift == timedelta(hours=8)


def test_a_message_that_was_refused_becomes_so(desk: Desk) -> None:
    names = message_ids(desk)
    milter = "cleanup[1]: AAAAA: milter-reject: END-OF-MESSAGE from a[1]: {} 5.7.1 spam; from=<x> to=<y> proto=ESMTP"
    named = f"cleanup[1]: AAAAA: message-id=<{names[7]}>"
    later = f"cleanup[1]: BBBBB: message-id=<{names[9]}>"
    put_off = milter.format("451").replace("5.7.1", "4.7.1").replace("AAAAA", "BBBBB")
    report = consult(desk, log(*taken(names[1], "WITNS"), named, milter.format("550"), later, put_off))
    assert found(report) == ["refused", "missing", "missing"]
    assert states(desk, 7, 9) == ["refused", "in-doubt"]
    assert "Not taken" in report.judged[1].text


def test_one_addressee_alone(desk: Desk) -> None:
    names = message_ids(desk)
    report = consult(desk, log(*taken(names[7]), *taken(names[9], "BBBBB")), key="Kenya")
    assert (found(report), report.settled) == (["accepted"], 1)
    assert states(desk, 9) == ["in-doubt"]
