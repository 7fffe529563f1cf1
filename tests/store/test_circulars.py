"""Circulars, their asks, and the numbers of their series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from store.circulars import (
    AskTerms,
    add_circular,
    all_circulars,
    asks_of,
    circular_of,
    confirm_number,
    describe_circular,
    find_circular,
    is_held,
    next_number,
    reference_taken,
    replace_asks,
    reserve_number,
    reserved_number,
    set_held,
    set_state,
)
from store.database import open_store

NOW = datetime(2031, 3, 4, 8, tzinfo=UTC)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = open_store("sqlite:///circulars.db", tmp_path)
    with store.write() as connection:
        yield connection
    store.close()


def test_a_letter_is_entered_once(connection: Connection) -> None:
    first = add_circular(connection, slug="census", at=NOW)
    assert add_circular(connection, slug="census", at=NOW) == first
    found = find_circular(connection, "census")
    assert found is not None
    assert (found.id, found.slug, found.reference, found.state, found.held) == (first, "census", "", "planned", False)
    assert find_circular(connection, "nothing") is None


def test_found_by_its_reference_too(connection: Connection) -> None:
    number = add_circular(connection, slug="census", at=NOW)
    describe_circular(connection, number, reference="LU-31/001", subject="Census of lights")
    found = find_circular(connection, "LU-31/001")
    assert found is not None
    assert (found.id, found.subject) == (number, "Census of lights")


@pytest.mark.parametrize("slugs", [("census", "survey"), ("survey", "census")])
def test_a_folder_goes_before_anothers_reference(connection: Connection, slugs: tuple[str, str]) -> None:
    """The label of one letter may read like the folder of another."""
    ids = {slug: add_circular(connection, slug=slug, at=NOW) for slug in slugs}
    describe_circular(connection, ids["census"], reference="survey", subject="")
    found = find_circular(connection, "survey")
    assert found is not None
    assert found.id == ids["survey"]


def test_a_folder_is_not_found_by_anothers_reference(connection: Connection) -> None:
    number = add_circular(connection, slug="census", at=NOW)
    describe_circular(connection, number, reference="survey", subject="")
    assert circular_of(connection, "survey") is None
    assert find_circular(connection, "survey") is not None


def test_a_reference_is_taken_once(connection: Connection) -> None:
    number = add_circular(connection, slug="census", at=NOW)
    describe_circular(connection, number, reference="LU-31/001", subject="")
    assert reference_taken(connection, "LU-31/001", "census") == ""
    assert reference_taken(connection, "LU-31/001", "survey") == "census"
    assert reference_taken(connection, "LU-31/002", "survey") == ""


def test_state_and_hold(connection: Connection) -> None:
    number = add_circular(connection, slug="census", at=NOW)
    set_state(connection, number, "issued")
    set_held(connection, number, held=True)
    assert is_held(connection, number)
    found = find_circular(connection, "census")
    assert found is not None
    assert (found.state, found.held) == ("issued", True)
    set_held(connection, number, held=False)
    assert not is_held(connection, number)


def test_all_of_them_the_oldest_first(connection: Connection) -> None:
    for slug in ("zebra", "ant", "mole"):
        add_circular(connection, slug=slug, at=NOW)
    assert [circular.slug for circular in all_circulars(connection)] == ["zebra", "ant", "mole"]


def test_numbers_count_up_within_their_series_and_year(connection: Connection) -> None:
    first, second = (add_circular(connection, slug=slug, at=NOW) for slug in ("one", "two"))
    assert next_number(connection, "LU", 2031) == 1
    reserve_number(connection, first, series="LU", year=2031, number=1, at=NOW)
    assert next_number(connection, "LU", 2031) == 2
    assert next_number(connection, "LU", 2032) == 1
    assert next_number(connection, "XY", 2031) == 1
    assert reserved_number(connection, "one", "LU", 2031) == 1
    assert reserved_number(connection, "one", "LU", 2032) is None
    assert reserved_number(connection, "two", "LU", 2031) is None
    reserve_number(connection, second, series="LU", year=2031, number=2, at=NOW)
    assert reserved_number(connection, "two", "LU", 2031) == 2


def test_a_number_is_given_once(connection: Connection) -> None:
    first, second = (add_circular(connection, slug=slug, at=NOW) for slug in ("one", "two"))
    reserve_number(connection, first, series="LU", year=2031, number=1, at=NOW)
    with pytest.raises(IntegrityError), connection.begin_nested():
        reserve_number(connection, second, series="LU", year=2031, number=1, at=NOW)


def test_a_reserved_number_is_given_back_a_confirmed_one_never(connection: Connection) -> None:
    number = add_circular(connection, slug="one", at=NOW)
    reserve_number(connection, number, series="LU", year=2030, number=7, at=NOW)
    reserve_number(connection, number, series="LU", year=2031, number=1, at=NOW)
    assert next_number(connection, "LU", 2030) == 1
    confirm_number(connection, number, NOW)
    with pytest.raises(IntegrityError), connection.begin_nested():
        reserve_number(connection, number, series="LU", year=2032, number=1, at=NOW)
    assert reserved_number(connection, "one", "LU", 2031) == 1


def test_asks_keep_their_order_and_are_replaced_as_a_whole(connection: Connection) -> None:
    number = add_circular(connection, slug="one", at=NOW)
    other = add_circular(connection, slug="two", at=NOW)
    terms = [
        AskTerms(ask=ask, what="information", due_at=due, provisional=provisional, expected=expected)
        for ask, due, provisional, expected in (("z", NOW, False, True), ("a", None, True, False))
    ]
    replace_asks(connection, number, terms)
    replace_asks(connection, other, terms[:1])
    assert asks_of(connection, number) == tuple(terms)
    replace_asks(connection, number, terms[1:])
    assert asks_of(connection, number) == (terms[1],)
    assert asks_of(connection, other) == (terms[0],)
