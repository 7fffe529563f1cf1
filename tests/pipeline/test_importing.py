"""`answer --import`: an edited report read back, all or nothing, and never over what the register says since."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from office.errors import InputError, NotFoundError
from pipeline.desk import Desk
from pipeline.importing import Imported, import_answers
from pipeline.reporting import report
from pipeline.sheets import COLUMNS, delegates_cell, parse_day, parse_delegates
from pipeline.tracking import track
from pipeline.triage import to_decide
from store.delegates import Delegate
from store.imports import latest_import
from store.register import history
from store.schema import answer_imports
from tests.pipeline.answers import LATER, deliver, give, reply, states
from tests.pipeline.offices import SLUG, desk_at, dump, fixed_clock

Row = dict[str, str]


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def sheet(desk: Desk) -> dict[tuple[str, str], Row]:
    """The report, by party and ask."""
    rows = csv.DictReader(io.StringIO(report(desk, SLUG, "csv").decode("utf-8-sig")))
    return {(row["party"], row["ask"]): dict(row) for row in rows}


def write(folder: Path, rows: dict[tuple[str, str], Row], *, columns: tuple[str, ...] = tuple(COLUMNS)) -> Path:
    path = folder / "edited.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", delimiter=";")
        writer.writeheader()
        writer.writerows(rows.values())
    return path


def edited(desk: Desk, folder: Path, **cells: str) -> Path:
    """A report in which Kenya's answer to the census was filled in."""
    rows = sheet(desk)
    rows["KE", "census"] |= cells
    return write(folder, rows)


def read(desk: Desk, path: Path) -> Imported:
    return import_answers(desk, SLUG, path)


def codes(caught: pytest.ExceptionInfo[InputError]) -> list[tuple[str, int | None, int | str | None]]:
    return [(finding.code, finding.line, finding.column) for finding in caught.value.findings]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_report_that_nobody_edited_changes_nothing(desk: Desk, tmp_path: Path, kind: str) -> None:
    deliver(desk, reply(desk, "lens"))
    track(desk)
    give(desk, "Kenya", "census", state="accepted", note="=1+1\n two  lines", on=date(2031, 3, 10))
    give(desk, "Norway", "census", state="accepted", delegates=(Delegate(name="A | B", function="x;y", speaker=True),))
    give(desk, "France", "census", state="accepted")
    give(desk, "France", "census", state="open")
    before = dump(desk.store)
    path = tmp_path / f"report.{kind}"
    path.write_bytes(report(desk, SLUG, kind))
    imported = read(desk, path)
    assert (imported.recorded, imported.unchanged, imported.conflicts, imported.findings) == ((), 21, 0, ())
    after = dump(desk.store)
    assert after.pop("answer_imports") != before.pop("answer_imports")
    assert after == before


def test_answers_filled_in_are_recorded_once(desk: Desk, tmp_path: Path) -> None:
    rows = sheet(desk)
    rows["KE", "census"] |= {"state": "Accepted ", "since": "2031-03-12", "note": "=by form", "by": "WEB"}
    rows["NO", "meeting"] |= {"state": "nominated", "delegates": "Ingrid Moe; Minister; speaker\nOla Vik"}
    path = write(tmp_path, rows)
    imported = read(desk, path)
    assert imported.recorded == (("KE", "census", "accepted"), ("NO", "meeting", "nominated"))
    assert (imported.unchanged, imported.earlier) == (19, None)
    found = sheet(desk)
    assert (found["KE", "census"]["since"], found["KE", "census"]["note"]) == ("2031-03-12T12:00+01:00", "'=by form")
    assert (found["NO", "meeting"]["by"], found["NO", "meeting"]["since"]) == ("web", "2031-03-14T09:00+01:00")
    assert found["NO", "meeting"]["delegates"] == "Ingrid Moe; Minister; speaker | Ola Vik"
    again = read(desk, path)
    assert (again.recorded, again.unchanged, again.conflicts, again.earlier) == ((), 21, 0, LATER)
    assert sheet(desk) == found
    with desk.store.read() as connection:
        assert connection.execute(select(answer_imports.c.changed)).scalars().all() == [2, 0]


