"""Bilingual letters made of the letters by hand."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from letters.blocks import Conditional, Value
from letters.composed import Composed
from tests.templates.samples import LETTERS


def stacked(first: str, second: str) -> tuple[Composed, tuple[str | bool, ...]]:
    """Return the letters in two languages as one, and the values of both."""
    (upper, values), (lower, more) = LETTERS[first], LETTERS[second]
    return replace(upper, second=_counted_on(lower, len(upper.slots))), (*values, *more)


def _counted_on(node: Any, by: int) -> Any:
    """Return a tree with the numbers of its values moved on."""
    if isinstance(node, Value):
        return Value(node.index + by)
    if isinstance(node, tuple):
        return tuple(_counted_on(child, by) for child in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {field.name: _counted_on(getattr(node, field.name), by) for field in fields(node)}
    if isinstance(node, Conditional) and isinstance(node.condition, int):
        changed["condition"] = node.condition + by
    return replace(node, **changed)
