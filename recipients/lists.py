"""Lists of addressees: found in the office folder, read row by row, faulty rows written back."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import TextIOWrapper
from itertools import chain
from pathlib import Path

from office.errors import InputError, NotFoundError
from office.files import written_aside
from office.findings import Finding, Level, has_errors
from office.suggestions import did_you_mean
from recipients.columns import FIELD_NAMES, Heading, is_nameless, is_surplus, read_heading
from recipients.corrections import read_corrections
from recipients.delimited import Record, shown_path
from recipients.model import Row
from recipients.rows import Rows, guarded
from recipients.tables import SUFFIXES, read_table

CORRECTIONS = "corrections.csv"  # kept by staff beside the lists, and no list of addressees
_REASON = "reason"


def find_list(folder: Path, name: str) -> Path:
    """Return the file of the list ``name`` in ``folder``, whatever its kind.

    Raises `NotFoundError`, or `InputError` if two files share the name.
    """
    lists: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        is_list = path.suffix.lower() in SUFFIXES and path.stem != Path(CORRECTIONS).stem
        if is_list and not path.name.startswith((".", "~$")):
            lists.setdefault(path.stem, []).append(path)
    found = lists.get(name, [])
    if not found:
        kinds = ", ".join(SUFFIXES)
        hint = did_you_mean(name, lists) or f"Put a file {name} ({kinds}) into the folder {folder.name}."
        raise NotFoundError(f"There is no list «{name}».", hint=hint)
    if len(found) > 1:
        files = " and ".join(path.name for path in found)
        message = f"the list «{name}» is there twice: {files}"
        finding = Finding(level=Level.ERROR, code="list-twice", message=message, file=shown_path(found[0]))
        raise InputError(f"The list «{name}» is there twice: {files}.", hint="Keep one of them.", findings=[finding])
    return found[0]


def read_list(path: Path, *, corrections: Path | None = None) -> Iterator[Row]:
    """Return the rows of a list, judged one by one as they are asked for; blank ones are left out.

    ``corrections`` is the file of corrections to lay over the list, if it is there. Remarks on the file as a whole
    stand among the findings of the first row. Raises `InputError`, with every finding, if the file as a whole cannot
    be read; a quotation mark that is never closed shows only when the reading comes to its row.
    """
    heading, remarks, records = _open(path)
    rows = Rows(heading.columns, file=shown_path(path), corrections=read_corrections(corrections))
    return _judged(rows, records, remarks)


def list_columns(path: Path) -> frozenset[str]:
    """Return the names that letters to this list may use as ``recipient.<name>``; raises like `read_list`."""
    heading, _, _ = _open(path)
    return FIELD_NAMES | heading.extras


def write_faulty(target: Path, rows: Iterable[Row]) -> int:
    """Write the faulty ones among ``rows`` with their reasons and return how many there are.

    The file is CSV (UTF-8 with a byte order mark, as spreadsheets expect it), written aside and renamed. What a
    spreadsheet would take for a formula gets an apostrophe in front, which reading takes away again. Without
    faulty rows no file remains. Raises `InputError` if the file cannot be written.
    """
    faulty = (row for row in rows if row.recipient is None)
    first = next(faulty, None)
    try:
        if first is None:
            target.unlink(missing_ok=True)
            return 0
        target.parent.mkdir(parents=True, exist_ok=True)
        return _write_aside(target, first, faulty)
    except OSError as error:
        raise InputError(f"{shown_path(target)} cannot be written: {error.strerror}.") from None


def _open(path: Path) -> tuple[Heading, tuple[Finding, ...], Iterator[Record]]:
    records, remarks = read_table(path)
    first = next(records, None)
    if first is None:
        hint = "Write a heading and a row per addressee."
        finding = Finding(
            level=Level.ERROR, code="file-empty", message="the list is empty", hint=hint, file=shown_path(path)
        )
        raise InputError(f"{path.name}: the list is empty.", hint=hint, findings=[finding])
    heading = read_heading(first[1], row=first[0], file=shown_path(path))
    if has_errors(heading.findings):
        errors = [finding for finding in heading.findings if finding.level is Level.ERROR]
        messages = "; ".join(error.message for error in errors)
        raise InputError(f"{path.name}: {messages}.", hint=errors[0].hint, findings=[*remarks, *heading.findings])
    return heading, (*remarks, *heading.findings), records


def _judged(rows: Rows, records: Iterator[Record], remarks: tuple[Finding, ...]) -> Iterator[Row]:
    for number, cells in records:
        row = rows.read(number, cells)
        if remarks:
            row, remarks = replace(row, findings=(*remarks, *row.findings)), ()
        yield row


def _write_aside(target: Path, first: Row, others: Iterator[Row]) -> int:
    headings = [heading for heading in first.cells if heading != _REASON and not is_surplus(heading)]
    known = {*headings, _REASON}
    written = 0
    with written_aside(target) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow([*("" if is_nameless(heading) else guarded(heading) for heading in headings), _REASON])
        for row in chain([first], others):
            cells = [row.cells.get(heading, "") for heading in headings]
            surplus = [cell for heading, cell in row.cells.items() if heading not in known]
            writer.writerow([guarded(cell) for cell in (*cells, row.reasons, *surplus)])
            written += 1
        text.detach()
    return written
