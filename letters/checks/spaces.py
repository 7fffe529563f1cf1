"""Spaces that were not meant: double ones, at an end, of no width. The codes are those of Weblate's checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from letters.checks.versions import Pair
from office.findings import Finding

_DOUBLE = re.compile(r"(?<=\S)[ \u00a0\u202f]{2,}(?=\S)")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Words that may well stand twice: pronouns of French verbs, conjunctions.
_TWICE = {
    "en": frozenset({"that", "had", "is", "very"}),
    "fr": frozenset({"nous", "vous", "en", "y"}),
    "es": frozenset({"que"}),
    "ru": frozenset({"и", "то", "что"}),
}


def check_spaces(pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Yield double spaces, spaces at an end that the source has not, spaces without width, and words typed twice."""
    for pair in pairs:
        double = _DOUBLE.search(pair.text)
        if double and not _DOUBLE.search(pair.source):
            yield pair.finding(
                "double_space", f"there are {len(double[0])} spaces {_where(pair.text, double)}", "Leave one of them."
            )
        if pair.text[:1].isspace() and not pair.source[:1].isspace():
            yield pair.finding("begin_space", "the translation begins with a space", "Delete it.")
        if pair.text[-1:].isspace() and not pair.source[-1:].isspace():
            yield pair.finding("end_space", "the translation ends with a space", "Delete it.")
        if "\u200b" in pair.text and "\u200b" not in pair.source:
            yield pair.finding(
                "zero-width-space", "the translation holds a space without width (U+200B), which nobody sees",
                "Type the words around it anew.",
            )  # fmt: skip
        yield from _twice(pair)


def _twice(pair: Pair) -> Iterator[Finding]:
    """Find a word that stands twice; Chinese has no spaces between words; in Arabic «and» may begin both."""
    if pair.language == "zh":
        return
    found = [word for word in _WORDS.finditer(pair.text) if not (pair.language == "ar" and word[0].startswith("و"))]
    for first, second in pairwise(found):
        word = first[0].lower()
        between = pair.text[first.end() : second.start()]
        if word != second[0].lower() or not between.isspace() or len(word) == 1:
            continue
        if word not in _TWICE.get(pair.language, ()) and f"{word} {word}" not in pair.source.lower():
            yield pair.finding("duplicate", f"«{first[0]}» stands twice in a row", "Delete one of the two.")


def _where(text: str, found: re.Match[str]) -> str:
    before, after = text[: found.start()].split()[-1:], text[found.end() :].split()[:1]
    return f"between «{before[0] if before else ''}» and «{after[0] if after else ''}»".replace("\ufffc", "{{ … }}")
