"""How emphasised words are set: italics, but not in scripts that have none.

Chinese sets them in another face (regular script, KaiTi), Arabic underlines them; either would otherwise be slanted by
the program that shows the letter. It goes by the words, so that «WSIS Prizes» is in italics in a Chinese letter too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from letters.blocks import Emphasis, Inline, Link, Strong, Text

_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")


class Manner(StrEnum):
    """How emphasised words are told from those around them."""

    ITALICS = "italics"
    FACE = "face"
    UNDERLINE = "underline"


def manner_of(text: str) -> Manner:
    """Return how words are emphasised, by the script that they are in."""
    if text.isascii():
        return Manner.ITALICS
    return Manner.FACE if _CHINESE.search(text) else Manner.UNDERLINE if _ARABIC.search(text) else Manner.ITALICS


def manner_within(children: Iterable[Inline]) -> Manner:
    """Return how inline text is emphasised as a whole."""
    return manner_of("".join(_texts(children)))


def _texts(children: Iterable[Inline]) -> Iterable[str]:
    for child in children:
        match child:
            case Text(text=text):
                yield text
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                yield from _texts(inner)
