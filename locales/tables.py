"""Reading locale.toml and protocol.toml against what may stand in them.

The built-in files and an office's own go through the same door. Every fault is a finding; what is sound goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from locales.characters import forbidden_character
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.patterns import fault_in
from office.findings import Finding, Level
from office.toml_lines import read_toml

Place = tuple[str, ...]  # the keys that lead to a value
Table = dict[str, object]
Rule = Callable[[object], str]  # says what is wrong with a value; empty if nothing is

MAX_LENGTH = 400  # characters of any one value
MAX_DEPTH = 8  # keys that lead to a value; the longest known takes five
MONTH_NAMES = ("month", "alone", "in", "of")
DAY_NAMES = ("d", "since")
GENDERS = ("m", "f")
CELLS = ("m", "f", "unknown", "collective")
CELLS_OF_ALL = "any"  # in a table: all four cells
NOTE_CELLS = ("m", "f", "unknown")  # by the gender of the office's name, which need not have any
SPOKEN = (
    "salutation",
    "address",
    "position",
    "reference",
    "note-addressee",
)  # tables of protocol.toml by role and cell
PARTICULARS = ("name", "title", "organisation", "country")  # of an address
SHAPES = (
    *("day", "days", "days-months", "days-years", "two-days", "two-days-months", "two-days-years", "until-day"),
    *("month", "months", "months-years", "two-months", "two-months-years", "until-month", "day-month", "month-day"),
)
_ORDINAL_FORM = re.compile(r"[mfn](?:-[a-z]{3})?")  # a gender, and perhaps a case
_ORDINAL = re.compile(r"\*?\d{1,6}|default")  # a number, or how it ends
_SINGLE = ("day", "month", "until-day", "until-month")


def read_table(path: Path, shown: str) -> tuple[Table, tuple[Finding, ...]]:
    """Read one of the two files; one that is not there is empty. ``shown`` is the name that findings give it."""
    rule_for = _protocol_rule if path.name == "protocol.toml" else _locale_rule
    data, lines, problems = read_toml(path, file=shown)
    if problems:
        return {}, tuple(_of_overlay(problem) for problem in problems if problem.code != "missing-file")
    table: Table = {}
    findings = []
    for place, value in _leaves(data):
        rule = rule_for(place)
        wrong = "it is not known here" if rule is None else rule(value)
        if wrong:
            findings.append(_value_finding(shown, lines.get(".".join(place)), place, wrong, known=rule is not None))
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


def as_table(value: object) -> Table:
    """Return ``value`` if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """Return ``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def texts_of(value: object) -> tuple[str, ...]:
    """Return the items of a list as texts; nothing for another value."""
    return tuple(map(str, as_list(value)))


def named_texts(value: object) -> dict[str, str]:
    """Return the values of a table as texts, by their keys; nothing for another value."""
    return {key: str(said) for key, said in as_table(value).items()}


def _leaves(data: Mapping[str, object], place: Place = ()) -> Iterator[tuple[Place, object]]:
    for key, value in data.items():
        if isinstance(value, dict) and value and len(place) < MAX_DEPTH:
            yield from _leaves(value, (*place, key))
        else:
            yield (*place, key), value


def _put(table: Table, place: Place, value: object) -> None:
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


def _patterns(*allowed: str, suffixes: tuple[str, ...]) -> Rule:
    of_one = _pattern(*allowed, suffixes=suffixes)

    def rule(value: object) -> str:
        wrong = _texts(None)(value)
        return wrong or next((wrong for item in as_list(value) if (wrong := of_one(item))), "")

    return rule


def _marks(value: object) -> str:
    return _texts(2)(value) or ("" if all(str(mark).strip() for mark in as_list(value)) else "a mark may not be empty")


def _sign(value: object) -> str:
    return _text(value) or ("" if value else "it may not be empty")


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "it must be true or false"


def _digits(value: object) -> str:
    return "" if isinstance(value, int) and not isinstance(value, bool) and value > 0 else "it must be a whole number"


_MOMENT = (*MONTH_NAMES, *DAY_NAMES, "m", "year", "weekday")
_MONTH = (*MONTH_NAMES, "m", "year")
_CLOCK = ("h", "hh", "mm")
_FIXED: dict[Place, Rule] = {
    ("cldr",): _text,
    ("typography", "colon"): _text,
    ("typography", "quotes"): _marks,
    ("typography", "inner-quotes"): _marks,
    ("typography", "apostrophe"): _text,
    ("typography", "between-scripts"): _text,
    ("typography", "number-space"): _text,
    ("typography", "kashida"): _flag,
    ("weekdays",): _texts(7),
    ("date", "line"): _pattern("place", "date"),
    ("time", "single"): _pattern(*_CLOCK),
    ("time", "range"): _pattern(*_CLOCK, suffixes=("1", "2")),
    ("time", "zone"): _pattern("time", "zone", needs="time"),
    ("reading", "dates"): _patterns(*_MOMENT, suffixes=("", "1", "2")),
    ("reading", "months"): _texts(None),
    ("reading", "times"): _patterns(*_CLOCK, suffixes=("", "1", "2")),
    ("numbers", "group"): _text,
    ("numbers", "decimal"): _sign,
    ("numbers", "group-from"): _digits,
    ("numbers", "percent"): _pattern("number", needs="number"),
    ("join", "separator"): _text,
    ("join", "last"): _text,
    ("join", "before-i", "last"): _text,
    ("join", "before-i", "begins"): _texts(None),
    ("join", "before-i", "except"): _texts(None),
    ("sentences", "before-names"): _texts(None),
    ("sentences", "before-numbers"): _texts(None),
    ("sentences", "last"): _texts(None),
    ("sentences", "lettered"): _texts(None),
}


def _locale_rule(place: Place) -> Rule | None:  # noqa: PLR0911 - one line a kind of value
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
        case ("ordinals", form, number) if _ORDINAL_FORM.fullmatch(form) and _ORDINAL.fullmatch(number):
            return _pattern("n")
        case ("typography", "before" | "instead" | "opening", mark) if len(mark) == 1:
            return _text
        case ("person", gender) if gender in GENDERS:
            return _pattern("name", needs="name")
    return _FIXED.get(place)


def _shape_rule(shape: str) -> Rule:
    if shape in _SINGLE:
        return _pattern(*(_MONTH if "month" in shape else _MOMENT))
    firsts = _MONTH if shape.startswith(("month", "two-months")) else _MOMENT
    seconds = _MONTH if shape.startswith(("months", "two-months", "day-month")) else _MOMENT
    return _pattern(*(f"{name}1" for name in firsts), *(f"{name}2" for name in seconds))


def _unbraced(value: object) -> str:
    return _text(value) or ("it may hold no braces" if set("{}") & set(str(value)) else "")


def _order(value: object) -> str:
    every = ", ".join(f'"{name}"' for name in PARTICULARS)
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return "" if is_list and sorted(as_list(value), key=str) == sorted(PARTICULARS) else f"it must order {every}"


_SIGNED: dict[str, Rule] = {"source": _text, "reviewed": _flag}
_SPOKEN_RULES: dict[str, dict[str, Rule]] = {
    "salutation": {"text": _unbraced, "vocative": _unbraced, "several": _flag},
    "address": {"text": _pattern("name", "organisation", "country", "of-country")},
    "position": {"text": _pattern("of-country")},
    "reference": {"text": _unbraced, "of": _unbraced, "to": _unbraced},
    "note-addressee": {"text": _pattern("organisation", "country", "of-country")},
}
_NOTE_RULES: dict[str, dict[str, Rule]] = {
    "opening": {"text": _pattern("sender", "addressee")},
    "closing": {"text": _pattern("sender", "addressee")},
    "sender": {"text": _pattern("office", needs="office")},
}
_CLOSING_RULES: dict[str, Rule] = {"text": _pattern("vocative"), "plural": _pattern("vocative"), "plain": _unbraced}


def _protocol_rule(place: Place) -> Rule | None:
    match place:
        case (kind, _, cell, name) if kind in SPOKEN and cell in {*CELLS, CELLS_OF_ALL}:
            return (_SPOKEN_RULES[kind] | _SIGNED).get(name)
        case ("note", part, cell, name) if cell in {*NOTE_CELLS, CELLS_OF_ALL}:
            return (_NOTE_RULES.get(part, {}) | _SIGNED).get(name)
        case ("closing", _, name):
            return (_CLOSING_RULES | _SIGNED).get(name)
        case ("agreement", "forms", _):
            return _sign
    return _PROTOCOL_LISTS.get(place)


_PROTOCOL_LISTS: dict[Place, Rule] = {
    ("address-lines", "order"): _order,
    ("persons", "words"): _texts(None),
    ("agreement", "near"): _texts(None),
}


# Findings.


def _of_overlay(problem: Finding) -> Finding:
    code = "overlay-syntax" if problem.code == "toml-syntax" else "overlay-unreadable"
    return replace(problem, code=code, hint=f"{problem.hint} Until then the built-in data are used.")


def _value_finding(shown: str, line: int | None, place: Place, wrong: str, *, known: bool) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="overlay-value" if known else "overlay-unknown",
        message=f"«{'.'.join(place)}» cannot be used: {wrong}.",
        hint="The built-in value is used until this is corrected." if known else "Look for a slip in the name.",
        file=shown,
        line=line,
    )
