"""What calendars answer: in the forms of Exchange, Google and Apple, and in forms that no calendar should send."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from replies.addresses import Mailbox
from replies.invitations import CalendarAnswer, read_calendar_answer
from replies.mail import parse_mail

NOW = datetime(2022, 4, 1, 9, tzinfo=UTC)
UID = "event.forum.cl-22-10@example.int"


def calendar(*lines: str, method: str = "REPLY", uid: str = UID) -> str:
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{uid}",
         "DTSTAMP:20220401T080000Z", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    )  # fmt: skip


def answer(content: str, *, kind: str = "text/calendar; method=REPLY; charset=utf-8") -> CalendarAnswer | None:
    raw = (
        "From: Office of the Minister <minister@ministry.example.org>\r\nTo: reply@replies.example.int\r\n"
        'Subject: Accepted: Forum\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Type: {kind}\r\n\r\n{content}\r\n--b--\r\n"
    )
    return read_calendar_answer(parse_mail(raw.encode(), clock=lambda: NOW))


def must(content: str) -> CalendarAnswer:
    found = answer(content)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("partstat", "status"),
    [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentative"), ("NEEDS-ACTION", "")],
)
def test_an_attendee_answers(partstat: str, status: str) -> None:
    found = must(
        calendar(f"ATTENDEE;PARTSTAT={partstat};CN=Office of the Minister:mailto:minister@ministry.example.org")
    )
    assert (found.uid, found.status, found.attendee.address) == (UID, status, "minister@ministry.example.org")


def test_a_delegation_names_who_comes_instead() -> None:
    found = must(
        calendar(
            'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:deputy@ministry.example.org":'
            "MAILTO:minister@ministry.example.org"
        )
    )
    assert (found.status, found.delegated_to) == ("delegated", (Mailbox("deputy@ministry.example.org"),))
    assert found.sentence == "minister@ministry.example.org delegates to deputy@ministry.example.org"


def test_the_delegate_answers_in_the_name_of_the_minister() -> None:
    found = must(
        calendar(
            'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:minister@ministry.example.org";CN=Deputy:'
            "mailto:deputy@ministry.example.org"
        )
    )
    assert found.sentence == (
        "Deputy <deputy@ministry.example.org>, delegated by minister@ministry.example.org: accepted"
    )


def test_a_counter_proposal_states_its_time() -> None:
    found = must(
        calendar(
            "DTSTART:20220607T080000Z", "DTEND:20220607T100000Z", "COMMENT:Could we meet a week later?",
            "ATTENDEE:mailto:minister@ministry.example.org", method="COUNTER",
        )
    )  # fmt: skip
    assert found.status == "proposed"
    assert found.start == datetime(2022, 6, 7, 8, tzinfo=UTC)
    assert found.comment == "Could we meet a week later?"
    assert "2022-06-07 08:00+00:00 to 2022-06-07 10:00+00:00" in found.sentence
    days = must(calendar("DTSTART;VALUE=DATE:20220607", method="COUNTER"))
    assert days.start == date(2022, 6, 7)


def test_of_several_attendees_the_sender_is_meant() -> None:
    found = must(
        calendar(
            "ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org",
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:Minister@Ministry.example.org",
        )
    )
    assert (found.status, found.attendee.address) == ("accepted", "minister@ministry.example.org")


def test_a_request_or_a_cancellation_answers_nothing() -> None:
    line = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:minister@ministry.example.org"
    for method in ("REQUEST", "CANCEL", "PUBLISH"):
        found = must(calendar(line, method=method))
        assert (found.status, found.method) == ("", method)


@pytest.mark.parametrize(
    "content",
    [
        "", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", "no calendar at all",
        calendar(method="EXPLODE"), calendar("DTSTART:99999999T999999Z", method="COUNTER") * 2,
        "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 5_000, calendar("ATTENDEE;;;PARTSTAT==:::mailto:"),
        calendar("RRULE:FREQ=SECONDLY;COUNT=99999999", "DTSTART:20220101T000000Z", "ATTENDEE:" + "x" * 100_000),
    ],
)  # fmt: skip
def test_nothing_that_calls_itself_a_calendar_raises(content: str) -> None:
    found = answer(content)
    assert found is None or found.status in {"", "proposed"}


def test_a_mail_without_a_calendar_has_no_calendar_answer() -> None:
    assert read_calendar_answer(parse_mail(b"Subject: x\r\n\r\nyes", clock=lambda: NOW)) is None
