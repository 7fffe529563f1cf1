"""The report as staff edit it: its columns, and reading back those that answers are made of.

`report` writes these columns. `answer --import` reads those of `READ_BACK`, from the first sheet that holds anything;
their order does not matter, other columns are passed over, and one that is not there leaves what is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from office.characters import name_of, unfit_character
from office.errors import InputError
from office.findings import Finding, Level
from office.suggestions import did_you_mean
from recipients.columns import squash
from recipients.delimited import shown_path
from recipients.rows import unguarded
from recipients.tables import SUFFIXES, read_table
from store.delegates import Delegate
from store.register import CHANNELS, OFFICE, STATES

# Column → what it holds, in the order of the report.
COLUMNS = {
    "party": "who owes the answer; read back",
    "names": "the addressees",
    "country": "ISO 3166",
    "ask": "what is asked; read back",
    "state": "the latest state, or silent, extended, unreachable, withdrawn while nothing has come; read back",
    "since": "the day of the answer; read back",
    "by": "letter, phone, fax, mail or web; read back",
    "late": "whether it came too late",
    "due": "the first moment that is too late for this party",
    "delivery": "how the party's letters fared, the best of them",
    "reminders": "how often the party was reminded of it",
    "note": "a remark on the answer; read back",
    "delegates": "whom the answer names: «Name; function | Name; function; speaker»; read back",
    "entry": "the number of the answer in the register; leave it as it is: it tells what changed since the report",
}
READ_BACK = ("party", "ask", "state", "since", "by", "note", "delegates", "entry")
REQUIRED = ("party", "ask", "state")
NOTHING_YET = ("", "silent", "extended", "unreachable", "withdrawn")  # shown in `state` while nothing is recorded
_SPEAKER = "speaker"
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_DOTTED_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")  # day first, wherever dots are written


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A row of an edited report, its cells understood. ``None`` stands for a column that the file does not have.

    ``number`` is the row as a spreadsheet shows it. ``party`` and ``ask`` are as written, ``state`` and ``by`` in lower
    case; ``entry`` is 0 where the report was made before anything was recorded.
    """

    number: int
    party: str
    ask: str
    state: str
    day: date | None = None
    by: str = ""
    note: str | None = None
    delegates: tuple[Delegate, ...] | None = None
    entry: int | None = None


def delegates_cell(delegates: Sequence[Delegate]) -> str:
    """Write a delegation in one cell."""
    return " | ".join(
        "; ".join((one.name, one.function, _SPEAKER) if one.speaker else filter(None, (one.name, one.function)))
        for one in delegates
    )


def parse_delegates(text: str) -> tuple[Delegate, ...]:
    """Read a delegation from a cell: persons divided by «|» or line breaks, their parts by «;».

    A part that says «speaker» makes one of the person, wherever it stands; a person without a name is passed over.
    """
    named = []
    for person in text.replace("|", "\n").splitlines():
        name, *rest = (" ".join(part.split()) for part in person.split(";"))
        speaker = any(part.casefold() == _SPEAKER for part in rest)
        function = "; ".join(part for part in rest if part and part.casefold() != _SPEAKER)
        if name:
            named.append(Delegate(name=name, function=function, speaker=speaker))
    return tuple(named)


