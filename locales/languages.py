"""The six languages, in the order in which United Nations organisations list them; and pairs of them.

A letter that is written in two languages has both for its tag, joined by a plus sign: ``fr+ar``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from office.errors import NotFoundError
from office.model import LANGUAGES
from office.suggestions import did_you_mean

__all__ = ["LANGUAGES", "MOST_LANGUAGES", "RIGHT_TO_LEFT", "direction", "languages_of", "paired", "require_languages"]

RIGHT_TO_LEFT = frozenset({"ar"})
MOST_LANGUAGES = 2  # of one letter
_AND = "+"


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Return the direction of writing of a language (BCP 47 tag; a region after a hyphen does not matter)."""
    return "rtl" if tag.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def languages_of(tag: str) -> tuple[str, ...]:
    """Return the languages of a letter's tag in their order: one, or the two of a bilingual letter."""
    return tuple(tag.split(_AND))


def paired(languages: Iterable[str]) -> str:
    """Return the tag of a letter in these languages: ``fr``, or ``fr+ar`` for a bilingual one."""
    return _AND.join(languages)


def require_languages(tags: Iterable[str]) -> None:
    """Raise NotFoundError for a language that the product does not have."""
    for tag in tags:
        if tag not in LANGUAGES:
            raise NotFoundError(f"There is no language «{tag}» here.", hint=did_you_mean(tag, LANGUAGES))
