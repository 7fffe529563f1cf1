"""Slot values of an addressee, as `templates.merging.pack_values` packs them for the store."""

from __future__ import annotations

import json

from templates.forms import Value


def unpack_values(packed: bytes) -> tuple[Value, ...]:
    """Rebuild the values; raises ValueError if ``packed`` is damaged."""
    values = json.loads(packed)
    if not isinstance(values, list) or not all(isinstance(value, str | bool) for value in values):
        raise ValueError("the packed values of an addressee are damaged")
    return tuple(values)
