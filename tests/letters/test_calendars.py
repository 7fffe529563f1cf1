"""The dates of a letter as calendar entries that keep their identity and move with a corrigendum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from letters.calendars import CalendarFile, EntryName, entry_uid, letter_calendars, read_uid
from letters.model import Letter, Relation
from locales.locale import load_locale
from tests.letters.conftest import Desk

ZONE = ZoneInfo("Europe/Zurich")
SUBJECT = "Annual meeting:\nsession; second, part"


@pytest.fixture
def letter(desk: Desk, facts: str) -> Letter:
    return desk.letter(facts.replace('what = "attendance"', 'what = "attendance"\nevent = "meeting"'))


def files(letter: Letter, language: str = "en") -> tuple[CalendarFile, ...]:
    return letter_calendars(letter, subject=SUBJECT, locale=load_locale(language), zone=ZONE, domain="example.int")


def entries(file: CalendarFile | str) -> Iterator[Any]:
    content = file if isinstance(file, str) else file.content
    yield from Calendar.from_ical(content).walk("VEVENT")


@pytest.fixture
def announcement(desk: Desk, facts: str) -> Letter:
    """The letter whose ask is about no event."""
    return desk.letter(facts)


def test_the_event_asked_about_is_an_invitation_and_the_deadline_is_published(letter: Letter) -> None:
    published, invitation = files(letter)
    assert [entry["uid"] for entry in entries(published)] == ["deadline.confirm.cl-24-7@example.int"]
    (meeting,) = entries(invitation)
    assert (invitation.method, meeting["uid"]) == ("REQUEST", "event.meeting.cl-24-7@example.int")
    assert (meeting["dtstart"].dt, meeting["dtend"].dt) == (date(2024, 5, 27), date(2024, 6, 1))
    assert meeting["location"] == "Geneva"


def test_hours_are_in_utc_and_a_deadline_is_its_last_day(announcement: Letter) -> None:
    (published,) = files(announcement)
    meeting, session, deadline = entries(published)
    assert meeting["uid"] == "event.meeting.cl-24-7@example.int"
    assert session["dtstart"].dt == datetime(2024, 5, 27, 14, tzinfo=ZoneInfo("UTC"))
    assert session["dtend"].dt == datetime(2024, 5, 27, 15, tzinfo=ZoneInfo("UTC"))
    assert deadline["dtstart"].dt == date(2024, 4, 16)  # «before 17 April»
    assert (deadline["transp"], deadline["summary"]) == ("TRANSPARENT", "Deadline: CL-24/007")
    assert session["summary"] == "Annual meeting: session; second, part"


def test_a_month_is_no_entry_and_something_provisional_is_tentative(letter: Letter, announcement: Letter) -> None:
    assert "later" not in files(announcement)[0].content
    meeting = replace(letter.events["meeting"], provisional=True)
    changed = replace(letter, events={**letter.events, "meeting": meeting})
    assert next(entries(files(changed)[1]))["status"] == "TENTATIVE"


def test_a_corrigendum_moves_the_entries_of_the_letter_it_corrects(letter: Letter) -> None:
    corrigendum = replace(
        letter, reference="CL-24/007 Corr.1", date=date(2024, 3, 20), asks=(),
        relates=(Relation(to="CL-24/007", relation="corrects"),),
    )  # fmt: skip
    first = {entry["uid"]: int(entry["sequence"]) for file in files(letter) for entry in entries(file)}
    second = {entry["uid"]: int(entry["sequence"]) for file in files(corrigendum) for entry in entries(file)}
    assert set(first) <= set(second)
    moved = [file for file in files(corrigendum) if "event.meeting" in file.content]
    assert [file.method for file in moved] == ["REQUEST"]  # a calendar takes an update only from where it came
    assert all(second[uid] > first[uid] == 0 for uid in first)


def test_every_language_has_its_words_and_the_same_bytes_each_time(letter: Letter) -> None:
    for language, word in (("fr", "Date limite"), ("ru", "Срок"), ("zh", "截止日期"), ("ar", "الموعد النهائي")):
        assert word in files(letter, language)[0].content.replace("\r\n ", "")
        assert files(letter, language) == files(letter, language)


def test_an_invitation_names_both_sides_whatever_their_mailboxes_hold(letter: Letter) -> None:
    invitation = files(letter)[1]
    attendee = "mïnister+" + "x" * 60 + "\r\nX-EVIL:1@example.org"
    completed = invitation.addressed(organizer="reply+token@example.int", attendee=attendee)
    (entry,) = entries(completed)
    assert str(entry["organizer"]) == "mailto:reply+token@example.int"
    assert "X-EVIL" not in entry
    assert all(len(line.encode()) <= 75 for line in completed.split("\r\n"))
    published = files(letter)[0]
    assert published.addressed(organizer="a@example.int", attendee="b@example.org") == published.content


def test_a_uid_tells_what_it_names() -> None:
    uid = entry_uid("event", "forum_2", "CL-22/010", "example.int")
    assert read_uid(uid) == EntryName("event", "forum_2", "cl-22-10")
    for other in ("", "040000008200E00074C5B7101A82E008", "event.forum@example.int", "party.forum.cl@example.int"):
        assert read_uid(other) is None


def test_a_letter_without_days_has_no_calendar(letter: Letter) -> None:
    assert files(replace(letter, events={}, asks=())) == ()


def test_an_ask_about_an_event_that_is_not_there_is_told(desk: Desk, facts: str) -> None:
    desk.write("letter.toml", facts.replace('what = "attendance"', 'what = "attendance"\nevent = "meetin"'))
    desk.write("body.md", "# Subject\n\nText.\n")
    _, findings = desk.read()
    (found,) = [finding for finding in findings if finding.code == "unknown-event"]
    assert "meeting" in found.hint
