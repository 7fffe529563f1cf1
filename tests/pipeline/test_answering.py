"""`answer`, `excuse`, `note`, `extend`, `history`: what staff enter by hand, and how it meets what mails say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from office.errors import NotFoundError, RefusedError
from pipeline.answering import delegation, excuse, note
from pipeline.deadlines import extend, late_from
from pipeline.desk import Desk
from pipeline.party_history import history
from pipeline.registering import status
from pipeline.reporting import report
from pipeline.tracking import track
from pipeline.triage import decide, to_decide
from store.delegates import Delegate
from store.notes import held_parties
from store.schema import answers, asks
from tests.pipeline.answers import LATER, deliver, give, reply, states
from tests.pipeline.offices import MORNING, SLUG, desk_at, dump, edit, fixed_clock, issue_all, write_letter

DUE = datetime(2031, 4, 30, 22, 0, tzinfo=UTC)  # the end of 30 April in Zurich
AFTER = MORNING + timedelta(days=70)


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


@pytest.fixture
def late_desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, after the deadline."""
    with desk_at(sent_folder, clock=fixed_clock(AFTER)) as desk:
        yield desk


def row(desk: Desk, party: str, ask: str = "census") -> dict[str, Any]:
    rows = json.loads(report(desk, SLUG, "json"))
    return next(found for found in rows if (found["party"], found["ask"]) == (party, ask))


