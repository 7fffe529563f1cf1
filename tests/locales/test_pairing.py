"""Old and new segments are paired so that all pairs together are the best."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from locales.pairing import _assign, pair, parts_of, whole_of
from tests.patience import within


def body(*texts: str) -> list[tuple[str, str]]:
    return [("body", text) for text in texts]


def test_several_changed_segments_find_their_own() -> None:
    old = body(
        "The first session opens on Monday in the large hall.",
        "The second session opens on Monday in the small hall.",
        "The third session opens on Monday in the large hall.",
    )
    new = body(
        "The second session opens on Tuesday in the small hall.",
        "The third session opens on Tuesday in the large hall.",
        "The first session opens on Tuesday in the large hall.",
    )
    assert pair(new, old) == {0: 1, 1: 2, 2: 0}


def test_one_that_could_be_either_leaves_the_better_one_to_the_other() -> None:
    old = body(
        "Please send your reply to the Union before the day named.",
        "Please send a reply to the Union soon, by the day named.",
    )
    new = body(
        "Please send your reply to the Union before the day that is named.",
        "Please send your reply to the Union soon, before the day named.",
    )
    assert pair(new, old) == {0: 0, 1: 1}


def test_the_order_of_the_letter_decides_between_equals() -> None:
    old = body("Room A is open.", "Room B is open.", "Room C is open.")
    new = body("Room 1 is open.", "Room 2 is open.", "Room 3 is open.")
    assert pair(new, old) == {0: 0, 1: 1, 2: 2}


def test_the_text_decides_before_the_order() -> None:
    old = [("annex-1", "Room A is open."), ("body", "Room B is open.")]
    assert pair([("body", "Room 1 is open."), ("annex-1", "Room 2 is open.")], old) == {0: 1, 1: 0}


def test_what_is_not_near_stays_alone() -> None:
    assert pair(body("Something else."), body("A quite different sentence, and long.")) == {}
    assert pair([], body("a")) == pair(body("a"), []) == {}


@given(st.lists(st.lists(st.integers(1, 50) | st.none(), min_size=4, max_size=4), min_size=1, max_size=4))
def test_no_other_assignment_is_better(matrix: list[list[int | None]]) -> None:
    weights = {row: {c: float(w) for c, w in enumerate(fits) if w is not None} for row, fits in enumerate(matrix)}
    found = _assign(weights)
    assert len(set(found.values())) == len(found)
    best = max(
        sum(weights[row].get(column, 0) for row, column in enumerate(order[: len(matrix)]))
        for order in itertools.permutations(range(4))
    )
    assert sum(weights[row][column] for row, column in found.items()) == best


def test_many_segments_alike_take_little_time() -> None:
    chooser = random.Random(7)
    words = [f"{chooser.randrange(10**6):06}" for _ in range(300)]
    old = body(*(f"Item {word} of the agenda of the session was adopted." for word in words))
    new = body(*(f"Item {word} of the agenda of this session was adopted." for word in words))
    with within(2):
        assert pair(new, old) == {place: place for place in range(300)}


FIRST = "The Forum will be held in Geneva, at the headquarters of the Union."
SECOND = "Its programme was prepared together with the organizations named below."


def test_divided_and_joined_paragraphs() -> None:
    whole = f"{FIRST} {SECOND}"
    assert whole_of(SECOND, ["Something else that is a little longer.", whole]) == 1
    assert whole_of("Quite another sentence, with other words.", [whole]) is None
    assert parts_of(whole, [FIRST, "Something else.", SECOND]) == (0, 2)
    assert parts_of(whole, [FIRST]) == ()
    assert parts_of(whole, []) == ()
