"""The six languages, in the order in which United Nations organisations list them."""

from __future__ import annotations

from typing import Literal

from office.model import LANGUAGES

__all__ = ["LANGUAGES", "RIGHT_TO_LEFT", "direction"]

RIGHT_TO_LEFT = frozenset({"ar"})


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """Return the direction of writing of a language (BCP 47 tag; a region after a hyphen does not matter)."""
    return "rtl" if tag.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