def test_an_answer_by_letter(desk: Desk, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF")
    day = date(2031, 3, 10)
    chosen = give(desk, "Norway", "meeting", state="accepted", by="letter", on=day, note="Two persons.", file=scan)
    assert chosen == "NO"
    with desk.store.read() as connection:
        row = connection.execute(select(answers)).one()
    assert row.answered_at.isoformat() == "2031-03-10T11:00:00+00:00"  # some time that day: noon in Zurich
    assert (row.recorded_at, row.note, row.file) == (LATER, "Two persons.", str(scan))
    assert states(desk, "NO")["meeting"] == "accepted"


@pytest.mark.parametrize(
    "name",
    ["NO", "no", "norway", "Norvège", "挪威", "no-mission", "second@no.example.org", "Ingrid Moe", "Mission of Norway"],
)
def test_a_party_by_any_name(desk: Desk, name: str) -> None:
    assert give(desk, name, "census", state="answered", by="phone") == "NO"


def test_answers_that_cannot_be(desk: Desk, tmp_path: Path) -> None:
    before = dump(desk.store)
    given = {"party": "Kenya", "ask": "census", "state": "answered", "by": "phone"}
    for wrong, message in (
        ({"party": "Atlantis"}, "Atlantis"),
        ({"party": ""}, "«»"),
        ({"ask": "censsus"}, "censsus"),
        ({"state": "delighted"}, "delighted"),
        ({"state": "extended"}, "needs a day"),
        ({"until": date(2031, 4, 1)}, "nothing to wait for"),
        ({"state": "acknowledged", "until": date(2031, 3, 13)}, "has passed"),
        ({"state": "acknowledged", "until": date(9999, 12, 31)}, "9999"),
        ({"on": date(1, 1, 1)}, "year 1"),
        ({"by": "pigeon"}, "pigeon"),
        ({"on": date(2031, 3, 15)}, "not come yet"),
        ({"on": date(2031, 3, 2)}, "before the letter, which is of 2031-03-03"),
        ({"file": tmp_path / "none.pdf"}, "none.pdf"),
    ):
        terms = given | wrong
        with pytest.raises((NotFoundError, RefusedError)) as caught:
            give(desk, str(terms.pop("party")), str(terms.pop("ask")), **terms)
        assert message in caught.value.message
    assert dump(desk.store) == before
    write_letter(desk.office.folder, "draft")
    with pytest.raises(RefusedError, match="not been issued"):
        give(desk, "Kenya", "census", ref="draft", state="answered")


def test_late_is_counted_by_the_day_it_came(sent_folder: Path) -> None:
    with desk_at(sent_folder, clock=fixed_clock(MORNING + timedelta(days=70))) as desk:
        give(desk, "Kenya", "census", state="answered", by="letter", on=date(2031, 4, 30))
        give(desk, "Norway", "census", state="declined", by="letter", on=date(2031, 5, 1))
        give(desk, "France", "photos", state="contributed", by="letter", on=date(2031, 5, 9))
        census, _, photos = status(desk, SLUG).asks
    assert (census.answered, census.late, census.declined, census.silent) == (2, 1, 1, 5)
    assert (photos.answered, photos.late) == (1, 0)


def test_an_acknowledgement_may_hold_reminders_until_a_day(desk: Desk) -> None:
    give(desk, "Kenya", "census", state="acknowledged", until=date(2031, 4, 1), note="forwarded to capital")
    assert states(desk, "KE")["census"] == "acknowledged"
    with desk.store.read() as connection:
        assert held_parties(connection, 1, LATER) == {"KE": datetime(2031, 4, 1, 22, 0, tzinfo=UTC)}


# Delegations


def test_an_answer_names_a_delegation(desk: Desk) -> None:
    named = delegation(["Juma  Odhiambo; Minister", "Amina Njoroge"], ["Amina Njoroge", "Peter Kimani; Adviser"])
    assert named == (
        Delegate(name="Juma Odhiambo", function="Minister"),
        Delegate(name="Amina Njoroge", speaker=True),
        Delegate(name="Peter Kimani", function="Adviser", speaker=True),
    )
    give(desk, "Kenya", "meeting", state="accepted", delegates=named)
    shown = "Juma Odhiambo; Minister | Amina Njoroge; ; speaker | Peter Kimani; Adviser; speaker"
    assert row(desk, "KE", "meeting")["delegates"] == shown
    assert row(desk, "NO", "meeting")["delegates"] == ""


def test_a_delegate_has_a_name() -> None:
    with pytest.raises(RefusedError, match="names nobody"):
        delegation(["; Minister"], [])


# Excusing


def test_a_party_is_excused_from_what_it_has_not_answered(desk: Desk) -> None:
    give(desk, "Kenya", "census", state="answered")
    excused = excuse(desk, SLUG, "Kenya", note="has no coast")
    assert (excused.party, excused.asks) == ("KE", ("meeting",))  # photos is an offer: there is nothing to excuse
    assert states(desk, "KE") == {"census": "answered", "meeting": "excused", "photos": "silent"}
    assert (row(desk, "KE", "meeting")["by"], row(desk, "KE", "meeting")["note"]) == ("office", "has no coast")
    with pytest.raises(RefusedError, match="owes no answer"):
        excuse(desk, SLUG, "Kenya")
    excuse(desk, SLUG, "Kenya", "photos")
    assert states(desk, "KE")["photos"] == "excused"
    with pytest.raises(NotFoundError, match="no ask"):
        excuse(desk, SLUG, "Kenya", "photo")


# Extensions


def test_one_party_gets_more_time(late_desk: Desk) -> None:
    extended = extend(late_desk, SLUG, "census", date(2031, 5, 20), parties=["Kenya", "KE"], note="asked by phone")
    assert (extended.parties, extended.due_at) == (("KE",), datetime(2031, 5, 20, 22, 0, tzinfo=UTC))
    assert (row(late_desk, "KE")["state"], row(late_desk, "KE")["due"]) == ("extended", "2031-05-21T00:00+02:00")
    assert (row(late_desk, "NO")["state"], row(late_desk, "NO")["due"]) == ("silent", "2031-05-01T00:00+02:00")
    for party in ("Kenya", "Norway"):
        give(late_desk, party, "census", state="answered")
    assert [row(late_desk, party)["late"] for party in ("KE", "NO")] == [False, True]
    assert status(late_desk, SLUG).asks[0].late == 1


def test_all_get_more_time(late_desk: Desk) -> None:
    extend(late_desk, SLUG, "census", date(2031, 5, 20), parties=["Kenya"])
    assert extend(late_desk, SLUG, "census", date(2031, 6, 1), for_all=True).parties == ()
    census, meeting, _ = status(late_desk, SLUG).asks
    assert (census.due, meeting.due) == (datetime(2031, 6, 1, 22, 0, tzinfo=UTC), DUE)
    assert (row(late_desk, "KE")["state"], census.extended) == ("silent", 0)  # it has no more than the others


def test_an_extension_is_shortened_by_a_later_one(late_desk: Desk) -> None:
    for day in (date(2031, 6, 20), date(2031, 5, 20)):
        extend(late_desk, SLUG, "census", day, parties=["Kenya"])
    assert row(late_desk, "KE")["due"] == "2031-05-21T00:00+02:00"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ask": "photos"}, "has no deadline"),
        ({"ask": "censsus"}, "no ask"),
        ({"until": date(2031, 4, 30)}, "no later than what all have"),
        ({"until": date(2031, 4, 30), "parties": (), "for_all": True}, "no later than the deadline"),
        ({"until": date(9999, 12, 31)}, "9999"),
        ({"parties": ()}, "Whose deadline"),
        ({"for_all": True}, "Whose deadline"),
        ({"parties": ("Kenya", "Atlantis")}, "Atlantis"),
    ],
)
def test_extensions_that_cannot_be(desk: Desk, change: dict[str, Any], message: str) -> None:
    before = dump(desk.store)
    given: dict[str, Any] = {"ask": "census", "until": date(2031, 5, 20), "parties": ("Kenya",)} | change
    with pytest.raises((NotFoundError, RefusedError), match=message):
        extend(desk, SLUG, given.pop("ask"), given.pop("until"), **given)
    assert dump(desk.store) == before