def read_sheet(path: Path) -> tuple[tuple[SheetRow, ...], tuple[Finding, ...]]:
    """Read an edited report and return the rows that can be understood, and all faults with their row and column.

    Raises `InputError` for a file that cannot be read at all, or whose headings do not say what is what.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name} is no table.", hint=f"Save it as one of {', '.join(SUFFIXES)}.")
    records, remarks = read_table(path)
    first = next(records, None)
    file = shown_path(path)
    if first is None:
        raise InputError(f"{path.name} is empty.", hint="Write a report, edit it, and read it back: circulars report")
    places, findings = _places(first[1], first[0], file)
    rows = []
    for number, cells in records:
        reader = _RowReader(number, {name: _cell(cells, place) for name, place in places.items()}, file)
        rows.append(reader.read())
        findings.extend(reader.findings)
    return tuple(row for row in rows if row is not None), (*remarks, *findings)


def _cell(cells: Sequence[str], place: int) -> str:
    return unguarded(cells[place]).strip() if place < len(cells) else ""


def _places(cells: Sequence[str], row: int, file: str) -> tuple[dict[str, int], list[Finding]]:
    """Return the place of each column that is read back, and a warning for each that is not there."""
    found: dict[str, int] = {}
    faults: list[Finding] = []

    def fault(level: Level, code: str, message: str, hint: str, column: str) -> None:
        faults.append(Finding(level=level, code=code, message=message, hint=hint, file=file, line=row, column=column))

    for place, cell in enumerate(cells):
        name = squash(cell)
        if name in found:
            fault(Level.ERROR, "heading-twice", f"the column «{name}» is there twice", "Keep one of the two.", name)
        elif name in READ_BACK:
            found[name] = place
    for name in (name for name in READ_BACK if name not in found):
        required = name in REQUIRED
        message = f"there is no column «{name}»{'' if required else ': what it held is not read'}"
        hint = "Give the column its name back, as the report writes it."
        fault(Level.ERROR if required else Level.WARNING, "heading-missing", message, hint, name)
    errors = [fault for fault in faults if fault.level is Level.ERROR]
    if errors:
        told = "; ".join(fault.message for fault in errors)
        raise InputError(f"{file}: {told}.", hint=errors[0].hint, findings=faults)
    return found, faults


class _RowReader:
    """Turns the cells of one row into a `SheetRow`, or into findings."""

    def __init__(self, number: int, cells: Mapping[str, str], file: str) -> None:
        self._number = number
        self._cells = cells
        self._file = file
        self.findings: list[Finding] = []

    def read(self) -> SheetRow | None:
        """Return the row, or None if it has a fault."""
        self._require_cells()
        row = SheetRow(
            number=self._number,
            party=self._cells["party"],
            ask=self._cells["ask"],
            state=self._word("state", (*NOTHING_YET, *STATES)),
            day=self._day(),
            by=self._word("by", ("", *CHANNELS, OFFICE)),
            note=self._cells.get("note"),
            delegates=parse_delegates(self._cells["delegates"]) if "delegates" in self._cells else None,
            entry=self._entry(),
        )
        return None if self.findings else row

    def _require_cells(self) -> None:
        for name in ("party", "ask"):
            if not self._cells[name]:
                hint = "Of cells that were merged, only the first keeps its text: split them and fill in each."
                self._fault("cell-empty", f"the row has no {name}", hint, name)
        for name, cell in self._cells.items():
            unfit = unfit_character(cell, allowed="\n\r\t")
            if unfit:
                message = f"the cell holds the character {name_of(unfit)}, which cannot be printed"
                self._fault("character-unfit", message, "Type the cell anew.", name)

    def _word(self, name: str, known: Collection[str]) -> str:
        word = self._cells.get(name, "").casefold()
        if word not in known:
            hint = did_you_mean(word, filter(None, known))
            self._fault(f"unknown-{name}", f"«{word}» is no {_MEANT[name]}", hint, name)
        return word

    def _day(self) -> date | None:
        text = self._cells.get("since", "")
        day = parse_day(text)
        if text and day is None:
            hint = "Write it as 2022-04-05. With strokes one cannot tell the day from the month."
            self._fault("not-a-day", f"«{text}» is no date", hint, "since")
        return day

    def _entry(self) -> int | None:
        text = self._cells.get("entry")
        if text is None or not text:
            return None if text is None else 0
        if not re.fullmatch(r"\d{1,18}(\.0)?", text, re.ASCII):
            self._fault("not-an-entry", f"«{text}» is no number of an entry", "Leave this column as it was.", "entry")
            return 0
        return int(text.removesuffix(".0"))

    def _fault(self, code: str, message: str, hint: str, column: str) -> None:
        self.findings.append(
            Finding(
                level=Level.ERROR,
                code=code,
                message=message,
                hint=hint,
                file=self._file,
                line=self._number,
                column=column,
            )
        )


_MEANT = {"state": "state of an answer", "by": "way to answer"}


def parse_day(text: str) -> date | None:
    """Read a day from a cell: a date of the spreadsheet's own, 2022-04-05 with or without a time, or 5.4.2022."""
    iso, dotted = _ISO_DAY.fullmatch(text), _DOTTED_DAY.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        return date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else None
    except ValueError:
        return None
