"""A letter's catalogues: in which languages there are any, and bringing them up to date with its text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from letters.model import Letter
from letters.places import catalogue_path
from letters.segment_notes import segment_notes
from letters.segments import segments, unreadable_texts
from locales.merging import update_catalogue
from office.errors import InputError, NotFoundError
from office.model import Office
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from pipeline.letter_folders import open_draft


def translated_into(letter: Letter, languages: Sequence[str]) -> tuple[str, ...]:
    """Return the languages named, or all that the letter is translated into; raises NotFoundError for another."""
    possible = tuple(language for language in letter.languages if language != letter.source)
    for language in languages:
        if language not in possible:
            raise NotFoundError(
                f"{letter.slug} is not translated into «{language}».", hint=did_you_mean(language, possible)
            )
    return tuple(dict.fromkeys(languages)) or possible


def placed_segments(letter: Letter, office: Office) -> list[tuple[str, str, str]]:
    """Return a letter's segments as catalogues take them: context, msgid and place, the optional ones too.

    Raises InputError where a text cannot be read: its segments would pass for gone, and a version for complete.
    """
    if faults := unreadable_texts(letter, office):
        raise InputError(
            f"A text of letters/{letter.slug} cannot be read.",
            hint=f"Correct it, then: circulars check {letter.slug}",
            findings=faults,
        )
    return [(segment.context, segment.msgid, segment.place) for segment in segments(letter, office, optional=True)]


def export_catalogues(desk: Desk, ref: str, languages: Sequence[str] = ()) -> tuple[Path, ...]:
    """Bring a letter's PO files up to date with its text, made where there are none; translations are kept.

    Returns their paths. Raises NotFoundError for a letter or language that is not there, InputError for a file or a
    text that cannot be read.
    """
    letter = open_draft(desk, ref)
    wanted, notes = placed_segments(letter, desk.office), segment_notes(letter, desk.office)
    paths = []
    for language in translated_into(letter, languages):
        path = catalogue_path(letter.slug, desk.office, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        update_catalogue(path, language, wanted, notes=notes)
        paths.append(path)
    return tuple(paths)
