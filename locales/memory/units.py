"""What the memory holds: a text in several languages with where it comes from, whole and sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from locales.sentences import split_sentences

_SEMICOLONS = (";", "؛", "；")
_SHORT = 24  # characters up to which lengths prove nothing
_FARTHEST = 2.5  # how many times its share of the text a sentence may take in another language


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A text in at least two languages.

    ``origin`` is the reference of its letter or the name of a TMX file, ``day`` the letter's date. ``released``: a
    reviser answers for the translations; of a TMX file nobody knows.
    """

    texts: Mapping[str, str]
    origin: str
    day: date | None = None
    released: bool = False


def with_sentences(units: Iterable[Remembered], overlay: Path | None = None) -> Iterator[Remembered]:
    """Yield each unit whole, then its sentences, as far as the languages agree on them."""
    for unit in units:
        yield unit
        yield from sentences_of(unit, overlay)


def sentences_of(unit: Remembered, overlay: Path | None = None) -> tuple[Remembered, ...]:
    """Cut a unit of several sentences; languages that have another number of them, or quite other lengths, stay out.

    The first language of the unit is the one that the others are held against.
    """
    first = next(iter(unit.texts))
    if len(_pieces(unit.texts[first], first, overlay)) < 2:
        return ()
    cut = {language: _pieces(text, language, overlay) for language, text in unit.texts.items()}
    fitting = {language: aligned for language in cut if (aligned := _align(cut[first], cut[language]))}
    if len(fitting) < 2:
        return _coarser(unit, cut, first)
    return _paired(unit, fitting)


def _coarser(unit: Remembered, cut: Mapping[str, tuple[str, ...]], first: str) -> tuple[Remembered, ...]:
    """Try again with sentences that end in a semicolon joined to the next: languages differ most in these."""
    joined = {language: _joined_at_semicolons(pieces) for language, pieces in cut.items()}
    fitting = {language: aligned for language in joined if (aligned := _align(joined[first], joined[language]))}
    return _paired(unit, fitting) if len(fitting) > 1 and len(joined[first]) > 1 else ()


def _paired(unit: Remembered, fitting: Mapping[str, tuple[str, ...]]) -> tuple[Remembered, ...]:
    count = len(next(iter(fitting.values())))
    return tuple(
        replace(unit, texts={language: pieces[place] for language, pieces in fitting.items()}) for place in range(count)
    )


def _pieces(text: str, language: str, overlay: Path | None) -> tuple[str, ...]:
    pieces = (piece.strip().removesuffix("\\").strip() for piece in split_sentences(text, language, overlay=overlay))
    return tuple(piece for piece in pieces if piece)


def _joined_at_semicolons(pieces: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for piece in pieces:
        if found and found[-1].endswith(_SEMICOLONS):
            found[-1] += ("" if found[-1].endswith("；") else " ") + piece
        else:
            found.append(piece)
    return tuple(found)


def _align(first: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``other`` if it goes with ``first`` one by one, else nothing."""
    if len(first) != len(other):
        return ()
    lengths, others = [len(piece) for piece in first], [len(piece) for piece in other]
    longest = max(sum(lengths), sum(others))
    for ours, theirs in zip(lengths, others, strict=True):
        shorter, longer = sorted((ours * longest / sum(lengths), theirs * longest / sum(others)))
        if longer > _SHORT and longer > shorter * _FARTHEST:
            return ()
    return other
