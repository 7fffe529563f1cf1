"""Days that texts state, held against those that are known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from letters.days import all_days_of, days_of, is_among, strange_dates
from locales.date_reading import Stated
from locales.dates import Month, MonthDay
from locales.locale import load_locale

KNOWN: set[Stated] = {date(2024, 4, 15), Month(2024, 9), MonthDay(5, 3)}


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2024, 4, 15), True),
        (date(2025, 4, 15), False),
        (date(2024, 4, 16), False),
        (MonthDay(4, 15), True),
        (MonthDay(4, 16), False),
        (Month(2024, 4), True),
        (Month(2025, 4), False),
        (Month(2024, 9), True),
        (date(2024, 9, 1), False),
        (date(2030, 5, 3), True),  # known without its year
        (MonthDay(5, 3), True),
    ],
)
def test_days_that_are_known(day: Any, known: bool) -> None:
    assert is_among(day, KNOWN) is known


def test_a_year_is_not_free_where_the_whole_date_is_known() -> None:
    assert not is_among(date(2025, 4, 15), {date(2024, 4, 15), MonthDay(4, 15)})


def test_the_days_of_a_letter(desk: Any) -> None:
    letter = desk.letter()
    assert days_of(letter, "deadlines.confirm") == (date(2024, 4, 17),)
    assert days_of(letter, "events.meeting") == (date(2024, 5, 27), date(2024, 5, 31))
    assert days_of(letter, "events.session") == (date(2024, 5, 27), date(2024, 5, 27))
    assert days_of(letter, "facts.entries") == days_of(letter, "links.site") == days_of(letter, "deadlines.no") == ()
    assert all_days_of(letter) == {
        date(2024, 3, 4), date(2024, 4, 17), date(2024, 5, 27), date(2024, 5, 31), Month(2024, 9)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "strange"),
    [
        ("en", "On 15 April 2024, in September 2024, or 3 May.", ()),
        ("en", "On 16 April 2024 and 16 April 2024.", ("16 April 2024",)),
        ("fr", "du 15 au 17 avril 2024", ("15 au 17 avril 2024",)),
        ("ru", "15 апреля 2024 года и 31 июня 2024 года", ("31 июня 2024 года",)),  # June has thirty days
        ("zh", "2024年4月15日和4月20日", ("4月20日",)),
        ("ar", "١٥ أبريل ٢٠٢٤", ()),
    ],
)
def test_strange_dates(language: str, text: str, strange: tuple[str, ...]) -> None:
    found = strange_dates(text, load_locale(language), KNOWN)
    assert len(found) == len(strange)
    assert all(expected in said for expected, said in zip(strange, found, strict=True))
