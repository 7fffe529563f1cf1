"""Statements that are compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.schema import outbox
from store.statements import Statement
from tests.delivery.samples import issue_sample, open_sample_store, plain_routes, sample_office

CHANGE = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == "queued")
    .values(attempts=bindparam("tries"), reply_code=bindparam("tries"), state=bindparam("new_state")),
    *("tries", "row_id", "new_state"),
)
LOOK = Statement(
    select(outbox.c.id, outbox.c.mailbox)
    .where(outbox.c.state.in_(("queued", "deferred")), outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(bindparam("most")),
    *("most", "of_no_use", "after"),
)


def test_parameters_are_given_in_their_own_order_and_constants_are_the_statement_s(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(3))
    with store.write() as connection:
        assert CHANGE.run(connection, [(4, 2, "sent"), (5, 3, "refused"), (6, 99, "sent")]) == 2
        assert CHANGE.run(connection, [(7, 2, "refused")]) == 0
        columns = (outbox.c.state, outbox.c.attempts, outbox.c.reply_code)
        assert connection.execute(select(*columns).order_by(outbox.c.id)).all() == [
            ("queued", 0, None),
            ("sent", 4, 4),
            ("refused", 5, 5),
        ]
    store.close()


def test_all_rows_of_a_query_are_given_as_the_driver_has_them(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(4))
    with store.write() as connection:
        assert CHANGE.run(connection, [(1, 3, "refused")]) == 1
        assert LOOK.rows(connection, 2, None, 1) == [(2, "minister1@example.org"), (4, "minister3@example.org")]
        assert LOOK.rows(connection, 2, None, 4) == []
    with store.read() as connection, pytest.raises(DBAPIError):
        LOOK.rows(connection, "many", None, 4)
    store.close()


def test_faults_are_told_as_sqlalchemy_tells_them(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(1))
    with pytest.raises(IntegrityError, match="state"), store.write() as connection:
        CHANGE.run(connection, [(4, 1, None)])
    with store.write() as connection:
        assert CHANGE.run(connection, [(4, 1, "sent")]) == 1
    store.close()


def test_a_list_has_any_number_of_members(tmp_path: Path) -> None:
    several = Statement(
        update(outbox)
        .where(outbox.c.id.in_(bindparam("ids", expanding=True)), outbox.c.state.in_(("queued", "deferred")))
        .values(attempts=bindparam("tries")),
        "tries",
        over="ids",
    )
    store = open_sample_store(tmp_path)
    issue_sample(store, sample_office(tmp_path), plain_routes(4))
    with store.write() as connection:
        assert several.change(connection, 7, listed=[1, 3]) == 2
        assert several.change(connection, 8, listed=[4, 2, 99]) == 2
        assert several.change(connection, 9, listed=[3]) == 1
        assert connection.scalars(select(outbox.c.attempts).order_by(outbox.c.id)).all() == [7, 8, 9, 8]
    store.close()
