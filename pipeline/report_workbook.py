"""The workbook of `report --as xlsx`: to be filtered, sorted, edited, and read back by `answer --import`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST_CELL = 32_767  # characters; what Excel takes
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"names": 34, "note": 40, "delegates": 40, "party": 24, "since": 17, "due": 17}
_WIDTH = 13  # of all other columns, in characters
_TITLE_OF_SHEET = "Answers"


def write_workbook(
    columns: Sequence[str],
    rows: Iterable[Iterable[object]],
    *,
    choices: Mapping[str, Sequence[str]],
    explained: Sequence[tuple[str, str]],
    zone: ZoneInfo,
) -> bytes:
    """Return an XLSX file: a sheet with frozen headings and filters, and one that explains the columns.

    ``choices`` are offered as a list in the cells of these columns. Moments are written as times in ``zone``, for
    spreadsheets know no zones. A text that looks like a formula is text, and stays text when it is edited.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_TITLE_OF_SHEET)
    sheet.freeze_panes = "A2"
    for position, column in enumerate(columns):
        sheet.column_dimensions[_letter(position)].width = _WIDTHS.get(column, _WIDTH)
    sheet.append([_heading(sheet, column) for column in columns])
    last = 1
    for row in rows:
        sheet.append([_cell(sheet, value, zone) for value in row])
        last += 1
    sheet.auto_filter.ref = f"A1:{_letter(len(columns) - 1)}{last}"
    _offer(sheet, columns, choices, last)
    notes = book.create_sheet("Explained")
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 16, 100
    for name, meaning in explained:
        notes.append([_heading(notes, name), meaning])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _heading(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE6F0")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: object, zone: ZoneInfo) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return _formatted(
            sheet, value.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0), "yyyy-mm-dd hh:mm"
        )
    if isinstance(value, date):
        return _formatted(sheet, value, "yyyy-mm-dd")
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in str(value))[:LONGEST_CELL]
    return _as_text(sheet, text) if text.startswith(_FORMULA_STARTS) else text


def _formatted(sheet: WriteOnlyWorksheet, value: date, number_format: str) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = number_format
    return cell


def _as_text(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell

    cell: Any = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # openpyxl would make a formula of «=…»
    cell.quotePrefix = True  # the apostrophe with which people say «text»
    return cell


def _offer(sheet: WriteOnlyWorksheet, columns: Sequence[str], choices: Mapping[str, Sequence[str]], last: int) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, offered in choices.items():
        letter = _letter(list(columns).index(column))
        rule = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=True, showErrorMessage=False)
        rule.add(f"{letter}2:{letter}{max(last, 2)}")
        sheet.data_validations.append(rule)


def _letter(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))
