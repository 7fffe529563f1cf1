"""Reading a TOML table into typed values, gathering every fault with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar, overload

from office.characters import name_of, unfit_character
from office.findings import Finding, Level
from office.suggestions import did_you_mean

T = TypeVar("T", bound=str)

_KINDS = {str: "text between quotation marks", int: "a whole number", bool: "true or false", list: "a list in [ ]"}


class TableReader:
    """Takes the keys of one table, one after the other; what is left at `finish` is unknown.

    Every method returns a value that can be used, the default where the file has none or a wrong one, so that
    reading goes on and all faults are found at once. ``findings`` is shared by all readers of a file.
    """

    def __init__(
        self,
        values: Mapping[str, object],
        *,
        file: str,
        lines: Mapping[str, int],
        findings: list[Finding],
        path: str = "",
    ) -> None:
        self._values = dict(values)
        self._known: set[str] = set()
        self._file = file
        self._lines = lines
        self.path = path
        self.findings = findings

    def line(self, key: str = "") -> int | None:
        """Return the line of a key of this table, or of the table itself."""
        return self._lines.get(self._full(key), self._lines.get(self.path))

    def fault(self, key: str, code: str, message: str, hint: str = "", level: Level = Level.ERROR) -> None:
        """Add a finding at ``key``."""
        self.findings.append(
            Finding(level=level, code=code, message=message, hint=hint, file=self._file, line=self.line(key))
        )

    def has(self, key: str) -> bool:
        """Tell whether the table has the key."""
        return key in self._values

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(self._values)

    def holds_table(self, key: str) -> bool:
        """Tell whether the key is a group of lines rather than a value."""
        return isinstance(self._values.get(key), dict)

    def raw(self, key: str) -> object:
        """Take a value of any kind, or None."""
        self._known.add(key)
        return self._values.get(key)

    @overload
    def text(self, key: str) -> str: ...
    @overload
    def text(self, key: str, default: str) -> str: ...
    def text(self, key: str, default: str | None = None) -> str:
        """Take a line of text; required unless there is a default."""
        value = self._typed(key, str)
        if isinstance(value, str):
            unfit = unfit_character(value)
            if unfit:
                message = f"«{key}» holds a character that cannot be printed ({name_of(unfit)})"
                self.fault(key, "bad-character", message, "Type the value again, on one line.")
                return default or ""
            return value
        if default is None and not self.has(key):
            self.fault(key, "missing-key", f"«{self._full(key)}» is missing", f'Add a line {key} = "…".')
        return default or ""

    def choice(self, key: str, options: Collection[T], default: T) -> T:
        """Take one of a few words."""
        value = self.text(key, str(default))
        for option in options:
            if value == option:
                return option
        self.fault(key, "unknown-value", f"«{key}» cannot be «{value}»", did_you_mean(value, map(str, options)))
        return default

    def integer(self, key: str, default: int, *, least: int, most: int) -> int:
        """Take a whole number within bounds."""
        value = self._typed(key, int)
        if not isinstance(value, int):
            return default
        if not least <= value <= most:
            self.fault(key, "out-of-range", f"«{key}» is {value}", f"It lies between {least} and {most}.")
            return default
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._typed(key, bool)
        return value if isinstance(value, bool) else default

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Take a list of texts."""
        value = self._typed(key, list)
        if not isinstance(value, list):
            return default
        if not all(isinstance(item, str) for item in value):
            self.fault(key, "wrong-kind", f"«{key}» is not a list of texts", 'Write it like ["one", "two"].')
            return default
        return tuple(value)

    def table(self, key: str) -> TableReader:
        """Take a table below this one; an empty one if there is none."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.fault(key, "wrong-kind", f"«{key}» is not a group of lines", f"Write it under a heading [{key}].")
        return self._below(key, value if isinstance(value, dict) else {})

    def tables(self) -> Iterator[tuple[str, TableReader]]:
        """Take every key as the name of a table: ``[contacts.wsis]``, ``[contacts.forum]``."""
        for key in list(self._values):
            yield key, self.table(key)

    def array(self, key: str) -> list[TableReader]:
        """Take a list of tables: ``[[asks]]``, or ``{ … }`` in square brackets."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, "wrong-kind", f"«{key}» is not a list of groups", f"Write [[{key}]] above each of them.")
            return []
        return [self._below(f"{key}.{number}", item) for number, item in enumerate(value)]

    def finish(self) -> None:
        """Report the keys that nobody took."""
        for key in self._values:
            if key not in self._known:
                self.fault(key, "unknown-key", f"«{self._full(key)}» is not known", did_you_mean(key, self._known))

    def _below(self, key: str, values: dict[str, object]) -> TableReader:
        return TableReader(values, file=self._file, lines=self._lines, findings=self.findings, path=self._full(key))

    def _typed(self, key: str, kind: type) -> object:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.fault(key, "wrong-kind", f"«{self._full(key)}» is not {_KINDS[kind]}", "Compare with the sample office.")
        return None

    def _full(self, key: str) -> str:
        return ".".join(part for part in (self.path, key) if part)
