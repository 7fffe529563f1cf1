"""Writing into a catalogue what came back from translators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from locales.catalogue import read_catalogue
from locales.exchange.comparing import KEPT_ASIDE, WRITTEN, Change, Present
from locales.exchange.exported import read_exported
from locales.exchange.repairing import repair
from locales.merging import add_remark, by_key, fold, keep_as_remark, open_catalogue, write_catalogue
from locales.pairing import Key
from locales.po import RawEntry


def present_state(path: Path, segments: Iterable[Key]) -> Present:
    """Return how a language version stands; raises InputError for a catalogue that cannot be read."""
    po, _ = open_catalogue(path)
    return Present(
        catalogue=read_catalogue(path),
        segments=tuple(segments),
        aside=frozenset(repair(entry.msgstr, entry.msgid) for entry in po if entry.obsolete),
        exported=read_exported(path),
        remarks={key: entry.tcomment for key, entry in by_key(po).items()},
    )


def apply_changes(path: Path, language: str, changes: Sequence[Change]) -> None:
    """Write the changes into a catalogue that has every segment of its letter.

    No wording is lost: one that gives way stays as a comment unless another entry has it, one without a segment becomes
    an obsolete entry. Raises InputError for a catalogue that cannot be read.
    """
    po, before = open_catalogue(path)
    entries = by_key(po)
    wordings = Counter(entry.msgstr for entry in entries.values())
    for change in changes:
        entry = entries.get((change.context, fold(change.msgid))) or entries.get(("", fold(change.msgid)))
        if change.kind in WRITTEN and entry is not None:
            _write(entry, change, is_elsewhere=wordings[entry.msgstr] > 1)
        elif change.kind in KEPT_ASIDE:
            entry = _keep_aside(entries, entry, change)
        if entry is not None:
            add_remark(entry, change.remark)
    in_use = [entry for entry in entries.values() if not entry.obsolete]
    aside = [entry for entry in entries.values() if entry.obsolete]
    write_catalogue(path, po, [*in_use, *aside], language, before=before)


def _write(entry: RawEntry, change: Change, *, is_elsewhere: bool) -> None:
    old, entry.msgstr = entry.msgstr, change.new
    if not is_elsewhere:
        keep_as_remark(entry, old)
    flags = [flag for flag in entry.flags if flag != "fuzzy"]
    entry.flags[:] = [*flags, "fuzzy"] if change.to_revise else flags
    entry.previous_msgid, entry.previous_msgctxt = change.previous or None, None


def _keep_aside(entries: dict[Key, RawEntry], entry: RawEntry | None, change: Change) -> RawEntry:
    """Keep a wording beside the one that its segment has, or as an obsolete entry."""
    import polib

    if entry is not None:
        keep_as_remark(entry, change.new)
        return entry
    made: RawEntry = polib.POEntry(msgctxt=change.context or None, msgid=change.msgid, msgstr=change.new, obsolete=True)
    entries[change.context, fold(change.msgid)] = made
    return made
