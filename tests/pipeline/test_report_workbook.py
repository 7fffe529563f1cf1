"""The workbook opens with filters and frozen headings, and nothing in it is ever a formula."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.report_workbook import LONGEST_CELL, write_workbook

COLUMNS = ("party", "state", "since", "late", "note")
ZONE = ZoneInfo("Europe/Zurich")


def sheet_of(*rows: tuple[object, ...], name: str = "Answers") -> Worksheet:
    written = write_workbook(
        COLUMNS, rows, choices={"state": ("accepted", "declined")}, explained=[("party", "who owes it")], zone=ZONE
    )
    return load_workbook(io.BytesIO(written))[name]


def test_headings_stay_in_sight_and_every_column_has_a_filter() -> None:
    sheet = sheet_of(("KE", "accepted", None, False, ""), ("FR", "silent", None, True, "late"))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert [cell.value for cell in sheet[3]] == ["FR", "silent", None, "yes", "late"]


def test_states_are_offered_as_a_list() -> None:
    rules = sheet_of(("KE", "", None, False, "")).data_validations.dataValidation
    assert [(rule.formula1, str(rule.sqref)) for rule in rules] == [('"accepted,declined"', "B2")]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+41 22 730 51 11", "-3", "@SUM(A1)", "\t=1"])
def test_what_looks_like_a_formula_is_text_and_stays_text_when_edited(text: str) -> None:
    cell = sheet_of((text, "", None, False, "")).cell(2, 1)
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", True)


def test_moments_are_real_dates_in_the_offices_time() -> None:
    moment = datetime(2022, 4, 14, 22, 30, 12, tzinfo=UTC)
    sheet = sheet_of(("KE", "", moment, False, ""), ("FR", "", date(2022, 4, 4), False, ""))
    assert [str(sheet.cell(row, 3).value) for row in (2, 3)] == ["2022-04-15 00:30:00", "2022-04-04 00:00:00"]
    assert sheet.cell(3, 3).number_format == "yyyy-mm-dd"


def test_control_characters_and_endless_text_do_not_spoil_the_file() -> None:
    sheet = sheet_of(("a\x00b\x1b[31m", "", None, False, "x" * 40_000))
    assert sheet.cell(2, 1).value == "a b [31m"
    assert len(str(sheet.cell(2, 5).value)) == LONGEST_CELL


def test_the_second_sheet_explains_the_columns() -> None:
    assert [cell.value for cell in sheet_of(name="Explained")[1]] == ["party", "who owes it"]


def test_an_empty_register_is_a_sheet_with_headings() -> None:
    assert sheet_of().max_row == 1
