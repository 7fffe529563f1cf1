from __future__ import annotations

import pytest
from sqlalchemy import update

from store.schema import circulars, outbox
from tests.replies.samples import House, mail


@pytest.mark.parametrize(
    ("sender", "text", "party"),
    [
        ("Elodie MARCHAND <em@perso.example>", "Oui.", "FR"),
        ("x@nowhere.example", "We come.\n\nSamira Fathy\nMinister", "EG"),
        ("Ministry of ICT <x@ict.go.ke>", "We come.", "KE"),
        ("x@nowhere.example", "We come.\n\nMinistry of Communications, Egypt", "EG"),
    ],
)
def test_names_and_states_suggest(house: House, sender: str, text: str, party: str) -> None:
    verdict = house.match(mail(text, From=sender, Subject="Our answer"))
    assert (verdict.triage, verdict.rung, verdict.circular_id) == (True, "name", None)
    assert verdict.candidates[0].party == party
    assert len(verdict.candidates) <= 5


def test_named_circular_comes_first_among_the_candidates(house: House) -> None:
    verdict = house.match(mail(Subject="Re: CL-22/010", From="deputy@numerique.example.net"))
    assert (verdict.rung, verdict.candidates[0].reference) == ("domain", "CL-22/010")


def test_forward_of_a_partys_mail_by_a_stranger_suggests_the_party(house: House) -> None:
    block = "From: Samira Fathy <office@mcit.example.com>\nSent: Friday, 8 April 2022 09:00\nTo: x\nSubject: y\n"
    text = f"See below.\n\n---------- Forwarded message ---------\n{block}\nYes."
    verdict = house.match(mail(text, From="staff@example.int", Subject="FW: CL-22/010 y"))
    assert (verdict.kind, verdict.triage, verdict.candidates[0].party) == ("forward", True, "EG")
    assert verdict.rung == "mailbox"


def calendar_answer(uid: str, sender: str) -> str:
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20220408T060000Z",
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{sender}", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return mail("\n".join(lines), From=sender, Subject="Declined", Content_Type="text/calendar; method=REPLY")


def test_calendar_answer_by_its_entry_and_sender(house: House) -> None:
    verdict = house.match(calendar_answer("event.forum.cl-22-10@example.int", "office@mcit.example.com"))
    assert (verdict.kind, verdict.circular_id, verdict.party, verdict.rung) == ("calendar", 1, "EG", "reference")
    assert verdict.triage  # a person says what it means for the asks
    assert "declined" in verdict.reason
    stranger = house.match(calendar_answer("event.forum.cl-22-10@example.int", "x@nowhere.example"))
    assert (stranger.triage, stranger.circular_id) == (True, None)


def test_automatic_reply_without_a_token_is_filed_under_a_known_sender(house: House) -> None:
    fields = {"Subject": "Automatic reply: CL-22/010", "Auto_Submitted": "auto-replied"}
    verdict = house.match(mail("I am away.", From="office@mcit.example.com", **fields))
    assert (verdict.kind, verdict.party, verdict.rung, verdict.triage) == ("auto-reply", "EG", "reference", False)
    stranger = house.match(mail("I am away.", From="x@nowhere.example", **fields))
    assert (stranger.circular_id, stranger.rung, stranger.triage) == (None, "", False)


def test_letter_quoted_whole_names_other_letters_too(house: House) -> None:
    subject = "Second announcement, following CL-22/010"
    with house.store.write() as connection:
        connection.execute(update(circulars).where(circulars.c.id == 2).values(subject=subject))
    text = "Yes.\n\n> Ref.: CL-22/011\n> Second announcement,\n> following CL-22/010\n>\n> Excellency,"
    verdict = house.match(mail(text, From="office@mcit.example.com", Subject="Our answer"))
    assert (verdict.circular_id, verdict.party, verdict.rung, verdict.triage) == (2, "EG", "reference", False)
    only_quoted = house.match(mail("Yes.", From="office@mcit.example.com", Subject=f"Re: {subject}"))
    assert (only_quoted.triage, only_quoted.circular_id) == (True, None)


def test_nobodys_address_is_no_mailbox(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(
            update(outbox).where(outbox.c.mailbox == "person@gmail.com").values(mailbox="", role="paper")
        )
    assert house.match(mail(From="Nobody", Subject="Hello")).candidates == ()
    assert house.match(mail(From="x@nowhere.example", Subject="Hello")).candidates == ()


@pytest.mark.parametrize("subject", ["CL-22/010 Египет", "Re: CL-22/010 – Egypt: participation", "CL-22/010 埃及"])
def test_a_state_in_the_subject_suggests_its_party(house: House, subject: str) -> None:
    verdict = house.match(mail("Да.", From="somebody@mail.ru", Subject=subject))
    assert verdict.triage
    assert [owner.party for owner in verdict.candidates][:1] == ["EG"]
