"""TOML with line numbers: tomllib says what a file holds, this module says where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from office.findings import Finding, Level

MAX_BYTES = 1_000_000  # no hand-written file of facts comes near it
MAX_DEPTH = 20  # parts of a dotted key whose lines are kept

_TOKEN = re.compile(
    r'''(?P<newline>\n)
      | (?P<space>[ \t\r]+|\#[^\n]*)
      | (?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
      | (?P<mark>[\[\]{},=.])
      | (?P<bare>[^\s\[\]{},=."'\#]+|.)''',
    re.VERBOSE | re.DOTALL,
)
_POSITION = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")

# What tomllib says, in words for people who do not know TOML. The first that fits is used.
_REASONS = (
    ("Cannot overwrite", "the same name is given twice", "Keep one of the two lines."),
    ("Cannot declare", "the same heading in square brackets stands twice", "Put all its lines under one heading."),
    (
        "Expected '=' after a key",
        "this line is not of the form «name = value»",
        "Put = between the name and its value.",
    ),
    (
        "Invalid value",
        "the value after = cannot be read",
        'Put words between double quotes, as in place = "geneva"; write dates as 2022-03-21, numbers without spaces.',
    ),
    ("Unterminated string", "a quotation mark that was opened is not closed", 'End the value with ".'),
    ("Illegal character", "a value holds a character that is not allowed there", "Delete it and type the value again."),
    ("Unclosed array", "a list in square brackets is not closed", "End the list with ]."),
    ("Unclosed inline table", "a group in curly brackets is not closed", "End the group with }."),
    ("Invalid date or datetime", "there is no such day", "Write dates as 2022-03-21: year, month, day."),
    (
        "Expected newline or end",
        "something follows the value on the same line",
        "Begin each «name = value» on a new line.",
    ),
    ("Invalid initial character", "a name cannot begin like this", "Names are made of a-z, 0-9, - and _."),
    ("Unescaped '\\'", "a backslash stands alone in a value", "Write it twice, \\\\, or use single quotation marks."),
)


def toml_lines(text: str) -> dict[str, int]:
    """Map the dotted keys of a TOML document to the lines (from 1) on which they stand.

    Elements of arrays are numbered from 0: ``audience.0``, ``audience.0.list``, ``relates.1.to``. A heading such
    as ``[mail]`` gives ``mail``. The text should be one that tomllib accepts; any other gives what can be made out.
    """
    return _Scanner(text).lines


def read_toml(path: Path, *, file: str) -> tuple[dict[str, object], dict[str, int], tuple[Finding, ...]]:
    """Read a TOML file: its values, the lines of its keys, and what prevents reading it.

    ``file`` is the name that findings show, relative to the office. A file that cannot be read gives no values and
    one finding; nothing is raised.
    """
    text, problem = _read_text(path, file)
    if problem is not None:
        return {}, {}, (problem,)
    try:
        values: dict[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, {}, (_syntax_finding(str(error), text, file),)
    except (ValueError, RecursionError):
        message = "a value is too long or too deeply nested to be read"
        return {}, {}, (_finding("toml-syntax", message, "Keep the values short and plain.", file, None),)
    return values, toml_lines(text), ()


def _read_text(path: Path, file: str) -> tuple[str, Finding | None]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        hint = f"Make the file {path.name}, or correct the name of the folder."
        return "", _finding("missing-file", "the file is not there", hint, file, None)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return "", _finding(
            "unreadable-file", f"the file cannot be read: {reason}", "Check its permissions.", file, None
        )
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1000} kB"
        return "", _finding("file-too-large", message, "This is not a file of facts; restore it.", file, None)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", _finding("not-utf-8", "the file is not in UTF-8", "Save it again as UTF-8.", file, line)


def _syntax_finding(message: str, text: str, file: str) -> Finding:
    line: int | None = text.count("\n") + 1
    column: int | None = None
    position = _POSITION.search(message)
    if position is not None and position["line"]:
        line, column = int(position["line"]), int(position["column"])
    for beginning, reason, hint in _REASONS:
        if message.startswith(beginning):
            return _finding("toml-syntax", reason, hint, file, line, column=column)
    said = _POSITION.sub("", message)
    hint = "Compare with the sample."
    return _finding("toml-syntax", f"this cannot be read as TOML ({said})", hint, file, line, column=column)


def _finding(code: str, message: str, hint: str, file: str, line: int | None, *, column: int | None = None) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=file, line=line, column=column)


@dataclass(slots=True)
class _Open:
    """An array or inline table that is being read."""

    path: str
    closing: str  # "]" or "}"
    index: int = 0


class _Scanner:
    """Walks over the tokens of a document once. Depth costs no recursion."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        self._last: dict[str, int] = {}  # arrays of tables: the number of their latest element
        self._tokens = list(_tokens(text))
        self._at = 0
        table = ""
        while self._at < len(self._tokens):
            mark, _ = self._tokens[self._at]
            if mark == "\n":
                self._at += 1
            elif mark == "[":
                table = self._heading()
            else:
                self._assignment(table)
                self._skip_line()

    def _heading(self) -> str:
        line = self._tokens[self._at][1]
        start = self._at
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "[":
            self._at += 1
        is_array = self._at - start > 1
        parts = self._key("]")
        self._skip_line()
        path = ""
        for number, part in enumerate(parts, 1):
            path = f"{path}.{part}" if path else part
            self.lines.setdefault(path, line)
            if is_array and number == len(parts):
                self._last[path] = self._last.get(path, -1) + 1
            if path in self._last:
                path = f"{path}.{self._last[path]}"
                self.lines.setdefault(path, line)
        return path

    def _assignment(self, table: str) -> None:
        """Read ``key = value``, whatever the value holds."""
        levels: list[_Open] = []
        self._begin_value(self._named(table), levels)
        while levels and self._at < len(self._tokens):
            mark, line = self._tokens[self._at]
            level = levels[-1]
            if mark == level.closing:
                levels.pop()
                self._at += 1
            elif mark in {"\n", ","}:
                level.index += mark == ","
                self._at += 1
            elif level.closing == "]":
                path = f"{level.path}.{level.index}"
                self.lines.setdefault(path, line)
                self._begin_value(path, levels)
            else:
                self._begin_value(self._named(level.path), levels)

    def _named(self, table: str) -> str:
        line = self._tokens[self._at][1]
        path = table
        for part in self._key("="):
            path = f"{path}.{part}" if path else part
            self.lines.setdefault(path, line)
        return path

    def _begin_value(self, path: str, levels: list[_Open]) -> None:
        """Open an array or inline table, or pass over a plain value (at least one token, so that reading ends)."""
        mark = self._tokens[self._at][0] if self._at < len(self._tokens) else ""
        if mark in {"[", "{"}:
            levels.append(_Open(path, "]" if mark == "[" else "}"))
            self._at += 1
            return
        if not levels:
            return
        self._at += 1
        while self._at < len(self._tokens) and self._tokens[self._at][0] not in {"\n", ",", "]", "}"}:
            self._at += 1

    def _key(self, end: str) -> list[str]:
        """Read a dotted key and what ends it; return its parts, of a very deep one the first."""
        parts: list[str] = []
        while self._at < len(self._tokens):
            mark = self._tokens[self._at][0]
            if mark == "\n":
                break
            self._at += 1
            if mark == end:
                break
            if mark != ".":
                parts.append(mark[1:-1] if mark[0] in "\"'" else mark)
        return parts[:MAX_DEPTH]

    def _skip_line(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at][0] != "\n":
            self._at += 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield what is not white space, with its line."""
    line = 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.lastgroup != "space":
            yield token, line
        line += token.count("\n")