def test_what_changed_in_the_register_since_is_told_and_stays(desk: Desk, tmp_path: Path) -> None:
    rows = sheet(desk)
    give(desk, "Kenya", "census", state="declined")  # since the report was made
    give(desk, "Norway", "census", state="accepted")  # as well, but nobody edited its row
    give(desk, "France", "census", state="accepted", on=date(2031, 3, 10))  # and this one says the same
    rows["KE", "census"] |= {"state": "accepted"}
    rows["FR", "census"] |= {"state": "accepted", "since": "2031-03-10", "by": "phone"}
    rows["BT", "census"] |= {"state": "answered"}
    imported = read(desk, write(tmp_path, rows))
    assert imported.recorded == (("BT", "census", "answered"),)
    assert (imported.conflicts, imported.unchanged) == (1, 19)
    (conflict,) = imported.findings
    assert conflict.code == "answer-conflict"
    assert "«accepted», but the register says «declined», entered by author on 2031-03-14" in conflict.message
    assert "circulars answer census KE census" in conflict.hint
    assert [states(desk, party)["census"] for party in ("KE", "NO", "FR")] == ["declined", "accepted", "accepted"]


def test_an_answer_is_told_better_without_losing_what_it_came_with(desk: Desk, tmp_path: Path) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    track(desk)
    read(desk, edited(desk, tmp_path, note="a long letter"))
    (waiting,) = to_decide(desk).replies  # still to be judged
    assert set(waiting.asks) == {"census", "meeting"} or waiting.asks == ("meeting", "census")
    read(desk, edited(desk, tmp_path, state="answered"))
    with desk.store.read() as connection:
        rows = [row for row in history(connection, 1, "KE") if row.ask == "census"]
    assert [(row.state, row.by, row.inbound_id is not None) for row in rows] == [
        ("received", "mail", True),
        ("received", "mail", True),
        ("answered", "mail", False),
    ]
    assert len({row.answered_at for row in rows}) == 1  # the day was left as it was: it is the mail's
    read(desk, edited(desk, tmp_path, state="open"))
    assert states(desk, "KE")["census"] == "silent"


def test_a_sheet_without_entries_never_overwrites_a_decision(desk: Desk, tmp_path: Path) -> None:
    give(desk, "Kenya", "census", state="declined")
    give(desk, "Norway", "census", state="acknowledged")
    rows: dict[tuple[str, str], Row] = {
        ("KE", ""): {"party": "ke", "ask": "Census", "state": "accepted"},
        ("NO", ""): {"party": "Norvège", "ask": "census", "state": "accepted"},
        ("BT", ""): {"party": "BT", "ask": "census", "state": "answered"},
        ("FR", ""): {"party": "FR", "ask": "census", "state": ""},
        ("lens", ""): {"party": "LENS", "ask": "census", "state": ""},
    }
    give(desk, "lens", "census", state="answered")
    path = write(
        tmp_path, rows | {("lens", ""): rows["lens", ""] | {"party": "lens"}}, columns=("state", "party", "ask", "x")
    )
    imported = read(desk, path)
    assert imported.recorded == (("NO", "census", "accepted"), ("BT", "census", "answered"))
    assert (imported.conflicts, imported.unchanged) == (1, 2)
    assert {finding.code for finding in imported.findings} == {"heading-missing", "answer-conflict"}
    assert states(desk, "KE")["census"] == "declined"


