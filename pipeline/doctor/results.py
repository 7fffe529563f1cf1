"""What a look found, and how to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from office.clock import Clock, system_clock
from office.errors import CircularsError, UnreachableError

MOUNTS = Path("/proc/self/mountinfo")


class Level(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    NOTE = "note"  # worth knowing; nothing to do
    SKIPPED = "skipped"  # could not be looked at here
    WARNING = "warning"  # works, and ought to be mended
    ERROR = "error"  # does not work, or may lose mail


TO_FIX = frozenset({Level.WARNING, Level.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One thing that was looked at. ``code`` is a stable kebab-case name; ``topic`` is set by `examine`."""

    level: Level
    code: str
    message: str
    hint: str = ""
    topic: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the shape that `doctor --json` prints."""
        return {
            "topic": self.topic,
            "level": self.level.value,
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
        }


Results = Iterator[Result]


def good(code: str, message: str) -> Result:
    """Say that something is as it should be."""
    return Result(level=Level.GOOD, code=code, message=message)


def note(code: str, message: str, hint: str = "") -> Result:
    """Say what is worth knowing."""
    return Result(level=Level.NOTE, code=code, message=message, hint=hint)


def skipped(code: str, message: str, hint: str = "") -> Result:
    """Say what could not be looked at, and why."""
    return Result(level=Level.SKIPPED, code=code, message=message, hint=hint)


def warning(code: str, message: str, hint: str) -> Result:
    """Say what ought to be mended, and how."""
    return Result(level=Level.WARNING, code=code, message=message, hint=hint)


def error(code: str, message: str, hint: str) -> Result:
    """Say what does not work, and how to mend it."""
    return Result(level=Level.ERROR, code=code, message=message, hint=hint)


def of_error(code: str, fault: CircularsError) -> Result:
    """Turn an error that would end another command into a result."""
    hint = fault.hint or ("Try again later." if isinstance(fault, UnreachableError) else "")
    return Result(level=Level.ERROR, code=code, message=fault.message, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameserver:
    """A DNS server to be asked instead of the system's."""

    address: str
    port: int = 53


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is to be looked at, and how.

    ``to`` is where a test mail goes, empty for none; ``wait`` how many seconds its return is waited for. ``seconds``
    is the longest wait for one answer from a server, ``limit`` that for a whole topic.
    """

    folder: Path
    clock: Clock = system_clock
    offline: bool = False
    to: str = ""
    wait: float = 60.0
    nameserver: Nameserver | None = None
    seconds: float = 5.0
    limit: float = 45.0
    mounts: Path = MOUNTS
