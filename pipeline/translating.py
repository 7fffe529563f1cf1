"""`translate status`, `release`: how far each language version is, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from letters.checking import check_letter
from letters.checks.versions import Versions
from letters.places import catalogue_file, catalogue_path
from letters.releases import fact_marks, release_states
from letters.segments import Segment, segment_numbers, segments, word_count
from locales.catalogue import Entry, fold, merged_catalogue, release
from office.errors import InputError, RefusedError
from office.findings import Finding, Level, has_errors
from pipeline.catalogues import export_catalogues, placed_segments, translated_into
from pipeline.desk import Desk
from pipeline.letter_folders import letter_slugs, open_draft, open_letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A segment without a good translation. ``number`` is that of exchange files, ``place`` its file and line.

    Where it is to revise, ``previous`` is the source that the ``translation`` was made for.
    """

    number: int
    place: str
    source: str
    to_revise: bool
    previous: str
    translation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one language version of a letter is.

    What has changed in the source counts from that moment, whether or not the catalogue has been exported since.
    ``words_left`` counts the source's words without a good translation: those of ``left``. ``outdated``: it was
    released, and has changed since; ``changed`` names the facts that are no longer those of the release.
    """

    reference: str
    slug: str
    language: str
    segments: int
    done: int
    to_revise: int
    new: int
    released: bool
    released_by: str
    outdated: bool
    changed: tuple[str, ...]
    words_left: int
    left: tuple[Left, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate status --json` prints."""
        return asdict(self)


def translation_status(desk: Desk, ref: str = "", languages: Sequence[str] = ()) -> tuple[Progress, ...]:
    """Tell the state of the language versions, all of them or those named, of one letter or of all that can be read."""
    found: list[Progress] = []
    for slug in (ref,) if ref else letter_slugs(desk):
        try:
            letter = open_draft(desk, slug)
            chosen = translated_into(letter, languages) if ref else languages
            versions = tuple(_versions(Versions(letter, desk.office)))
        except InputError:
            if ref:
                raise
            continue  # `check` says what is wrong with it
        found.extend(version for version in versions if not chosen or version.language in chosen)
    return tuple(found)


def _versions(versions: Versions) -> Iterator[Progress]:
    letter, office = versions.letter, versions.office
    wanted = segments(letter, office)
    places, numbers = placed_segments(letter, office), segment_numbers(letter, office)
    for language, state in release_states(versions).items():
        catalogue = versions.catalogues[language]
        coming = merged_catalogue(catalogue.path, language, places)
        left = tuple(
            _left(segment, entry, numbers)
            for segment in wanted
            if (entry := coming.find(segment.context, segment.msgid)) is None or not entry.is_done
        )
        to_revise = sum(segment.to_revise for segment in left)
        yield Progress(
            reference=letter.reference,
            slug=letter.slug,
            language=language,
            segments=len(wanted),
            done=len(wanted) - len(left),
            to_revise=to_revise,
            new=len(left) - to_revise,
            released=state.is_released,
            released_by=catalogue.released_by,
            outdated=state.is_outdated,
            changed=state.changed,
            words_left=sum(word_count(segment.source) for segment in left),
            left=left,
        )


def _left(segment: Segment, entry: Entry | None, numbers: Mapping[tuple[str, str], int]) -> Left:
    to_revise = entry is not None and entry.to_revise
    return Left(
        number=numbers[segment.context, fold(segment.msgid)],
        place=segment.place,
        source=segment.msgid,
        to_revise=to_revise,
        previous=entry.previous if entry and to_revise else "",
        translation=entry.msgstr if entry and to_revise else "",
    )


def release_languages(desk: Desk, ref: str, languages: Sequence[str], *, by: str) -> tuple[str, ...]:
    """Release language versions in the name of their reviser; returns the languages.

    Raises RefusedError where a segment is missing or to be revised, InputError where `check` finds an error.
    """
    if not by.strip():
        raise RefusedError("A language is released in somebody's name.", hint='Add --by "Your Name".')
    letter = open_letter(desk, ref).letter
    chosen = translated_into(letter, languages)
    begun = [language for language in chosen if catalogue_path(letter.slug, desk.office, language).exists()]
    if begun:
        export_catalogues(desk, letter.slug, begun)  # the reviser answers for what stands in the files
    versions = Versions(letter, desk.office)
    counted = {version.language: version for version in _versions(versions)}
    errors = [finding for finding in check_letter(letter, desk.office, columns={}) if finding.level is Level.ERROR]
    for language in chosen:
        _require_releasable(versions, counted[language], errors)
    for language in chosen:
        path = catalogue_path(letter.slug, desk.office, language)
        release(path, by, desk.today, facts=fact_marks(versions, language))
    return chosen


def _require_releasable(versions: Versions, version: Progress, errors: Sequence[Finding]) -> None:
    file = catalogue_file(version.slug, version.language)
    catalogue = versions.catalogues[version.language]
    again = "Correct them, then release it again."
    if has_errors(catalogue.findings):
        raise InputError(f"{file} has errors.", hint=again, findings=catalogue.findings)
    if version.done < version.segments:
        left = [f"{version.new} not translated"] * (version.new > 0)
        left += [f"{version.to_revise} to revise"] * (version.to_revise > 0)
        raise RefusedError(
            f"{version.language} cannot be released; of its {version.segments} segments, {', '.join(left)}.",
            hint=f"Complete {file}, then release it again.",
        )
    faults = [finding for finding in errors if finding.file == file]
    if faults:
        raise InputError(f"{file} has errors.", hint=again, findings=faults)
