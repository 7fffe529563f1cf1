"""The rows of a list, whatever kind of file it is."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from office.errors import InputError
from office.findings import Finding, Level
from recipients.delimited import ASSUMED_ENCODING, Record, detect_encoding, read_delimited, shown_path
from recipients.extents import Extent, largest_extent

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_Cell = int | float | str | bool | time | date | datetime | timedelta

SUFFIXES = (".csv", ".xlsx", ".ods")
_CHUNK = 1 << 20  # bytes
_MAX_UNPACKED = 1 << 29  # bytes; a larger spreadsheet would not fit into the machine's memory
_MOST_CELLS = 10_000_000  # of a table, if fewer than one in four is written in the file


def read_table(path: Path) -> tuple[Iterator[Record], tuple[Finding, ...]]:
    """Return the rows that are not blank, numbered as a spreadsheet shows them, and remarks on the file.

    A CSV file is read as a stream, a spreadsheet as a whole (its first sheet that holds anything). Raises
    `InputError` for a file that cannot be read.
    """
    try:
        if path.stat().st_size == 0:
            raise _unreadable(path, "file-empty", "the file is empty", "Write a heading and a row per addressee.")
        if path.suffix.lower() != ".csv":
            return _read_spreadsheet(path), ()
        encoding = detect_encoding(path)
    except OSError as error:
        raise _unreadable(path, "file-unreadable", f"the file cannot be opened: {error.strerror}", "") from None
    return read_delimited(path, encoding), (_encoding_assumed(path),) if encoding == ASSUMED_ENCODING else ()


def expected_rows(path: Path) -> int:
    """Return about how many addressees a list has, for a progress bar: its lines or rows, counted without reading them.

    A line break within a cell counts too. Raises `InputError` for a spreadsheet that cannot be read.
    """
    if path.suffix.lower() != ".csv":
        _require_package(path)
        size = path.stat()
        return max(_extent(path, size.st_mtime_ns, size.st_size).rows - 1, 0)
    with path.open("rb") as data:
        return max(sum(chunk.count(b"\n") for chunk in iter(lambda: data.read(_CHUNK), b"")) - 1, 0)


def _read_spreadsheet(path: Path) -> Iterator[Record]:
    _require_package(path)
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = map(book.get_sheet_by_name, book.sheet_names)
        filled = next((sheet for sheet in sheets if sheet.height), None)
    except Exception:  # whatever a damaged file does to the reader, its owner needs one sentence
        raise _damaged(path) from None
    return _sheet_rows(filled) if filled else iter(())


def _sheet_rows(sheet: CalamineSheet) -> Iterator[Record]:
    _, left = sheet.start or (0, 0)  # the reader begins at the first row, but at the first column that is filled
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [*[""] * left, *map(_text, cells)]
        if any(map(str.strip, texts)):
            yield number, texts


def _text(cell: _Cell) -> str:
    """Return a cell as text, as a spreadsheet shows it: 7 and not 7.0; «NA» stays Namibia."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return f"{cell} 00:00:00"
    return str(cell)


def _require_package(path: Path) -> None:
    """Refuse what only looks like a spreadsheet, or would fill the memory when unpacked."""
    # NotImplementedError is what zipfile raises for a compression or version that it does not know.
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(part.file_size for part in package.infolist())
            is_locked = any(part.flag_bits & 1 for part in package.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise _damaged(path) from None
    if is_locked:
        raise _damaged(path)
    if unpacked > _MAX_UNPACKED:
        hint = "Save the list as CSV, which is read row by row."
        raise _unreadable(path, "file-too-large", "the spreadsheet is too large when unpacked", hint)
    try:
        size = path.stat()
        table = _extent(path, size.st_mtime_ns, size.st_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError):
        raise _damaged(path) from None
    if table.cells > max(_MOST_CELLS, 4 * table.written):
        message = f"the table reaches to row {table.rows:,} and column {table.columns:,}, and hardly any cell is filled"
        hint = "Delete what stands far below the addressees, or far to the right of them, and save it again."
        raise _unreadable(path, "file-too-large", message, hint)


@lru_cache(maxsize=8)
def _extent(path: Path, _written_at: int, _size: int) -> Extent:
    return largest_extent(path)  # once per command, although a list is opened several times


def _damaged(path: Path) -> InputError:
    hint = "Open it in the program that made it, remove any password, and save it again as .xlsx, .ods or «CSV UTF-8»."
    return _unreadable(path, "file-unreadable", "the file is no spreadsheet, is damaged, or has a password", hint)


def _encoding_assumed(path: Path) -> Finding:
    return Finding(
        level=Level.WARNING,
        code="encoding-assumed",
        message="the file does not say how its letters are encoded; it was read as Windows-1252",
        hint="See whether names with accents look right; if not, save the list as «CSV UTF-8».",
        file=shown_path(path),
        line=1,
    )


def _unreadable(path: Path, code: str, message: str, hint: str) -> InputError:
    finding = Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=shown_path(path))
    return InputError(f"{path.name}: {message}.", hint=hint, findings=[finding])
