"""Runs that end in the middle of a stream, for a fault of the office itself: nothing is lost, nothing is in doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from office.errors import NotFoundError
from store.schema import addressees
from tests.delivery.relays import Setup, sink_with


@pytest.mark.parametrize("connections", [1, 3])
def test_a_form_is_missing(setup: Callable[..., Setup], connections: int) -> None:
    here = setup(12, connections=connections)
    with here.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.key == "key-6").values(form="0" * 64))
    with sink_with() as sink:
        with pytest.raises(NotFoundError, match="missing"):
            here.send(sink)
        # What a server had asked for by then was taken back.
        assert here.states() == {"sent": len(sink.seen), "queued": 12 - len(sink.seen)}
        assert 0 < len(sink.seen) <= 6
        with here.store.write() as connection:
            form = connection.execute(text("SELECT form FROM addressees WHERE key = 'key-0'")).scalar_one()
            connection.execute(update(addressees).values(form=form))
        here.send(sink)
    assert here.states() == {"sent": 12}
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 12


@pytest.mark.sqlite
@pytest.mark.parametrize("connections", [1, 3])
def test_an_intent_cannot_be_written(setup: Callable[..., Setup], connections: int) -> None:
    here = setup(12, connections=connections)
    with here.store.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER fault BEFORE UPDATE ON outbox WHEN NEW.state = 'sending' AND NEW.mailbox LIKE 'minister6@%'"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with sink_with() as sink:
        with pytest.raises(IntegrityError):
            here.send(sink)
        assert here.states() == {"sent": len(sink.seen), "queued": 12 - len(sink.seen)}
        assert 0 < len(sink.seen) < 12
        with here.store.write() as connection:
            connection.exec_driver_sql("DROP TRIGGER fault")
        here.send(sink)
    assert here.states() == {"sent": 12}
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 12
