"""`translate prefill`: a letter's open segments from what was translated before, always to be revised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from letters.model import Letter
from letters.places import catalogue_file, catalogue_path
from letters.segments import Segment, segments, word_count
from locales.catalogue import Entry, fold, merged_catalogue
from locales.memory.filling import fill_catalogue
from locales.memory.index import Memory
from locales.memory.suggesting import Found, Suggestion, suggest
from locales.merging import open_catalogue
from pipeline.catalogues import export_catalogues, placed_segments, translated_into
from pipeline.desk import Desk
from pipeline.letter_folders import open_draft
from pipeline.remembering import office_memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What was found for one segment."""

    context: str
    msgid: str
    suggestion: Suggestion

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate prefill --json` prints for a segment."""
        return {
            "context": self.context,
            "source": self.msgid,
            "found": self.suggestion.found.value,
            "score": self.suggestion.score,
            "text": self.suggestion.text,
            "sentences": [{"of": piece, **match.as_json()} for piece, match in self.suggestion.sentences],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """What was found for one language of a letter.

    ``open`` counts the segments that had no translation, ``open_words`` their words in the source, ``filled_words``
    those of the segments that have one now.
    """

    language: str
    file: str
    open: int
    open_words: int
    filled_words: int
    fillings: tuple[Filling, ...]

    def count(self, found: Found) -> int:
        """Return the number of segments of which so much was found."""
        return Counter(filling.suggestion.found for filling in self.fillings)[found]

    @property
    def left(self) -> int:
        """Return the number of segments of which nothing was found."""
        return self.open - len(self.fillings)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate prefill --json` prints."""
        counts = {found.name.lower(): self.count(found) for found in Found}
        return {
            "language": self.language, "file": self.file, "open": self.open, **counts, "left": self.left,
            "open_words": self.open_words, "filled_words": self.filled_words,
            "segments": [filling.as_json() for filling in self.fillings],
        }  # fmt: skip


def prefill(
    desk: Desk, ref: str, languages: Sequence[str] = (), *, also: Sequence[str] = (), dry_run: bool = False
) -> tuple[Prefilled, ...]:
    """Fill what has no translation from the memory, in each language or in those named; returns what was found.

    ``also`` names letters to remember from besides those issued. With ``dry_run`` nothing is written. Raises
    NotFoundError for a letter or language that is not there, InputError for a catalogue that cannot be read.
    """
    letter = open_draft(desk, ref)
    chosen = translated_into(letter, languages)
    memory = office_memory(desk, without=letter.slug, also=also)
    wanted = segments(letter, desk.office)
    places = placed_segments(letter, desk.office)
    found = tuple(
        _prefilled(desk, memory, letter, language=language, wanted=wanted, places=places) for language in chosen
    )
    if not dry_run:
        for prefilled in found:
            (path,) = export_catalogues(desk, letter.slug, [prefilled.language])
            suggestions = {(filling.context, fold(filling.msgid)): filling.suggestion for filling in prefilled.fillings}
            fill_catalogue(path, prefilled.language, suggestions)
    return found


def _prefilled(
    desk: Desk,
    memory: Memory,
    letter: Letter,
    *,
    language: str,
    wanted: Sequence[Segment],
    places: Sequence[tuple[str, str, str]],
) -> Prefilled:
    path = catalogue_path(letter.slug, desk.office, language)
    open_catalogue(path)  # one that cannot be read stops everything before anything is written
    coming = merged_catalogue(path, language, places)
    still = [segment for segment in wanted if not _is_translated(coming.find(segment.context, segment.msgid))]
    fillings = tuple(_fillings(memory, letter.source, language, still))
    return Prefilled(
        language=language,
        file=catalogue_file(letter.slug, language),
        open=len(still),
        open_words=sum(word_count(segment.msgid) for segment in still),
        filled_words=sum(word_count(filling.msgid) for filling in fillings if filling.suggestion.text),
        fillings=fillings,
    )


def _is_translated(entry: Entry | None) -> bool:
    """Tell whether there is a translation, be it one to revise."""
    return entry is not None and bool(entry.msgstr.strip())


def _fillings(memory: Memory, source: str, language: str, still: Sequence[Segment]) -> Iterator[Filling]:
    for segment in still:
        suggestion = suggest(memory, segment.msgid, source, language)
        if suggestion is not None:
            yield Filling(context=segment.context, msgid=segment.msgid, suggestion=suggestion)