@pytest.mark.parametrize(
    ("cells", "code", "column", "hint"),
    [
        ({"party": "Atlantis", "state": "accepted"}, "unknown-party", "party", ""),
        ({"party": ""}, "cell-empty", "party", "merged"),
        ({"ask": "censsus"}, "unknown-ask", "ask", "«census»"),
        ({"state": "acepted"}, "unknown-state", "state", "«accepted»"),
        ({"state": "accepted", "by": "pigeon"}, "unknown-by", "by", ""),
        ({"state": "accepted", "since": "04/05/2031"}, "not-a-day", "since", "2022-04-05"),
        ({"state": "accepted", "since": "2031-02-30"}, "not-a-day", "since", "2022-04-05"),
        ({"state": "accepted", "since": "2031-03-15"}, "day-to-come", "since", "came"),
        ({"state": "accepted", "since": "2031-03-02"}, "day-before-letter", "since", "came"),
        ({"note": "We come."}, "state-empty", "state", "accepted"),
        ({"since": "2031-03-10"}, "state-empty", "state", "accepted"),
        ({"state": "accepted", "entry": "7"}, "entry-elsewhere", "entry", "sorted"),
        ({"state": "accepted", "entry": "x"}, "not-an-entry", "entry", "as it was"),
        ({"state": "accepted", "note": "a\x07b"}, "character-unfit", "note", "anew"),
        ({"party": "NO"}, "row-twice", "party", "one of the two"),
    ],
)
def test_one_fault_and_nothing_is_recorded(
    desk: Desk, tmp_path: Path, cells: Row, code: str, column: str, hint: str
) -> None:
    rows = sheet(desk)
    rows["FR", "census"] |= {"state": "accepted"}
    line = list(rows).index(("KE", "census")) + 2
    rows["KE", "census"] |= cells
    before = dump(desk.store)
    with pytest.raises(InputError, match="nothing of it was recorded") as caught:
        read(desk, write(tmp_path, rows))
    lines = {line} if code != "row-twice" else {line, list(rows).index(("NO", "census")) + 2}
    (found,) = caught.value.findings
    assert (found.code, found.column, found.line in lines) == (code, column, True)
    assert hint in found.hint
    assert dump(desk.store) == before


def test_all_faults_are_told_at_once(desk: Desk, tmp_path: Path) -> None:
    rows = sheet(desk)
    rows["KE", "census"] |= {"state": "yes", "by": "owl", "since": "soon"}
    rows["NO", "census"] |= {"ask": "sensus"}
    with pytest.raises(InputError) as caught:
        read(desk, write(tmp_path, rows))
    assert [code for code, _, _ in codes(caught)] == ["unknown-state", "not-a-day", "unknown-by", "unknown-ask"]


def test_a_taken_out_answer_is_asked_about(desk: Desk, tmp_path: Path) -> None:
    give(desk, "Kenya", "census", state="accepted")
    with pytest.raises(InputError) as caught:
        read(desk, edited(desk, tmp_path, state=""))
    assert "«open»" in caught.value.findings[0].hint


def test_a_part_of_the_table_that_was_sorted_is_noticed(desk: Desk, tmp_path: Path) -> None:
    give(desk, "Kenya", "census", state="accepted")
    give(desk, "Norway", "census", state="declined")
    rows = sheet(desk)
    one, other = rows["KE", "census"], rows["NO", "census"]
    for column in ("state", "since", "by", "note", "entry"):
        one[column], other[column] = other[column], one[column]
    with pytest.raises(InputError) as caught:
        read(desk, write(tmp_path, rows))
    assert {code for code, _, _ in codes(caught)} == {"entry-elsewhere"}


@pytest.mark.parametrize("missing", ["party", "ask", "state"])
def test_a_renamed_column_that_is_needed(desk: Desk, tmp_path: Path, missing: str) -> None:
    columns = tuple(column for column in COLUMNS if column != missing)
    with pytest.raises(InputError, match=f"no column «{missing}»") as caught:
        read(desk, write(tmp_path, sheet(desk), columns=columns))
    assert ("heading-missing", 1, missing) in codes(caught)


