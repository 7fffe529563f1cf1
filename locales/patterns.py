"""Patterns such as ``du {d1} au {d2} {month2} {year2}``: what may stand in braces, and filling them.

Not `str.format`: a pattern may come from an office's own file, and that language can reach into objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

_FIELD = re.compile(r"\{([^{}]*)\}")


def fields_of(pattern: str) -> tuple[str, ...]:
    """Return the names in braces, in order."""
    return tuple(_FIELD.findall(pattern))


def parts_of(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a pattern in order, each with whether it is a name in braces; texts may be empty."""
    for place, part in enumerate(_FIELD.split(pattern)):
        yield part, place % 2 == 1


def split(pattern: str) -> tuple[tuple[str, str], ...]:
    """Return a pattern as (words, the name in braces after them); the last name is empty if it ends with words."""
    pieces = _FIELD.split(pattern)
    return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))


def fill(pattern: str, values: Mapping[str, str] | Callable[[str], str]) -> str:
    """Put the values in; raises KeyError for a name that is not known."""
    look_up = values if callable(values) else values.__getitem__
    return _FIELD.sub(lambda match: look_up(match[1]), pattern)


def fault_in(pattern: str, allowed: frozenset[str]) -> str:
    """Say what is wrong with a pattern, in words; empty if nothing is."""
    unknown = [name for name in fields_of(pattern) if name not in allowed]
    if unknown:
        names = " ".join(f"{{{name}}}" for name in sorted(allowed))
        return f"«{{{unknown[0]}}}» cannot be used here; possible are {names}"
    if "{" in _FIELD.sub("", pattern) or "}" in _FIELD.sub("", pattern):
        return "a brace has no partner"
    return ""
