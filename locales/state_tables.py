"""The two tables of States, and an office's own laid over them.

``data/states.csv`` has one row per State: codes, groups, languages of correspondence, other names.
``data/state_names.csv`` has one row per State and language: the names of the United Nations' terminology service
(UNTERM), short and formal, and the forms that a sentence needs. An office changes single cells in files of the same
names in its folder ``locales``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from locales.characters import forbidden_character
from locales.languages import LANGUAGES
from office.files import Stamp, stamp_of
from office.findings import Finding, Level
from office.suggestions import did_you_mean

# What `State.name` returns: the names as in a list, then as sentences need them; the article as each language has it.
FORMS = ("short", "the", "of", "in", "from", "formal", "formal-the", "formal-of")
# Whence a language of correspondence is known: the State said so, it is an official language there, or it is assumed.
SOURCES = ("stated", "official", "assumed")
STATES_FILE = "states.csv"
NAMES_FILE = "state_names.csv"
MAX_LENGTH = 200  # characters of a cell
MAX_BYTES = 1_000_000  # of an office's file; the built-in one has a third of that

Row = dict[str, str]
_DATA = Path(__file__).parent / "data"
_OF_SHORT = ("the", "of", "in", "from")  # the forms that go with a short name


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows by their keys: an ISO 3166 code; a code and a language. Of an office's own, only the cells it changes."""

    states: Mapping[str, Row] = field(default_factory=dict)
    names: Mapping[tuple[str, str], Row] = field(default_factory=dict)


@cache
def built_in_tables() -> Tables:
    """Return the product's own tables."""
    names = _rows((_DATA / NAMES_FILE).read_text("utf-8"))
    return Tables(
        {row["iso2"]: row for _, row in _rows((_DATA / STATES_FILE).read_text("utf-8"))},
        {(row["iso2"], row["language"]): row for _, row in names},
    )


def read_office_tables(folder: Path) -> tuple[Tables, tuple[Finding, ...]]:
    """Read an office's own tables, any of which may be missing; ``folder`` is its ``locales``.

    What cannot be used is a finding, and the built-in cell serves.
    """
    states = _OwnTable(folder / STATES_FILE, ("iso2",), {"languages": _no_languages, "sources": _no_sources})
    names = _OwnTable(folder / NAMES_FILE, ("iso2", "language"), dict.fromkeys((*FORMS, "note"), _unfit))
    names.warn_of_forms()
    return (
        Tables(
            {key[0]: row for key, row in states.rows.items()},
            {(key[0], key[1]): row for key, row in names.rows.items()},
        ),
        (*states.findings, *names.findings),
    )


def states_stamp(folder: Path) -> Stamp:
    """Return what tells whether an office's own tables of States have changed: size and time of each."""
    return stamp_of((folder / STATES_FILE, folder / NAMES_FILE))


