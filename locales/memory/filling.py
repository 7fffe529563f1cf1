"""Putting what the memory suggests into a catalogue: always to be revised, never over a translation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from locales.memory.suggesting import Suggestion, origin_of
from locales.merging import add_remark, by_key, open_catalogue, write_catalogue
from locales.pairing import Key

REMARK = "memory: "  # how a translator's comment begins that tells where a translation is from


def fill_catalogue(path: Path, language: str, suggestions: Mapping[Key, Suggestion]) -> None:
    """Fill segments without a translation, by context and folded msgid, and mark them to revise.

    The source that the translation was made for is kept beside it. What is found in part becomes a remark: languages
    are never mixed. Raises InputError for a file that cannot be read, which is then left as it is.
    """
    po, before = open_catalogue(path)
    entries = by_key(po)
    for key, suggestion in suggestions.items():
        entry = entries.get(key)
        if entry is None or entry.obsolete or entry.msgstr.strip():
            continue
        for remark in remarks(suggestion):
            add_remark(entry, remark)
        if suggestion.text:
            entry.msgstr = suggestion.text
            entry.previous_msgid = suggestion.source
            if "fuzzy" not in entry.flags:
                entry.flags.append("fuzzy")
    write_catalogue(path, po, list(entries.values()), language, before=before)


def remarks(suggestion: Suggestion) -> tuple[str, ...]:
    """Say where a translation is from; of one found in part, what was found."""
    if suggestion.text:
        return (f"{REMARK}{'; '.join(suggestion.origins)}",)
    return tuple(f"{REMARK}«{piece}» → «{match.text}» ({origin_of(match)})" for piece, match in suggestion.sentences)
