"""Which wordings translators have, so that an old file that comes back undoes nothing.

A small file beside the catalogue (``NAME.exported.json``): for each segment's key, marks of the wordings that an export
or an import has carried. A wording in a file that comes back, among these marks, is one that the translator left as it
was. Without the file nothing is known, and every difference is shown as a change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from locales.exchange.keys import unit_key, wording_mark
from locales.exchange.model import Unit
from office.files import write_aside

Exported = Mapping[str, frozenset[str]]
_MAX_BYTES = 20_000_000


def exported_path(catalogue: Path) -> Path:
    """Return where the marks of a catalogue's exports are kept."""
    return catalogue.with_suffix(".exported.json")


def read_exported(catalogue: Path) -> Exported:
    """Return the marks by key; nothing if there is no file, or none that can be read."""
    path = exported_path(catalogue)
    try:
        said = json.loads(path.read_bytes()) if path.stat().st_size <= _MAX_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {str(key): frozenset(map(str, marks)) for key, marks in said.items() if isinstance(marks, list)}


def note_exported(catalogue: Path, units: Iterable[Unit]) -> None:
    """Add wordings that translators have."""
    before = read_exported(catalogue)
    after = dict(before)
    for unit in units:
        if unit.msgstr.strip():
            key = unit_key(unit.context, unit.msgid)
            after[key] = after.get(key, frozenset()) | {wording_mark(unit)}
    if after != before:
        text = json.dumps({key: sorted(marks) for key, marks in sorted(after.items())}, indent=0)
        write_aside(exported_path(catalogue), text.encode() + b"\n")
