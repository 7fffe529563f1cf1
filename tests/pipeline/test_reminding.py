"""What goes to whom, on which thread, never twice, and not to those who answered meanwhile."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from delivery.sending import send as deliver_rows
from office.errors import NotFoundError, RefusedError
from office.model import SmtpTransport
from pipeline.answering import note
from pipeline.archiving import show
from pipeline.deadlines import extend
from pipeline.due_reminders import Due, find_due
from pipeline.registering import status
from pipeline.reminding import queue_reminders, remind
from pipeline.sending import send
from pipeline.stopping import hold, resume, withdraw
from pipeline.tracking import track
from store.messages import Part, State, counts
from store.reminders import expired_reminders, reminders_sent
from store.schema import outbox
from tests.delivery.sink import Sink
from tests.pipeline.answers import deliver, give, reply
from tests.pipeline.offices import SLUG, Person, desk_at, issue_all
from tests.pipeline.reminders import (
    EVERYBODY,
    FIRST,
    LAST,
    SECOND,
    Year,
    left_out,
    mailboxes,
    parties,
    reminder_text,
    states,
    write_reminding_office,
)


def test_a_whole_round(year: Year) -> None:
    went = {}
    for month, day in [(4, 7), FIRST, (4, 9), (4, 11), (4, 14), SECOND, (4, 28), LAST, (5, 5), (6, 2)]:
        found = year.remind(month, day)
        went[month, day] = (len(found.parties), len(found.missed))
    assert {key: count for key, count in went.items() if count != (0, 0)} == {
        FIRST: (7, 0),
        SECOND: (7, 0),
        LAST: (7, 0),
    }
    assert states(year) == {"sent": 8 + 8 + 9, "printed": 2 * 3}


def test_every_addressee_of_a_party_that_got_the_letter_is_reminded(year: Year) -> None:
    found = year.remind(*FIRST)
    assert mailboxes(found, "NO") == ("minister@no.example.org", "mission@no.example.org", "second@no.example.org")
    assert mailboxes(found, "FR") == ("ministre@fr.example.org", "paper")
    assert mailboxes(found, "BT") == ("paper",)


def test_the_cc_hears_of_it_where_a_rule_says_so(year: Year) -> None:
    assert "aide@no.example.org" not in mailboxes(year.remind(*SECOND), "NO")
    assert "aide@no.example.org" in mailboxes(year.remind(*LAST), "NO")


def test_it_is_on_the_thread_of_its_letter(year: Year) -> None:
    year.remind(*FIRST)
    with year.desk(*FIRST) as desk:
        letter = email.message_from_bytes(show(desk, SLUG, "optique", "eml").content, policy=email.policy.default)
        got = show(desk, SLUG, "optique", "eml", reminder=1)
        content, language = got.content, got.language
    reminder = email.message_from_bytes(content, policy=email.policy.default)
    assert language == "fr"
    assert reminder["In-Reply-To"] == reminder["References"] == letter["Message-ID"]
    assert reminder["Thread-Index"] == letter["Thread-Index"]
    assert reminder["Reply-To"] == letter["Reply-To"]
    assert reminder["Message-ID"] != letter["Message-ID"]
    assert reminder["Date"] == "Tue, 08 Apr 2031 10:00:00 +0200"
    assert reminder["Subject"] == "Rappel: LU-31/001 – Recensement des feux côtiers"
    assert reminder.get_content_type() == "multipart/alternative"  # no document of the letter's
    body = reminder.get_body(("plain",))
    assert body is not None
    assert "(date limite: 30 avril 2031)" in body.get_content()


def test_each_mailbox_gets_its_own_thread(year: Year) -> None:
    year.remind(*FIRST)
    with year.desk(*FIRST) as desk, desk.store.read() as connection:
        letters = dict(
            connection.execute(
                select(outbox.c.mailbox, outbox.c.message_id).where(outbox.c.reminder_id.is_(None))
            ).all()
        )
    mails = [row for row in year.rows() if row.role != "paper"]
    assert all(row.references == (letters[row.mailbox],) for row in mails)
    assert len({row.token for row in year.rows()}) == len(year.rows())


def test_show_gives_the_bytes_that_went(year: Year) -> None:
    year.remind(*FIRST)
    year.remind(*SECOND)
    files = sorted(path.read_bytes() for path in (year.folder / "outgoing").rglob("*.eml") if "lens" in path.name)
    with year.desk(6, 1) as desk:
        shown = [show(desk, SLUG, "lens", "eml", reminder=number).content for number in (0, 1, 2)]
        with pytest.raises(NotFoundError, match="2 reminders"):
            show(desk, SLUG, "lens", "eml", reminder=3)
    assert sorted(shown) == files


def test_an_earlier_letter_without_reminders_shows_none(year: Year) -> None:
    with year.desk(*FIRST) as desk, pytest.raises(NotFoundError, match="no reminder"):
        show(desk, SLUG, "lens", "txt", reminder=1)


def test_a_party_that_was_given_more_time_reads_its_own_deadline(year: Year) -> None:
    with year.desk(4, 2) as desk:
        extend(desk, SLUG, "census", date(2031, 5, 14), parties=["optique"])
    year.remind(5, 9)
    with year.desk(5, 9) as desk:
        text = reminder_text(desk, "optique")
    assert "Informations demandées (date limite: 14 mai 2031)" in text
    assert "Confirmation de la participation (date limite: 30 avril 2031)" in text


# Recomputed at the moment of sending


def test_who_answers_between_queueing_and_sending_gets_nothing(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        for ask in ("census", "meeting"):
            give(desk, "Kenya", ask, state="accepted", by="phone")
        summary = deliver_rows(
            desk.store, desk.office, circular_id=1, reference="LU-31/001", part=Part.REMINDERS, clock=desk.clock
        )
    assert (summary.sent, summary.printed, summary.remaining) == (7, 2, 0)
    assert [row.mailbox for row in year.rows() if row.state == State.WITHDRAWN] == ["minister@ke.example.org"]
    with year.desk(*FIRST) as desk, pytest.raises(NotFoundError, match="no reminder"):
        show(desk, SLUG, "ke-minister", "txt", reminder=1)


def test_who_answers_one_of_two_asks_meanwhile_is_reminded_of_the_other(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        give(desk, "prism", "meeting", state="accepted", by="phone")
    found = year.remind(*FIRST, hour=9)
    assert states(year) == {"sent": 7, "printed": 2, "withdrawn": 1}
    assert parties(found) == set()  # what said too much was still queued when we looked
    found = year.remind(*FIRST, hour=10)
    assert parties(found) == {"prism"}
    with year.desk(*FIRST) as desk:
        assert "Confirmation of attendance" not in reminder_text(desk, "prism")


@pytest.mark.parametrize("what", ["note", "mail", "extension"])
def test_what_holds_or_moves_meanwhile_holds_what_is_queued(year: Year, what: str) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
    with year.desk(*FIRST, 9) as desk:
        if what == "note":
            note(desk, SLUG, "Kenya", "on the phone", until=date(2031, 4, 20))
        elif what == "extension":
            extend(desk, SLUG, "census", date(2031, 5, 14), parties=["Kenya"])
        else:
            unclear = reply(desk, "ke-minister", To="reply@replies.example.int", Subject="A question")
            del unclear["In-Reply-To"]
            deliver(desk, unclear)
            track(desk)
    year.run(*FIRST, hour=10)
    assert [row.key for row in year.rows() if row.state == State.WITHDRAWN] == ["ke-minister"]


def test_more_time_given_while_reminders_are_written_withdraws(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = count()

    def clock() -> datetime:
        return datetime(2031, *FIRST, 8, next(minutes), tzinfo=UTC)

    def find_while_a_colleague_gives_more_time(desk: Person, *rest: Any, **options: Any) -> Due:
        found = find_due(desk, *rest, **options)
        with desk_at(year.folder, clock=clock) as colleague:
            extend(colleague, SLUG, "census", date(2031, 5, 14), parties=["Kenya"])
        return found

    monkeypatch.setattr("pipeline.reminding.find_due", find_while_a_colleague_gives_more_time)
    with desk_at(year.folder, clock=clock) as desk:
        queue_reminders(desk, SLUG)
    year.run(*FIRST, hour=9)
    assert [row.key for row in year.rows() if row.state == State.WITHDRAWN] == ["ke-minister"]


def test_a_reply_that_is_tracked_meanwhile_withdraws(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        deliver(desk, reply(desk, "lens"))
        track(desk)
    year.run(*FIRST, hour=9)
    assert [row.key for row in year.rows() if row.state == State.WITHDRAWN] == ["lens"]


def test_reminders_that_come_too_late_do_not_go(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
    found = year.remind(4, 15)  # the relay was down over Easter
    assert states(year) == {"withdrawn": 10}
    assert found.waiting == 10
    assert {missed.rule for missed in year.remind(4, 16).missed} == {"-14d"}


def test_what_is_queued_waits_for_a_working_day(year: Year) -> None:
    with year.desk(*SECOND, 20) as desk:  # Friday evening
        queue_reminders(desk, SLUG)
    _, summary = year.run(4, 26)
    assert summary.remaining == 10
    assert states(year) == {"queued": 10}
    year.remind(4, 28)
    assert states(year) == {"sent": 8, "printed": 2}


def test_sending_the_letter_sends_reminders_too(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        assert send(desk, SLUG).sent == 8


def test_reminding_does_not_send_the_letter(tmp_path: Path) -> None:
    year = Year(write_reminding_office(tmp_path / "office"))
    with year.desk(3, 4) as desk:
        issue_all(desk)
        assert send(desk, SLUG, limit=3).sent == 3
    year.remind(*FIRST)
    with year.desk(*FIRST) as desk, desk.store.read() as connection:
        assert counts(connection, 1, Part.LETTERS)[State.QUEUED] == 8
        assert counts(connection, 1, Part.REMINDERS)[State.SENT] > 0


# What is counted, and stopping


def test_reminders_are_counted_apart_from_the_letter(year: Year) -> None:
    with year.desk(4, 7) as desk:
        before = status(desk, SLUG)
    year.remind(*FIRST)
    year.remind(4, 29)
    with year.desk(4, 29) as desk:
        after = status(desk, SLUG)
        with desk.store.read() as connection:
            expired = expired_reminders(connection, 1)
            made = reminders_sent(connection, 1, "lens")
    assert after.delivery == before.delivery
    assert {name: count for name, count in after.reminders.items() if count} == {"sent": 8, "printed": 2, "expired": 7}
    assert {reminder.rule for reminder in expired} == {"-3d"}
    assert len(made) == 1


def test_a_bounced_reminder_does_not_make_its_party_unreachable(year: Year) -> None:
    year.remind(*FIRST)
    with year.desk(*FIRST) as desk, desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.reminder_id.is_not(None)).values(state="bounced"))
    with year.desk(*SECOND) as desk:
        assert status(desk, SLUG).asks[0].unreachable == 0
    assert left_out(year.look(*SECOND)) == {"no-mailbox": EVERYBODY - {"BT", "FR"}}  # these two get paper


def test_a_held_letter_keeps_its_reminders_back(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        hold(desk, SLUG)
        with pytest.raises(RefusedError):
            remind(desk, SLUG)
        resume(desk, SLUG)
    year.remind(*FIRST, hour=9)
    assert states(year) == {"sent": 8, "printed": 2}


def test_a_withdrawn_letter_takes_its_reminders_back(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        assert withdraw(desk, SLUG)[1] == 10
    assert states(year) == {"withdrawn": 10}


# Over SMTP: the envelope, and what comes back


def test_bounces_and_replies_to_a_reminder_are_matched(year: Year) -> None:
    sink = Sink()
    with sink.running():
        relay = SmtpTransport(key="relay", host="127.0.0.1", port=sink.port, security="none")
        with year.desk(*FIRST) as desk:
            office = replace(desk.office, transports={"files": relay})
            there = Person(office=office, store=desk.store, clock=desk.clock)
            _, summary = remind(there, SLUG)
    assert summary.sent == 8
    rows = {row.mailbox: row for row in year.rows()}
    for message in sink.received:
        row = next(row for row in rows.values() if row.message_id == message.message_id)
        assert f"<bounce+{row.token}@replies.example.int>" in message.mail
        assert f"<{row.mailbox}>" in message.rcpt
    row = rows["rosa@lens.example.com"]
    with year.desk(4, 9) as desk:
        answered = reply(desk, "optique")
        del answered["In-Reply-To"]
        answered["In-Reply-To"] = f"<{rows['paul@optique.example.com'].message_id}>"
        deliver(desk, answered, bounce(row.token, row.mailbox, row.message_id))
        track(desk)
        with desk.store.read() as connection:
            assert counts(connection, 1, Part.REMINDERS)[State.BOUNCED] == 1
            assert counts(connection, 1, Part.LETTERS)[State.BOUNCED] == 0
    assert left_out(year.look(*SECOND))["received"] == {"optique"}


def bounce(token: str, mailbox: str, message_id: str) -> email.message.EmailMessage:
    text = f"""\
From: MAILER-DAEMON@mx.lens.example.com
To: bounce+{token}@replies.example.int
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce@mx.lens.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

No such user.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lens.example.com

Final-Recipient: rfc822; {mailbox}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>

--b--
"""
    made = email.message_from_string(text, policy=email.policy.SMTP)
    assert isinstance(made, email.message.EmailMessage)
    return made
