"""PO files as files: reading text safely, parsing it with polib, writing aside and renaming."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from office.files import write_aside
from office.findings import Finding, Level

MAX_BYTES = 20_000_000  # a letter's catalogue is some kilobytes
WRAP = 100

_SYNTAX_PLACE = re.compile(r"line (\d+)")
# A line of a PO file: nothing, a comment, a string, or a keyword and a string. polib drops others without a word.
_STRING = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(rf"(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?{_STRING}|#.*|")
_OLD_PREVIOUS = re.compile(r"^#~\|", re.MULTILINE)
_LINE_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # where polib ends a line, and gettext does not
_CHARSET = re.compile(rb"charset=([A-Za-z0-9_.:-]+)")


class RawEntry(Protocol):
    """polib's entry, as far as it is used here."""

    msgctxt: str | None
    msgid: str
    msgstr: str
    msgstr_plural: dict[int, str]
    flags: list[str]
    previous_msgid: str | None
    previous_msgctxt: str | None
    occurrences: list[tuple[str, str]]
    tcomment: str
    comment: str
    obsolete: bool
    linenum: int | None


class RawFile(Protocol):
    """polib's file, as far as it is used here: a list of entries, obsolete ones included."""

    metadata: dict[str, str]
    metadata_is_fuzzy: bool | None

    def __iter__(self) -> Iterator[RawEntry]: ...
    def append(self, entry: RawEntry) -> None:
        """Add an entry; raises ValueError if it is there already and the file checks for that."""

    def clear(self) -> None:
        """Take every entry out; the header stays."""


def read_text(path: Path, name: str) -> tuple[str | None, tuple[Finding, ...]]:
    """Return a file's text with even line ends, or None and why; None without a finding if there is no file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, (_unreadable(name, f"is larger than {MAX_BYTES // 1_000_000} MB"),)
        data = path.read_bytes()
    except FileNotFoundError:
        return None, ()
    except OSError as error:
        return None, (_unreadable(name, f"cannot be opened ({error.strerror})"),)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"), ()
    except UnicodeDecodeError as error:
        declared = _CHARSET.search(data[:4000])
        finding = Finding(
            level=Level.ERROR,
            code="catalogue-encoding",
            message=f"The file is not in UTF-8{f' (its header says {declared[1].decode()})' if declared else ''}.",
            hint="Save it again as UTF-8, with charset=UTF-8 in its header.",
            file=name,
            line=data.count(b"\n", 0, error.start) + 1,
        )
        return None, (finding,)


def parse(text: str, name: str) -> tuple[RawFile, tuple[Finding, ...]]:
    """Parse PO text; returns an empty file and the finding where it cannot be parsed."""
    import polib

    for number, line in enumerate(text.split("\n"), start=1):
        if not _LINE.fullmatch(line.strip()):
            return polib.POFile(), (_syntax_finding(name, number),)
    try:
        # polib takes a text that names an existing file for its path: a text of two lines never does.
        # It also reads the previous msgid of an obsolete entry only in the form of one in use.
        return polib.pofile("\n" + _OLD_PREVIOUS.sub("#|", text) + "\n", wrapwidth=WRAP), ()
    except (OSError, ValueError, IndexError, KeyError, AttributeError) as error:
        place = _SYNTAX_PLACE.search(str(error))
        return polib.POFile(), (_syntax_finding(name, max(int(place[1]) - 1, 1) if place else None),)


def printable(text: str) -> str:
    """Return text with a space for what would end a line of a PO file, and for control characters but a tab."""
    spaced = _LINE_ENDS.sub(" ", text)
    return "".join(" " if unicodedata.category(char) == "Cc" and char not in "\n\t" else char for char in spaced)


def one_line_end(text: str) -> str:
    """Return text with a line feed for each of its line ends, and a space for what only polib takes for one."""
    return _LINE_ENDS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def write_text(path: Path, text: str) -> None:
    """Write a file, so that a reader sees the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, (text if text.endswith("\n") else text + "\n").encode("utf-8"))


def shown(path: Path) -> str:
    """Return the path from the office's ``locales`` folder on, as findings show it."""
    parts = path.parts
    if "locales" not in parts:
        return path.name
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("locales") :])


def _unreadable(name: str, why: str) -> Finding:
    return Finding(level=Level.ERROR, code="catalogue-unreadable", message=f"The file {why}.", file=name)


def _syntax_finding(name: str, line: int | None) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="catalogue-syntax",
        message="From this line on it is not a PO file that can be read.",
        hint="Look at this line and the one before: keywords must be gettext's, and each quote needs its partner.",
        file=name,
        line=line,
    )
