"""Bringing a catalogue up to date with a letter's text, keeping every translation that can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locales.pairing import Key, pair, parts_of, whole_of
from locales.po import RawEntry, RawFile, parse, printable, read_text, shown, write_text
from office.errors import InputError

OTHER_WORDING = "other wording: "  # how a translator's comment begins that keeps one


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


def update_catalogue(
    path: Path,
    language: str,
    segments: Sequence[tuple[str, str, str]],
    *,
    notes: Mapping[Key, str] | None = None,
) -> Merged:
    """Merge a letter's segments, ``(context, msgid, "file:line")``, into its catalogue, made if need be.

    Translations of unchanged segments stay. A new segment equal to one of another context gets the translation of
    that one. A changed segment gets the translation of the old one that it was, marked to revise, with the text it was
    made for; so do the parts of one that was divided, one made of several, and a new one that is like another. What is
    no longer in the letter stays as obsolete and comes back with its text. ``notes`` tell translators where a segment
    stands, by context and folded msgid; without any, those in the file stay. The release header stays: whether it still
    holds, its digest tells. Raises InputError for a file that cannot be read, which is then left as it is.
    """
    po, before = open_catalogue(path)
    entries, merged = _merge(po, language, segments, notes)
    write_catalogue(path, po, entries, language, before=before)
    return merged


def merged_text(path: Path, language: str, segments: Sequence[tuple[str, str, str]]) -> str:
    """Return the catalogue as `update_catalogue` would write it, without writing it.

    Raises InputError for a file that cannot be read.
    """
    po, _ = open_catalogue(path)
    entries, _ = _merge(po, language, segments, None)
    _replace_entries(po, entries, language, path.stem)
    return str(po)


def _merge(
    po: RawFile, language: str, segments: Sequence[tuple[str, str, str]], notes: Mapping[Key, str] | None
) -> tuple[list[RawEntry], Merged]:
    import polib

    old = by_key(po)
    fresh = _gather(segments)
    kept = {key for key in fresh if key in old and old[key].msgstr.strip()}
    gone = [entry for key, entry in old.items() if key not in fresh and (entry.msgstr.strip() or entry.tcomment)]
    finished = {
        key[1]: entry.msgstr
        for key, entry in reversed(old.items())
        if entry.msgstr.strip() and "fuzzy" not in entry.flags
    }
    open_keys = [key for key in fresh if key not in kept and key[1] not in finished]
    origins = _origins(open_keys, [entry for entry in gone if entry.msgstr.strip()])
    origins |= _likes([key for key in open_keys if key not in origins], [old[key] for key in kept])
    entries: list[RawEntry] = []
    for key, (msgid, places) in fresh.items():
        entry = old.get(key) or polib.POEntry(msgctxt=key[0] or None, msgid=msgid)
        if key not in kept and key[1] in finished:
            entry.msgstr = finished[key[1]]
        if key in origins:
            _carry_over(entry, origins[key], language)
        entry.msgid, entry.occurrences, entry.obsolete = msgid, places, False
        if notes is not None:
            entry.comment = notes.get(key, "")
        entries.append(entry)
    for entry in gone:
        entry.occurrences, entry.comment, entry.obsolete = [], "", True
    return [*entries, *gone], Merged(
        kept=len(fresh) - len(open_keys),
        new=len(open_keys) - len(origins),
        to_revise=len(origins),
        obsolete=len(gone),
    )


def open_catalogue(path: Path) -> tuple[RawFile, str]:
    """Return the file with everything it holds, and its text in polib's own layout (empty if it is not there).

    Raises InputError for a file that cannot be read.
    """
    text, findings = read_text(path, shown(path))
    po, faults = parse(text or "", shown(path))
    if findings or faults:
        raise InputError(
            f"{shown(path)} cannot be read, so it was left as it is.",
            hint="Correct it, or move it away to begin a new one.",
            findings=(*findings, *faults),
        )
    return po, str(po) if text is not None else ""


def by_key(po: RawFile) -> dict[Key, RawEntry]:
    """Return the entries, obsolete ones too, each once: of two for one segment the first that is in use counts.

    The wording of the other stays, as a remark on it.
    """
    found: dict[Key, RawEntry] = {}
    for entry in sorted(po, key=lambda entry: bool(entry.obsolete)):
        first = found.setdefault(_key(entry), entry)
        if first is not entry:
            keep_as_remark(first, entry.msgstr)
            add_remark(first, entry.tcomment)
    return {key: found[key] for key in dict.fromkeys(map(_key, po))}


def keep_as_remark(entry: RawEntry, wording: str) -> None:
    """Keep another wording in the translator's comment of an entry, so that it is not lost."""
    if wording.strip() and wording.strip() != entry.msgstr.strip():
        add_remark(entry, OTHER_WORDING + wording.strip().replace("\n", " "))


