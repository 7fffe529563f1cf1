"""CSV as the world writes it: any usual encoding and separator, read as a stream.

The module csv of the standard library, and not pandas, reads it: see docs/decisions/0005-lists-without-pandas.md.
The quoting is that of RFC 4180, read tolerantly.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

from office.errors import InputError
from office.findings import Finding, Level
from recipients.columns import recognised

FOLDER = "recipients"  # of an office, where its lists are
Record = tuple[int, list[str]]  # number of the row as a spreadsheet shows it, its cells

ASSUMED_ENCODING = "cp1252"  # what older spreadsheets of Western Europe write
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"
_CHUNK = 1 << 18  # bytes
_MAX_CELL = 1 << 17  # characters; more than that is a quotation mark that was never closed


def read_delimited(path: Path, encoding: str) -> Iterator[Record]:
    """Yield the rows of a CSV file that are not blank; raises `InputError` for a file that cannot be split."""
    csv.field_size_limit(_MAX_CELL)
    delimiter, skip = detect_delimiter(path, encoding)
    with path.open(encoding=encoding, newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        for number in count(1):
            lines.first = lines.number + 1
            try:
                cells = next(reader, None)
            except csv.Error:
                raise _endless(path, lines.first) from None
            if cells is None:
                return
            if lines.ended:  # within a cell, or no more lines would have been asked for
                raise _unclosed(path, lines.first)
            if number > skip and any(map(str.strip, cells)):
                yield number, cells


def shown_path(path: Path) -> str:
    """Return a table's path as findings show it: of the office's lists below its folder, else as it was named."""
    lists = next((folder for folder in path.parents if folder.name == FOLDER), None)
    return path.as_posix() if lists is None else f"{FOLDER}/{path.relative_to(lists).as_posix()}"


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file; raises `InputError` if it is none of those that are read.

    A file without a byte order mark is UTF-16 if many of its bytes are zero and nearly all of these are the same
    half of a pair (separators, digits and mailboxes are so in any script), UTF-8 if all of it is valid, and
    `ASSUMED_ENCODING` otherwise; but not if it begins as valid UTF-8, for then it is damaged.
    """
    with path.open("rb") as data:
        head = data.read(4096)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return _proven(path, encoding)
    first, second = head[::2].count(0), head[1::2].count(0)
    if (first + second) * 20 > len(head) and max(first, second) > 9 * min(first, second):
        return _proven(path, "utf-16-be" if first > second else "utf-16-le")
    line, is_damaged = _first_bad_line(path, "utf-8")
    if not line:
        return "utf-8"
    if is_damaged:
        raise _unreadable(path, line, "is not valid UTF-8, although the lines above it are")
    return _proven(path, ASSUMED_ENCODING)


def _proven(path: Path, encoding: str) -> str:
    line, _ = _first_bad_line(path, encoding)
    if line:
        raise _unreadable(path, line, "is in no encoding read here (UTF-8, UTF-16 or Windows-1252)")
    return encoding


def _first_bad_line(path: Path, encoding: str) -> tuple[int, bool]:
    """Return the line that cannot be decoded (0 if all can), and whether letters beyond ASCII stand before it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, has_letters = 1, False
    with path.open("rb") as data:
        while True:
            chunk = data.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                return line + good.count(b"\n"), has_letters or not good.isascii()
            line += text.count("\n")
            has_letters = has_letters or not text.isascii()
            if not chunk:
                return 0, False


def detect_delimiter(path: Path, encoding: str) -> tuple[str, int]:
    """Return the separator of the cells, and how many rows stand before the heading for its sake."""
    with path.open(encoding=encoding, newline="") as text:
        first = text.readline().strip()
    if first.lower().startswith("sep=") and len(first) <= 5:  # a hint that Excel writes and reads
        return first[4:] or "\t", 1
    headings = {delimiter: _first_cells(path, encoding, delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda each: (recognised(headings[each]), len(headings[each]))), 0


def _first_cells(path: Path, encoding: str, delimiter: str) -> Sequence[str]:
    with path.open(encoding=encoding, newline="") as text:
        try:
            rows = csv.reader(text, delimiter=delimiter)
            return next((cells for cells in rows if any(cell.strip(f" {_DELIMITERS}") for cell in cells)), [])
        except csv.Error:
            return []


class _Lines:
    """The lines of a file on their way to the reader: how many, and whether more were wanted than there are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.number = 0
        self.first = 1  # line at which the present row begins
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            yield line
        self.ended = True


def _unclosed(path: Path, line: int) -> InputError:
    message = "a quotation mark opened here is never closed, so that all the rows below it are swallowed"
    return _unsplittable(path, line, message, "Close it, or write it twice where it belongs to the text.")


def _endless(path: Path, line: int) -> InputError:
    message = f"a cell of the row that begins here has more than {_MAX_CELL:,} characters"
    hint = "If a quotation mark was opened there and never closed, close it; otherwise shorten the cell."
    return _unsplittable(path, line, message, hint)


def _unsplittable(path: Path, line: int, message: str, hint: str) -> InputError:
    finding = Finding(
        level=Level.ERROR, code="quotation-mark-open", message=message, hint=hint, file=shown_path(path), line=line
    )
    return InputError(f"{path.name}, line {line}: {message}.", hint=hint, findings=[finding])


def _unreadable(path: Path, line: int, reason: str) -> InputError:
    hint = "Open it in the program that made it and save it as «CSV UTF-8» or as .xlsx."
    finding = Finding(
        level=Level.ERROR,
        code="encoding-unknown",
        message=f"line {line} {reason}",
        hint=hint,
        file=shown_path(path),
        line=line,
    )
    return InputError(f"{path.name}: {finding.message}.", hint=hint, findings=[finding])
