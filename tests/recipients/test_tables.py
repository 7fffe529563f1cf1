"""Spreadsheets as tables of text: cells of every kind, tables that begin anywhere, and how many rows to expect."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from office.errors import InputError
from recipients.tables import expected_rows, read_table


def write(path: Path, cells: dict[str, object], *, first_sheet: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if first_sheet:  # one that holds nothing stands before it
        sheet.title = first_sheet
        sheet = book.create_sheet("Addressees")
    for place, value in cells.items():
        sheet[place] = value
    book.save(path)
    return path


def test_cells_of_every_kind_are_text(tmp_path: Path) -> None:
    cells: dict[str, object] = {
        "A1": "key", "B1": "value", "A2": 7, "B2": 1.5, "A3": True, "B3": "NA", "A4": date(2031, 3, 4),
        "B4": datetime(2031, 3, 4, 9, 30),  # noqa: DTZ001 - a cell has no zone
        "A5": time(9, 30), "B5": timedelta(hours=30), "A6": 1e15, "B6": " 007 ",
    }  # fmt: skip
    rows, remarks = read_table(write(tmp_path / "list.xlsx", cells))
    assert remarks == ()
    assert list(rows) == [
        (1, ["key", "value"]), (2, ["7", "1.5"]), (3, ["True", "NA"]),
        (4, ["2031-03-04 00:00:00", "2031-03-04 09:30:00"]), (5, ["09:30:00", "1 day, 6:00:00"]),
        (6, ["1000000000000000", " 007 "]),
    ]  # fmt: skip


def test_a_table_that_begins_anywhere_keeps_its_places(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", {"C4": "key", "D4": "email", "D6": "a@b.example.org"}, first_sheet="Notes")
    rows, _ = read_table(path)
    assert list(rows) == [(4, ["", "", "key", "email"]), (6, ["", "", "", "a@b.example.org"])]


def test_a_spreadsheet_without_a_filled_cell(tmp_path: Path) -> None:
    rows, _ = read_table(write(tmp_path / "list.xlsx", {}))
    assert list(rows) == []


def test_rows_to_expect(tmp_path: Path) -> None:
    assert expected_rows(write(tmp_path / "list.xlsx", {f"A{row}": "x" for row in range(1, 8)})) == 6
    (tmp_path / "list.csv").write_text("key\n" + "a\n" * 70_000, "utf-8")
    assert expected_rows(tmp_path / "list.csv") == 70_000
    (tmp_path / "wide.csv").write_text("key\na\nb\n", "utf-16")
    assert expected_rows(tmp_path / "wide.csv") == 2
    (tmp_path / "empty.csv").write_text("", "utf-8")
    assert expected_rows(tmp_path / "empty.csv") == 0
    (tmp_path / "no.xlsx").write_text("no spreadsheet", "utf-8")
    with pytest.raises(InputError):
        expected_rows(tmp_path / "no.xlsx")


def test_no_spreadsheet_needs_pandas(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", {"A1": "key"})
    program = (
        "import sys\nfrom pathlib import Path\nfrom recipients.tables import read_table\n"
        "print(len(list(read_table(Path(sys.argv[1]))[0])), {'pandas', 'numpy'} & set(sys.modules))\n"
    )
    told = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert told.stdout.split(maxsplit=1) == ["1", "set()\n"]
