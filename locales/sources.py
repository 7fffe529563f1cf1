"""Where a language's words come from: the built-in data, and an office's own files laid over them.

An office keeps its own in ``<office>/locales/<language>/`` under the same names. Their faults are findings;
what cannot be used is left out, and the built-in data serve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from locales.agreement import disagreements
from locales.catalogue import Entry, read_catalogue
from locales.languages import LANGUAGES
from locales.patterns import fields_of
from locales.protocol import build_protocol
from locales.state_tables import read_office_tables
from locales.tables import CELLS_OF_ALL, Table, as_table, read_table
from office.files import Stamp, stamp_of
from office.findings import Finding, Level
from office.toml_lines import read_toml

DATA = Path(__file__).parent / "data"
FILES = ("locale.toml", "protocol.toml", "frame.po")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one folder says about one language."""

    locale: Table
    protocol: Table
    phrases: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()


def overlay_findings(folder: Path, languages: Iterable[str] = LANGUAGES) -> tuple[Finding, ...]:
    """Return every fault of an office's own locale.toml, protocol.toml and frame.po, and of its tables of States.

    ``folder`` is the office's ``locales`` folder. Nothing there is no fault; a language that the product does
    not have is left to whoever reads office.toml.
    """
    known = [tag for tag in languages if tag in LANGUAGES]
    own = tuple(finding for tag in known for finding in read_overlay(folder / tag, tag).findings)
    return (*own, *read_office_tables(folder)[1])


@lru_cache(maxsize=len(LANGUAGES))
def built_in(tag: str) -> Source:
    """Return the product's own data of a language."""
    return read_source(DATA / tag, shown=f"locales/data/{tag}")


def read_overlay(folder: Path, tag: str) -> Source:
    """Read an office's own files of a language, leaving out what would not fit into the built-in data."""
    shown = f"locales/{tag}"
    source = read_source(folder, shown=shown)
    needed = {(entry.context, entry.msgid): frozenset(fields_of(entry.msgstr)) for entry in built_in(tag).phrases}
    fitting, findings = [], []
    for entry in source.phrases:
        fields = needed.get((entry.context, entry.msgid))
        if entry.is_done and fields is not None and fields != frozenset(fields_of(entry.msgstr)):
            findings.append(_other_fields(entry, fields, f"{shown}/frame.po"))
        else:
            fitting.append(entry)
    findings += _disagreements(folder / "protocol.toml", tag, source.protocol, f"{shown}/protocol.toml")
    return replace(source, phrases=tuple(fitting), findings=(*source.findings, *findings))


def _disagreements(path: Path, tag: str, overlay: Table, shown: str) -> list[Finding]:
    """Return where an office's own salutations and closes do not go together."""
    found = []
    for fault in disagreements(build_protocol(tag, built_in(tag).protocol, overlay)) if overlay else ():
        kind, name, *cell = fault.place
        said = as_table(as_table(overlay.get(kind)).get(name))
        keys = [key for key in (*cell, CELLS_OF_ALL) if key in said] if cell else ["text"] if said else []
        if keys:
            lines = read_toml(path, file=shown)[1]
            line = lines.get(".".join((kind, name, keys[0]))) or lines.get(f"{kind}.{name}")
            found.append(
                Finding(
                    level=Level.WARNING,
                    code="protocol-agreement",
                    message=fault.message,
                    hint=fault.hint,
                    file=shown,
                    line=line,
                )
            )
    return list(dict.fromkeys(found))


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
    return stamp_of(folder / name for name in FILES)


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


def _other_fields(entry: Entry, fields: frozenset[str], shown: str) -> Finding:
    names = ", ".join(f"{{{name}}}" for name in sorted(fields)) or "nothing in braces"
    return Finding(
        level=Level.ERROR,
        code="phrase-fields",
        message=f"The phrase «{entry.msgid}» must hold exactly {names}, so it is not used.",
        hint="Write the names in braces as the built-in phrase has them; the words around them are free.",
        file=shown,
        line=entry.line,
    )
