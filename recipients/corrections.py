"""Corrections that staff keep: a key and what should stand in the other columns, laid over every import.

An empty cell corrects nothing; «-» empties what the list has. A correction for a key that a list does not have
belongs to another list.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from office.errors import InputError
from office.findings import Finding, Level, has_errors
from recipients.columns import Heading, read_heading
from recipients.delimited import shown_path
from recipients.rows import Corrections, unguarded
from recipients.tables import read_table


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
        elif text and (column.field or column.name):
            values[column.field or column.name] = text
    return key, values


def _fault(code: str, message: str, file: str, line: int) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, file=file, line=line)
