"""Corrections that staff keep: a key and what should stand in the other columns, laid over every import.

An empty cell corrects nothing; «-» empties what the list has. A correction for a key that a list does not have
belongs to another list. Lines that are proposed carry their reason in a column that corrects nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from office.errors import InputError
from office.files import written_aside
from office.findings import Finding, Level, has_errors
from recipients.columns import Heading, read_heading, squash
from recipients.delimited import detect_delimiter, detect_encoding, shown_path
from recipients.rows import Corrections, guarded, unguarded
from recipients.tables import read_table

REASON = "why corrected"  # heading of the column for people


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A line for the file: ``email`` is empty where staff have to fill it in."""

    key: str
    email: str
    reason: str


def read_corrections(path: Path | None) -> Mapping[str, Corrections]:
    """Return the corrections by key (without regard to case); none if there is no such file.

    Raises `InputError` with every fault of the file, for a correction that is left out would not be noticed.
    """
    if path is None or not path.exists():
        return {}
    file = shown_path(path)
    rows, _ = read_table(path)
    first = next(rows, None)
    if first is None:
        return {}
    heading = read_heading(first[1], row=first[0], file=file)
    findings = [found for found in heading.findings if found.code != "heading-without-address"]
    if not any(column.field == "key" for column in heading.columns):
        findings.append(_fault("corrections-without-key", "there is no column «key»", file, first[0]))
    found: dict[str, Corrections] = {}
    for number, cells in rows if not has_errors(findings) else ():
        key, values = _correction(heading, cells)
        if not key:
            findings.append(_fault("correction-without-key", "the row has no key", file, number))
        elif key in found:
            findings.append(_fault("correction-twice", f"the key «{key}» is corrected above already", file, number))
        found[key] = values
    if has_errors(findings):
        raise InputError(f"{path.name} cannot be used.", hint="Correct the rows named.", findings=findings)
    return found


def _correction(heading: Heading, cells: list[str]) -> tuple[str, Corrections]:
    key, values = "", {}
    for column, cell in zip(heading.columns, cells, strict=False):
        text = unguarded(cell).strip()
        if column.field == "key":
            key = " ".join(text.split()).casefold()
        elif text and (column.field or column.name) and squash(column.heading) != squash(REASON):
            values[column.field or column.name] = text
    return key, values


def _fault(code: str, message: str, file: str, line: int) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, file=file, line=line)


def add_corrections(path: Path, proposed: Sequence[Proposed]) -> int:
    """Add lines for keys that the file does not have, and return how many; what stands there stays as it is.

    A file that is not there is made; a column that is missing is added. It is written whole or not at all, in UTF-8
    with a byte order mark, with the separator that it had. Raises `InputError` for a file that has faults.
    """
    known = read_corrections(path)
    lines = [line for line in proposed if line.key.casefold() not in known]
    if not lines:
        return 0
    rows, delimiter, hint = [["key", "email", REASON]], ",", 0
    if path.exists():
        rows = [cells for _, cells in read_table(path)[0]]
        delimiter, hint = detect_delimiter(path, detect_encoding(path))
    places = _places(rows[0], shown_path(path))
    for line in lines:
        cells = [""] * len(rows[0])
        for place, text in zip(places, (line.key, line.email, line.reason), strict=True):
            cells[place] = guarded(text)
        rows.append(cells)
    with written_aside(path) as file:
        written = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        written.write(f"sep={delimiter}\r\n" if hint else "")
        csv.writer(written, delimiter=delimiter).writerows(rows)
        written.detach()
    return len(lines)


def _places(heading: list[str], file: str) -> tuple[int, int, int]:
    """Return where key, mailboxes and reason stand; columns that are missing are added to the heading."""
    columns = read_heading(heading, row=1, file=file).columns
    fields = {column.field: column.index for column in reversed(columns)}
    named = {squash(column.heading): column.index for column in columns}
    places = [fields["key"], fields.get("email"), named.get(squash(REASON))]
    for number, name in ((1, "email"), (2, REASON)):
        if places[number] is None:
            places[number] = len(heading)
            heading.append(name)
    key, email, reason = (place or 0 for place in places)
    return key, email, reason
