"""`hold`, `resume`, `withdraw`: stopping what is issued and has not gone."""

from __future__ import annotations

from collections.abc import Sequence

from delivery.restored import next_step, why_held
from office.errors import HeldError
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug
from pipeline.lookup import one_addressee, require_issued
from pipeline.roles import Role, require_role
from store.circulars import Circular, set_held, set_state
from store.outbox import withdraw_rows


def hold(desk: Desk, ref: str) -> str:
    """Stop sending a circular, also one that another terminal is sending right now; returns its reference."""
    return _set_held(desk, ref, held=True)


def resume(desk: Desk, ref: str) -> str:
    """Allow sending again; returns the reference."""
    return _set_held(desk, ref, held=False)


def _set_held(desk: Desk, ref: str, *, held: bool) -> str:
    require_role(desk, Role.SENDER)
    slug = find_slug(desk, ref)
    with desk.store.write() as connection:
        circular = require_issued(connection, slug, ref)
        set_held(connection, circular.id, held=held)
    return circular.reference


def require_going(desk: Desk, circular: Circular, ref: str) -> None:
    """Raise HeldError for a circular that is held: with what has to be settled first, if there is anything."""
    if not circular.held:
        return
    if why := why_held(desk.store, desk.office, circular):
        raise HeldError(f"{circular.reference} is held. {why}", hint=next_step(ref))
    raise HeldError(f"{circular.reference} is held.", hint=f"To go on: circulars resume {ref}")


def withdraw(desk: Desk, ref: str, keys: Sequence[str] = ()) -> tuple[str, int]:
    """Cancel what has not gone yet, of some addressees or of all; returns the reference and how many messages.

    What was sent stays sent. Without keys, the circular is withdrawn as a whole and cannot be issued again.
    """
    require_role(desk, Role.SENDER)
    slug = find_slug(desk, ref)
    with desk.store.write() as connection:
        circular = require_issued(connection, slug, ref)
        chosen = [one_addressee(connection, circular, key) for key in keys]
        cancelled = withdraw_rows(connection, circular.id, keys=chosen, at=desk.clock())
        if not keys:
            set_state(connection, circular.id, "withdrawn")
    return circular.reference, cancelled
