"""Who is reminded on which day, and why others are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from office.errors import RefusedError
from pipeline.answering import excuse, note
from pipeline.deadlines import extend
from pipeline.sending import send
from pipeline.stopping import hold, withdraw
from pipeline.tracking import track
from store.schema import answer_imports, outbox
from tests.pipeline.answers import deliver, give, reply
from tests.pipeline.offices import SLUG, issue_all
from tests.pipeline.reminders import (
    EVERYBODY,
    FIRST,
    LAST,
    REMINDING_LETTER,
    RULES,
    SECOND,
    Year,
    issue_and_send,
    left_out,
    parties,
    write_reminding_office,
)

WEB = REMINDING_LETTER.replace(RULES, f'{RULES}\nreply = ["mail", "link:form"]') + (
    '\n[links]\nform = "https://www.example.int/{lang}/form"\n'
)


def test_each_rule_has_its_working_day(year: Year) -> None:
    due = {}
    days = [(month, day) for month in (3, 4) for day in range(5, 31)] + [(5, day) for day in range(1, 10)]
    for month, day in days:
        found = year.look(month, day)
        if found.parties:
            due[month, day] = found.parties[0].rules
    # A day that nobody used is made up for on the next working day, not later; Sundays and Easter are none.
    assert due == {
        (4, 8): ("-14d",), (4, 9): ("-14d",), (4, 25): ("-3d",), (4, 28): ("-3d",), (5, 2): ("+2d cc",),
        (5, 5): ("+2d cc",),
    }  # fmt: skip


def test_the_next_day_of_a_rule_is_told(year: Year) -> None:
    assert year.look(3, 10).next_day == date(2031, 4, 8)
    assert year.look(*LAST).next_day is None


@pytest.mark.parametrize(("month", "day"), [(4, 26), (4, 27)])
def test_nobody_is_reminded_when_the_office_is_closed(year: Year, month: int, day: int) -> None:
    year.remind(*FIRST)
    found = year.look(month, day)
    assert left_out(found) == {"no-working-day": EVERYBODY}
    assert found.missed == ()


def test_who_owes_an_answer(year: Year) -> None:
    with year.desk(3, 20) as desk:
        for ask in ("census", "meeting"):
            give(desk, "Kenya", ask, state="accepted", by="phone")
            give(desk, "lens", ask, state="received", by="mail")
        give(desk, "optique", "census", state="acknowledged", by="phone")
        excuse(desk, SLUG, "prism")
    found = year.look(*FIRST)
    assert parties(found) == {"BT", "FR", "NO", "optique"}
    assert left_out(found) == {"answered": {"KE", "prism"}, "received": {"lens"}}


def test_what_is_answered_is_not_listed(year: Year) -> None:
    with year.desk(3, 20) as desk:
        give(desk, "Kenya", "census", state="answered", by="phone")
        give(desk, "Norway", "meeting", state="accepted", by="phone")
    asks = {party.party: set(party.asks) for party in year.look(*FIRST).parties}
    assert "KE" not in asks  # no rule reminds of the meeting alone
    assert asks["NO"] == {"census"}
    assert asks["FR"] == {"census", "meeting"}


def test_an_answer_taken_back_is_owed_again(year: Year) -> None:
    with year.desk(3, 20) as desk:
        give(desk, "Kenya", "census", state="answered", by="phone")
        give(desk, "Kenya", "census", state="open", by="phone")
    assert "KE" in parties(year.look(*FIRST))


def test_a_note_holds_until_its_day(year: Year) -> None:
    with year.desk(4, 1) as desk:
        note(desk, SLUG, "Kenya", "the capital decides in May", until=date(2031, 4, 24))
        note(desk, SLUG, "Norway", "asks for a map")
    found = year.look(*FIRST)
    assert left_out(found) == {"held-by-note": {"KE"}}
    assert "KE" in parties(year.look(*SECOND))


def test_an_undecided_mail_holds(year: Year) -> None:
    with year.desk(3, 20) as desk:
        unclear = reply(desk, "ke-minister", To="reply@replies.example.int", Subject="A question")
        del unclear["In-Reply-To"]
        deliver(desk, unclear)
        assert track(desk).triage == 1
    assert left_out(year.look(*FIRST)) == {"held-by-mail": {"KE"}}


def test_an_out_of_office_holds_nothing(year: Year) -> None:
    with year.desk(3, 20) as desk:
        away = reply(desk, "ke-minister", "I am away until 2 May.", Auto_Submitted="auto-replied")
        deliver(desk, away)
        assert track(desk).filed == 1
    assert parties(year.look(*FIRST)) == EVERYBODY


def test_an_extension_moves_the_days_of_the_rules(year: Year) -> None:
    with year.desk(4, 2) as desk:
        extend(desk, SLUG, "census", date(2031, 5, 14), parties=["Kenya"])
    assert "KE" not in parties(year.look(*FIRST))
    days = {day for day in range(5, 31) if "KE" in parties(year.look(5, day))}
    assert days == {9, 12, 16, 19}  # three working days before, two after, and the working days after those
    due = next(party for party in year.look(5, 9).parties if party.party == "KE").asks["census"]
    assert due is not None
    assert due.date() == date(2031, 5, 14)  # 22:00 UTC: midnight in Zurich


def test_a_moved_deadline_reminds_again(year: Year) -> None:
    year.remind(*FIRST)
    year.remind(*SECOND)
    with year.desk(4, 28) as desk:
        extend(desk, SLUG, "census", date(2031, 5, 14), for_all=True)
    assert parties(year.look(*LAST)) == set()
    assert parties(year.look(5, 9)) == EVERYBODY


def test_a_deadline_that_moves_leaves_no_rule_behind(year: Year) -> None:
    """The days of the rules are other days then; one that had passed already is not missed."""
    year.remind(*FIRST)
    with year.desk(4, 29) as desk:
        extend(desk, SLUG, "census", date(2031, 5, 6), for_all=True)
    found = year.look(4, 30)  # with the new deadline, the first rule had its day on 16 April
    assert (parties(found), found.missed, left_out(found)) == (set(), (), {"not-yet": EVERYBODY})
    assert parties(year.look(5, 1)) == EVERYBODY  # the second is still to come


def test_a_provisional_deadline_reminds_nobody(tmp_path: Path) -> None:
    letter = REMINDING_LETTER.replace('rule = "by"', 'rule = "by"\nprovisional = true')
    year = Year(issue_and_send(write_reminding_office(tmp_path / "office", letter)))
    assert left_out(year.look(*FIRST)) == {"provisional": EVERYBODY}


def test_a_letter_that_did_not_arrive_is_not_reminded_of(year: Year) -> None:
    with year.desk(3, 5) as desk, desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.mailbox == "minister@ke.example.org").values(state="bounced"))
        connection.execute(update(outbox).where(outbox.c.mailbox == "rosa@lens.example.com").values(state="queued"))
    assert left_out(year.look(*FIRST)) == {"unreachable": {"KE"}, "letter-not-sent": {"lens"}}


def test_a_late_letter_is_not_reminded_of_before_it_came(tmp_path: Path) -> None:
    year = Year(write_reminding_office(tmp_path / "office"))
    with year.desk(4, 8) as desk:
        issue_all(desk)
        send(desk, SLUG)
    assert left_out(year.look(4, 9)) == {"not-yet": EVERYBODY}
    assert year.look(4, 15).missed == ()  # what was never due is not missed
    assert parties(year.look(*SECOND)) == EVERYBODY


def test_a_letter_that_is_held_or_withdrawn(year: Year) -> None:
    with year.desk(4, 1) as desk:
        hold(desk, SLUG)
    with pytest.raises(RefusedError, match="held"):
        year.look(*FIRST)
    with year.desk(4, 1) as desk:
        withdraw(desk, SLUG)
    with pytest.raises(RefusedError, match="withdrawn"):
        year.look(*FIRST)


def test_answers_on_a_web_form_must_be_read_in_first(tmp_path: Path) -> None:
    year = Year(issue_and_send(write_reminding_office(tmp_path / "office", WEB)))
    assert year.look(3, 20).refused == ()  # no rule of it has come yet
    found = year.look(*FIRST)
    assert parties(found) == set()
    assert found.refused == ("census",)
    assert parties(year.look(*FIRST, anyway=True)) == EVERYBODY
    with year.desk(4, 7, 9) as desk, desk.store.write() as connection:
        connection.execute(
            insert(answer_imports).values(
                circular_id=1,
                file="a.xlsx",
                sha256="0" * 64,
                changed=0,
                imported_at=desk.clock(),
                imported_by="ann",
            )
        )
    assert parties(year.look(*FIRST)) == EVERYBODY
    assert parties(year.look(4, 9)) == set()


# Missed


def test_a_day_that_was_slept_through_is_missed(year: Year) -> None:
    found = year.remind(4, 10)
    assert left_out(found) == {"missed": EVERYBODY}
    assert {(missed.rule, missed.day) for missed in found.missed} == {("-14d", date(2031, 4, 8))}
    later = year.remind(4, 15)
    assert later.missed == ()  # it happened once, and stays listed
    assert later.expired == found.missed


def test_the_working_day_after_is_still_in_time(year: Year) -> None:
    assert parties(year.remind(4, 9)) == EVERYBODY


def test_a_later_rule_overtakes_an_earlier_one(tmp_path: Path) -> None:
    letter = REMINDING_LETTER.replace(RULES, 'remind = ["-3d", "-2d"]')
    year = Year(issue_and_send(write_reminding_office(tmp_path / "office", letter)))
    found = year.remind(4, 28)
    assert {party.rules for party in found.parties} == {("-2d",)}
    assert {missed.rule for missed in found.missed} == {"-3d"}


def test_a_word_before_the_deadline_is_not_said_after_it(tmp_path: Path) -> None:
    letter = REMINDING_LETTER.replace(RULES, 'remind = ["-0d"]')
    year = Year(issue_and_send(write_reminding_office(tmp_path / "office", letter)))
    assert parties(year.look(4, 30)) == EVERYBODY
    found = year.remind(5, 1)
    assert parties(found) == set()
    assert {missed.rule for missed in found.missed} == {"-0d"}


def test_who_has_answered_has_missed_nothing(year: Year) -> None:
    with year.desk(3, 20) as desk:
        give(desk, "Kenya", "census", state="answered", by="phone")
    assert "KE" not in {missed.party for missed in year.remind(4, 10).missed}


def test_what_is_missed_is_told_on_a_day_off_too(year: Year) -> None:
    found = year.remind(4, 13)  # the Sunday of Easter
    assert left_out(found) == {"missed": EVERYBODY}
    assert len(found.missed) == 7
