"""A guard in the database itself: a change of state that `store.transitions` does not name fails, whoever makes it."""

from __future__ import annotations

from sqlalchemy import text

from store.database import Store
from store.messages import State
from store.transitions import TRANSITIONS


def guard(store: Store) -> None:
    """Refuse every other change of a message's state from now on, by any process."""
    named = " OR ".join(
        f"(OLD.state = '{before}' AND NEW.state = '{after}')"
        for before, follow in TRANSITIONS.items()
        for after in sorted(follow)
    )
    wrong = f"OLD.state <> NEW.state AND NOT ({named})"
    function = trigger = ""
    if store.is_sqlite:
        trigger = f"WHEN {wrong} BEGIN SELECT RAISE(ABORT, 'no such transition'); END"
    else:
        refusal = "BEGIN RAISE EXCEPTION 'no such transition: % to %', OLD.state, NEW.state; END"
        function = f"CREATE FUNCTION refuse_transition() RETURNS trigger LANGUAGE plpgsql AS $$ {refusal} $$"
        trigger = f"FOR EACH ROW WHEN ({wrong}) EXECUTE FUNCTION refuse_transition()"
    with store.write() as connection:
        if function:
            connection.execute(text(function))
        connection.exec_driver_sql(f"CREATE TRIGGER guard BEFORE UPDATE OF state ON outbox {trigger}")


def reachable(start: State) -> set[State]:
    """Return the states to which one may lead, whatever it takes."""
    found: set[State] = set()
    left = [start]
    while left:
        following = TRANSITIONS[left.pop()] - found
        found |= following
        left.extend(following)
    return found
