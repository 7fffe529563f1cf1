"""`translate export` and `translate import`: language versions on their way to translators' tools and back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from letters.places import catalogue_path
from letters.segment_notes import segment_notes
from letters.segments import segment_numbers
from locales.catalogue import fold, merged_catalogue
from locales.differences import differences
from locales.exchange.applying import apply_changes, present_state
from locales.exchange.comparing import WRITTEN, Change, Kind, compare
from locales.exchange.exported import note_exported
from locales.exchange.model import Exchange, Unit
from locales.exchange.receiving import read_exchange
from locales.exchange.word_table import write_word_table
from locales.exchange.xliff import write_xliff
from office.errors import InputError, NotFoundError, RefusedError
from office.findings import Finding, Level, has_errors
from office.suggestions import did_you_mean
from pipeline.catalogues import export_catalogues, placed_segments, translated_into
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug, letter_slugs, open_draft, released_languages
from pipeline.packing import make_pack
from pipeline.remembering import office_memory

SUFFIXES = {"po": "po", "xliff": "xlf", "docx": "docx", "pack": "zip"}  # by kind, what a file is called
MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file for a translator, with the name it should have."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a file that came back would change. ``left_out`` counts the segments of which it says nothing.

    ``released_by`` is who has released the version as it stands: a change takes the release back. ``seen`` is the
    catalogue as it was compared.
    """

    slug: str
    reference: str
    language: str
    changes: tuple[Change, ...]
    left_out: int
    findings: tuple[Finding, ...]
    released_by: str
    seen: bytes
    numbers: Mapping[tuple[str, str], int]

    def number(self, change: Change) -> int | None:
        """Return the number of the segment of a change, None if it has none."""
        return self.numbers.get((change.context, fold(change.msgid)))

    @property
    def counts(self) -> Counter[Kind]:
        """How many units there are of each kind."""
        return Counter(change.kind for change in self.changes)

    @property
    def changes_nothing(self) -> bool:
        """Neither a translation nor a remark is written."""
        return not any(
            change.remark or change.kind not in {Kind.SAME, Kind.EMPTY, Kind.OLDER} for change in self.changes
        )

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate import --json` prints."""
        return {
            "slug": self.slug,
            "reference": self.reference,
            "language": self.language,
            "counts": {kind.value: self.counts[kind] for kind in Kind},
            "left_out": self.left_out,
            "released_by": self.released_by,
            "changes": [
                {
                    "number": self.number(change),
                    **asdict(change),
                    "differences": [piece.as_json() for piece in differences(change.old, change.new)],
                }
                for change in self.changes
                if change.kind is not Kind.EMPTY
            ],
            "findings": [finding.as_json() for finding in self.findings],
        }


def export(desk: Desk, ref: str, language: str, kind: str) -> ExportedFile:
    """Bring a letter's catalogue up to date and return it as ``kind`` (`SUFFIXES`) for a translator.

    Raises NotFoundError for a letter, language or kind that is not there, InputError for a catalogue that cannot be
    read.
    """
    if kind not in SUFFIXES:
        raise NotFoundError(f"There is no kind «{kind}».", hint=did_you_mean(kind, SUFFIXES))
    exchange = _exchange(desk, ref, language, has_places=kind != "docx")  # its first column is narrow
    path = catalogue_path(exchange.slug, desk.office, language)
    if kind == "pack":
        memory = office_memory(desk, without=exchange.slug, also=tuple(_earlier_letters(desk, exchange)))
        content = make_pack(desk, exchange, memory)
    elif kind == "po":
        content = path.read_bytes()
    else:
        content = write_xliff(exchange) if kind == "xliff" else write_word_table(exchange)
    note_exported(path, exchange.units)
    return ExportedFile(name=f"{exchange.slug}.{language}.{SUFFIXES[kind]}", content=content)


def _earlier_letters(desk: Desk, exchange: Exchange) -> Iterator[str]:
    """Yield the letters of an earlier date whose version is released, issued or not: a pack only shows their words."""
    before = open_draft(desk, exchange.slug).date
    for slug in letter_slugs(desk):
        try:
            letter = open_draft(desk, slug)
            if letter.date < before and exchange.language in released_languages(desk, letter):
                yield slug
        except InputError:
            continue  # `check` says what is wrong with it


def _exchange(desk: Desk, ref: str, language: str, *, has_places: bool) -> Exchange:
    letter = open_draft(desk, ref)
    (path,) = export_catalogues(desk, letter.slug, [language])
    wanted, notes = placed_segments(letter, desk.office), segment_notes(letter, desk.office)
    present = present_state(path, [(context, msgid) for context, msgid, _ in wanted])
    units = []
    for context, msgid, place in wanted:
        entry = present.catalogue.find(context, msgid)
        what = notes[context, fold(msgid)]
        units.append(
            Unit(
                context=context,
                msgid=msgid,
                msgstr=entry.msgstr if entry else "",
                to_revise=bool(entry and entry.to_revise),
                previous=entry.previous if entry else "",
                note=f"{what} ({place})" if has_places else what,
                remark=present.remarks.get((context, fold(msgid)), ""),
            )
        )
    return Exchange(
        slug=letter.slug,
        reference=letter.reference,
        source_language=letter.source,
        language=language,
        units=tuple(units),
        findings=present.catalogue.findings,
    )


def preview_import(desk: Desk, file: Path, *, ref: str = "", language: str = "") -> Incoming:
    """Tell what a file from a translator would change; nothing is written.

    ``ref`` and ``language`` are needed where the file does not say them. Raises NotFoundError for a file, letter or
    language that is not there, InputError for a file or a catalogue that cannot be read.
    """
    exchange = _read(file)
    slug, remarks = _letter_of(desk, exchange, ref, file.name)
    letter = open_draft(desk, slug)
    tag = language or _language_tag(exchange.language)
    if not tag:
        raise InputError(f"{file.name} does not say its language.", hint="Add --lang L.", findings=exchange.findings)
    translated_into(letter, [tag])
    wanted = placed_segments(letter, desk.office)
    path = catalogue_path(letter.slug, desk.office, tag)
    state = present_state(path, [(context, msgid) for context, msgid, _ in wanted])
    present = replace(state, catalogue=merged_catalogue(path, tag, wanted))
    changes = compare(exchange.units, present)
    told = {(change.context, fold(change.msgid)) for change in changes}
    return Incoming(
        slug=letter.slug,
        reference=letter.reference,
        language=tag,
        changes=changes,
        left_out=sum((context, fold(msgid)) not in told for context, msgid in present.segments),
        findings=(*exchange.findings, *remarks, *_other_language(exchange, tag, file.name)),
        released_by=state.catalogue.released_by if state.catalogue.is_released else "",
        seen=_bytes(path),
        numbers=segment_numbers(letter, desk.office),
    )


def apply_import(desk: Desk, incoming: Incoming) -> Path:
    """Write what `preview_import` has shown; returns the catalogue. Raises RefusedError if that has changed since."""
    path = catalogue_path(incoming.slug, desk.office, incoming.language)
    if _bytes(path) != incoming.seen:
        raise RefusedError(
            "Somebody has changed the catalogue since it was compared; nothing was imported.",
            hint="Import the file again, and look at the changes anew.",
        )
    export_catalogues(desk, incoming.slug, [incoming.language])
    apply_changes(path, incoming.language, incoming.changes)
    # The translator has these wordings: a next version of the file is no conflict.
    written = (change for change in incoming.changes if change.kind in WRITTEN)
    note_exported(path, [Unit(context=one.context, msgid=one.msgid, msgstr=one.new) for one in written])
    return path


def _read(file: Path) -> Exchange:
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.", hint="Name the file that came back from the translator.")
    if file.stat().st_size > MAX_BYTES:
        raise InputError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB.", hint="Is it the right file?")
    exchange = read_exchange(file.read_bytes(), name=file.name)
    if has_errors(exchange.findings) and not exchange.units:
        raise InputError(f"{file.name} cannot be imported.", hint="Nothing was changed.", findings=exchange.findings)
    return exchange


def _letter_of(desk: Desk, exchange: Exchange, ref: str, name: str) -> tuple[str, list[Finding]]:
    """Return the folder of the letter meant, and a warning if the file was made for another."""
    own = exchange.slug if exchange.slug in letter_slugs(desk) else ""
    if not own and (said := exchange.slug or exchange.reference):
        try:
            own = find_slug(desk, exchange.reference or said)
        except NotFoundError:
            own = ""
    if not ref and not own:
        raise InputError(
            f"{name} does not say which letter it is of.", hint="Add --ref REF.", findings=exchange.findings
        )
    slug = find_slug(desk, ref) if ref else own
    if own in {"", slug}:
        return slug, []
    message = f"the file was made for the letter {own}, and is compared with {slug}"
    hint = f"Is it the right file? If it is of {own}, leave --ref out."
    return slug, [Finding(level=Level.WARNING, code="other-letter", message=message, hint=hint, file=name)]


def _other_language(exchange: Exchange, tag: str, name: str) -> Iterator[Finding]:
    if exchange.language and _language_tag(exchange.language) != tag:
        message = f"the file says that it is in «{exchange.language}», and is compared with {tag}"
        hint = "Is it the right file? If what it says is right, leave --lang out."
        yield Finding(level=Level.WARNING, code="other-language", message=message, hint=hint, file=name)


def _language_tag(said: str) -> str:
    """Return our tag for one that a tool writes: ``fr_CH``, ``zh-Hans-CN``."""
    return re.split(r"[-_.@]", said.strip())[0].lower()


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
