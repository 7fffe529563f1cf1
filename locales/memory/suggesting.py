"""What the memory suggests for a segment: whole, or put together from its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from locales.memory.index import Match, Memory
from locales.sentences import split_sentences

_BREAK = "\\"  # at the end of a line that is broken on purpose
_NO_BLANK_AFTER = tuple("。！？；”’」』）】》")


class Found(StrEnum):
    """How much of a segment was found."""

    EXACT = "exact"  # every sentence, but for its facts
    SIMILAR = "similar"  # every sentence, at least as a like one
    IN_PART = "in part"  # some of its sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A translation for a segment.

    ``text`` is empty for what is found in part: languages are never mixed. ``source`` is what was translated then,
    ``score`` the likeness in per cent, ``sentences`` the matches with what they stand for.
    """

    found: Found
    text: str
    source: str
    score: int
    sentences: tuple[tuple[str, Match], ...]

    @property
    def origins(self) -> tuple[str, ...]:
        """Return each origin once, with its likeness: «CL-22/010, 96 %»."""
        return tuple(dict.fromkeys(origin_of(match) for _, match in self.sentences))


def origin_of(match: Match) -> str:
    """Say where a translation comes from, and how like its source is."""
    return f"{match.origin}{'' if match.released else ' (not released)'}, {match.score} %"


def suggest(memory: Memory, text: str, source: str, target: str) -> Suggestion | None:
    """Look a segment up, whole and sentence by sentence; the closer of the two counts, the whole if they are equal.

    None if nothing like it was found.
    """
    whole = next(iter(memory.find(text, source, target, limit=1)), None)
    pieces = () if whole and whole.exact else split_sentences(text, source, overlay=memory.overlay)
    found = [(piece, next(iter(memory.find(_bare(piece), source, target, limit=1)), None)) for piece in pieces]
    matches = [(piece, match) for piece, match in found if match is not None]
    is_complete = len(pieces) > 1 and len(matches) == len(pieces)
    score = _score(matches) if is_complete else 0
    if whole is not None and whole.score >= score:
        return _suggestion(Found.EXACT if whole.exact else Found.SIMILAR, whole.text, [(text, whole)])
    if is_complete:
        is_exact = all(match.exact for _, match in matches)
        return _suggestion(Found.EXACT if is_exact else Found.SIMILAR, _joined(matches), matches)
    return _suggestion(Found.IN_PART, "", matches) if matches else None


def _suggestion(found: Found, text: str, matches: Sequence[tuple[str, Match]]) -> Suggestion:
    return Suggestion(
        found=found,
        text=text,
        source=" ".join(match.source for _, match in matches),
        score=_score(matches),
        sentences=tuple((_bare(piece), match) for piece, match in matches),
    )


def _score(matches: Sequence[tuple[str, Match]]) -> int:
    """Return the likeness of all sentences together: long ones weigh more."""
    return sum(match.score * len(piece) for piece, match in matches) // sum(len(piece) for piece, _ in matches)


def _bare(piece: str) -> str:
    return piece.strip().removesuffix(_BREAK).rstrip()


def _joined(matches: Sequence[tuple[str, Match]]) -> str:
    text = ""
    for piece, match in matches:
        blank = "" if not text or text.endswith(("\n", *_NO_BLANK_AFTER)) else " "
        text += blank + match.text + ("\\\n" if piece.rstrip().endswith(_BREAK) else "")
    return text
