"""How the answers divide: by region, class and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, select

from locales.states import UnknownStateError, state
from store.schema import addressees
from store.standings import COUNTED, Register

DIVISIONS = ("region", "class", "language")
NOWHERE = "none"  # the region of parties without a country

# Ask → division → its part (a region, a class, a language) → the counts of `AskCounts`.
Breakdown = Mapping[str, Mapping[str, Mapping[str, Mapping[str, int]]]]


def breakdown(connection: Connection, circular_id: int) -> Breakdown:
    """Return the counts of `store.standings.ask_counts` for each part of each division; parts in the order of names.

    A party with several addressees counts with the class and language of the first.
    """
    register = Register(circular_id)
    asks, first = register.asks, addressees.alias("first")
    parts = (register.parties.c.country, first.c.class_name, first.c.language)
    query = (
        select(asks.c.ask, *parts, *register.sums())
        .select_from(register.joined.join(first, first.c.id == register.parties.c.first_id))
        .group_by(asks.c.ask, asks.c.position, *parts)
        .order_by(asks.c.position)
    )
    found: dict[str, dict[str, dict[str, Counter[str]]]] = {}
    for ask, country, class_name, language, *sums in connection.execute(query):
        of_ask = found.setdefault(ask, {division: {} for division in DIVISIONS})
        counts = {name: int(number) for name, number in zip(COUNTED, sums, strict=True)}
        for division, part in zip(DIVISIONS, (region_of(country), class_name, language), strict=True):
            of_ask[division].setdefault(part, Counter()).update(counts)
    return {
        ask: {division: dict(sorted(parts.items())) for division, parts in divided.items()}
        for ask, divided in found.items()
    }


def region_of(country: str) -> str:
    """Return the region of an ISO 3166 alpha-2 code, or `NOWHERE`."""
    try:
        return state(country).region
    except UnknownStateError:
        return NOWHERE
