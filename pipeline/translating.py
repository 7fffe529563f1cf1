"""`translate status`, `export`, `release`: how far each language version is, and who answers for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from letters.checking import check_letter
from letters.model import Letter
from letters.places import catalogue_file, catalogue_path
from letters.segments import Segment, segments
from locales.catalogue import Catalogue, read_catalogue, release
from locales.merging import update_catalogue
from office.errors import InputError, NotFoundError, RefusedError
from office.findings import Level, has_errors
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from pipeline.letter_folders import is_released, letter_slugs, open_letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """How far one language version of a letter is; ``words_left`` counts source words without a good translation."""

    reference: str
    slug: str
    language: str
    segments: int
    done: int
    to_revise: int
    new: int
    released: bool
    released_by: str
    words_left: int

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate status --json` prints."""
        return asdict(self)


def translation_status(desk: Desk, ref: str = "") -> tuple[Version, ...]:
    """Tell the state of every language version of one letter, or of all letters that can be read."""
    found: list[Version] = []
    for slug in (ref,) if ref else letter_slugs(desk):
        try:
            letter = open_letter(desk, slug).letter
        except InputError:
            if ref:
                raise
            continue  # `check` says what is wrong with it
        wanted = segments(letter, desk.office)
        found.extend(
            _version(letter, language, wanted, read_catalogue(catalogue_path(letter.slug, desk.office, language)))
            for language in letter.languages
            if language != letter.source
        )
    return tuple(found)


def _version(letter: Letter, language: str, wanted: Sequence[Segment], catalogue: Catalogue) -> Version:
    done = to_revise = new = words_left = 0
    for segment in wanted:
        entry = catalogue.find(segment.context, segment.msgid)
        if entry is not None and entry.is_done:
            done += 1
            continue
        words_left += len(segment.msgid.split())
        if entry is not None and entry.to_revise:
            to_revise += 1
        else:
            new += 1
    return Version(
        reference=letter.reference,
        slug=letter.slug,
        language=language,
        segments=len(wanted),
        done=done,
        to_revise=to_revise,
        new=new,
        released=is_released(catalogue, wanted),
        released_by=catalogue.released_by,
        words_left=words_left,
    )


def export_catalogues(desk: Desk, ref: str, languages: Sequence[str] = ()) -> tuple[Path, ...]:
    """Bring a letter's PO files up to date with its text, made where there are none; translations are kept."""
    letter = open_letter(desk, ref).letter
    wanted = [
        (segment.context, segment.msgid, f"{segment.file}:{segment.line}" if segment.line else segment.file)
        for segment in segments(letter, desk.office, optional=True)
    ]
    paths = []
    for language in _translated(letter, languages):
        path = catalogue_path(letter.slug, desk.office, language)
        path.parent.mkdir(parents=True, exist_ok=True)
        update_catalogue(path, language, wanted)
        paths.append(path)
    return tuple(paths)


def release_languages(desk: Desk, ref: str, languages: Sequence[str], *, by: str) -> tuple[str, ...]:
    """Release language versions in the name of their reviser; returns the languages.

    Raises RefusedError where a segment is missing or to be revised, InputError where `check` finds an error.
    """
    if not by.strip():
        raise RefusedError("A language is released in somebody's name.", hint='Add --by "Your Name".')
    letter = open_letter(desk, ref).letter
    chosen = _translated(letter, languages)
    wanted = segments(letter, desk.office)
    errors = [finding for finding in check_letter(letter, desk.office, columns={}) if finding.level is Level.ERROR]
    again = "Correct them, then release it again."
    for language in chosen:
        file = catalogue_file(letter.slug, language)
        catalogue = read_catalogue(catalogue_path(letter.slug, desk.office, language))
        if has_errors(catalogue.findings):
            raise InputError(f"{file} has errors.", hint=again, findings=catalogue.findings)
        version = _version(letter, language, wanted, catalogue)
        if version.done < version.segments:
            left = [f"{version.new} not translated"] * (version.new > 0)
            left += [f"{version.to_revise} to revise"] * (version.to_revise > 0)
            raise RefusedError(
                f"{language} cannot be released; of its {version.segments} segments, {', '.join(left)}.",
                hint=f"Complete {file}, then release it again.",
            )
        faults = [finding for finding in errors if finding.file == file]
        if faults:
            raise InputError(f"{file} has errors.", hint=again, findings=faults)
    for language in chosen:
        release(catalogue_path(letter.slug, desk.office, language), by, desk.today)
    return chosen


def _translated(letter: Letter, languages: Sequence[str]) -> tuple[str, ...]:
    possible = tuple(language for language in letter.languages if language != letter.source)
    for language in languages:
        if language not in possible:
            raise NotFoundError(
                f"{letter.slug} is not translated into «{language}».", hint=did_you_mean(language, possible)
            )
    return tuple(dict.fromkeys(languages)) or possible
