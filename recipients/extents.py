"""How large the table of a spreadsheet is, found out before it is read.

The reader lays a sheet out in full, from the first cell to the last. A few hundred bytes can so ask for all the
memory of the machine: one cell in the last corner of the sheet, a row «repeated» a thousand million times, or a
package whose directory understates what its parts unpack to.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Extent", "largest_extent"]

_CHUNK = 1 << 20  # bytes
_LONGEST_TAG = 1 << 20  # bytes; the reader's own programs write tags of a few hundred
_ATTRIBUTES = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>"
# OOXML: row and c, under any prefix; OpenDocument: the names that the reader knows, with their usual prefix. There all
# sheets stand in one part; for the reader a sheet ends with the first end of a table.
_TAG = re.compile(rb"<(?:(table:table-row|table:(?:covered-)?table-cell|/table:table)|(?:\w+:)?(row|c))" + _ATTRIBUTES)
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,4})(\d{1,9})[\"']")
_REPEATED = re.compile(rb"\stable:number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,18})[\"']")


@dataclass(slots=True)
class Extent:
    """The size of a table in rows and columns, and how many of its cells are written in the file."""

    rows: int = 0
    columns: int = 0
    written: int = 0

    @property
    def cells(self) -> int:
        """How many cells the table has when laid out in full."""
        return self.rows * self.columns


def largest_extent(path: Path) -> Extent:
    """Return the size of the largest table in a spreadsheet.

    Raises `zipfile.BadZipFile` for a damaged package, or one whose directory lies about its parts.
    """
    largest = Extent()
    with zipfile.ZipFile(path) as package:
        for part in package.infolist():
            largest = max(largest, *_measure(package, part), key=lambda found: found.cells)
    return largest


def _measure(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[Extent]:
    """Yield the size of each table of a part."""
    table = _Table()
    rest = b""
    with package.open(part) as data:
        while chunk := data.read(_CHUNK):
            text = rest + chunk
            cut = text.rfind(b"<")
            rest = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
            if len(rest) > _LONGEST_TAG:
                raise zipfile.BadZipFile("a tag without an end")
            for name, ooxml, attributes, closed in _TAG.findall(text[: len(text) - len(rest)]):
                if ooxml:
                    table.take_ooxml(ooxml == b"row", attributes, is_empty=bool(closed))
                elif name == b"/table:table":
                    yield table.extent
                    table = _Table()
                else:
                    table.take_opendocument(name == b"table:table-row", attributes, is_empty=bool(closed))
    yield table.extent


class _Table:
    def __init__(self) -> None:
        self.extent = Extent()
        self._row = 0
        self._next_row = 0
        self._column = 0

    def take_ooxml(self, is_row: bool, attributes: bytes, *, is_empty: bool) -> None:
        place = _PLACE.search(attributes)
        if is_row:
            self._row = int(place[2]) if place else self._row + 1
            self._column = 0
            return
        self._column = _column(place[1]) if place and place[1] else self._column + 1
        if not is_empty:
            self._reach(int(place[2]) if place else self._row)

    def take_opendocument(self, is_row: bool, attributes: bytes, *, is_empty: bool) -> None:
        repeated = _REPEATED.search(attributes)
        times = int(repeated[1]) if repeated else 1
        if is_row:
            self._row = self._next_row + times
            self._next_row = self._row
            self._column = 0
            return
        self._column += times
        if not is_empty:  # what is empty up to the end is not laid out
            self._reach(self._row)

    def _reach(self, row: int) -> None:
        self.extent.written += 1
        self.extent.rows = max(self.extent.rows, row)
        self.extent.columns = max(self.extent.columns, self._column)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