def add_remark(entry: RawEntry, remark: str) -> None:
    """Add lines to the translator's comment of an entry, unless they stand there (perhaps broken elsewhere)."""
    there, new = fold(entry.tcomment), []
    for line in map(str.strip, printable(remark).split("\n")):
        if line and fold(line) not in there:
            new.append(line)
            there += f" {fold(line)}"
    if new:
        entry.tcomment = "\n".join([entry.tcomment, *new]).strip("\n")


def write_catalogue(path: Path, po: RawFile, entries: Sequence[RawEntry], language: str, *, before: str) -> None:
    """Write the file with these entries and a complete header, unless that is what it holds (``before``)."""
    _replace_entries(po, entries, language, path.stem)
    after = str(po)
    if after != before:
        write_text(path, after)


def _key(entry: RawEntry) -> Key:
    return (entry.msgctxt or "", fold(entry.msgid))


def _gather(segments: Sequence[tuple[str, str, str]]) -> dict[Key, tuple[str, list[tuple[str, str]]]]:
    """Put equal segments together, with all their places, in the order of the letter."""
    fresh: dict[Key, tuple[str, list[tuple[str, str]]]] = {}
    for context, msgid, place in segments:
        if not msgid.strip():
            continue
        file, _, line = place.rpartition(":")
        _, places = fresh.setdefault((context, fold(msgid)), (msgid, []))
        places.append((file or place, line if file else ""))
    return fresh


def _origins(fresh: Sequence[Key], gone: Sequence[RawEntry]) -> dict[Key, tuple[RawEntry, ...]]:
    """Return the old entries from which a new segment was made: one, or several that were joined."""
    pairs = pair(fresh, [_key(entry) for entry in gone])
    origins: dict[Key, tuple[RawEntry, ...]] = {fresh[place]: (gone[origin],) for place, origin in pairs.items()}
    current = [entry for entry in gone if not entry.obsolete]  # what stood in the letter until now
    texts = [fold(entry.msgid) for entry in current]
    for key in fresh:
        parts = parts_of(key[1], texts)
        whole = None if parts or key in origins else whole_of(key[1], texts)
        if parts:
            origins[key] = tuple(current[part] for part in parts)
        elif whole is not None:
            origins[key] = (current[whole],)
    return origins


def _likes(fresh: Sequence[Key], kept: Sequence[RawEntry]) -> dict[Key, tuple[RawEntry, ...]]:
    """Return the entries still in use that new segments are like: the text of a class repeats most of another one."""
    finished = sorted((entry for entry in kept if "fuzzy" not in entry.flags), key=_key)
    pairs = pair(fresh, [_key(entry) for entry in finished])
    return {fresh[place]: (finished[origin],) for place, origin in pairs.items()}


def _carry_over(entry: RawEntry, origins: Sequence[RawEntry], language: str) -> None:
    between = "" if language == "zh" else " "
    entry.msgstr = between.join(origin.msgstr for origin in origins)
    entry.previous_msgid = " ".join(
        (origin.previous_msgid if "fuzzy" in origin.flags else None) or origin.msgid for origin in origins
    )
    entry.previous_msgctxt = origins[0].msgctxt
    for origin in origins:
        add_remark(entry, origin.tcomment)
    if "fuzzy" not in entry.flags:
        entry.flags.append("fuzzy")


def _replace_entries(po: RawFile, entries: Sequence[RawEntry], language: str, slug: str) -> None:
    po.clear()
    for entry in entries:
        if "fuzzy" not in entry.flags:
            entry.previous_msgid = entry.previous_msgctxt = None
        entry.msgstr = entry.msgstr.strip("\n")  # gettext wants the line ends of both sides to agree
        po.append(entry)
    # What msgfmt --check wants to see; Poedit and the like fill in who and when.
    for name, value in (
        ("Project-Id-Version", slug),
        ("PO-Revision-Date", ""),
        ("Last-Translator", ""),
        ("Language-Team", ""),
    ):
        po.metadata.setdefault(name, value)
    for name, value in (
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=UTF-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Language", language),
    ):
        po.metadata[name] = value
    po.metadata_is_fuzzy = None
