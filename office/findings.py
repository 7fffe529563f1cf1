"""Findings: what is wrong with something a user wrote, as data.

A finding never stops the work by itself. Readers collect them, commands print them all at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the letter or the row cannot go out like this
    WARNING = "warning"  # it can, but a person should look
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault or remark, with its place and what to do about it.

    ``code`` is a stable kebab-case name that scripts may lean on. ``file`` is relative to the office folder.
    ``line`` counts from 1; in a list it is the row as the spreadsheet shows it. ``column`` is a character
    position counted from 1 or, in a list, the heading of the column.
    """

    level: Level
    code: str
    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    column: int | str | None = None

    @property
    def place(self) -> str:
        """``file:line`` as editors understand it; empty where there is no file."""
        return f"{self.file}:{self.line}" if self.line is not None else self.file

    def as_json(self) -> dict[str, object]:
        """Return the shape that ``check --json`` prints."""
        return {
            "level": self.level.value,
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
        }


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any of the findings is an error."""
    return any(finding.level is Level.ERROR for finding in findings)
