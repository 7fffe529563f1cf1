"""Corrigenda move deadlines: what a letter that corrects an issued one says of its deadlines, and what that moves.

A deadline of the corrected circular is meant if the corrigendum has one of the same key in its letter.toml; of an
addendum, unless it is the deadline of what the addendum asks itself. A corrigendum of a corrigendum moves the deadlines
of the first letter. Each moves for all parties when the letter that moves it is first issued; a later batch of that
moves nothing again, or it would take back what was extended in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from letters.model import CONTINUING, Letter
from letters.places import letter_folder
from letters.reading import read_letter
from letters.references import normalise_reference
from office.suggestions import did_you_mean
from pipeline.deadlines import late_from
from pipeline.desk import Desk
from store.circulars import Circular, all_circulars, asks_of, set_provisional
from store.continued import circulars_continued
from store.database import Connection
from store.deadlines import Standing, move_deadline, standings_for


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedDeadline:
    """The deadline of an ask of an issued circular, as a letter that corrects it has it; ``standing`` is as it was."""

    circular_id: int
    reference: str
    ask: str
    deadline: str  # its key
    due_at: datetime
    provisional: bool
    standing: Standing

    @property
    def moves(self) -> bool:
        """Whether this differs from what stands for all."""
        return self.due_at != self.standing.due_at or self.provisional != self.standing.provisional

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints under ``moves``."""
        shape = {name: getattr(self, name) for name in ("reference", "ask", "deadline", "provisional")}
        was = self.standing.due_at
        return {**shape, "from": was.isoformat() if was else None, "to": self.due_at.isoformat()}


def corrected_deadlines(desk: Desk, connection: Connection, letter: Letter) -> tuple[CorrectedDeadline, ...]:
    """Return every deadline of issued circulars that a letter corrects and states, moved by it or not."""
    found = []
    for circular in _corrected(connection, letter):
        standings = standings_for(connection, circular.id)
        for ask, key in _deadline_keys(desk, connection, circular).items():
            deadline = letter.deadlines.get(key)
            if deadline is not None and not _is_own(letter, key):
                found.append(
                    CorrectedDeadline(
                        circular_id=circular.id,
                        reference=circular.reference,
                        ask=ask,
                        deadline=deadline.key,
                        due_at=deadline.cut_off(desk.office.zone),
                        provisional=deadline.provisional,
                        standing=standings[ask],
                    )
                )
    return tuple(found)


def move_corrected(desk: Desk, connection: Connection, letter: Letter, corrigendum_id: int) -> None:
    """Move the deadlines that a letter corrects, within the transaction that first issues it."""
    for corrected in corrected_deadlines(desk, connection, letter):
        if corrected.moves:
            move_deadline(
                connection,
                corrected.circular_id,
                corrected.ask,
                due_at=corrected.due_at,
                late_at=late_from(corrected.due_at, desk.office),
                at=desk.clock(),
                by=desk.account,
                corrigendum_id=corrigendum_id,
            )
            set_provisional(connection, corrected.circular_id, corrected.ask, provisional=corrected.provisional)


def idle_deadlines(desk: Desk, connection: Connection, letter: Letter) -> dict[str, str]:
    """Return the deadlines that a letter states in vain, each with a hint: those of no ask, here or corrected."""
    known = {key for circular in _corrected(connection, letter) for key in _keys_of(desk, connection, circular)}
    used = known | {ask.deadline for ask in letter.asks}
    return {key: did_you_mean(key, known) for key in letter.deadlines if known and key not in used}


def _keys_of(desk: Desk, connection: Connection, circular: Circular) -> set[str]:
    return set(_deadline_keys(desk, connection, circular).values()) - {""}


def _deadline_keys(desk: Desk, connection: Connection, circular: Circular) -> dict[str, str]:
    """Return the key of each ask's deadline; one that the first version issued has them in its letter.toml only."""
    terms = asks_of(connection, circular.id)
    if any(ask.deadline for ask in terms) or not any(ask.due_at for ask in terms):
        return {ask.ask: ask.deadline for ask in terms}
    draft, _ = read_letter(letter_folder(circular.slug, desk.office), desk.office)
    keys = {ask.id: ask.deadline for ask in draft.asks} if draft is not None else {}
    return {ask.ask: keys.get(ask.ask, "") for ask in terms}


def _corrected(connection: Connection, letter: Letter) -> Iterator[Circular]:
    """Yield the issued circulars that a letter corrects or adds to, each once, and those that these continue in turn.

    References count however they are typed.
    """
    meant = [relation.to for relation in letter.relates if relation.relation in CONTINUING]
    references = {normalise_reference(to) for to in meant}
    everything = {circular.id: circular for circular in all_circulars(connection)} if meant else {}
    family: dict[int, Circular] = {}
    for circular in everything.values():
        if circular.slug in meant or normalise_reference(circular.reference) in references:
            for circular_id in (circular.id, *circulars_continued(connection, circular.id)):
                family[circular_id] = everything[circular_id]
    yield from (one for one in family.values() if one.state == "issued" and one.slug != letter.slug)


def _is_own(letter: Letter, key: str) -> bool:
    """Tell whether a deadline is that of something which an addendum asks itself: then it moves no other letter's."""
    corrects = any(relation.relation == "corrects" for relation in letter.relates)
    return not corrects and any(ask.deadline == key for ask in letter.asks)
