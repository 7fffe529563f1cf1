"""`track`, `triage`, `explain`, `status`, `report`: from the inbox to the register."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from office.errors import CircularsError, NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.registering import all_statuses, status
from pipeline.reporting import report
from pipeline.sheets import COLUMNS
from pipeline.tracking import explain, track
from tests.pipeline.answers import LATER, deliver, give, reply
from tests.pipeline.offices import ENGLISH_LETTER, SLUG, desk_at, dump, fixed_clock, write_letter


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_the_inbox_is_read_once(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"), reply(desk, "lens"))
    track(desk)
    before = dump(desk.store)
    again = track(desk)
    assert (dict(again.kinds), again.already_known) == ({}, 0)
    assert dump(desk.store) == before


def test_another_source(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "one.eml").write_bytes(reply(desk, "ke-minister").as_bytes())
    assert track(desk, source=str(folder)).filed == 1
    with pytest.raises(CircularsError) as caught:
        track(desk, source=str(tmp_path / "nowhere"))
    assert caught.value.message


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
    text = report(desk, SLUG, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert tuple(rows[0]) == tuple(COLUMNS)
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
