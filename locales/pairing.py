"""Which old segment became which new one, where a letter's text has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

NEAR = 70.0  # per cent of likeness from which an old translation is offered for revision
PART = 90.0  # per cent of likeness from which one segment is held to be part of another
_SHORTEST_PART = 12  # characters
_SHARED = 0.6  # of its triples; a difference of 10 per cent leaves 0.7
_MOST_CANDIDATES = 8  # old segments that a new one is compared with in earnest
_MOST_TOGETHER = 200  # new segments that are paired at once; the cost grows with the cube

Key = tuple[str, str]  # context, folded msgid


def pair(new: Sequence[Key], old: Sequence[Key]) -> dict[int, int]:
    """Return for places in ``new`` the place in ``old`` of the segment it was; each is used once at most.

    Likeness is that of the characters. Where several have changed, the pairs are the best taken together; among equally
    good ones, a segment keeps its text (body, annex …) and its place in the order of the letter.
    """
    weights = _weights(new, old)
    pairs: dict[int, int] = {}
    rows = sorted(weights)
    for start in range(0, len(rows), _MOST_TOGETHER):
        chosen = rows[start : start + _MOST_TOGETHER]
        taken = set(pairs.values())
        free = {row: {place: weight for place, weight in weights[row].items() if place not in taken} for row in chosen}
        pairs.update(_assign(free))
    return pairs


def whole_of(text: str, old: Sequence[str]) -> int | None:
    """Return the place of the old text of which ``text`` is a part: a paragraph was divided."""
    scores = {place: _partly(text, whole) for place, whole in enumerate(old)}
    best = max(scores, key=lambda place: scores[place], default=None)
    return best if best is not None and scores[best] else None


def parts_of(text: str, old: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the old texts, two or more, of which ``text`` is made: paragraphs were joined."""
    found = tuple(place for place, part in enumerate(old) if _partly(part, text))
    covered = sum(len(old[place]) for place in found)
    return found if len(found) > 1 and NEAR / 100 <= covered / len(text) <= 2 - NEAR / 100 else ()


def _partly(part: str, whole: str) -> float:
    """Return how like ``part`` is to a stretch of ``whole``, in per cent; 0 if it is none."""
    if not _SHORTEST_PART <= len(part) < len(whole):
        return 0
    missing = (1 - _SHARED) * len(_grams(part))
    if (_bits(part) & ~_bits(whole)).bit_count() > missing or len(_grams(part) - _grams(whole)) > missing:
        return 0
    from rapidfuzz import fuzz

    return fuzz.partial_ratio(part, whole, score_cutoff=PART)


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    """Return the triples of characters: a part shares most of its own, and comparing them costs little."""
    return frozenset(text[place : place + 3] for place in range(len(text) - 2))


@lru_cache(maxsize=4096)
def _bits(text: str) -> int:
    """Return the triples as bits, several to a bit: a bit that another text has not is a triple that it has not."""
    bits = 0
    for gram in _grams(text):
        bits |= 1 << hash(gram) % 1024
    return bits


def _weights(new: Sequence[Key], old: Sequence[Key]) -> dict[int, dict[int, float]]:
    """Return how well a new and an old segment fit, for those that are near.

    The square makes one close pair worth more than two distant ones.
    """
    from rapidfuzz import fuzz, process

    texts = [text for _, text in old]
    weights: dict[int, dict[int, float]] = {}
    for row, (context, text) in enumerate(new):
        near = process.extract(text, texts, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None)
        fits = {
            place: (score - NEAR / 2) ** 2 + 8 * (old[place][0] == context) + _nearness(row, place, len(new), len(old))
            for _, score, place in near
        }
        best = sorted(fits, key=lambda place: -fits[place])[:_MOST_CANDIDATES]
        if best:
            weights[row] = {place: fits[place] for place in best}
    return weights


def _nearness(row: int, place: int, rows: int, places: int) -> float:
    """Return how alike two places are in the order of their letters, 0 to 1."""
    return 1 - abs(row / max(rows - 1, 1) - place / max(places - 1, 1))


def _assign(weights: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """Return the pairs whose weights have the largest sum (the Hungarian method, with potentials).

    Beside the real columns, each row has one of weight 0: to stay alone.
    """
    rows = list(weights)
    columns = sorted({place for fits in weights.values() for place in fits})
    costs = [[-weights[row].get(place, 0.0) for place in columns] + [0.0] * len(rows) for row in rows]
    width = len(columns) + len(rows)
    row_potential, potential = [0.0] * (len(rows) + 1), [0.0] * (width + 1)
    holder = [0] * (width + 1)  # the row, counted from 1, that holds a column; column 0 stands for the row to be placed
    for number in range(1, len(rows) + 1):
        holder[0] = number
        _place(holder, costs, row_potential, potential)
    return {
        rows[holder[column + 1] - 1]: place
        for column, place in enumerate(columns)
        if holder[column + 1] and place in weights[rows[holder[column + 1] - 1]]
    }


def _place(
    holder: list[int], costs: Sequence[Sequence[float]], row_potential: list[float], potential: list[float]
) -> None:
    """Give the row in ``holder[0]`` a column, moving other rows along the cheapest way."""
    width = len(holder) - 1
    distance, came_from, visited = [float("inf")] * (width + 1), [0] * (width + 1), [False] * (width + 1)
    at = 0
    while True:
        visited[at] = True
        row = holder[at]
        nearest, shortest = 0, float("inf")
        for column in range(1, width + 1):
            if visited[column]:
                continue
            reduced = costs[row - 1][column - 1] - row_potential[row] - potential[column]
            if reduced < distance[column]:
                distance[column], came_from[column] = reduced, at
            if distance[column] < shortest:
                nearest, shortest = column, distance[column]
        for column in range(width + 1):
            if visited[column]:
                row_potential[holder[column]] += shortest
                potential[column] -= shortest
            else:
                distance[column] -= shortest
        at = nearest
        if not holder[at]:
            break
    while at:
        before = came_from[at]
        holder[at], at = holder[before], before
