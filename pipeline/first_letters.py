"""The letter that a corrigendum or an addendum continues: who got it, and which of them would be left behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from letters.model import Letter
from letters.references import normalise_reference
from office.errors import RefusedError
from office.folding import folded
from pipeline.desk import Desk
from recipients.model import Row
from store.circulars import Circular, all_circulars
from store.continued import left_names, reached
from store.database import Connection
from templates.merging import Excluded, Merged, Reason

# Reasons to get no letter now that are told elsewhere, or come to an end with a later batch.
_TOLD = frozenset({Reason.ISSUED, Reason.NOT_CHOSEN, Reason.REPEATED, Reason.LANGUAGE_WAITS})
_SHORTEST = 4  # characters of a cell by which a faulty row is known again


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetter:
    """The circular that a letter continues; ``addressees`` are those who got it, by key, with their languages.

    ``relation`` is corrects or adds-to. With ``everybody``, the letter goes to whoever is on its lists all the same.
    """

    circular: Circular
    relation: str
    addressees: Mapping[str, str]
    everybody: bool

    def as_json(self) -> dict[str, object]:
        """Return the shape that a plan keeps, and `plan --json` prints, under ``continues``."""
        return {
            "circular_id": self.circular.id,
            "reference": self.circular.reference,
            "slug": self.circular.slug,
            "relation": self.relation,
            "addressees": len(self.addressees),
            "everybody": self.everybody,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Somebody who got the first letter and would not get this one: why, and what to do."""

    key: str
    name: str
    reason: str
    hint: str


def find_first(connection: Connection, letter: Letter) -> tuple[Circular, str] | None:
    """Return the circular that a letter continues, and how; None if it continues none that is in the register."""
    relation = letter.continues
    if relation is None:
        return None
    wanted = normalise_reference(relation.to)
    for circular in all_circulars(connection):
        is_meant = circular.slug == relation.to or normalise_reference(circular.reference) == wanted
        if is_meant and circular.slug != letter.slug:
            return circular, relation.relation
    return None


def first_letter(connection: Connection, letter: Letter) -> FirstLetter | None:
    """Return the issued circular that a letter continues; None if it continues none that this office knows of.

    Raises RefusedError if that was not issued, or if nobody got it and the letter is for nobody else.
    """
    found = find_first(connection, letter)
    if found is None:
        return None
    circular, relation = found
    everybody = letter.addressees == "lists"
    if circular.state == "planned" and not everybody:
        raise RefusedError(
            f"{circular.reference} has not been issued: nobody has what {letter.slug} {relation.replace('-', ' ')}.",
            hint=f"Issue it first (circulars plan {circular.slug}), or change {circular.slug} itself.",
        )
    addressees = reached(connection, circular.id)
    if not addressees and not everybody:
        raise RefusedError(
            f"{circular.reference} was withdrawn before anybody got it.",
            hint=f'To write to all on the lists: addressees = "lists" in letters/{letter.slug}/letter.toml',
        )
    return FirstLetter(circular=circular, relation=relation, addressees=addressees, everybody=everybody)


def languages_of_first(desk: Desk, letter: Letter) -> Mapping[str, str]:
    """Return the languages in which the letter that this one continues went out, by the addressees' keys."""
    if letter.continues is None:
        return {}
    with desk.store.read() as connection:
        found = find_first(connection, letter)
        return reached(connection, found[0].id) if found else {}


class LookBehind:
    """Watches a letter being merged, and tells in the end who got the first letter and would not get this one."""

    def __init__(self, first: FirstLetter) -> None:
        self._first = first
        self._left = dict.fromkeys(first.addressees, "")
        self._faulty: list[tuple[str, Row]] = []

    def note(self, outcome: Merged | Excluded) -> None:
        """Take in an addressee or an exclusion."""
        recipient = outcome.recipient if isinstance(outcome, Merged) else outcome.row.recipient
        if isinstance(outcome, Merged) or outcome.reason in _TOLD:
            self._left.pop(recipient.key if recipient else "", None)
        elif outcome.reason is Reason.FAULTY:
            self._faulty.append((outcome.list_name, outcome.row))
        elif recipient is not None and recipient.key in self._left:
            self._left[recipient.key] = _WHY.get(outcome.reason, outcome.detail)

    def found(self, connection: Connection, issued: Iterable[str]) -> tuple[LeftBehind, ...]:
        """Return them in the order of their keys, except those to whom this letter was ``issued`` before."""
        keys = sorted(self._left.keys() - set(issued))
        names = left_names(connection, self._first.circular.id, keys)
        cells = self._cells() if keys else {}
        return tuple(self._left_behind(key, names.get(key, ""), cells) for key in keys)

    def _cells(self) -> dict[str, tuple[str, Row]]:
        """The cells of faulty rows, by which somebody is known again."""
        found: dict[str, tuple[str, Row]] = {}
        for list_name, row in self._faulty:
            for cell in row.cells.values():
                for part in (cell, *cell.replace(";", ",").split(",")):
                    found.setdefault(folded(part), (list_name, row))
        return found

    def _left_behind(self, key: str, name: str, cells: Mapping[str, tuple[str, Row]]) -> LeftBehind:
        texts = [text for text in (folded(key), folded(name)) if len(text) >= _SHORTEST]
        list_name, row = next((cells[text] for text in texts if text in cells), ("", None))
        if row is not None:
            return LeftBehind(
                key=key,
                name=name,
                reason=f"row {row.number} of the list «{list_name}» is faulty: {row.reasons}",
                hint="Correct the row, then plan again.",
            )
        reason = self._left[key]
        return LeftBehind(
            key=key,
            name=name,
            reason=reason or "no longer on the lists of this letter under that key",
            hint="Put the key back on the list, then plan again; or write to them yourself." if not reason else _MEND,
        )


_MEND = "Correct letter.toml or the list, then plan again; or write to them yourself."
_WHY = {Reason.NO_AUDIENCE: "no audience of this letter is for them any more"}