# Grace


@pytest.mark.parametrize(
    ("days", "due", "late"),
    [
        (0, "2031-05-01T00:00", "2031-05-01T00:00"),
        (1, "2031-05-01T00:00", "2031-05-02T00:00"),
        (3, "2031-05-01T00:00", "2031-05-06T00:00"),  # over a weekend
        (1, "2031-04-11T00:00", "2031-04-16T00:00"),  # Good Friday is the day after the deadline
        (1, "2031-04-30T16:00", "2031-05-01T16:00"),
        (1, "2031-03-29T00:00", "2031-04-01T00:00"),  # the clocks change: midnight stays midnight
    ],
)
def test_days_of_grace_are_working_days(sent_folder: Path, days: int, due: str, late: str) -> None:
    with desk_at(sent_folder, grace_days=days) as desk:
        due_at = datetime.fromisoformat(due).replace(tzinfo=desk.office.zone)
        assert late_from(due_at, desk.office) == datetime.fromisoformat(late).replace(tzinfo=desk.office.zone)


def test_the_grace_of_the_day_of_issue_counts(folder: Path) -> None:
    edit(folder / "office.toml", "[mail]", "[register]\ngrace_days = 2\n\n[mail]")
    with desk_at(folder) as desk:
        issue_all(desk)
        with desk.store.read() as connection:
            terms = connection.execute(select(asks).where(asks.c.ask == "census")).one()
    assert (terms.due_at, terms.late_at) == (DUE, DUE + timedelta(days=2))
    assert (terms.deadline, json.loads(terms.reply), json.loads(terms.remind)) == ("reply", ["mail"], [])
    edit(folder / "office.toml", "grace_days = 2", "grace_days = 0")
    with desk_at(folder, clock=fixed_clock(AFTER)) as desk:
        give(desk, "Kenya", "census", state="answered", by="letter", on=date(2031, 5, 2))
        give(desk, "Norway", "census", state="answered", by="letter", on=date(2031, 5, 3))
        assert [row(desk, party)["late"] for party in ("KE", "NO")] == [False, True]
        assert row(desk, "KE")["due"] == "2031-05-01T00:00+02:00"  # what the letter said


def test_nobody_is_late_for_a_provisional_deadline(late_desk: Desk) -> None:
    with late_desk.store.write() as connection:
        connection.execute(update(asks).values(provisional=True))
    give(late_desk, "Kenya", "census", state="answered")
    assert status(late_desk, SLUG).asks[0].late == 0


# Notes


def test_a_note_holds_reminders_through_its_day(desk: Desk) -> None:
    assert note(desk, SLUG, "Kenya", " after the holidays ", until=date(2031, 3, 14)) == "KE"
    assert note(desk, SLUG, "Norway", "called") == "NO"
    with desk.store.read() as connection:
        assert held_parties(connection, 1, LATER) == {"KE": datetime(2031, 3, 14, 23, 0, tzinfo=UTC)}
    for wrong in ({"text": " "}, {"until": date(2031, 3, 13)}, {"until": date(9999, 12, 31)}, {"party": "Atlantis"}):
        with pytest.raises((NotFoundError, RefusedError)):
            note(desk, SLUG, **({"party": "Kenya", "text": "x"} | wrong))


# Answers by mail that meet others


def test_an_answer_binds_the_party_whoever_of_it_answers(desk: Desk) -> None:
    deliver(desk, reply(desk, "no-mission", sender="second@no.example.org"))
    track(desk)
    (waiting,) = to_decide(desk).replies
    decide(desk, waiting.inbound_id, state="accepted")
    assert states(desk, "NO") == {"census": "accepted", "meeting": "accepted", "photos": "silent"}
    assert status(desk, SLUG).asks[0].answered == 1


