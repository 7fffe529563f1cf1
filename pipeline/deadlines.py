"""`extend`, and what counts as late: deadlines in the office's zone, and its working days of grace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from letters.reading_facts import YEARS
from letters.rules import last_day
from locales.calendar import add_working_days
from office.errors import NotFoundError, RefusedError
from office.model import Office
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from pipeline.lookup import issued_circular, one_party
from store.deadlines import FOR_ALL, Standing, move_deadline, standings_for


def end_of(day: date, office: Office) -> datetime:
    """Return the first moment after ``day`` in the office's zone: «until DAY» includes the day.

    Raises RefusedError for a day that nobody can mean.
    """
    require_plausible(day)
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=office.zone)


def require_plausible(day: date) -> None:
    """Raise RefusedError for a day in a year that nobody can mean."""
    if day.year not in YEARS:
        raise RefusedError(f"The year {day.year} cannot be meant.", hint="Correct the date.")


def late_from(due_at: datetime, office: Office) -> datetime:
    """Return the first moment that counts as late: ``due_at`` and the office's days of grace.

    They are working days, as the days of `remind` are: a day of grace that falls on a Sunday would help nobody. The
    time of the day stays: a deadline at 16:00 has its grace until 16:00.
    """
    local = due_at.astimezone(office.zone)
    last = last_day(due_at, office.zone)
    return local + (add_working_days(last, office.grace_days, office.place) - last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """What `extend` did: for whom (nobody named: for all), and the deadline now as they have it."""

    parties: tuple[str, ...]
    due_at: datetime


def extend(
    desk: Desk, ref: str, ask: str, until: date, *, parties: Sequence[str] = (), for_all: bool = False, note: str = ""
) -> Extended:
    """Give parties, or all, time until the end of a day; a later extension takes the place of an earlier one.

    The day may have passed: what was promised on the phone is often recorded later. Raises NotFoundError for an
    unknown letter, ask or party, and RefusedError for an ask without a deadline, or a day that gives no more time.
    """
    if bool(parties) == for_all:
        raise RefusedError("Whose deadline moves?", hint="Name each with --party PARTY, or say --all.")
    circular = issued_circular(desk, ref)
    due_at = end_of(until, desk.office)
    with desk.store.write() as connection:
        chosen = tuple(dict.fromkeys(one_party(connection, circular, party) for party in parties))
        for party in chosen or (FOR_ALL,):
            standing = standing_of(standings_for(connection, circular.id, party), circular.reference, ask)
            _require_longer(standing, standings_for(connection, circular.id)[ask], due_at, party)
            move_deadline(
                connection,
                circular.id,
                ask,
                party=party,
                due_at=due_at,
                late_at=late_from(due_at, desk.office),
                at=desk.clock(),
                by=desk.account,
                note=note,
            )
    return Extended(parties=chosen, due_at=due_at)


def standing_of(standings: dict[str, Standing], reference: str, ask: str) -> Standing:
    """Return an ask's deadline; raises NotFoundError for an ask that the circular does not have."""
    if ask not in standings:
        raise NotFoundError(f"{reference} has no ask «{ask}».", hint=did_you_mean(ask, standings))
    return standings[ask]


def _require_longer(standing: Standing, for_all: Standing, due_at: datetime, party: str) -> None:
    """Raise RefusedError where there is nothing to extend, or the day is no later than what all have.

    A party's own extension may be shortened again, down to what all have; a deadline for all only by a corrigendum,
    which tells everybody.
    """
    if standing.due_at is None or for_all.due_at is None:
        raise RefusedError(f"«{standing.ask}» has no deadline.", hint="There is nothing to extend.")
    if due_at <= for_all.due_at:
        whose = f"what all have: {party} gains nothing" if party else "the deadline that stands"
        raise RefusedError(
            f"That is no later than {whose}.",
            hint="Give a later day. To set an earlier deadline, issue a corrigendum, which tells everybody.",
        )
