"""`triage`: what a mail seems to say, deciding it, and taking a decision back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from office.errors import NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.registering import status, unclaimed
from pipeline.tracking import track
from pipeline.triage import OpenAsk, Reading, decide, open_mail, read_as, set_aside, to_decide, undo
from replies.suggesting import QUESTION
from store.schema import answers
from tests.pipeline.answers import LATER, deliver, give, reply, states
from tests.pipeline.offices import SLUG, desk_at, dump, fixed_clock


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def file(desk: Desk, *mails: EmailMessage) -> tuple[int, ...]:
    deliver(desk, *mails)
    track(desk)
    return tuple(mail.number for mail in to_decide(desk).mails)


def stranger(desk: Desk, text: str) -> EmailMessage:
    return reply(
        desk,
        "ke-minister",
        text,
        sender="alex@stranger.example.net",
        To="circulars@example.int",
        In_Reply_To="<no@example.net>",
        Subject="Your lights",
    )


def reading(desk: Desk, number: int) -> Reading:
    return open_mail(desk, number).readings[0]


def history(desk: Desk, party: str) -> list[tuple[str, str]]:
    with desk.store.read() as connection:
        rows = connection.execute(select(answers).where(answers.c.party == party).order_by(answers.c.id)).all()
    return [(row.ask, row.state) for row in rows]


def test_a_reply_is_received_until_somebody_decides(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    summary = track(desk)
    assert (dict(summary.kinds), summary.filed, summary.triage) == ({"reply": 1}, 1, 0)
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    (waiting,) = to_decide(desk).replies
    assert (waiting.party, waiting.asks, waiting.colleague) == ("KE", ("census", "meeting"), False)
    assert decide(desk, waiting.inbound_id, asks=["meeting"], state="accepted") == "KE"
    assert states(desk, "KE") == {"census": "received", "meeting": "accepted", "photos": "silent"}
    (waiting,) = to_decide(desk).replies
    assert waiting.asks == ("census",)
    decide(desk, waiting.inbound_id, state="answered")
    assert states(desk, "KE")["census"] == "answered"
    assert states(desk, "KE")["meeting"] == "accepted"
    assert to_decide(desk).replies == ()


def test_what_is_unclear_waits_for_a_person(desk: Desk) -> None:
    deliver(desk, stranger(desk, "We have three lights."))
    assert track(desk).triage == unclaimed(desk) == 1
    (unclear,) = to_decide(desk).unclear
    opened = open_mail(desk, unclear.id)
    assert opened.text.strip() == "We have three lights."
    with pytest.raises(RefusedError, match="not known") as caught:
        decide(desk, unclear.id, state="answered")
    assert "--ref REF --party PARTY" in caught.value.hint
    before = dump(desk.store)
    for wrong in (
        {"ref": SLUG, "party": "Atlantis", "state": "answered"},
        {"ref": SLUG, "party": "Kenya", "asks": ["lunch"], "state": "answered"},
        {"ref": SLUG, "party": "Kenya", "state": "delighted"},
        {"ref": "other", "party": "Kenya", "state": "answered"},
    ):
        with pytest.raises((NotFoundError, RefusedError)):
            decide(desk, unclear.id, **wrong)
        assert dump(desk.store) == before
    assert decide(desk, unclear.id, ref=SLUG, party="Kenya", asks=["census"], state="contributed") == "KE"
    assert to_decide(desk).unclear == ()
    assert states(desk, "KE")["census"] == "contributed"
    with desk.store.read() as connection:
        row = connection.execute(select(answers)).one()
    assert (row.by, row.inbound_id, row.recorded_by) == ("mail", unclear.id, "author")
    assert row.answered_at == LATER - timedelta(hours=1)  # when the mail came


def test_a_mail_set_aside_stays_filed(desk: Desk) -> None:
    deliver(
        desk,
        reply(desk, "ke-minister", Subject="Hello", To="x@example.int", In_Reply_To="<no@x>", From="a@b.example.net"),
    )
    track(desk)
    (unclear,) = to_decide(desk).unclear
    set_aside(desk, unclear.id, "An advertisement.")
    assert to_decide(desk).unclear == ()
    assert open_mail(desk, unclear.id).row.state == "settled"
    for act in (
        lambda: set_aside(desk, 99, ""),
        lambda: open_mail(desk, 99),
        lambda: decide(desk, 99, state="answered"),
    ):
        with pytest.raises(NotFoundError, match="99"):
            act()


def test_a_reply_that_says_nothing_leaves_its_asks_open(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister", "Thank you for your letter."), reply(desk, "lens"))
    track(desk)
    (kenya,) = (waiting for waiting in to_decide(desk).replies if waiting.party == "KE")
    decide(desk, kenya.inbound_id, asks=["census"], state="answered")
    set_aside(desk, kenya.inbound_id, "Only thanks.")
    assert [waiting.party for waiting in to_decide(desk).replies] == ["lens"]
    assert states(desk, "KE")["census"] == "answered"
    meeting = status(desk, SLUG).asks[1]
    assert (meeting.received, meeting.silent) == (1, 6)


def test_a_reply_is_read_against_what_is_asked(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister", "Dear colleagues,\n\nThe Minister will attend."))
    read = reading(desk, number)
    assert (read.party, read.reference) == ("KE", "LU-31/001")
    assert read.asks == (
        OpenAsk(id="census", what="information", expected=True, state="received"),
        OpenAsk(id="meeting", what="attendance", expected=True, state="received"),
        OpenAsk(id="photos", what="contribution", expected=False, state="open"),
    )
    assert read.suggestion is not None
    assert (read.suggestion.state, read.settles) == ("accepted", ("meeting",))
    mail = open_mail(desk, number)
    assert mail.text[read.suggestion.start : read.suggestion.end] == "The Minister will attend."


def test_each_ask_is_suggested_in_its_turn(desk: Desk) -> None:
    text = "The Minister will not be able to attend. We have the honour to transmit the completed questionnaire."
    (number,) = file(desk, reply(desk, "ke-minister", text))
    first = reading(desk, number)
    assert first.suggestion is not None
    decide(desk, number, state=first.suggestion.state, asks=first.settles)
    second = reading(desk, number)
    assert second.suggestion is not None
    assert [(first.suggestion.state, first.settles), (second.suggestion.state, second.settles)] == [
        ("answered", ("census",)),
        ("declined", ("meeting",)),
    ]
    decide(desk, number, state=second.suggestion.state, asks=second.settles)
    assert to_decide(desk).mails == ()
    assert states(desk, "KE") == {"census": "answered", "meeting": "declined", "photos": "silent"}


def test_what_is_said_in_general_is_judged_once(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister", "We must decline your invitation."))
    general = reading(desk, number)
    assert general.suggestion is not None
    assert (general.suggestion.state, general.settles) == ("declined", ("census", "meeting"))
    decide(desk, number, state="declined", asks=["meeting"])
    assert reading(desk, number).suggestion is None


def test_an_offer_that_is_taken_up(desk: Desk) -> None:
    mail = reply(desk, "ke-minister", "Please find attached our contribution.")
    mail.add_attachment(b"P5", maintype="image", subtype="x-pgm", filename="lamp.pgm")
    (number,) = file(desk, mail)
    read = reading(desk, number)
    assert read.suggestion is not None
    assert (read.suggestion.state, read.suggestion.confidence, read.settles) == ("contributed", "likely", ("photos",))
    assert [one.name for one in open_mail(desk, number).files] == ["lamp.pgm"]


def test_a_question_settles_nothing(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister", "Could you tell us where the meeting takes place?"))
    read = reading(desk, number)
    assert read.suggestion is not None
    assert (read.suggestion.state, read.settles) == (QUESTION, ())


def test_our_own_words_are_not_read_as_theirs(desk: Desk) -> None:
    quoted = "\n".join(
        ["Yes.", "", "On 3 March 2031 the Union wrote:", "> You may accept or decline.", "> We decline."]
    )
    (number,) = file(desk, reply(desk, "ke-minister", quoted))
    assert open_mail(desk, number).text == "Yes."


def test_a_calendar_answer(desk: Desk) -> None:
    mail = reply(desk, "ke-minister", "Accepted: meeting")
    calendar = "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", "METHOD:REPLY", "BEGIN:VEVENT", "UID:1@example.int",
        "DTSTAMP:20310314T080000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:minister@ke.example.org", "END:VEVENT",
        "END:VCALENDAR", "",
    ])  # fmt: skip
    mail.add_alternative(calendar, subtype="calendar", params={"method": "REPLY"})
    (number,) = file(desk, mail)
    read = reading(desk, number)
    assert read.suggestion is not None
    assert (read.suggestion.state, read.settles, read.suggestion.confidence) == ("declined", ("meeting",), "likely")


def test_staff_name_whose_answer_it_is(desk: Desk) -> None:
    (number,) = file(desk, stranger(desk, "The Minister will attend."))
    mail = open_mail(desk, number)
    assert "NO" not in {guess.party for guess in mail.readings}
    read = read_as(desk, mail, SLUG, "Norway")
    assert (read.party, read.settles) == ("NO", ("meeting",))
    with pytest.raises(NotFoundError):
        read_as(desk, mail, SLUG, "Atlantis")
    with pytest.raises(NotFoundError):
        read_as(desk, mail, "nothing", "Norway")


# Taking back


def test_a_decision_is_taken_back(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister"))
    before = to_decide(desk)
    decide(desk, number, state="accepted")
    assert to_decide(desk).mails == ()
    assert undo(desk, number) == "KE: census accepted, KE: meeting accepted"
    assert to_decide(desk) == before
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    assert history(desk, "KE") == [
        ("census", "received"), ("meeting", "received"), ("census", "accepted"), ("meeting", "accepted"),
        ("census", "received"), ("meeting", "received"),
    ]  # fmt: skip
    (settled,) = open_mail(desk, number).row.details["settled"]
    assert (settled["decision"], settled["undone_by"]) == ("KE: census, meeting accepted", "author")
    decide(desk, number, state="declined")
    assert states(desk, "KE")["meeting"] == "declined"


def test_decisions_are_taken_back_one_by_one(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister"))
    decide(desk, number, state="accepted", asks=["meeting"])
    decide(desk, number, state="answered", asks=["census"])
    assert undo(desk, number) == "KE: census answered"
    assert states(desk, "KE")["meeting"] == "accepted"
    assert undo(desk, number) == "KE: meeting accepted"
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    with pytest.raises(NotFoundError, match="Nothing is decided"):
        undo(desk, number)


def test_a_mail_set_aside_is_taken_back(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister", "Thank you."))
    set_aside(desk, number, "only thanks")
    assert states(desk, "KE")["census"] == "silent"
    undo(desk, number)
    assert states(desk, "KE")["census"] == "received"
    (unclear,) = file(desk, stranger(desk, "Buy lamps!"))[1:]
    set_aside(desk, unclear, "")
    assert undo(desk, unclear) == "set aside"
    assert [row.id for row in to_decide(desk).unclear] == [unclear]


def test_whose_a_mail_was_taken_to_be_is_taken_back_too(desk: Desk) -> None:
    (number,) = file(desk, stranger(desk, "The Minister will attend."))
    decide(desk, number, ref=SLUG, party="Kenya", state="accepted", asks=["meeting"])
    assert open_mail(desk, number).row.party == "KE"
    undo(desk, number)
    row = open_mail(desk, number).row
    assert (row.party, row.circular_id, row.state) == ("", None, "triage")
    assert states(desk, "KE")["meeting"] == "silent"
    assert history(desk, "KE") == [("meeting", "accepted"), ("meeting", "open")]


def test_what_was_changed_since_is_not_taken_back(desk: Desk) -> None:
    (number,) = file(desk, reply(desk, "ke-minister"))
    decide(desk, number, state="accepted")
    give(desk, "KE", "meeting", state="declined")
    before = dump(desk.store)
    with pytest.raises(RefusedError, match="declined by now"):
        undo(desk, number)
    assert dump(desk.store) == before
    with pytest.raises(NotFoundError):
        undo(desk, 99)
