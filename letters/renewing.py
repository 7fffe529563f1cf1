"""Next year's letter.toml from last year's: what stays, what is to be confirmed, what is cleared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

# What the next letter cannot take over unread: figures, addresses, themes; and who answers questions.
_TO_CONFIRM = ("facts", "links", "texts")
_CLEARED = {"deadlines": ("date",), "events": ("start", "end")}


def renewed_facts(text: str, *, lines: Mapping[str, int], reference: str, series: str, day: date) -> str:
    """Return the letter.toml of the letter that renews another one; comments and order stay.

    ``text`` is the letter.toml of the letter with the label ``reference`` and ``lines`` the lines of its keys
    (`office.toml_lines`). The new letter is dated ``day`` and numbered by ``series``, or left without a reference where
    that is empty. Dates of deadlines and events are cleared: what they were stays as a comment. Figures, links, short
    texts and contacts stay, and ``to_confirm`` names them.
    """
    import tomlkit

    document = tomlkit.parse(_commented_out(text, lines))
    _clear_rest(document, series)
    document["date"] = day
    lineage = tomlkit.inline_table()
    lineage.update({"to": reference, "as": "renews"})
    document["relates"] = tomlkit.array()
    document["relates"].append(lineage)
    names = list(_to_confirm(document))
    document["to_confirm"] = tomlkit.array().multiline(len(names) > 1)
    document["to_confirm"].extend(names)
    return tomlkit.dumps(document)


def _commented_out(text: str, lines: Mapping[str, int]) -> str:
    """Turn references and cleared dates that have a line to themselves into comments."""
    rows = text.split("\n")
    for key, number in lines.items():
        parts = key.split(".")
        last = parts[-1]
        is_date = len(parts) == 3 and last in _CLEARED.get(parts[0], ())
        if is_date or key in {"reference", "file_reference"}:
            row = rows[number - 1]
            if re.match(rf"\s*(?:[^\s#={{]+\.)?[\"']?{last}[\"']?\s*=", row):
                rows[number - 1] = f"# {row.lstrip()}"
    return "\n".join(rows)


def _clear_rest(document: TOMLDocument, series: str) -> None:
    """Clear dates that share a line with other keys, and what this letter says of itself."""
    for group, keys in _CLEARED.items():
        for entry in document.get(group, {}).values():
            if isinstance(entry, dict):
                for key in keys:
                    entry.pop(key, None)
    for key in ("relates", "to_confirm"):
        document.pop(key, None)
    if series:
        document["series"] = series
    else:
        document.pop("series", None)


def _to_confirm(document: TOMLDocument) -> Iterator[str]:
    for group in _TO_CONFIRM:
        yield from (f"{group}.{key}" for key in document.get(group, {}))
    if document.get("contacts"):
        yield "contacts"
