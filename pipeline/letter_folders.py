"""Finding letters by what people call them, and giving each its reference."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from letters.checks.versions import Versions
from letters.model import Letter
from letters.places import letter_folder
from letters.reading import read_letter
from letters.references import normalise_reference
from letters.releases import release_states
from office.errors import InputError, NotFoundError, RefusedError
from office.findings import Finding, has_errors
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from store.circulars import find_circular, next_number, reference_taken, reserved_number

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOnDesk:
    """A letter with its reference (the next number of its series if none is reserved yet) and its findings."""

    letter: Letter
    findings: tuple[Finding, ...]
    number: int | None  # of the series; None where letter.toml gives the reference itself


def letter_slugs(desk: Desk) -> tuple[str, ...]:
    """Return the names of all letter folders."""
    folder = desk.office.folder / "letters"
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")))


def folder_to_make(desk: Desk, slug: str) -> Path:
    """Return the folder of a letter that is still to be made; raises InputError or RefusedError if it cannot be."""
    if not _SLUG.fullmatch(slug):
        raise InputError(
            f"«{slug}» cannot be the name of a letter's folder.",
            hint="Use small letters, digits and hyphens: circulars new forum-2027",
        )
    folder = letter_folder(slug, desk.office)
    if folder.exists():
        raise RefusedError(f"letters/{slug} is there already.", hint="Choose another name; nothing was changed.")
    return folder


def require_series(desk: Desk, series: str) -> None:
    """Raise NotFoundError for a series that office.toml does not describe; an empty one is none."""
    if series and series not in desk.office.series:
        raise NotFoundError(f"There is no series «{series}».", hint=did_you_mean(series, desk.office.series))


def find_slug(desk: Desk, ref: str) -> str:
    """Return the folder of the letter called ``ref``: its folder's name or its reference; raises NotFoundError."""
    slugs = letter_slugs(desk)
    if ref in slugs:
        return ref
    if not ref.strip():
        raise NotFoundError("No letter is named.", hint="Give its reference, or the name of its folder.")
    with desk.store.read() as connection:
        circular = find_circular(connection, ref)
    if circular is not None:
        return circular.slug
    names = letter_references(desk)
    wanted = normalise_reference(ref)
    found = [slug for slug, reference in names.items() if normalise_reference(reference) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(
            f"Several letters have the reference «{ref}»: {', '.join(found)}.", hint="Name the folder instead."
        )
    raise NotFoundError(
        f"There is no letter «{ref}» in letters/.", hint=did_you_mean(ref, [*slugs, *filter(None, names.values())])
    )


def letter_references(desk: Desk) -> dict[str, str]:
    """Return the references of all letters in the folders, by the folder's name."""
    names: dict[str, str] = {}
    for slug in letter_slugs(desk):
        letter, _ = read_letter(letter_folder(slug, desk.office), desk.office)
        if letter is not None:
            names[slug] = numbered(desk, letter)[0].reference
    return names


def open_letter(desk: Desk, ref: str) -> LetterOnDesk:
    """Read the letter called ``ref``; raises NotFoundError, or InputError if letter.toml has errors."""
    slug = find_slug(desk, ref)
    if slug not in letter_slugs(desk):
        raise NotFoundError(f"The folder letters/{slug} is no longer there.", hint="Restore it from the backup.")
    letter, findings = read_letter(letter_folder(slug, desk.office), desk.office)
    if letter is None or has_errors(findings):
        raise InputError(
            f"letters/{slug}/letter.toml has errors.",
            hint=f"Correct them, then: circulars check {slug}",
            findings=findings,
        )
    letter, number = numbered(desk, letter)
    return LetterOnDesk(letter=letter, findings=findings, number=number)


def open_draft(desk: Desk, ref: str) -> Letter:
    """Read a letter's words, whatever faults its facts have; raises NotFoundError, or InputError if it has no date.

    Translators work on a letter whose dates are not fixed yet.
    """
    slug = find_slug(desk, ref)
    letter, findings = read_letter(letter_folder(slug, desk.office), desk.office)
    if letter is None:
        raise InputError(
            f"letters/{slug}/letter.toml cannot be read.",
            hint=f"Correct it, then: circulars check {slug}",
            findings=findings,
        )
    return numbered(desk, letter)[0]


def numbered(desk: Desk, letter: Letter) -> tuple[Letter, int | None]:
    """Give a letter of a series the number that is reserved for it, or the next one."""
    if letter.reference or letter.series not in desk.office.series:
        return letter, None
    series = desk.office.series[letter.series]
    year = letter.date.year
    counter_year = series.counter_year(year)
    with desk.store.read() as connection:
        number = reserved_number(connection, letter.slug, series.key, counter_year)
        if number is None:
            number = next_number(connection, series.key, counter_year)
            # A letter whose reference was written by hand may have taken the number.
            while reference_taken(connection, series.reference(year=year, number=number), letter.slug):
                number += 1
    return replace(letter, reference=series.reference(year=year, number=number)), number


def released_languages(desk: Desk, letter: Letter) -> tuple[str, ...]:
    """Return the languages of a letter that may go out: its source, and those released and since then unchanged.

    A segment that is new or changed in the source takes a release back too, and so does a fact that the text states.
    """
    states = release_states(Versions(letter, desk.office))
    return tuple(language for language in letter.languages if language == letter.source or states[language].is_released)
