"""Where a language's words come from: the built-in data, and an office's own files laid over them.

An office keeps its own in ``<office>/locales/<language>/`` under the same names. Their faults are findings;
what cannot be used is left out, and the built-in data serve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from locales.catalogue import Entry, read_catalogue
from locales.languages import LANGUAGES
from locales.tables import Table, read_table
from office.findings import Finding, Level

DATA = Path(__file__).parent / "data"
FILES = ("locale.toml", "protocol.toml", "frame.po")
Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one folder says about one language."""

    locale: Table
    protocol: Table
    phrases: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()


def overlay_findings(folder: Path, languages: Iterable[str] = LANGUAGES) -> tuple[Finding, ...]:
    """Return every fault of an office's own locale.toml, protocol.toml and frame.po.

    ``folder`` is the office's ``locales`` folder. Nothing there is no fault.
    """
    return tuple(
        finding for tag in languages for finding in read_source(folder / tag, shown=f"{folder.name}/{tag}").findings
    )


@lru_cache(maxsize=len(LANGUAGES))
def built_in(tag: str) -> Source:
    """Return the product's own data of a language."""
    return read_source(DATA / tag, shown=f"locales/data/{tag}")


def read_source(folder: Path, *, shown: str) -> Source:
    """Read the three files of a folder, any of which may be missing."""
    locale, locale_findings = read_table(folder / "locale.toml", f"{shown}/locale.toml")
    protocol, protocol_findings = read_table(folder / "protocol.toml", f"{shown}/protocol.toml")
    frame = read_catalogue(folder / "frame.po", name=f"{shown}/frame.po")
    unfinished = tuple(_unfinished(entry, f"{shown}/frame.po") for entry in frame.entries if not entry.is_done)
    return Source(
        locale=locale,
        protocol=protocol,
        phrases=frame.entries,
        findings=(*locale_findings, *protocol_findings, *frame.findings, *unfinished),
    )


def stamp(folder: Path) -> Stamp:
    """Return what tells whether the files of a folder have changed: size and time of each."""
    found = []
    for name in FILES:
        try:
            state = (folder / name).stat()
            found.append((state.st_mtime_ns, state.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def _unfinished(entry: Entry, shown: str) -> Finding:
    why = "is to be revised" if entry.to_revise else "has no translation"
    return Finding(
        level=Level.WARNING,
        code="phrase-unfinished",
        message=f"The phrase «{entry.msgid}» {why}, so it is not used.",
        hint="Translate it, or take the mark off.",
        file=shown,
        line=entry.line,
    )
