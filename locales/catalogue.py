"""Translations in gettext's PO format: reading, and the seal that says a language is released.

A spoilt file is a finding, never a raise: whatever can still be read is used. What is written is written
aside and renamed, so that nothing already on disk is lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from locales.characters import forbidden_character
from locales.merging import (
    Merged,
    by_key,
    fold,
    merged_text,
    open_catalogue,
    update_catalogue,
    write_catalogue,
)
from locales.po import RawEntry, parse, read_text, shown, write_text
from office.errors import InputError
from office.findings import Finding, Level, has_errors

__all__ = ["Catalogue", "Entry", "Merged", "digest", "fold", "read_catalogue", "release", "update_catalogue"]

RELEASED_BY = "X-Released-By"
RELEASED_ON = "X-Released-On"
RELEASED_DIGEST = "X-Released-Digest"
RELEASED_FACTS = "X-Released-Facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One segment and its translation. ``to_revise`` is PO's «fuzzy»; ``previous`` the text it was made for."""

    context: str
    msgid: str
    msgstr: str
    to_revise: bool = False
    previous: str = ""
    line: int | None = None

    @property
    def is_done(self) -> bool:
        """Translated, and not to revise."""
        return bool(self.msgstr.strip()) and not self.to_revise


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a PO file says. ``entries`` leaves obsolete ones out, and those with an error in ``findings``."""

    path: Path
    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    released_by: str = ""
    released_on: str = ""  # ISO date
    released_digest: str = ""
    released_facts: Mapping[str, str] = field(default_factory=dict)  # a mark of each fact's value, by its name
    _index: dict[tuple[str, str], Entry] = field(default_factory=dict, repr=False, compare=False)

    def find(self, context: str, msgid: str) -> Entry | None:
        """Return the entry of a segment. White space in ``msgid`` does not matter.

        An entry without a context serves all contexts: some translators' tools drop them.
        """
        folded = fold(msgid)
        return self._index.get((context, folded)) or self._index.get(("", folded))

    @property
    def is_released(self) -> bool:
        """A reviser has released exactly these entries, and the file can be read without error."""
        if not self.released_digest or has_errors(self.findings):
            return False
        return self.released_digest == digest(self.entries)


def digest(entries: Iterable[Entry]) -> str:
    """Return the SHA-256, in hexadecimal, over what the reviser has seen, in an order of its own."""
    rows = sorted([entry.context, fold(entry.msgid), entry.msgstr, entry.to_revise] for entry in entries)
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def read_catalogue(path: Path, *, name: str = "") -> Catalogue:
    """Read a PO file; one that is not there is empty. Faults are in ``findings``, with ``name`` as the file's."""
    name = name or shown(path)
    text, faults = read_text(path, name)
    if text is None:
        return Catalogue(path=path, findings=faults)
    return _catalogue(path, name, text)


@lru_cache(maxsize=32)  # a check reads each language's file for every class, the reminder and the proof
def _catalogue(path: Path, name: str, text: str) -> Catalogue:
    po, faults = parse(text, name)
    findings = list(faults)
    index: dict[tuple[str, str], Entry] = {}
    for raw in po:
        if raw.obsolete:
            continue
        entry = _entry(raw)
        key = (entry.context, fold(entry.msgid))
        wrong = _faults(entry, name, index.get(key))
        findings.extend(wrong)
        if not wrong:
            index[key] = entry
    return Catalogue(
        path=path,
        entries=tuple(index.values()),
        findings=tuple(findings),
        released_by=po.metadata.get(RELEASED_BY, ""),
        released_on=po.metadata.get(RELEASED_ON, ""),
        released_digest=po.metadata.get(RELEASED_DIGEST, ""),
        released_facts=_marks(po.metadata.get(RELEASED_FACTS, "")),
        _index=index,
    )


def merged_catalogue(path: Path, language: str, segments: Sequence[tuple[str, str, str]]) -> Catalogue:
    """Return the catalogue as it will be when it is brought up to date with a letter's segments; nothing is written.

    What has changed in the source is then to revise. A file that cannot be read is returned as it is, with its faults.
    """
    present = read_catalogue(path)
    if any(present.find(context, msgid) is None for context, msgid, _ in segments):
        try:
            return _catalogue(path, shown(path), merged_text(path, language, segments))
        except InputError:
            return present
    return present


