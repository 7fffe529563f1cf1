"""Phrases of a language with inlines in the places of their names, and how an ask is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from letters.blocks import Inline, Text
from letters.frame import Frame
from letters.model import Ask
from letters.wording import Voice

_FIELD = re.compile(r"\{(\w+)\}")


def filled(phrase: str, values: Mapping[str, Inline]) -> tuple[Inline, ...]:
    """Return a phrase with inlines in the places of its names."""
    pieces = _FIELD.split(phrase)  # text, name, text, name, text
    inlines = [values.get(piece, Text(piece)) if place % 2 else Text(piece) for place, piece in enumerate(pieces)]
    return tuple(inline for inline in inlines if inline != Text(""))


def ask_name(ask: Ask, voice: Voice, frame: Frame) -> str:
    """Return how an ask is called: by the letter's own text of its name, else by what is asked."""
    own = voice.texts.get(ask.id.replace("-", "_"))
    return own or frame.phrase("reminder", ask.what, at="asks")
