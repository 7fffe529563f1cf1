"""Deadlines that moved: for all, for one party, and what counts as late then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from store import register, standings
from store.deadlines import Standing, move_deadline, moves_of, standings_for
from store.schema import asks
from tests.replies.samples import DUE, NOW, House

WEEK = timedelta(days=7)


def move(house: House, due: datetime, party: str = "", *, grace: timedelta = timedelta(0), **other: Any) -> None:
    with house.store.write() as connection:
        move_deadline(
            connection, 1, "attendance", due_at=due, late_at=due + grace, at=NOW, by="amina", party=party, **other
        )


def standing(house: House, party: str = "") -> Standing:
    with house.store.read() as connection:
        return standings_for(connection, 1, party)["attendance"]


def answer(house: House, party: str, at: datetime) -> None:
    with house.store.write() as connection:
        register.record_answer(
            connection, circular_id=1, party=party, ask="attendance", state="accepted", by="mail", answered_at=at,
            recorded_at=NOW, recorded_by="amina",
        )  # fmt: skip


def late(house: House) -> int:
    with house.store.read() as connection:
        return standings.ask_counts(connection, 1)[0].late


def test_a_deadline_that_never_moved_is_the_letters(house: House) -> None:
    assert standing(house) == standing(house, "KE")
    assert standing(house) == Standing(
        ask="attendance", due_at=DUE, late_at=DUE, provisional=False, extended=False
    )  # a store of the first version has no late_at: no grace
    with house.store.read() as connection:
        assert list(standings_for(connection, 1)) == ["attendance", "statement", "exhibition"]


def test_the_latest_move_for_all_counts_even_if_it_is_earlier(house: House) -> None:
    move(house, DUE + 2 * WEEK)
    move(house, DUE + WEEK)
    assert standing(house).due_at == standing(house, "KE").due_at == DUE + WEEK
    assert not standing(house, "KE").extended


def test_a_partys_own_extension_prolongs_its_deadline_alone(house: House) -> None:
    move(house, DUE + WEEK, "KE", grace=timedelta(days=3))
    kenya = standing(house, "KE")
    assert (kenya.due_at, kenya.late_at, kenya.extended) == (DUE + WEEK, DUE + WEEK + timedelta(days=3), True)
    assert standing(house, "FR").due_at == standing(house).due_at == DUE


@pytest.mark.parametrize(("for_all", "expected", "extended"), [(0.5, 1, True), (1, 1, False), (2, 2, False)])
def test_of_an_own_extension_and_a_move_for_all_the_later_counts(
    house: House, for_all: float, expected: float, extended: bool
) -> None:
    move(house, DUE + WEEK, "KE")
    move(house, DUE + for_all * WEEK)
    assert (standing(house, "KE").due_at, standing(house, "KE").extended) == (DUE + expected * WEEK, extended)


def test_the_latest_of_a_partys_extensions_counts(house: House) -> None:
    move(house, DUE + 3 * WEEK, "KE")
    move(house, DUE + WEEK, "KE")
    assert standing(house, "KE").due_at == DUE + WEEK


def test_who_is_late_goes_by_the_partys_deadline(house: House) -> None:
    for party in ("KE", "FR"):
        answer(house, party, DUE + timedelta(days=2))
    assert late(house) == 2
    move(house, DUE + WEEK, "KE")
    assert late(house) == 1
    move(house, DUE + timedelta(days=1), grace=timedelta(days=1))
    assert late(house) == 1  # at the very moment that counts as late
    move(house, DUE + timedelta(days=1), grace=timedelta(days=2))
    assert late(house) == 0


def test_nobody_is_late_for_a_provisional_deadline_that_moved(house: House) -> None:
    answer(house, "KE", DUE + WEEK)
    move(house, DUE + timedelta(days=1))
    with house.store.write() as connection:
        connection.execute(update(asks).values(provisional=True))
    assert late(house) == 0


def test_the_grace_that_was_set_at_issue_counts(house: House) -> None:
    answer(house, "KE", DUE + timedelta(days=1))
    with house.store.write() as connection:
        connection.execute(update(asks).values(late_at=DUE + timedelta(days=1, seconds=1)))
    assert late(house) == 0


def test_an_extended_party_shows_as_such_until_something_comes(house: House) -> None:
    move(house, DUE + WEEK, "KE")
    with house.store.read() as connection:
        row = next(
            row for row in standings.register_rows(connection, 1) if (row.party, row.ask) == ("KE", "attendance")
        )
        found = standings.ask_counts(connection, 1)[0]
    assert (row.state, row.due, row.entry) == ("extended", DUE + WEEK, 0)
    assert (found.due, found.silent, found.extended, found.parties) == (DUE, 4, 1, 4)
    answer(house, "KE", NOW)
    with house.store.read() as connection:
        found = standings.ask_counts(connection, 1)[0]
    assert (found.silent, found.extended, found.answered) == (3, 0, 1)


def test_moves_are_history(house: House) -> None:
    move(house, DUE + WEEK, corrigendum_id=2)
    move(house, DUE + 2 * WEEK, "KE")
    with house.store.read() as connection:
        assert [(found.kind, found.reference, found.party) for found in moves_of(connection, 1, "KE")] == [
            ("corrigendum", "CL-22/011", ""),
            ("extension", "", "KE"),
        ]
        assert len(moves_of(connection, 1, "FR")) == len(moves_of(connection, 1)) == 1
        assert moves_of(connection, 2, "KE") == ()
