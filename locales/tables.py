"""Reading locale.toml and protocol.toml against what may stand in them.

The built-in files and an office's own go through the same door. Every fault is a finding; what is sound goes on.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from locales.characters import forbidden_character
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.patterns import fault_in
from office.findings import Finding, Level

Path_ = tuple[str, ...]
Table = dict[str, object]
Rule = Callable[[object], str]  # says what is wrong with a value; empty if nothing is

MAX_LENGTH = 400  # characters of any one value
MAX_BYTES = 1_000_000
MONTH_NAMES = ("month", "alone", "in", "of")
DAY_NAMES = ("d", "since")
GENDERS = ("m", "f")
CELLS = ("m", "f", "unknown", "collective")
SHAPES = (
    *("day", "days", "days-months", "days-years", "two-days", "two-days-months", "two-days-years", "until-day"),
    *("month", "months", "months-years", "two-months", "two-months-years", "until-month", "day-month", "month-day"),
)
_SINGLE = ("day", "month", "until-day", "until-month")
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def read_table(path: Path, shown: str) -> tuple[Table, tuple[Finding, ...]]:
    """Read one of the two files; one that is not there is empty. ``shown`` is the name that findings give it."""
    rule_for = _protocol_rule if path.name == "protocol.toml" else _locale_rule
    text, fault = _read_text(path, shown)
    if text is None:
        return {}, (fault,) if fault else ()
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, (_syntax_finding(error, shown),)
    table: Table = {}
    findings = []
    for place, value in _leaves(data):
        rule = rule_for(place)
        wrong = "it is not known here" if rule is None else rule(value)
        if wrong:
            findings.append(_value_finding(shown, text, place, wrong, known=rule is not None))
        else:
            _put(table, place, value)
    return table, tuple(findings)


def lay_over(base: Table, upper: Table) -> Table:
    """Return ``base`` with ``upper`` laid over it, table by table."""
    result = dict(base)
    for key, value in upper.items():
        below = result.get(key)
        result[key] = lay_over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _leaves(data: Mapping[str, object], place: Path_ = ()) -> Iterator[tuple[Path_, object]]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key), value


def _put(table: Table, place: Path_, value: object) -> None:
    for key in place[:-1]:
        below = table.setdefault(key, {})
        assert isinstance(below, dict)  # noqa: S101 - TOML lets a key be a table or a value, not both
        table = below
    table[place[-1]] = value


# What may stand where.


def _text(value: object) -> str:
    if not isinstance(value, str):
        return "it must be a text in quotes"
    if len(value) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    bad = forbidden_character(value)
    return f"it holds {bad}" if bad else ""


def _texts(count: int | None) -> Rule:
    def rule(value: object) -> str:
        if not isinstance(value, list) or (count is not None and len(value) != count):
            return "it must be a list" + (f" of {count} texts" if count is not None else "")
        return next((wrong for item in value if (wrong := _text(item))), "")

    return rule


def _pattern(*allowed: str, suffixes: tuple[str, ...] = ("",), needs: str = "") -> Rule:
    names = frozenset(name + suffix for name in allowed for suffix in suffixes)

    def rule(value: object) -> str:
        wrong = _text(value) or fault_in(str(value), names)
        if not wrong and needs and f"{{{needs}}}" not in str(value):
            return f"{{{needs}}} is missing"
        return wrong

    return rule


def _sign(value: object) -> str:
    return _text(value) or ("" if value else "it may not be empty")


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "it must be true or false"


def _digits(value: object) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) and value > 0 else "it must be a whole number"


_MOMENT = (*MONTH_NAMES, *DAY_NAMES, "m", "year", "weekday")
_MONTH = (*MONTH_NAMES, "m", "year")
_CLOCK = ("h", "hh", "mm")
_FIXED: dict[Path_, Rule] = {
    ("cldr",): _text,
    ("typography", "colon"): _text,
    ("typography", "quotes"): _texts(2),
    ("weekdays",): _texts(7),
    ("date", "line"): _pattern("place", "date"),
    ("time", "single"): _pattern(*_CLOCK),
    ("time", "range"): _pattern(*_CLOCK, suffixes=("1", "2")),
    ("numbers", "group"): _text,
    ("numbers", "decimal"): _sign,
    ("numbers", "group-from"): _digits,
    ("join", "separator"): _text,
    ("join", "last"): _text,
    ("join", "before-i", "last"): _text,
    ("join", "before-i", "begins"): _texts(None),
    ("join", "before-i", "except"): _texts(None),
}


def _locale_rule(place: Path_) -> Rule | None:  # noqa: PLR0911 - one line a kind of value
    if place[0] == "profiles" and len(place) > 2:
        return _locale_rule(place[2:])
    match place:
        case ("months", name) if name in MONTH_NAMES:
            return _texts(12)
        case ("days", name, number) if name in DAY_NAMES and (number == "default" or number.isdecimal()):
            return _pattern("d")
        case ("date", form, kind) if form in DATE_FORMS and kind in ("day", "month"):
            return _pattern(*(_MOMENT if kind == "day" else _MONTH), needs="" if form == "dm" else "year")
        case ("range", form, shape) if form in RANGE_FORMS and shape in SHAPES:
            return _shape_rule(shape)
        case ("person", gender) if gender in GENDERS:
            return _pattern("name", needs="name")
    return _FIXED.get(place)


def _shape_rule(shape: str) -> Rule:
    if shape in _SINGLE:
        return _pattern(*(_MONTH if "month" in shape else _MOMENT))
    firsts = _MONTH if shape.startswith(("month", "two-months")) else _MOMENT
    seconds = _MONTH if shape.startswith(("months", "two-months", "day-month")) else _MOMENT
    return _pattern(*(f"{name}1" for name in firsts), *(f"{name}2" for name in seconds))


def _protocol_rule(place: Path_) -> Rule | None:
    match place:
        case ("salutation", _, cell, name) if cell in CELLS:
            return {"text": _text, "vocative": _text, "source": _text, "reviewed": _flag}.get(name)
        case ("closing", _, name):
            rules: dict[str, Rule] = {"text": _pattern("vocative"), "plain": _text, "source": _text, "reviewed": _flag}
            return rules.get(name)
    return None


# Findings.


def _read_text(path: Path, shown: str) -> tuple[str | None, Finding | None]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, _file_finding(shown, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
        return path.read_text(encoding="utf-8-sig"), None
    except FileNotFoundError:
        return None, None
    except OSError as error:
        return None, _file_finding(shown, f"The file cannot be opened ({error.strerror}).")
    except UnicodeDecodeError:
        return None, _file_finding(shown, "The file is not in UTF-8.", "Save it again as UTF-8.")


def _file_finding(shown: str, message: str, hint: str = "") -> Finding:
    return Finding(level=Level.ERROR, code="overlay-unreadable", message=message, hint=hint, file=shown)


def _syntax_finding(error: Exception, shown: str) -> Finding:
    place = _TOML_PLACE.search(str(error))
    return Finding(
        level=Level.ERROR,
        code="overlay-syntax",
        message=f"The file cannot be read as TOML: {_TOML_PLACE.sub('', str(error)) or 'too deeply nested'}.",
        hint="The built-in data are used until this is corrected.",
        file=shown,
        line=int(place[1]) if place and place[1] else None,
        column=int(place[2]) if place and place[2] else None,
    )


def _value_finding(shown: str, text: str, place: Path_, wrong: str, *, known: bool) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="overlay-value" if known else "overlay-unknown",
        message=f"«{'.'.join(place)}» cannot be used: {wrong}.",
        hint="The built-in value is used until this is corrected." if known else "Look for a slip in the name.",
        file=shown,
        line=_line_of(text, place),
    )


def _line_of(text: str, place: Path_) -> int | None:
    """Find the line of a value, well enough for a message: below its table's heading, the line that names it."""
    lines = text.split("\n")
    at = 0
    for depth, key in enumerate(place):
        names = re.compile(rf'(?:^|[\[.{{,\s"]){re.escape(key)}(?:[\].=,\s"]|$)')
        hit = next((number for number in range(at, len(lines)) if names.search(lines[number].split("#")[0])), None)
        if hit is None:
            return at + 1 if depth else None
        at = hit
    return at + 1
