"""`track`, `triage`, `answer`, `explain`, `status`, `report`: from the inbox to the register."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import select

from office.errors import CircularsError, NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.registering import REPORT_COLUMNS, all_statuses, report, status, unclaimed
from pipeline.tracking import decide, explain, open_mail, set_aside, to_decide, track
from store.schema import answers
from tests.pipeline.answers import LATER, deliver, give, reply, states
from tests.pipeline.offices import ENGLISH_LETTER, SLUG, desk_at, dump, fixed_clock, write_letter


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_a_reply_is_received_until_somebody_decides(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    summary = track(desk)
    assert (dict(summary.kinds), summary.filed, summary.triage) == ({"reply": 1}, 1, 0)
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    (waiting,) = to_decide(desk).replies
    assert (waiting.party, waiting.asks, waiting.colleague) == ("KE", ("census", "meeting"), False)
    assert decide(desk, waiting.inbound_id, ask="meeting", state="accepted") == "KE"
    assert states(desk, "KE") == {"census": "received", "meeting": "accepted", "photos": "silent"}
    (waiting,) = to_decide(desk).replies
    assert waiting.asks == ("census",)
    decide(desk, waiting.inbound_id, state="answered")
    assert states(desk, "KE")["census"] == "answered"
    assert states(desk, "KE")["meeting"] == "accepted"
    assert to_decide(desk).replies == ()


def test_the_inbox_is_read_once(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"), reply(desk, "lens"))
    track(desk)
    before = dump(desk.store)
    again = track(desk)
    assert (dict(again.kinds), again.already_known) == ({}, 2)
    assert dump(desk.store) == before


def test_another_source(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "one.eml").write_bytes(reply(desk, "ke-minister").as_bytes())
    assert track(desk, source=str(folder)).filed == 1
    with pytest.raises(CircularsError) as caught:
        track(desk, source=str(tmp_path / "nowhere"))
    assert caught.value.message


def test_what_is_unclear_waits_for_a_person(desk: Desk) -> None:
    stranger = EmailMessage(policy=SMTP)
    stranger["From"] = "alex@stranger.example.net"
    stranger["To"] = "circulars@example.int"
    stranger["Subject"] = "About your lights"
    stranger["Message-ID"] = "<s1@stranger.example.net>"
    stranger["Date"] = LATER
    stranger.set_content("We have three lights.\n")
    deliver(desk, stranger)
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
        {"ref": SLUG, "party": "Kenya", "ask": "lunch", "state": "answered"},
        {"ref": SLUG, "party": "Kenya", "state": "delighted"},
        {"ref": "other", "party": "Kenya", "state": "answered"},
    ):
        with pytest.raises((NotFoundError, RefusedError)):
            decide(desk, unclear.id, **wrong)
        assert dump(desk.store) == before
    assert decide(desk, unclear.id, ref=SLUG, party="Kenya", ask="census", state="contributed") == "KE"
    assert to_decide(desk).unclear == ()
    assert states(desk, "KE")["census"] == "contributed"
    with desk.store.read() as connection:
        row = connection.execute(select(answers)).one()
    assert (row.by, row.inbound_id, row.recorded_by) == ("mail", unclear.id, "author")
    assert row.answered_at == LATER


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
    decide(desk, to_decide(desk).replies[0].inbound_id, ask="census", state="answered")
    (kenya,) = (waiting for waiting in to_decide(desk).replies if waiting.party == "KE")
    set_aside(desk, kenya.inbound_id, "Only thanks.")
    assert [waiting.party for waiting in to_decide(desk).replies] == ["lens"]
    assert states(desk, "KE")["census"] == "answered"
    meeting = status(desk, SLUG).asks[1]
    assert (meeting.received, meeting.silent) == (1, 6)


# Answers by other ways


def test_the_counts_partition_the_parties(desk: Desk) -> None:
    give(desk, "Kenya", "census", state="accepted", by="phone")
    give(desk, "Norway", "census", state="acknowledged", by="phone")
    deliver(desk, reply(desk, "lens"))
    track(desk)
    for ask in status(desk, SLUG).asks:
        assert ask.parties == ask.answered + ask.received + ask.acknowledged + ask.silent + ask.unreachable == 7
        assert ask.accepted + ask.declined <= ask.answered
    census = status(desk, SLUG).asks[0]
    assert (census.answered, census.acknowledged, census.received, census.silent) == (1, 1, 1, 4)


# The register


def test_status_of_every_kind_of_letter(desk: Desk) -> None:
    write_letter(desk.office.folder, "draft", letter=ENGLISH_LETTER)
    write_letter(desk.office.folder, "planned", letter=ENGLISH_LETTER)
    plan(desk, "planned")
    found = {one.slug: one for one in all_statuses(desk)}
    assert {slug: (one.state, one.reference, one.addressees) for slug, one in found.items()} == {
        SLUG: ("issued", "LU-31/001", 8), "planned": ("planned", "LU-31/002", 0), "draft": ("draft", "", 0),
    }  # fmt: skip
    assert list(found) == [SLUG, "planned", "draft"]
    assert sum(found["draft"].delivery.values()) == 0
    assert found[SLUG].delivery["sent"] == 9
    assert status(desk, "LU-31/001") == found[SLUG]
    with pytest.raises(NotFoundError):
        status(desk, "nothing")


def test_a_report_has_a_row_per_party_and_ask(desk: Desk) -> None:
    give(desk, "Kenya", "census", state="accepted", by="phone", note='=HYPERLINK("http://x")')
    text = report(desk, SLUG, "csv")
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == REPORT_COLUMNS
    assert len(rows) == 7 * 3
    kenya = next(row for row in rows if (row["party"], row["ask"]) == ("KE", "census"))
    assert kenya["state"] == "accepted"
    assert kenya["note"] == '\'=HYPERLINK("http://x")'  # no formula for a spreadsheet
    assert kenya["due"] == "2031-05-01T00:00+02:00"
    assert kenya["since"] == "2031-03-14T09:00+01:00"
    assert (kenya["late"], kenya["delivery"]) == ("no", "sent")
    from_json = json.loads(report(desk, SLUG, "json"))
    assert len(from_json) == len(rows)
    found = next(row for row in from_json if (row["party"], row["ask"]) == ("KE", "census"))
    assert (found["late"], found["note"]) == (False, '=HYPERLINK("http://x")')


def test_reports_that_are_not_there(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="pdf"):
        report(desk, SLUG, "pdf")
    write_letter(desk.office.folder, "draft", letter=ENGLISH_LETTER)
    with pytest.raises(RefusedError, match="not been issued"):
        report(desk, "draft", "csv")


# Explaining


def test_explaining_stores_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "reply.eml"
    file.write_bytes(reply(desk, "ke-minister").as_bytes())
    before = dump(desk.store)
    (inside,) = explain(desk, [file])
    assert dump(desk.store) == before
    assert (inside["file"], inside["kind"], inside["reference"]) == (str(file), "reply", "LU-31/001")
    assert inside["addressee"] == "ke-minister"
    (outside,) = explain(None, [file])
    assert outside["kind"] == "reply"
    assert not outside["addressee"]
    keys = {
        "file", "kind", "confidence", "reference", "addressee", "evidence", "recipients", "text", "forwarded_from",
    }  # fmt: skip
    assert keys <= set(inside)
    assert keys <= set(outside)
    json.dumps([inside, outside])


def test_explaining_what_is_no_mail(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").touch()
    (tmp_path / "picture.eml").write_bytes(bytes(range(256)) * 20)
    found = explain(None, [tmp_path / "empty.eml", tmp_path / "picture.eml"])
    assert len(found) == 2
    for missing in (tmp_path / "none.eml", tmp_path):
        with pytest.raises(NotFoundError, match="cannot be read"):
            explain(None, [missing])
