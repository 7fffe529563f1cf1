"""Salutation and close agree: what breaks it in a language's tables of protocol, each fault with its key.

The close repeats the vocative of its own salutation. So a vocative may only hold words of its salutation, and a close
may not name anybody by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from locales.protocol import Protocol, Wording

# What a salutation ends with: the comma or colon that each language sets there.
ENDINGS = {"ar": "،", "zh": "：", "en": ",", "fr": ",", "ru": ",!", "es": ":"}
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Words that do not go together. ``place`` leads to them: ``(closing, highest)``, ``(salutation, minister, f)``."""

    place: tuple[str, ...]
    message: str
    hint: str


def disagreements(protocol: Protocol) -> Iterator[Disagreement]:
    """Yield every place in which a salutation, its vocative and the closes do not go together."""
    for (kind, role, cell), wording in protocol.words.items():
        if kind == "salutation" and wording.text:
            yield from _of_salutation(protocol.language, (kind, role, cell), wording)
    vocatives = {wording.vocative for wording in protocol.words.values() if wording.vocative}
    speaks_to_several = any(wording.is_plural for wording in protocol.words.values())
    for rank, (pattern, plain) in protocol.closings.items():
        if speaks_to_several and "plural" not in pattern.forms:
            message = f"the close «{rank}» has no plural, for salutations that speak to several"
            yield Disagreement(place=("closing", rank), message=message, hint=_ADD_PLURAL)
        both = "\n".join((pattern.text, pattern.form("plural"))).replace("{vocative}", "\n")
        for text, hint in ((both, _WRITE), (plain, _LEAVE_OUT)):
            named = _named(text, vocatives)
            if named:
                message = f"the close «{rank}» names «{named}» itself: to everybody else it is wrong"
                yield Disagreement(place=("closing", rank), message=message, hint=hint)


_ADD_PLURAL = 'Add plural = "…", with {vocative}: «Acepten, {vocative}, …».'
_WRITE = "Write {vocative} in its place; each letter's own salutation is put there."
_LEAVE_OUT = "«plain» is for letters without a salutation: leave the name out."


def _of_salutation(language: str, place: tuple[str, ...], wording: Wording) -> Iterator[Disagreement]:
    text, vocative = wording.text, wording.vocative
    if not vocative or not set(_words(vocative)) <= set(_words(text)):
        message = f"the close repeats «{vocative}», which is not what the salutation «{text}» says"
        hint = "Use the words of the salutation, or leave «vocative» out."
        yield Disagreement(place=place, message=message, hint=hint)
    marks = ENDINGS[language]
    if not text.endswith(tuple(marks)):
        message = f"the salutation «{text}» does not end with «{marks[0]}»"
        hint = "Add the mark that the language sets there."
        yield Disagreement(place=place, message=message, hint=hint)


def _named(text: str, vocatives: set[str]) -> str:
    """Return the longest vocative that stands in a text as whole words."""
    words = f" {' '.join(_words(text))} "
    found = [vocative for vocative in vocatives if f" {' '.join(_words(vocative))} " in words]
    return max(found, key=len, default="")


def _words(text: str) -> list[str]:
    """Return the words of a text without case; each Chinese character is one."""
    return _WORD.findall(_CHINESE.sub(r" \g<0> ", text.casefold()))
