"""`report` in all its kinds, and the overview of `status`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from lxml.etree import fromstring
from openpyxl import load_workbook

from office.errors import NotFoundError, RefusedError
from pipeline.deadlines import extend
from pipeline.desk import Desk
from pipeline.importing import import_answers
from pipeline.registering import missing, status
from pipeline.reporting import KINDS, report
from pipeline.sheets import COLUMNS
from tests.pipeline.answers import give
from tests.pipeline.offices import SLUG, desk_at, fixed_clock

AFTER = datetime(2031, 5, 2, 8, tzinfo=UTC)  # two days after the deadline


@pytest.fixture
def later(sent_folder: Path) -> Iterator[Desk]:
    """The small office after the deadline: Norway accepted in time, Kenya declined too late."""
    with desk_at(sent_folder, clock=fixed_clock(AFTER)) as desk:
        give(desk, "NO", "meeting", state="accepted", by="letter", on=date(2031, 4, 30), note="=1+1")
        give(desk, "KE", "meeting", state="declined", on=date(2031, 5, 1))
        yield desk


def entries(content: bytes) -> list[Any]:
    return Calendar.from_ical(content.decode()).walk("VEVENT")


def test_the_tables_say_the_same_in_every_kind(later: Desk) -> None:
    from_csv = list(csv.DictReader(io.StringIO(report(later, SLUG, "csv").decode("utf-8-sig"))))
    from_json = json.loads(report(later, SLUG, "json"))
    sheet = load_workbook(io.BytesIO(report(later, SLUG, "xlsx"))).active
    assert sheet is not None
    from_xlsx = [dict(zip(COLUMNS, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    seen = [[(row["party"], row["ask"], row["state"]) for row in rows] for rows in (from_csv, from_json, from_xlsx)]
    assert seen[0] == seen[1] == seen[2]
    norway = next(row for row in from_xlsx if (row["party"], row["ask"]) == ("NO", "meeting"))
    assert (norway["state"], norway["note"], norway["late"]) == ("accepted", "=1+1", "no")


def test_an_unchanged_workbook_is_read_back_without_changing_anything(later: Desk, tmp_path: Path) -> None:
    path = tmp_path / "edited.xlsx"
    path.write_bytes(report(later, SLUG, "xlsx"))
    assert not import_answers(later, SLUG, path).recorded


def test_a_workbook_that_was_filled_in_is_read_back(later: Desk, tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(report(later, SLUG, "xlsx")))
    sheet = book.active
    assert sheet is not None
    place = {name: number for number, name in enumerate(COLUMNS, 1)}
    for row in sheet.iter_rows(min_row=2):
        if row[place["party"] - 1].value == "FR" and row[place["ask"] - 1].value == "census":
            sheet.cell(row[0].row or 0, place["state"], "answered")
            sheet.cell(row[0].row or 0, place["by"], "web")
            sheet.cell(row[0].row or 0, place["since"], datetime(2031, 4, 2))  # noqa: DTZ001 - as a spreadsheet has it
    book.save(tmp_path / "edited.xlsx")
    import_answers(later, SLUG, tmp_path / "edited.xlsx")
    rows = json.loads(report(later, SLUG, "json"))
    france = next(row for row in rows if (row["party"], row["ask"]) == ("FR", "census"))
    assert (france["state"], france["by"], france["since"][:10]) == ("answered", "web", "2031-04-02")


def test_the_calendar_has_every_deadline_and_moves_with_it(later: Desk) -> None:
    before = {str(entry["uid"]): entry for entry in entries(report(later, SLUG, "ics"))}
    assert {str(entry["summary"]) for entry in before.values()} == {"LU-31/001: census due", "LU-31/001: meeting due"}
    assert all(entry["dtstart"].dt == date(2031, 4, 30) for entry in before.values())
    extend(later, SLUG, "census", date(2031, 5, 16), for_all=True)
    extend(later, SLUG, "meeting", date(2031, 5, 9), parties=["FR"], note="elections")
    after = {str(entry["uid"]): entry for entry in entries(report(later, "", "ics"))}
    census = next(uid for uid in before if ".census." in uid)
    assert after[census]["dtstart"].dt == date(2031, 5, 16)
    assert int(after[census]["sequence"]) > int(before[census]["sequence"])
    assert [str(entry["summary"]) for uid, entry in after.items() if uid not in before] == [
        "LU-31/001: meeting due (FR: extended)"
    ]


@pytest.mark.parametrize("end", ["everybody has as much time", "the party answers"])
def test_an_extension_that_is_over_leaves_the_calendars_that_have_it(later: Desk, end: str) -> None:
    extend(later, SLUG, "meeting", date(2031, 5, 9), parties=["FR"])
    before = next(entry for entry in entries(report(later, SLUG, "ics")) if "FR" in entry["summary"])
    if end == "the party answers":
        give(later, "FR", "meeting", state="accepted")
    else:
        extend(later, SLUG, "meeting", date(2031, 5, 9), for_all=True)
    after = next(entry for entry in entries(report(later, SLUG, "ics")) if entry["uid"] == before["uid"])
    assert (str(before["status"]), str(after["status"])) == ("CONFIRMED", "CANCELLED")
    assert int(after["sequence"]) >= int(before["sequence"])


def test_the_chart_is_of_the_asks_to_which_answers_are_expected(later: Desk) -> None:
    told = fromstring(report(later, SLUG, "svg")).findtext("{http://www.w3.org/2000/svg}desc")
    assert told is not None
    assert "meeting: 2 of" in told
    assert "1 of them by the deadline" in told
    assert "photos" not in told


def test_a_sentence_for_the_next_letter(later: Desk) -> None:
    assert report(later, SLUG, "history").decode().splitlines() == [
        "census: 0 administrations (0%) had replied by the deadline.",
        "meeting: 1 administration (14%) had replied by the deadline.",
    ]
    assert "avait répondu dans le délai fixé" in report(later, SLUG, "history", language="fr").decode()
    with pytest.raises(NotFoundError, match="no language"):
        report(later, SLUG, "history", language="xx")


def test_before_the_deadline_there_is_no_sentence(sent_desk: Desk) -> None:
    assert report(sent_desk, SLUG, "history") == b""
    assert status(sent_desk, SLUG).history == ()


def test_kinds_that_are_not_there_and_letters_that_are_not_named(later: Desk) -> None:
    with pytest.raises(NotFoundError, match="no report"):
        report(later, SLUG, "pdf")
    for kind in KINDS:
        if kind != "ics":
            with pytest.raises(RefusedError, match="Only a calendar"):
                report(later, "", kind)


def test_status_divides_the_answers(later: Desk) -> None:
    shape = json.loads(json.dumps(status(later, SLUG).as_json(), default=str))
    meeting = next(ask for ask in shape["asks"] if ask["id"] == "meeting")
    assert meeting["by_region"]["africa"]["declined"] == 1
    assert meeting["by_region"]["europe"]["accepted"] == 1
    assert set(meeting["by_class"]) == {"governments", "academia"}
    assert sum(part["parties"] for part in meeting["by_language"].values()) == meeting["parties"]


def test_who_is_missing(later: Desk) -> None:
    found = {(row.party, row.ask) for row in missing(later, SLUG)}
    assert ("FR", "meeting") in found
    assert not {("NO", "meeting"), ("KE", "meeting")} & found
    assert "photos" not in {ask for _, ask in found}  # an offer: nobody is missing
