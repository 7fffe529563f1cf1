"""What a letter said when it was issued, segment by segment in its released languages: what the memory is made of.

The files of a letter go on being edited after it has gone out: a draft for next year begins in them, a reviser improves
a sentence. So its words are put aside when it is issued, in ``archive/words/SLUG.tmx``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from letters.checks.versions import Versions
from letters.model import Letter
from letters.releases import release_states
from letters.segments import segments
from locales.memory.tmx import MAX_BYTES, TmxFile, read_tmx, write_tmx
from locales.memory.units import Remembered
from office.errors import InputError
from office.files import write_aside
from office.findings import has_errors
from pipeline.desk import Desk

_FOLDER = Path("archive") / "words"


def keep_words(desk: Desk, letter: Letter) -> None:
    """Put the words of a letter aside that is being issued, beside those of its earlier batches.

    A letter in one language has nothing to remember. Raises InputError if the archive cannot be written.
    """
    now = list(words_of(desk, letter, every=False))
    if not now:
        return
    path = _path(desk, letter.slug)
    try:
        before = _kept_so_far(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_aside(path, write_tmx(_together(letter.source, before, now), made=desk.clock(), source=letter.source))
    except OSError as error:
        raise InputError(
            f"{path.relative_to(desk.office.folder)} cannot be written: {error.strerror}.",
            hint="Look at the disk and at the rights on the folder. Nothing was issued.",
        ) from error


def _kept_so_far(path: Path) -> tuple[Remembered, ...]:
    """Return what is put aside already; a file that is damaged makes room for a new one, and stays."""
    if not path.exists():
        return ()
    read = read_words(path)
    if has_errors(read.findings):
        path.replace(path.with_suffix(".damaged"))
    return read.units


def kept_words(desk: Desk, slug: str) -> tuple[Remembered, ...]:
    """Return the words that were put aside when a letter was issued; nothing if none were."""
    path = _path(desk, slug)
    return read_words(path).units if path.is_file() else ()


def words_of(desk: Desk, letter: Letter, *, every: bool) -> Iterator[Remembered]:
    """Yield a letter's segments as they stand, in its source and in the languages released.

    With ``every``, in each language as far as it is translated.
    """
    versions = Versions(letter, desk.office)
    released = {tag for tag, state in release_states(versions).items() if state.is_released}
    for segment in segments(letter, desk.office):
        texts = {letter.source: segment.msgid}
        for tag, catalogue in versions.catalogues.items():
            entry = catalogue.find(segment.context, segment.msgid)
            if entry is not None and entry.is_done and (every or tag in released):
                texts[tag] = entry.msgstr
        if len(texts) > 1:
            yield Remembered(
                texts=texts,
                origin=letter.reference or letter.slug,
                day=letter.date,
                released=texts.keys() <= {letter.source, *released},
            )


def read_words(path: Path) -> TmxFile:
    """Read a TMX file of the office; raises InputError if it cannot be opened."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.", hint="Check its permissions.") from None
    return read_tmx(data, path.name)


def _path(desk: Desk, slug: str) -> Path:
    return desk.office.folder / _FOLDER / f"{slug}.tmx"


def _together(source: str, before: Sequence[Remembered], now: Sequence[Remembered]) -> list[Remembered]:
    """Join two batches' words: what an earlier one said in a language that this one does not speak stays.

    A sentence may be translated otherwise in another text of the letter: both stay.
    """
    earlier = {unit.texts[source]: unit for unit in before if source in unit.texts}
    said = {unit.texts[source] for unit in now}
    joined = [unit for text, unit in earlier.items() if text not in said]
    for unit in now:
        known = earlier.get(unit.texts[source])
        texts = {source: unit.texts[source], **(known.texts if known else {}), **unit.texts}
        joined.append(replace(unit, texts=texts))
    return joined
