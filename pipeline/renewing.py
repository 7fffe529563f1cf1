"""`new --from`: next year's letter from one that was issued, in all its languages."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from letters.model import Letter
from letters.places import FACTS, catalogue_path, letter_folder
from letters.renewing import renewed_facts
from letters.sources import read_source
from locales.catalogue import copy_unreleased, read_catalogue
from office.errors import InputError, RefusedError
from office.findings import has_errors
from office.model import Office
from office.toml_lines import toml_lines
from pipeline.catalogues import export_catalogues
from pipeline.desk import Desk
from pipeline.letter_folders import folder_to_make, open_letter, require_series
from store.circulars import circular_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A draft made from an earlier letter. ``languages`` are those whose translations came with it."""

    folder: Path
    earlier: str  # reference
    was_issued: bool
    languages: tuple[str, ...]


def renew_letter(desk: Desk, slug: str, earlier: str, *, series: str = "") -> Renewed:
    """Draft a letter in the folder ``slug`` from the letter called ``earlier``.

    Its texts and translations are carried over, its facts are to be confirmed, its dates and reference are cleared, and
    ``relates`` says what it renews. It is numbered by ``series``; left out, by that of the earlier letter if one of the
    office's series made its reference. Raises RefusedError where a file of that name is there, InputError where the
    earlier letter or a translation of it cannot be read; nothing is made then.
    """
    require_series(desk, series)
    folder = folder_to_make(desk, slug)
    letter = open_letter(desk, earlier).letter
    office = desk.office
    carried = _carried(letter, office, slug)
    with desk.store.read() as connection:
        circular = circular_of(connection, letter.slug)
    _copy_texts(letter_folder(letter.slug, office), folder)
    facts, _ = read_source(folder / FACTS, file=FACTS)
    renewed = renewed_facts(
        facts,
        lines=toml_lines(facts),
        reference=letter.reference,
        series=series or letter.series or _series_of(desk, letter.reference),
        day=desk.today,
    )
    (folder / FACTS).write_text(renewed, "utf-8")
    for language in carried:
        copy_unreleased(*(catalogue_path(name, office, language) for name in (letter.slug, slug)))
    export_catalogues(desk, slug, carried)  # which says where the segments stand now
    return Renewed(
        folder=folder,
        earlier=letter.reference,
        was_issued=circular is not None and circular.state == "issued",
        languages=carried,
    )


def _carried(letter: Letter, office: Office, slug: str) -> tuple[str, ...]:
    """Return the languages whose translations go over to the letter ``slug``; raises if one cannot, or is there."""
    carried = tuple(tag for tag in letter.languages if catalogue_path(letter.slug, office, tag).exists())
    for language in carried:
        target, source = (catalogue_path(name, office, language) for name in (slug, letter.slug))
        if target.exists():
            raise RefusedError(
                f"{target.relative_to(office.folder)} is there already.",
                hint="Choose another name, or move that file away; nothing was changed.",
            )
        findings = read_catalogue(source).findings
        if has_errors(findings):
            shown = source.relative_to(office.folder)
            raise InputError(f"{shown} cannot be carried over as it is.", hint="Correct it first.", findings=findings)
    return carried


def _copy_texts(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in (source / FACTS, *sorted(source.glob("*.md"))):
        shutil.copyfile(path, target / path.name)


def _series_of(desk: Desk, reference: str) -> str:
    """Return the series whose pattern makes references like this one; empty if there is none."""
    return next((key for key, series in desk.office.series.items() if series.has_made(reference)), "")
