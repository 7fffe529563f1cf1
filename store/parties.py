"""Finding the party that a person at the keyboard means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from locales.states import find_state
from office.folding import folded
from store.schema import addressees


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party with one or more addressees; ``names`` are theirs, or their organisations or keys."""

    party: str
    names: tuple[str, ...]
    country: str
    keys: tuple[str, ...]


def find_parties(connection: Connection, circular_id: int, text: str) -> tuple[Party, ...]:
    """Return the parties of a circular that ``text`` may mean; more than one if it is ambiguous, none if unknown.

    Tried in this order, and the first that finds anything decides: a party or key as written, whatever its
    case; a country by its code or name in any of the six languages; a name or organisation, and then a part of
    one, accents and case aside.
    """
    wanted = text.strip()
    if not wanted:
        return ()
    of_circular = _addressees(circular_id)
    for column in (addressees.c.party, addressees.c.key):
        found = connection.execute(of_circular.where(or_(column == wanted, func.lower(column) == wanted.lower()))).all()
        if found:
            return _whole(connection, circular_id, {row.party for row in found})
    state = find_state(wanted)
    if state is not None:
        found = connection.execute(of_circular.where(addressees.c.country == state.iso2)).all()
        if found:
            return _whole(connection, circular_id, {row.party for row in found})
    needle = folded(wanted)
    # In Python, for SQLite's lower() knows no letters beyond ASCII.
    rows = connection.execute(of_circular.execution_options(yield_per=1000))
    exact: set[str] = set()
    partly: set[str] = set()
    for row in rows:
        names = folded(f"{row.name}\n{row.organisation}\n{row.party}")
        if needle in names:
            (exact if needle in names.split("\n") else partly).add(row.party)
    return _whole(connection, circular_id, exact or partly)


def countries_of_parties(connection: Connection, circular_id: int) -> dict[str, frozenset[str]]:
    """Return every party of a circular with the countries of its addressees (ISO 3166 alpha-2)."""
    query = select(addressees.c.party, addressees.c.country).where(addressees.c.circular_id == circular_id).distinct()
    found: dict[str, frozenset[str]] = {}
    for party, country in connection.execute(query):
        found[party] = found.get(party, frozenset()) | ({country} if country else frozenset())
    return found


def first_addressee(connection: Connection, circular_id: int, party: str) -> int | None:
    """Return the id of a party's first addressee: whom a mail is filed under if only its party is known."""
    query = (
        select(addressees.c.id)
        .where(addressees.c.circular_id == circular_id, addressees.c.party == party)
        .order_by(addressees.c.id)
        .limit(1)
    )
    return connection.execute(query).scalar()


def _addressees(circular_id: int) -> Select[Any]:
    columns = (addressees.c.party, addressees.c.key, addressees.c.name, addressees.c.organisation, addressees.c.country)
    return select(*columns).where(addressees.c.circular_id == circular_id).order_by(addressees.c.id)


def _whole(connection: Connection, circular_id: int, parties: Iterable[str]) -> tuple[Party, ...]:
    found = []
    for party in sorted(parties)[:100]:
        rows = connection.execute(_addressees(circular_id).where(addressees.c.party == party)).all()
        found.append(
            Party(
                party=party,
                names=tuple(row.name or row.organisation or row.key for row in rows),
                country=next((row.country for row in rows if row.country), ""),
                keys=tuple(row.key for row in rows),
            )
        )
    return tuple(found)
