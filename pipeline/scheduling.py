"""`send --at`, `send --working-days`: when an issue goes by itself, and on whose working days."""

from __future__ import annotations

from datetime import datetime, timedelta

from office.errors import InputError, RefusedError
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.roles import Role, require_role
from store.database import Connection
from store.schedule import Schedule, end_postponing, schedule_of, set_local_days, set_schedule

NEVER = "never"
TOLERANCE = timedelta(hours=4)  # in which a scheduled sending begins, unless --until says otherwise


def schedule(desk: Desk, ref: str, at: str, until: str = "") -> Schedule:
    """Send a circular from a moment on, in the office's zone, if it begins before ``until``; «never» takes that back.

    Without ``until`` it begins within `TOLERANCE` or not by itself: a letter that is meant for a morning does not go
    in the night after, because a machine was off. What has begun goes on, however long it takes.

    Raises InputError for what is no moment, RefusedError for one that has passed or a letter that is not issued.
    """
    require_role(desk, Role.SENDER)
    circular = issued_circular(desk, ref)
    moment = None if at.strip() in {NEVER, ""} else _later_moment(desk, at)
    last = None
    if moment is not None:
        last = _moment(desk, until, "--until") if until else moment + TOLERANCE
        if last <= moment:
            raise InputError(
                f"--until {until} is not after --at {at}.", hint="It is the last moment at which sending may begin."
            )
    elif until:
        raise InputError("--until needs a moment to begin.", hint='Write it like --at "2026-12-01 09:00".')
    with desk.store.write() as connection:
        set_schedule(connection, circular.id, moment, last)
        return schedule_of(connection, circular.id, desk.clock())


def choose_days(desk: Desk, ref: str, *, local: bool) -> int:
    """Send a circular only on working days of the addressee's country, or on any day; returns how many wait no more."""
    require_role(desk, Role.SENDER)
    circular = issued_circular(desk, ref)
    with desk.store.write() as connection:
        set_local_days(connection, circular.id, on=local)
        return 0 if local else end_postponing(connection, circular.id, desk.clock())


def expired_words(schedule: Schedule, reference: str, desk: Desk) -> tuple[str, str]:
    """Return what is said of a sending that did not begin in time, and what to do."""
    first, last = (
        f"{moment.astimezone(desk.office.zone):%Y-%m-%d %H:%M}" if moment else ""
        for moment in (schedule.send_at, schedule.send_until)
    )
    by_hand = f"circulars send {reference}"
    hint = (
        f"What stood in the way is in what tick said before, and in circulars doctor. Send it now: {by_hand}. "
        f'Or at another moment: {by_hand} --at "…". Or not by itself: {by_hand} --at {NEVER}'
    )
    return (
        f"{reference} was to go from {first} on, and did not begin by {last}; it does not go late by itself.",
        hint,
    )


def current_schedule(desk: Desk, connection: Connection, circular_id: int) -> Schedule:
    """Return how a circular is scheduled, with moments in the office's zone."""
    found = schedule_of(connection, circular_id, desk.clock())
    zone = desk.office.zone
    return Schedule(
        send_at=found.send_at and found.send_at.astimezone(zone),
        send_until=found.send_until and found.send_until.astimezone(zone),
        local_days=found.local_days,
        expired=found.expired,
    )


def _later_moment(desk: Desk, text: str) -> datetime:
    moment = _moment(desk, text, "--at")
    if moment <= desk.clock():
        raise RefusedError(
            f"{moment:%Y-%m-%d %H:%M} has passed.", hint="Give a later moment, or send now: leave --at out."
        )
    return moment


def _moment(desk: Desk, text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"«{text}» is no moment.", hint=f'Write it like {option} "2026-12-01 09:00".') from None
    return moment.replace(tzinfo=moment.tzinfo or desk.office.zone)
