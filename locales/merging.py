"""Bringing a catalogue up to date with a letter's text, keeping every translation that can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locales.po import RawEntry, RawFile, parse, read_text, shown, write_text
from office.errors import InputError

NEAR = 70.0  # per cent of likeness from which an old translation is offered for revision
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What an update did, in numbers of segments."""

    kept: int = 0
    new: int = 0  # without any translation
    to_revise: int = 0  # a near match was carried over
    obsolete: int = 0  # no longer in the letter, kept at the end of the file


def fold(msgid: str) -> str:
    """Return ``msgid`` with white space made even, as segments are compared."""
    return " ".join(msgid.split())


def update_catalogue(path: Path, language: str, segments: Sequence[tuple[str, str, str]]) -> Merged:
    """Merge a letter's segments, ``(context, msgid, "file:line")``, into its catalogue, made if need be.

    Translations of unchanged segments stay. A new segment equal to one of another context gets the translation of
    that one. A changed segment gets the nearest old translation, marked to
    revise, with the text it was made for. What is no longer in the letter stays as obsolete and comes back
    with its text. The release header stays: whether it still holds, its digest tells. Raises InputError for a
    file that cannot be read, which is then left as it is.
    """
    import polib

    po, before = _open(path)
    old = {_key(entry): entry for entry in reversed(list(po))}  # of two equal entries the first counts
    fresh = _gather(segments)
    kept = {key for key in fresh if key in old and old[key].msgstr.strip()}
    gone = [entry for key, entry in reversed(old.items()) if key not in fresh and entry.msgstr.strip()]
    finished = {
        key[1]: entry.msgstr for key, entry in old.items() if entry.msgstr.strip() and "fuzzy" not in entry.flags
    }
    entries: list[RawEntry] = []
    to_revise = shared = 0
    for key, (msgid, places) in fresh.items():
        entry = old.get(key) or polib.POEntry(msgctxt=key[0] or None, msgid=msgid)
        equal = None if key in kept else finished.get(key[1])
        source = None if key in kept or equal is not None else _nearest(key, gone)
        if equal is not None:
            entry.msgstr = equal
            shared += 1
        if source is not None:
            _carry_over(entry, source)
            to_revise += 1
        entry.msgid, entry.occurrences, entry.obsolete = msgid, places, False
        entries.append(entry)
    for entry in gone:
        entry.occurrences, entry.obsolete = [], True
    _replace_entries(po, [*entries, *gone], language)
    after = str(po)
    if after != before:
        write_text(path, after)
    return Merged(
        kept=len(kept) + shared,
        new=len(fresh) - len(kept) - shared - to_revise,
        to_revise=to_revise,
        obsolete=len(gone),
    )


def _open(path: Path) -> tuple[RawFile, str]:
    """Return the file with everything it holds, and its text in polib's own layout (empty if it is not there)."""
    text, findings = read_text(path, shown(path))
    po, faults = parse(text or "", shown(path))
    if findings or faults:
        raise InputError(
            f"{shown(path)} cannot be read, so it was left as it is.",
            hint="Correct it, or move it away to begin a new one.",
            findings=(*findings, *faults),
        )
    return po, str(po) if text is not None else ""


def _key(entry: RawEntry) -> _Key:
    return (entry.msgctxt or "", fold(entry.msgid))


def _gather(segments: Sequence[tuple[str, str, str]]) -> dict[_Key, tuple[str, list[tuple[str, str]]]]:
    """Put equal segments together, with all their places, in the order of the letter."""
    fresh: dict[_Key, tuple[str, list[tuple[str, str]]]] = {}
    for context, msgid, place in segments:
        if not msgid.strip():
            continue
        file, _, line = place.rpartition(":")
        _, places = fresh.setdefault((context, fold(msgid)), (msgid, []))
        places.append((file or place, line if file else ""))
    return fresh


def _nearest(key: _Key, old: Sequence[RawEntry]) -> RawEntry | None:
    """The old entry most like the segment; the one of the same context if two are equally like it."""
    from rapidfuzz import fuzz

    best, best_score = None, NEAR
    for entry in old:
        same = _key(entry)[0] == key[0]
        score = fuzz.ratio(key[1], fold(entry.msgid)) + (0.5 if same else 0.0)
        if score > best_score:
            best, best_score = entry, score
    return best


def _carry_over(entry: RawEntry, source: RawEntry) -> None:
    entry.msgstr = source.msgstr
    entry.previous_msgid = (source.previous_msgid if "fuzzy" in source.flags else None) or source.msgid
    entry.previous_msgctxt = source.msgctxt
    entry.tcomment = entry.tcomment or source.tcomment
    if "fuzzy" not in entry.flags:
        entry.flags.append("fuzzy")


def _replace_entries(po: RawFile, entries: Sequence[RawEntry], language: str) -> None:
    po.clear()
    for entry in entries:
        po.append(entry)
    for name, value in (
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Language", language),
    ):
        po.metadata[name] = value
    po.metadata_is_fuzzy = None
