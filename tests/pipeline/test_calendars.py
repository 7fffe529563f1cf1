"""The calendar entries of a letter: approved with it, sent with it, and answered by a calendar."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from office.errors import RefusedError
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.sending import send
from pipeline.surveying import PlanOptions
from pipeline.tracking import track
from pipeline.triage import open_mail, to_decide
from tests.pipeline.answers import deliver, give, reply
from tests.pipeline.offices import SLUG, edit, issue_all, plan_and_approve

EVENT = '[events.assembly]\nstart = 2031-06-02\nend = 2031-06-04\nplace = "geneva"\n\n[facts]'


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """The small office whose letter invites to an assembly."""
    letter = desk.office.folder / "letters" / SLUG / "letter.toml"
    edit(letter, 'attach = ["docx"]', 'attach = ["docx", "ics"]')
    edit(letter, "[facts]", EVENT)
    edit(letter, 'what = "attendance"', 'what = "attendance"\nevent = "assembly"')
    return desk


def invitation(desk: Desk, key: str) -> Any:
    message = message_from_bytes(show(desk, SLUG, key, "eml").content, policy=policy.default)
    content = [part.get_content() for part in message.walk() if part.get_filename("").endswith("invitation.ics")]
    return Calendar.from_ical(content[0]).walk("VEVENT")[0]


def answered(desk: Desk, key: str, **parameters: str) -> EmailMessage:
    """A calendar's reply, without the token and without any header that ties it to the letter."""
    entry = invitation(desk, key)
    attendee = f"ATTENDEE;{';'.join(f'{name}={value}' for name, value in parameters.items())}:{entry['attendee']}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{entry['uid']}",
             "DTSTAMP:20310310T080000Z", attendee, "END:VEVENT", "END:VCALENDAR", ""]  # fmt: skip
    mail = reply(desk, key, To="reply@replies.example.int", Subject="Accepted: Census")
    del mail["In-Reply-To"]
    mail.clear_content()
    mail.set_content("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
    return mail


@pytest.mark.parametrize("what", ["a date", "a word"])
def test_entries_are_approved_with_the_letter(invited: Desk, what: str) -> None:
    approved = plan_and_approve(invited)
    folder = invited.office.folder
    if what == "a date":
        edit(folder / "letters" / SLUG / "letter.toml", "end = 2031-06-04", "end = 2031-06-05")
    else:
        words = folder / "locales" / "en" / "frame.po"
        words.parent.mkdir(parents=True, exist_ok=True)
        words.write_text('msgctxt "label"\nmsgid "deadline"\nmsgstr "Last day"\n', "utf-8")
    with pytest.raises(RefusedError, match="the calendar entries"):
        issue(invited, SLUG, approved.digest)
    assert plan(invited, SLUG, PlanOptions()).digest != approved.digest


def test_accepting_in_a_calendar_is_understood(invited: Desk) -> None:
    issue_all(invited)
    send(invited, SLUG)
    assert str(invitation(invited, "ke-minister")["attendee"]) == "mailto:minister@ke.example.org"
    deliver(invited, answered(invited, "ke-minister", PARTSTAT="ACCEPTED"))
    assert track(invited).kinds == {"calendar": 1}
    (mail,) = to_decide(invited).mails
    reading = open_mail(invited, mail.number).readings[0]
    assert (reading.party, reading.reference, reading.settles) == ("KE", "LU-31/001", ("meeting",))
    assert reading.suggestion is not None
    assert reading.suggestion.state == "accepted"


def test_a_delegation_names_the_delegate(invited: Desk, tmp_path: Path) -> None:
    issue_all(invited)
    send(invited, SLUG)
    to = '"mailto:deputy@ke.example.org"'
    deliver(invited, answered(invited, "ke-minister", **{"PARTSTAT": "DELEGATED", "DELEGATED-TO": to}))
    track(invited)
    (mail,) = to_decide(invited).mails
    assert "deputy@ke.example.org" in open_mail(invited, mail.number).row.reason


def test_a_calendar_that_changes_its_mind_says_so_to_staff(invited: Desk) -> None:
    issue_all(invited)
    send(invited, SLUG)
    give(invited, "KE", "meeting", state="accepted")
    deliver(invited, answered(invited, "ke-minister", PARTSTAT="DECLINED"))
    track(invited)
    (mail,) = to_decide(invited).mails
    shown = open_mail(invited, mail.number)
    assert shown.row.reason.endswith("answered already (meeting accepted): does this change it?")
    assert shown.text == ""  # a calendar's lines are for programs
