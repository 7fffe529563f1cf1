"""Looking up a text in the memory: the same text but for its facts first, then what is like it.

Comparing a sentence with each of 50,000 takes too long. So the words that few of them have (in Chinese, pairs of
characters) name those that can be like it, and only these are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import nlargest
from pathlib import Path

from locales.memory.masking import Masked, key_of, mask, refill
from locales.memory.units import Remembered, with_sentences

LEAST = 75  # per cent of likeness from which a translation is offered
SIMILAR = 99  # per cent at most of what is not the same but for its facts
_SHARED = 0.5  # part of its words that a like sentence has too, at least
_MOST_PLACES = 15_000  # places of words that are looked at
_MOST_NEAR = 8  # like keys that are looked at
_MOST_SAME = 20  # translations of one key
_MOST_COMPARED = 500  # sentences compared in earnest
_STEM = re.compile(r"(?<!\w)\w{1,5}")  # five letters of a word count: endings change
_SOFT_BREAK = re.compile(r"(?<!\\)[ \t]*\n[ \t]*")  # TMX files of other programs may be broken into lines
_IDEOGRAPHS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A translation that was found.

    ``text`` holds the facts of the text that was looked up, ``source`` is what it once translated. ``score`` is the
    likeness in per cent, facts left aside. ``exact``: only facts differ, and all of them could be put in.
    """

    text: str
    source: str
    score: int
    exact: bool
    origin: str
    day: date | None = None
    released: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the shape that `translate memory --json` prints."""
        return {
            "text": self.text, "source": self.source, "score": self.score, "exact": self.exact, "origin": self.origin,
            "date": self.day.isoformat() if self.day else None, "released": self.released,
        }  # fmt: skip


class Memory:
    """Everything that is remembered; a language is indexed when it is first asked for.

    ``overlay`` is the office's ``locales`` folder, whose abbreviations count where sentences are cut.
    """

    def __init__(self, units: Iterable[Remembered], *, overlay: Path | None = None) -> None:
        self.units = tuple(units)
        self.overlay = overlay
        self._indexes: dict[str, _Index] = {}

    def find(self, text: str, source: str, target: str, *, limit: int = 3) -> tuple[Match, ...]:
        """Return translations of ``text`` from one language into another, the best first; none may be found."""
        if source not in self._indexes:
            self._indexes[source] = _Index(with_sentences(self.units, self.overlay), source)
        wanted = mask(text, source)
        found = {match.text: match for match in reversed(self._ranked(wanted, source, target))}
        return tuple(sorted(found.values(), key=_rank, reverse=True)[:limit])

    def _ranked(self, wanted: Masked, source: str, target: str) -> list[Match]:
        candidates = self._indexes[source].near(wanted.key, target)
        return sorted(
            (_match(wanted, unit, score, source, target) for unit, score in candidates), key=_rank, reverse=True
        )


class _Index:
    """The texts of one language by their keys, and the keys by their words."""

    def __init__(self, units: Iterable[Remembered], language: str) -> None:
        self._units: dict[str, list[Remembered]] = defaultdict(list)  # by key
        for unit in units:
            text = unit.texts.get(language, "")
            if text.strip():
                self._units[key_of(text, language)].append(unit)
        self._exact = list(self._units)
        self._keys = [key.casefold() for key in self._exact]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(self._keys):
            for token in _tokens(key):
                places[token].append(place)
        return dict(places)

    def near(self, key: str, target: str) -> Iterator[tuple[Remembered, int]]:
        """Yield what has the same key, or like ones where nothing has, with the likeness in per cent."""
        same = list(self._best(key, target))
        if same:
            yield from ((unit, 100) for unit in same)
            return
        from rapidfuzz import fuzz, process

        folded = key.casefold()
        places = self._candidates(folded)
        keys = [self._keys[place] for place in places]
        for _, score, at in process.extract(folded, keys, scorer=fuzz.ratio, score_cutoff=LEAST, limit=_MOST_NEAR):
            yield from ((unit, min(int(score), SIMILAR)) for unit in self._best(self._exact[places[at]], target))

    def _best(self, key: str, target: str) -> Sequence[Remembered]:
        """Return the units of a key that speak the language, each translation once; released and late ones first."""
        units = (unit for unit in self._units.get(key, ()) if target in unit.texts)
        ranked = nlargest(_MOST_SAME, units, key=lambda unit: (unit.released, unit.day or date.min))
        return list({unit.texts[target]: unit for unit in reversed(ranked)}.values())

    def _candidates(self, key: str) -> Sequence[int]:
        """Return what shares words with a text: of texts like it, each has one of its rarer words."""
        known = sorted((self._places.get(token, []) for token in _tokens(key)), key=len)
        shared: Counter[int] = Counter()
        left = _MOST_PLACES
        for places in known[: len(known) - int(len(known) * _SHARED) + 1]:
            shared.update(places[:left])
            left = max(left - len(places), 0)
        low, high = len(key) * LEAST / (200 - LEAST), len(key) * (200 - LEAST) / LEAST
        fitting = [place for place in shared if low <= len(self._keys[place]) <= high]
        if len(fitting) <= _MOST_COMPARED:
            return fitting
        return nlargest(_MOST_COMPARED, fitting, key=shared.__getitem__)


def _tokens(key: str) -> set[str]:
    found = set(_STEM.findall(key))
    if not key.isascii():
        for run in _IDEOGRAPHS.findall(key):
            found.update(map(str.__add__, run, run[1:]))
    return found


def _match(wanted: Masked, unit: Remembered, score: int, source: str, target: str) -> Match:
    filled = refill(mask(unit.texts[target], target), mask(unit.texts[source], source), wanted)
    exact = score == 100 and filled.certain
    return Match(
        text=_SOFT_BREAK.sub(" ", filled.text),
        source=unit.texts[source],
        score=score if exact else min(score, SIMILAR),
        exact=exact,
        origin=unit.origin,
        day=unit.day,
        released=unit.released,
    )


def _rank(match: Match) -> tuple[bool, int, bool, date]:
    return (match.exact, match.score, match.released, match.day or date.min)
