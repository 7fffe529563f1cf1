"""The States of the world as the United Nations names them.

The table ``data/states.csv`` holds the 193 Members, the two observer States, and the two States that belong to
specialised agencies only, with the short names of the UN terminology service (UNTERM) in the six official
languages, the codes of ISO 3166-1, the languages in which the United Nations usually writes to each, and the
geographic region of the UN Statistics Division's standard M49.
CLDR's names differ for dozens of States and are accepted when reading, never printed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from office.folding import folded

_TABLE = Path(__file__).parent / "data" / "states.csv"
_NAME_COLUMNS = ("ar", "zh", "en", "fr", "ru", "es")
_ARTICLES = frozenset({"the", "la", "le", "les", "el", "los", "las"})
_NOT_WORDS = re.compile(r"[\W_]+")
_SUGGESTION_CUTOFF = 78.0  # of 100; below that, suggestions are of other States as often as not

Status = Literal["member", "observer", "agency"]
Region = Literal["africa", "americas", "asia", "europe", "oceania"]


class UnknownStateError(LookupError):
    """A code that is no State's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One State. ``names`` are UN short names by language; ``languages`` the usual ones, the first preferred.

    ``status`` is ``member`` or ``observer`` of the United Nations, or ``agency`` for a State that belongs to
    specialised agencies only. ``variants`` are other names by which people call it.
    """

    iso2: str
    iso3: str
    status: Status
    languages: tuple[str, ...]
    region: Region
    names: Mapping[str, str]
    variants: tuple[str, ...] = ()


@cache
def states() -> tuple[State, ...]:
    """Return every State, in the order of their English names."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(_read_state(row) for row in csv.DictReader(table))


def state(code: str) -> State:
    """Return the State of an ISO 3166-1 alpha-2 code in capitals; raises `UnknownStateError`."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownStateError(f"«{code}» is not the two-letter code of a State") from None


@lru_cache(maxsize=4096)
def find_state(text: str) -> State | None:
    """Return the State that ``text`` names exactly: a code, a name in six languages, or a common variant.

    Case, accents, articles and punctuation do not matter, nor does the order of «Korea, Republic of». Two
    letters are always a code: «NA» is Namibia and «NO» Norway.
    """
    code = text.strip().upper()
    if len(code) in {2, 3} and code in _by_code():
        return _by_code()[code]
    names = _by_name()
    found = names.get(_normalise(text))
    if found is None and text.count(",") == 1:
        last, first = text.split(",")
        found = names.get(_normalise(f"{first} {last}"))
    return found


def suggest_states(text: str) -> tuple[State, ...]:
    """Return up to three States whose names come near ``text``, the nearest first."""
    from rapidfuzz import fuzz, process

    wanted = _normalise(text)
    if len(wanted) < 3:
        return ()
    scores: dict[str, float] = dict.fromkeys(_names_by_word().get(wanted, ()), _SUGGESTION_CUTOFF)
    for scorer in (fuzz.token_sort_ratio, fuzz.ratio):
        near = process.extract(wanted, _by_name().keys(), scorer=scorer, score_cutoff=_SUGGESTION_CUTOFF, limit=12)
        scores |= {name: max(score, scores.get(name, 0)) for name, score, _ in near}
    ranked = [_by_name()[name] for name in sorted(scores, key=lambda name: -scores[name])]
    return tuple({entry.iso2: entry for entry in ranked}.values())[:3]


def _read_state(row: Mapping[str, str]) -> State:
    return State(
        iso2=row["iso2"],
        iso3=row["iso3"],
        status=cast("Status", row["status"]),
        languages=tuple(row["languages"].split()),
        region=cast("Region", row["region"]),
        names={language: row[language] for language in _NAME_COLUMNS},
        variants=tuple(filter(None, row["variants"].split("|"))),
    )


@cache
def _by_code() -> dict[str, State]:
    return {entry.iso2: entry for entry in states()} | {entry.iso3: entry for entry in states()}


@cache
def _names_by_word() -> dict[str, list[str]]:
    """Names by each of their words: «Korea» is a part of two."""
    found: dict[str, list[str]] = {}
    for name in _by_name():
        for word in name.split():
            found.setdefault(word, []).append(name)
    return found


@cache
def _by_name() -> dict[str, State]:
    """Every normalised name; short names last, so that no variant hides one."""
    named = {_normalise(variant): entry for entry in states() for variant in entry.variants}
    return named | {_normalise(name): entry for entry in states() for name in entry.names.values()}


def _normalise(name: str) -> str:
    """Return the name's words without case, accents, punctuation and articles."""
    letters = _NOT_WORDS.sub(" ", folded(name.replace("&", " and ")))
    words = ["saint" if word == "st" else word for word in letters.split()]
    return " ".join([word for word in words if word not in _ARTICLES] or words)