def test_a_column_that_is_there_twice(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("party,ask,state,State\nKE,census,accepted,declined\n")
    with pytest.raises(InputError) as caught:
        read(desk, path)
    assert ("heading-twice", 1, "state") in codes(caught)


def workbook(path: Path, rows: list[list[Any]], change: Callable[[Any], None] = lambda _: None) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    change(page)
    book.create_sheet("Explained").append(["party", "who"])
    book.save(path)
    return path


def test_a_workbook_with_dates_numbers_formulas_and_hidden_columns(desk: Desk, tmp_path: Path) -> None:
    give(desk, "Kenya", "census", state="acknowledged", on=date(2031, 3, 10))
    entry = int(sheet(desk)["KE", "census"]["entry"])
    rows: list[list[Any]] = [
        ["Party", "ASK", "remarks", "state", "since", "by", "note", "delegates", "Entry"],
        ["KE", "census", None, "accepted", LATER.replace(tzinfo=None), "web", "=SUM(A1:A9)", None, entry],
        ["NO", "census", 3, "declined", date(2031, 3, 11), None, "'=x", "A; B", None],
        [None, None, None, None, None, None, None, None, None],
    ]

    def hide(page: Any) -> None:
        page.column_dimensions["C"].hidden = True
        page.merge_cells("F2:G2")

    imported = read(desk, workbook(tmp_path / "answers.xlsx", rows, hide))
    assert imported.recorded == (("KE", "census", "accepted"), ("NO", "census", "declined"))
    found = sheet(desk)
    assert found["KE", "census"]["since"].startswith("2031-03-14")
    assert found["NO", "census"]["since"].startswith("2031-03-11")


def test_merged_cells_are_told(desk: Desk, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["party", "ask", "state"], ["KE", "census", "accepted"], ["KE", "meeting", "accepted"]]
    path = workbook(tmp_path / "merged.xlsx", rows, lambda page: page.merge_cells("A2:A3"))
    with pytest.raises(InputError) as caught:
        read(desk, path)
    assert ("cell-empty", 3, "party") in codes(caught)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n;;;\n"),
        ("binary.csv", bytes(range(256))),
        ("broken.xlsx", b"PK\x03\x04 no workbook"),
        ("letter.pdf", b"%PDF"),
        ("quote.csv", b'party,ask,state\n"KE,census,accepted\n'),
    ],
)
def test_files_that_are_no_report(desk: Desk, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    before = dump(desk.store)
    with pytest.raises(InputError):
        read(desk, tmp_path / name)
    with pytest.raises(NotFoundError, match="There is no file"):
        read(desk, tmp_path / "none.xlsx")
    assert dump(desk.store) == before


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2031-03-12", date(2031, 3, 12)),
        ("2031-03-12 00:00:00", date(2031, 3, 12)),
        ("2031-03-12T12:00+01:00", date(2031, 3, 12)),
        ("5.4.2031", date(2031, 4, 5)),
        ("31.4.2031", None),
        ("5/4/2031", None),
        ("2031-3-5", None),
        ("48250", None),
        ("", None),
    ],
)
def test_days_in_cells(text: str, day: date | None) -> None:
    assert parse_day(text) == day


def test_a_delegation_in_a_cell() -> None:
    named = (
        Delegate(name="Amina Njoroge", function="Minister", speaker=True),
        Delegate(name="Peter Kimani"),
        Delegate(name="Ola Vik", speaker=True),
    )
    assert parse_delegates(delegates_cell(named)) == named
    assert parse_delegates(" ; x |  |\n") == ()
    assert delegates_cell(()) == ""


def test_the_age_of_the_latest_import_is_known(sent_folder: Path, tmp_path: Path) -> None:
    for days in (0, 3):
        with desk_at(sent_folder, clock=fixed_clock(LATER + timedelta(days=days))) as desk:
            read(desk, write(tmp_path, sheet(desk)))
            with desk.store.read() as connection:
                assert latest_import(connection, 1) == LATER + timedelta(days=days)