def release(path: Path, by: str, on: date, *, facts: Mapping[str, str]) -> Catalogue:
    """Seal the file as it stands: who released it, when, the digest over all its entries, and marks of its facts.

    ``facts`` are short marks, without blanks, by the facts' names (`letters.releases.fact_marks`). Whether everything
    is translated is for the caller to judge. Raises InputError, with the findings, for a file that is not there or
    cannot be read without error; the file is then left as it is.
    """
    name = shown(path)
    catalogue = read_catalogue(path)
    text, _ = read_text(path, name)
    if has_errors(catalogue.findings):
        raise InputError(
            f"{name} cannot be released as it is.",
            hint="Correct what check reports, then release it again.",
            findings=catalogue.findings,
        )
    if text is None:
        raise InputError(f"There is no catalogue {name}.", hint="Make it with: circulars translate export")
    po, _ = parse(text, name)
    po.metadata[RELEASED_BY] = "".join(char if char.isprintable() else " " for char in by).strip()
    po.metadata[RELEASED_ON] = on.isoformat()
    po.metadata[RELEASED_DIGEST] = digest(catalogue.entries)
    po.metadata[RELEASED_FACTS] = " ".join(f"{name}={mark}" for name, mark in facts.items())
    write_text(path, str(po))
    return read_catalogue(path)


def fill_segments(path: Path, language: str, translations: Mapping[tuple[str, str], str]) -> None:
    """Fill segments that have no translation, by context and msgid; empty words are none, and nobody has released them.

    Raises InputError for a file that cannot be read, which is then left as it is.
    """
    po, before = open_catalogue(path)
    entries = by_key(po)
    for (context, msgid), words in translations.items():
        entry = entries.get((context, fold(msgid)))
        if entry is not None and not entry.msgstr.strip():
            entry.msgstr = words
    write_catalogue(path, po, list(entries.values()), language, before=before)


def copy_unreleased(source: Path, target: Path) -> None:
    """Copy a catalogue for another letter: its translations, but nobody's release. Its entries are read without error.

    Raises InputError for a file that cannot be parsed.
    """
    text, _ = read_text(source, shown(source))
    po, faults = parse(text or "", shown(source))
    if faults:
        raise InputError(f"{shown(source)} cannot be read.", hint="Correct it first.", findings=faults)
    for header in (RELEASED_BY, RELEASED_ON, RELEASED_DIGEST, RELEASED_FACTS):
        po.metadata.pop(header, None)
    write_text(target, str(po))


def _marks(said: str) -> dict[str, str]:
    return {name: mark for word in said.split() for name, equals, mark in [word.partition("=")] if equals}


def _entry(raw: RawEntry) -> Entry:
    return Entry(
        context=raw.msgctxt or "",
        msgid=raw.msgid,
        msgstr=raw.msgstr,
        to_revise="fuzzy" in raw.flags,
        previous=raw.previous_msgid or "",
        line=max((raw.linenum or 1) - 1, 1),  # one line was put before the text
    )


def _faults(entry: Entry, name: str, first: Entry | None) -> list[Finding]:
    found: list[Finding] = []
    if first is not None:
        found.append(
            Finding(
                level=Level.ERROR,
                code="catalogue-duplicate",
                message=f"This segment stands twice; the first is on line {first.line}.",
                hint="Keep one of the two and delete the other.",
                file=name,
                line=entry.line,
            )
        )
    bad = next(filter(None, map(forbidden_character, (entry.context, entry.msgid, entry.msgstr))), "")
    if bad:
        found.append(
            Finding(
                level=Level.ERROR,
                code="catalogue-character",
                message=f"The entry holds {bad}, which cannot be printed.",
                hint="Delete the character; it may be invisible in an editor: write the words around it anew.",
                file=name,
                line=entry.line,
            )
        )
    return found
