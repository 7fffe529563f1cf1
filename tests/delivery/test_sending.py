"""A run as a whole: the transport of files, the print run, the lease, the journal, settled doubts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from delivery.archive import load_form
from delivery.doubt import settle_doubt
from delivery.hints import hint_for
from delivery.lease import sending_lease
from delivery.mail_form import MailForm
from delivery.message import build
from delivery.pace import JITTER, next_attempt, wait
from delivery.sending import SendSummary, send
from office.errors import BusyError, CircularsError, NotFoundError
from office.model import Office, SmtpTransport
from store.database import Store
from store.message_rows import rows_in
from store.messages import OutboxRow, State, counts
from store.outbox import claim, mark_sending, recover
from store.schema import addressees, delivery_events
from templates.forms import unpack_values
from tests.delivery.samples import (
    NOW,
    REFERENCE,
    issue_sample,
    open_sample_store,
    plain_routes,
    sample_forms,
    sample_office,
)
from tests.delivery.sink import DROP, Sink


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return sample_office(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_sample_store(tmp_path)
    yield opened
    opened.close()


def run(store: Store, office: Office, circular_id: int = 1, limit: int | None = None) -> SendSummary:
    return send(store, office, circular_id=circular_id, reference=REFERENCE, limit=limit, clock=lambda: NOW)


def rows_of(store: Store) -> list[OutboxRow]:
    with store.read() as connection:
        return list(rows_in(connection, 1))


def states_of(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {state.value: number for state, number in counts(connection, 1).items() if number}


def with_relay(office: Office, sink: Sink) -> Office:
    relay = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none", connections=1)
    return replace(office, mail=replace(office.mail, transport="relay"), transports={"relay": relay})


def test_files(store: Store, office: Office) -> None:
    issue_sample(store, office, [[("a@example.org", "to"), ("b@example.org", "cc")], [("c@example.org", "to")]])
    summary = run(store, office)
    assert summary.as_json() == {
        "sent": 3, "refused": 0, "deferred": 0, "in_doubt": 0, "suppressed": 0, "printed": 0, "remaining": 0,
        "doubtful": 0, "problems": [], "stopped": "", "hint": "", "lasting": False, "next_try": None, "slowed": (),
        "postponed": 0, "next_day": None,
    }  # fmt: skip
    folder = office.folder / "outgoing" / "CL-22-010"
    assert sorted(path.name for path in folder.iterdir()) == [
        "0000001-key-0.eml",
        "0000002-key-0.eml",
        "0000003-key-1.eml",
    ]
    for row in rows_of(store):
        content = (folder / f"{row.id:07}-{row.key}.eml").read_bytes()
        assert message_from_bytes(content, policy=policy.SMTP)["Message-ID"] == f"<{row.message_id}>"
        assert row.values is not None
        again = build(load_form(office.folder / "archive", row.form), unpack_values(row.values), row)
        assert again == content


def test_files_that_cannot_be_written(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(3))
    (office.folder / "outgoing").write_text("in the way")
    summary = run(store, office)
    assert "cannot be written" in summary.stopped
    assert states_of(store) == {"queued": 3}


def test_paper_goes_to_the_print_run(store: Store, office: Office) -> None:
    form = MailForm(sample_forms(personal=True), reference=REFERENCE, zone="Europe/Zurich")
    issue_sample(store, office, [[("a@example.org", "to"), ("", "paper")], [("", "paper")]], form=form)
    summary = run(store, office)
    assert (summary.sent, summary.printed) == (1, 2)
    assert states_of(store) == {"sent": 1, "printed": 2}
    written = sorted((office.folder / "outgoing" / "CL-22-010" / "print").iterdir())
    assert [path.name for path in written] == ["0000002-key-0.docx", "0000003-key-1.docx"]
    assert b"Madame la Ministre" in written[0].read_bytes()


def test_paper_goes_to_the_print_run_with_a_relay_too(store: Store, office: Office) -> None:
    issue_sample(store, office, [[("a@example.org", "to"), ("", "paper")], [("", "paper")]])
    with Sink().running() as sink:
        summary = run(store, with_relay(office, sink))
    assert (summary.sent, summary.printed, summary.remaining) == (1, 2, 0)


def test_limit(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(10))
    assert run(store, office, limit=4).remaining == 6
    assert run(store, office).sent == 6


def test_erased_values_are_not_sent(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(2))
    with store.write() as connection:
        connection.execute(addressees.update().where(addressees.c.id == 1).values({"values": None}))
    summary = run(store, office)
    assert (summary.sent, summary.refused) == (1, 1)
    assert "erased" in summary.problems[0].text


@pytest.mark.sqlite("its columns take any kind of value")
@pytest.mark.parametrize("edited", ['CAST("values" AS TEXT)', "7", "CAST(\"values\" || ' ' AS BLOB)"])
def test_edited_values_are_not_sent(store: Store, office: Office, edited: str) -> None:
    issue_sample(store, office, plain_routes(2))
    with store.write() as connection:
        connection.exec_driver_sql(f'UPDATE addressees SET "values" = {edited} WHERE id = 1')
    summary = run(store, office)
    assert (summary.sent, summary.refused) == (1, 1)
    assert "no longer what was approved" in summary.problems[0].text


def test_a_missing_form_stops_the_run_and_loses_nothing(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(3))
    (path,) = (office.folder / "archive").iterdir()
    sealed = path.read_bytes()
    path.unlink()
    load_form.cache_clear()
    with pytest.raises(NotFoundError, match="missing"):
        run(store, office)
    assert states_of(store) == {"queued": 3}
    path.write_bytes(sealed)
    assert run(store, office).sent == 3


@pytest.mark.sqlite("the name of its journal")
def test_a_journal_that_cannot_be_written(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(1))
    (office.folder / "journal" / "sent-forum-0.log").mkdir(parents=True)
    with pytest.raises(CircularsError, match="cannot be written"):
        run(store, office)
    assert states_of(store) == {"queued": 1}


@pytest.mark.sqlite("a trigger as it writes them")
def test_a_store_that_fails_within_a_run(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(5))

    spoilt: list[bool] = []

    def spoil(step: str, argument: str) -> str:
        if step == "rcpt" and "minister3@" in argument and not spoilt:
            spoilt.append(True)
            with store.write() as connection:
                connection.exec_driver_sql(
                    "CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.state = 'sending' "
                    "BEGIN SELECT no_such_function(); END"
                )
        return ""

    with Sink(script=spoil).running() as sink:
        with pytest.raises(CircularsError, match="cannot be written"):
            run(store, with_relay(office, sink))
        with store.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        run(store, with_relay(office, sink))
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 5
    assert states_of(store) == {"sent": 4, "in-doubt": 1}  # the one whose outcome could not be written


@pytest.mark.sqlite("one sends at a time")
def test_one_sender_at_a_time(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(1))
    program = (
        "import sys, datetime; from pathlib import Path; from delivery.lease import sending_lease\n"
        f"with sending_lease(Path({str(office.folder)!r}), lambda: datetime.datetime.now(datetime.UTC)):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=rf"process {holder.pid}, since [-0-9]+ [:0-9]+ UTC\.") as busy:
            run(store, office)
        assert busy.value.exit_code == 3
        assert states_of(store) == {"queued": 1}
    finally:
        holder.kill()
        holder.communicate()
    assert run(store, office).sent == 1  # the kernel released it


def test_the_lease_is_not_shared_within_a_process(office: Office) -> None:
    with (
        sending_lease(office.folder, lambda: NOW),
        pytest.raises(BusyError, match="sending already"),
        sending_lease(office.folder, lambda: NOW),
    ):
        pass
    with sending_lease(office.folder, lambda: NOW):
        pass


def test_doubt_is_settled_by_hand_only(store: Store, office: Office) -> None:
    issue_sample(store, office, plain_routes(3))
    lost = iter([DROP, DROP])
    with Sink(script=lambda step, _: next(lost, "") if step == "dot" else "").running() as sink:
        assert run(store, with_relay(office, sink)).in_doubt == 2
        first, second = (row for row in rows_of(store) if row.state == State.IN_DOUBT)
        assert settle_doubt(store, office, [first], state=State.SENT, said="a", clock=lambda: NOW) == 1
        assert settle_doubt(store, office, [second], state=State.QUEUED, said="b", clock=lambda: NOW) == 1
        assert settle_doubt(store, office, [first, second], state=State.QUEUED, said="", clock=lambda: NOW) == 0
        assert states_of(store) == {"sent": 2, "queued": 1}
        assert run(store, with_relay(office, sink)).sent == 1
    assert sink.seen[first.message_id] == 1
    assert sink.seen[second.message_id] == 2  # as asked, under the same Message-ID
    with store.read() as connection:
        events = connection.execute(delivery_events.select()).all()
    assert [event.action for event in events] == ["settled", "settled"]


def test_doubt_that_another_run_found_is_told(store: Store, office: Office) -> None:
    first = issue_sample(store, office, plain_routes(2))
    with store.write() as connection:
        claimed = claim(connection, first, limit=1, now=NOW)
        mark_sending(connection, [row.id for row in claimed], NOW)  # and the process ends here
        recover(connection, NOW)  # by the run of another circular
    summary = run(store, office, first)
    assert (summary.sent, summary.in_doubt, summary.doubtful) == (1, 0, 1)
    assert run(store, office, first).doubtful == 1


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 120), (4, 240), (5, 240), (1000, 240)]
)
def test_pace(attempts: int, minutes: int) -> None:
    first = NOW - timedelta(days=4)
    assert wait(attempts) == timedelta(minutes=minutes)
    at = [next_attempt(attempts=attempts, first_attempt_at=first, now=NOW, row_id=row_id) for row_id in range(200)]
    waits = sorted((moment - NOW) / wait(attempts) for moment in at if moment is not None)
    assert len(set(waits)) == 200
    assert 1 <= waits[0] < 1.02 < 1.23 < waits[-1] < 1 + JITTER
    assert at[7] == next_attempt(attempts=attempts, first_attempt_at=first, now=NOW, row_id=7)
    assert next_attempt(attempts=attempts, first_attempt_at=NOW - timedelta(days=5), now=NOW, row_id=7) is None


@pytest.mark.parametrize(
    ("state", "code", "text", "words"),
    [
        (State.REFUSED, 550, "5.1.1 no such user", "does not exist"),
        (State.REFUSED, 550, "5.7.1 blocked", "IT staff"),
        (State.REFUSED, 552, "full", "mailbox is full"),
        (State.REFUSED, None, "", "Check the address"),
        (State.REFUSED, None, "The relay r cannot carry addresses in this script (SMTPUTF8).", "in Latin letters"),
        (State.REFUSED, None, "The relay r cannot carry 8-bit text (8BITMIME).", "operator for 8BITMIME"),
        (
            State.REFUSED,
            None,
            "The message has 1.3 MB, but the relay r takes at most 1.0 MB.",
            "larger messages, then: retry",
        ),
        (State.DEFERRED, 451, "4.7.1 greylisted", "tried again"),
        (State.IN_DOUBT, None, "", "circulars doubt"),
    ],
)
def test_hints(state: State, code: int | None, text: str, words: str) -> None:
    assert words in hint_for(state, code, text)
