"""The office's memory: what its issued letters said in each language, and the TMX files that it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from locales.languages import require_languages
from locales.memory.index import Match, Memory
from locales.memory.tmx import write_tmx
from locales.memory.units import Remembered, with_sentences
from office.errors import CircularsError, InputError, NotFoundError, RefusedError
from office.files import write_aside
from office.findings import Finding, has_errors
from pipeline.desk import Desk
from pipeline.issued_words import kept_words, read_words, words_of
from pipeline.letter_folders import find_slug, open_draft
from store.circulars import all_circulars

FOLDER = Path("locales") / "memory"  # of an office: its TMX files


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A TMX file that was taken into the office. ``languages`` counts the texts of each."""

    file: str
    units: int
    languages: dict[str, int]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate memory import --json` prints."""
        findings = [finding.as_json() for finding in self.findings]
        return {"file": self.file, "units": self.units, "languages": self.languages, "findings": findings}


def office_memory(desk: Desk, *, without: str = "", also: Sequence[str] = ()) -> Memory:
    """Return the memory of everything issued, except the letter in the folder ``without``.

    ``also`` names further letters that count although they are not issued, with whatever is translated of them.
    Raises NotFoundError for one of these that is not there, InputError if it cannot be read.
    """
    return Memory(remembered(desk, without=without, also=also), overlay=desk.office.folder / "locales")


def remembered(desk: Desk, *, without: str = "", also: Sequence[str] = ()) -> tuple[Remembered, ...]:
    """Return the units of `office_memory`, letter by letter, then those of the TMX files.

    An issued letter counts as it was issued, whatever has become of its files; one that is named, as it stands.
    """
    named = dict.fromkeys(find_slug(desk, ref) for ref in also)
    with desk.store.read() as connection:
        issued = [circular.slug for circular in all_circulars(connection) if circular.state == "issued"]
    units: list[Remembered] = []
    for slug in dict.fromkeys([*issued, *named]):
        if slug == without:
            continue
        kept = () if slug in named else kept_words(desk, slug)
        try:
            units += kept or words_of(desk, open_draft(desk, slug), every=slug in named)
        except CircularsError:
            if slug in named:
                raise
    for path in sorted((desk.office.folder / FOLDER).glob("*.tmx")):
        units += read_words(path).units
    return tuple(units)


def look_up(
    desk: Desk, text: str, source: str, target: str, *, also: Sequence[str] = (), limit: int
) -> tuple[Match, ...]:
    """Look a sentence up; without a ``source`` it is in the office's language. Raises NotFoundError for a language."""
    language = source or desk.office.default_language
    require_languages((language, target))
    return office_memory(desk, also=also).find(text, language, target, limit=limit)


def import_tmx(desk: Desk, path: Path) -> Imported:
    """Take a TMX file into the office's memory.

    Raises NotFoundError if it is not there, InputError, with the findings, if it cannot be used, RefusedError if the
    office has another file of that name.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Give the path of a TMX file.")
    read = read_words(path)
    if has_errors(read.findings):
        raise InputError(f"{path.name} cannot be used.", hint="Nothing was imported.", findings=read.findings)
    content = path.read_bytes()
    target = desk.office.folder / FOLDER / f"{path.stem}.tmx"
    if target.exists() and target.read_bytes() != content:
        raise RefusedError(
            f"{FOLDER}/{target.name} is there already, and holds something else.",
            hint="Rename one of the two, or delete the old one.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    write_aside(target, content)
    counts: dict[str, int] = {}
    for unit in read.units:
        for language in unit.texts:
            counts[language] = counts.get(language, 0) + 1
    return Imported(file=f"{FOLDER}/{target.name}", units=len(read.units), languages=counts, findings=read.findings)


def export_tmx(desk: Desk, languages: Sequence[str] = (), also: Sequence[str] = ()) -> tuple[bytes, int]:
    """Return the memory, whole segments and their sentences, as a TMX file, and the number of units.

    Raises InputError if nothing is remembered in two of the languages.
    """
    require_languages(languages)
    chosen = []
    seen = set()
    for unit in with_sentences(remembered(desk, also=also), desk.office.folder / "locales"):
        texts = {tag: text for tag, text in unit.texts.items() if not languages or tag in languages}
        identity = (unit.origin, *sorted(texts.items()))
        if len(texts) > 1 and identity not in seen:
            seen.add(identity)
            chosen.append(Remembered(texts=texts, origin=unit.origin, day=unit.day, released=unit.released))
    if not chosen:
        raise InputError(
            "Nothing is remembered in two of these languages.",
            hint=f"Name a second language beside it: --lang {desk.office.default_language},{languages[0]}."
            if len(set(languages)) == 1
            else "Letters are remembered when they are issued; name others with --from REF.",
        )
    return write_tmx(chosen, made=desk.clock()), len(chosen)
