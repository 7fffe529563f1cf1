"""Who stands on the lists of a letter, as far as words of protocol depend on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How one addressee, or many alike, are spoken to: ``gender`` is ``m``, ``f`` or empty.

    ``is_named``: whether the list has a name or a title; the others are addressed by the office that they hold.
    """

    role: str
    gender: str
    is_named: bool


# By the place of the audience in the letter. An audience that is not in it is one whose list has not been looked at.
SpokenTo = Mapping[int, Collection[Spoken]]
NOT_LOOKED_AT: SpokenTo = {}
