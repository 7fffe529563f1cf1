"""The patterns of ``wordings/<language>.toml``: how people write what a reply says.

Each pattern is a regular expression, matched against a sentence as `comparable` returns it: without case, accents
and marks of direction, with single spaces. Besides:

- ``{name}`` stands for any of the patterns under ``words`` of that name;
- `` … `` between spaces stands for a space, or for up to `GAP` characters between whole words; ``…`` without
  spaces, as Chinese has it, for up to `NARROW_GAP` characters. Neither goes over what another pattern has taken;
- a pattern begins and ends at the edge of a word, unless the file says otherwise with ``left`` and ``right``.

A table of claims is called by the kind of ask that it speaks of, or ``any``; its keys are those of `CLAIMS`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from locales.languages import LANGUAGES
from office.folding import folded

FOLDER = Path(__file__).parent / "wordings"
GAP = 90  # characters
NARROW_GAP = 30
CLAUSE = 60  # characters within which a negation is one of what follows
TAKEN = "\N{BLACK SQUARE}"  # stands where a pattern has taken something

KINDS = ("attendance", "statement", "contribution", "information", "nomination", "registration", "any")
# Key of a table: what it speaks for, whether that is sure, and its turn: what was taken before is not seen again.
CLAIMS: Mapping[str, tuple[str, bool, int]] = {
    "not_declined": ("accepted", True, 0),
    "declined": ("declined", True, 1),
    "later": ("later", True, 2),  # the answer is to come
    "represented": ("represented", True, 3),
    "contributed": ("contributed", True, 3),
    "answered": ("answered", True, 3),
    "nominated": ("nominated", True, 3),
    "registered": ("registered", True, 3),
    "accepted": ("accepted", True, 3),
    "acknowledged": ("acknowledged", True, 4),
    "accepted_perhaps": ("accepted", False, 5),
    "declined_perhaps": ("declined", False, 5),
}
# What is written in more than one way; U+0640 only stretches an Arabic word.
_ALIKE = str.maketrans({"’": "'", "‘": "'", "،": ",", "؛": ";", "ـ": None, TAKEN: " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Wordings that speak for one state. ``what`` is the kind of ask, empty for any."""

    what: str
    state: str
    sure: bool
    turn: int
    pattern: re.Pattern[str]

    @property
    def negated_twice(self) -> bool:
        """Whether the wording holds a negation of its own, yet affirms: «will not fail to attend»."""
        return self.turn == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What one language has; the files tell what each part is for.

    ``negated`` finds a negation directly before what was taken; ``short`` maps a state to answers of a few words.
    """

    empty: re.Pattern[str]
    negations: re.Pattern[str]
    negated: re.Pattern[str]
    regrets: re.Pattern[str]
    hedges: re.Pattern[str]
    provisos: re.Pattern[str]
    questions: re.Pattern[str]
    greetings: re.Pattern[str]
    closings: re.Pattern[str]
    delegations: re.Pattern[str]
    claims: tuple[Claim, ...]
    short: Mapping[str, frozenset[str]]


def comparable(text: str) -> str:
    """Return a text as patterns see it."""
    plain = folded(text).translate(_ALIKE)
    return " ".join("".join(c for c in plain if unicodedata.category(c) != "Cf").split())


def bare(text: str) -> str:
    """Return the words of a text without what stands between them."""
    return " ".join(re.sub(r"[^\w\s]", " ", comparable(text)).split())


@lru_cache(maxsize=1)
def all_wordings() -> tuple[Wording, ...]:
    """Return the wordings of every language: people do not always answer in the one they were written to."""
    return tuple(_read(tag) for tag in LANGUAGES)


@lru_cache(maxsize=1)
def all_claims() -> tuple[Claim, ...]:
    """Return the claims of every language in their turn."""
    return tuple(sorted((claim for wording in all_wordings() for claim in wording.claims), key=lambda one: one.turn))


def _read(tag: str) -> Wording:
    data = tomllib.loads((FOLDER / f"{tag}.toml").read_text("utf-8"))
    compiled = _Compiler(data)
    claims = tuple(
        Claim(what="" if what == "any" else what, state=state, sure=sure, turn=turn, pattern=compiled(data[what][key]))
        for what in KINDS
        for key, (state, sure, turn) in CLAIMS.items()
        if key in data[what]
    )
    negations = compiled(data["negations"])
    return Wording(
        empty=compiled(data["empty"]),
        negations=negations,
        negated=re.compile(f"{negations.pattern}[^,;{TAKEN}]{{0,{CLAUSE}}}{TAKEN}"),
        regrets=compiled(data["regrets"]),
        hedges=compiled(data["hedges"]),
        provisos=compiled(data["provisos"]),
        questions=compiled(data["questions"]),
        greetings=compiled(data["greetings"]),
        closings=compiled(data["closings"]),
        delegations=compiled(data["delegations"]),
        claims=claims,
        short={state: frozenset(map(bare, answers)) for state, answers in data["short"].items()},
    )


class _Compiler:
    """Makes one regular expression of a list of patterns, with the words and edges of its file."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._left, self._right = data.get("left", r"(?<!\w)"), data.get("right", r"(?!\w)")
        self._words: dict[str, str] = {}
        for name, patterns in data["words"].items():
            self._words[name] = self._joined(patterns)

    def __call__(self, patterns: Iterable[str]) -> re.Pattern[str]:
        return re.compile(f"{self._left}{self._joined(patterns)}{self._right}")

    def _joined(self, patterns: Iterable[str]) -> str:
        return f"(?:{'|'.join(map(self._expanded, patterns))})"

    def _expanded(self, pattern: str) -> str:
        wide = rf"(?: |[^\w{TAKEN}][^{TAKEN};]{{0,{GAP}}}?[^\w{TAKEN}])"
        narrow = f"[^{TAKEN};,]{{0,{NARROW_GAP}}}?"
        pieces = (narrow.join(map(_folded_letters, piece.split("…"))) for piece in pattern.split(" … "))
        return re.sub(r"\{([a-z]+)\}", lambda match: self._words[match[1]], wide.join(pieces))


def _folded_letters(pattern: str) -> str:
    r"""Fold what is no escape: ``\W`` and ``\w`` differ by their case."""
    return re.sub(r"\\.|[^\\]+", lambda match: match[0] if match[0].startswith("\\") else folded(match[0]), pattern)