def test_a_contradiction_goes_to_staff_and_changes_nothing(desk: Desk) -> None:
    give(desk, "Norway", "meeting", state="accepted")
    give(desk, "Norway", "census", state="answered")
    deliver(desk, reply(desk, "no-minister", "We regret that we cannot come."))
    assert track(desk).triage == 1
    assert states(desk, "NO")["meeting"] == "accepted"
    (unclear,) = to_decide(desk).unclear
    assert "meeting accepted" in unclear.reason
    decide(desk, unclear.id, asks=["meeting"], state="declined")
    assert states(desk, "NO")["meeting"] == "declined"
    with desk.store.read() as connection:
        kept = connection.execute(select(answers.c.state).where(answers.c.ask == "meeting")).scalars().all()
    assert kept == ["accepted", "declined"]


def test_a_second_reply_waits_while_the_first_is_decided(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    track(desk)
    deliver(desk, reply(desk, "ke-minister", "We cannot come after all."))
    assert track(desk).triage == 1
    (first,), (second,) = to_decide(desk).replies, to_decide(desk).unclear
    decide(desk, first.inbound_id, state="accepted")
    assert states(desk, "KE")["meeting"] == "accepted"
    assert [mail.id for mail in to_decide(desk).unclear] == [second.id]  # what it says is still to be judged
    decide(desk, second.id, asks=["meeting"], state="declined")
    assert states(desk, "KE") == {"census": "accepted", "meeting": "declined", "photos": "silent"}
    left = to_decide(desk)
    assert (left.unclear, left.replies) == ((), ())


def test_a_late_mail_is_late_by_the_day_it_came(late_desk: Desk) -> None:
    deliver(late_desk, reply(late_desk, "ke-minister", Date="Fri, 2 May 2031 09:00:00 +0200"))
    deliver(late_desk, reply(late_desk, "lens", Date="Wed, 30 Apr 2031 23:59:00 +0200"))
    track(late_desk)
    for waiting in to_decide(late_desk).replies:
        decide(late_desk, waiting.inbound_id, asks=["census"], state="answered")
    assert row(late_desk, "KE")["late"] is True
    assert status(late_desk, SLUG).asks[0].late == 1


def test_an_excused_partys_mail_is_read_all_the_same(desk: Desk) -> None:
    excuse(desk, SLUG, "Kenya")
    deliver(desk, reply(desk, "ke-minister"))
    assert track(desk).triage == 1
    assert states(desk, "KE")["census"] == "excused"


# History


def test_the_history_of_a_party_holds_everything(late_desk: Desk) -> None:
    deliver(late_desk, reply(late_desk, "ke-minister"))
    track(late_desk)
    (waiting,) = to_decide(late_desk).replies
    decide(late_desk, waiting.inbound_id, asks=["census"], state="answered")
    extend(late_desk, SLUG, "meeting", date(2031, 5, 20), parties=["KE"], note="asked by phone")
    extend(late_desk, SLUG, "meeting", date(2031, 5, 16), for_all=True)
    extend(late_desk, SLUG, "meeting", date(2031, 5, 20), parties=["NO"])
    note(late_desk, SLUG, "KE", "wants a visa", until=date(2031, 5, 15))
    give(late_desk, "KE", "meeting", state="accepted", delegates=(Delegate(name="Amina Njoroge"),))
    found = history(late_desk, SLUG, "Kenya")
    assert (found.reference, found.party, found.names, found.country) == ("LU-31/001", "KE", ("Juma Odhiambo",), "KE")
    stands = [(ask.ask, ask.state, ask.extended) for ask in found.asks]
    assert stands == [("census", "answered", False), ("meeting", "accepted", True), ("photos", "", False)]
    assert [(event.kind, event.ask, event.state) for event in found.events] == [
        ("letter", "", "sent"),
        ("mail", "", "reply"),
        ("answer", "census", "received"),
        ("answer", "meeting", "received"),
        ("answer", "census", "answered"),
        ("answer", "meeting", "accepted"),
        ("extension", "meeting", "for KE"),
        ("extension", "meeting", "for all"),
        ("note", "", ""),
    ]
    assert [one.name for one in found.events[5].delegates] == ["Amina Njoroge"]
    json.dumps(found.as_json(), default=str)
    with pytest.raises(NotFoundError, match="Atlantis"):
        history(late_desk, SLUG, "Atlantis")
