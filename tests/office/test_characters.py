"""Characters that may not stand in anything a user writes."""

from __future__ import annotations

import pytest

from office.characters import name_of, unfit_character


@pytest.mark.parametrize("text", ["plain", "Ägypten, 中国, مصر", "\u2067a\u2069\u200eb\u00a0c\u202fd", ""])
def test_fit(text: str) -> None:
    assert unfit_character(text) == ""


@pytest.mark.parametrize(
    "character", ["\0", "\n", "\t", "\x85", "\u2028", "\u202e", "\ue010", "\U000f0000", "\ufffe", "\uffff"]
)
def test_unfit(character: str) -> None:
    assert unfit_character(f"a{character}b\x07") == character


def test_allowed_and_named() -> None:
    assert unfit_character("a\nb\tc", allowed="\n\t") == ""
    assert name_of("\x07") == "U+0007"