class _OwnTable:
    """An office's own file: its rows by their keys, and what is wrong with it."""

    def __init__(self, path: Path, keys: tuple[str, ...], cells: Mapping[str, Callable[[str], str]]) -> None:
        self.rows: dict[tuple[str, ...], Row] = {}
        self.findings: list[Finding] = []
        self._file = f"locales/{path.name}"
        self._keys = keys
        self._cells = cells
        self._lines: dict[tuple[str, ...], int] = {}
        try:
            text = _decoded(path)
            for line, row in _rows(text):
                self._add(line, row)
        except FileNotFoundError:
            return
        except (OSError, ValueError, csv.Error) as error:
            why = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error}"
            hint = "Save it as CSV in UTF-8, with the headings of the built-in table."
            self._fault((None, ""), "states-unreadable", f"{self._file} {why}", hint)

    def warn_of_forms(self) -> None:
        """Warn where a short name is changed and the forms that go with it are not."""
        for key, row in self.rows.items():
            left = [form for form in _OF_SHORT if form not in row]
            if "short" in row and left:
                self._fault(
                    (self._lines[key], "short"), "state-forms",
                    f"«{row['short']}» is a new name, and {', '.join(f'«{form}»' for form in left)} still have the old",
                    "Write these forms too; «circulars states CODE» shows what they are.", level=Level.WARNING,
                )  # fmt: skip

    def _add(self, line: int, row: Row) -> None:
        if self._unknown_headings(row) or not any(row.values()):
            return
        key = tuple(row.get(name, "").strip() for name in self._keys)
        code, language = key[0].upper(), (*key, "")[1].lower()
        if code not in built_in_tables().states:
            hint = "Write the two-letter code of a State (ISO 3166)."
            self._fault((line, "iso2"), "state-unknown", f"«{key[0]}» is not the code of a State", hint)
            return
        if len(key) > 1 and language not in LANGUAGES:
            hint = did_you_mean(language, LANGUAGES)
            self._fault((line, "language"), "state-language", f"«{key[1]}» is not a language of letters", hint)
            return
        key = (code, language)[: len(key)]
        if key in self.rows:
            self._fault((line, "iso2"), "state-twice", f"{' '.join(key)} has a row already", "Keep one row of the two.")
            return
        self._lines[key] = line
        self.rows[key] = {name: text for name, text in self._sound_cells(line, row) if text}
        languages = self.rows[key].get("languages", "").split()
        sources = self.rows[key].pop("sources", "").split()
        if languages:
            # One source for all, or one for each; without any, it is the office that states them.
            each = sources if len(sources) == len(languages) else sources[:1] * len(languages)
            self.rows[key]["sources"] = " ".join(each or ["stated"] * len(languages))

    def _sound_cells(self, line: int, row: Row) -> Iterator[tuple[str, str]]:
        for name, check in self._cells.items():
            text = row.get(name, "").strip()
            wrong = check(text) or _unfit(text)
            if wrong:
                self._fault((line, name), "state-cell", f"«{text[:40]}»: {wrong}", "The built-in cell is used instead.")
            else:
                yield name, text

    def _unknown_headings(self, row: Row) -> bool:
        unknown = [name for name in row if name not in self._keys and name not in self._cells]
        missing = [name for name in self._keys if name not in row]
        if not (unknown or missing):
            return False
        if not any(found.code == "states-heading" for found in self.findings):
            known = (*self._keys, *self._cells)
            wrong = f"«{unknown[0][:40]}» cannot be changed here" if unknown else f"there is no column «{missing[0]}»"
            self._fault(
                (1, ""), "states-heading", f"{wrong}; nothing of the file is used", f"Headings: {', '.join(known)}."
            )
        return True

    def _fault(
        self, place: tuple[int | None, str], code: str, message: str, hint: str, *, level: Level = Level.ERROR
    ) -> None:
        line, column = place
        self.findings.append(
            Finding(
                level=level, code=code, message=f"{message}.", hint=hint, file=self._file, line=line,
                column=column or None,
            )
        )  # fmt: skip


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """Yield each row with its line; the separator is the one that the headings have (a spreadsheet's may be «;»)."""
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restval="", restkey="…")
    for row in reader:
        extra = row.pop("…", None)
        if extra:
            raise ValueError(f"line {reader.line_num} has more cells than there are headings")
        yield reader.line_num, {(name or "").strip(): value for name, value in row.items()}


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
    return data.decode("utf-8-sig")


def _unfit(text: str) -> str:
    if len(text) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if "\n" in text or "\t" in text:
        return "it must stand on one line"
    bad = forbidden_character(text)
    return f"it holds {bad}" if bad else ""


def _no_languages(text: str) -> str:
    tags = text.split()
    unknown = [tag for tag in tags if tag not in LANGUAGES]
    if unknown:
        return f"«{unknown[0][:20]}» is not one of {', '.join(LANGUAGES)}"
    return "a language stands there twice" if len(set(tags)) < len(tags) else ""


def _no_sources(text: str) -> str:
    unknown = [word for word in text.split() if word not in SOURCES]
    return f"«{unknown[0][:20]}» is not one of {', '.join(SOURCES)}" if unknown else ""
