"""Places in a sentence: «в Женеве», where the name alone is «Женева»."""

from __future__ import annotations

import pytest

from letters.fields import NoWords, PlaceName
from letters.printing import Printing
from locales.languages import LANGUAGES
from locales.locale import load_locale
from office.expressions import ExpressionError, parse_expression


def printed(field: str, language: str, place: object) -> str:
    printing = Printing(load_locale(language))
    return printing.text(parse_expression(field).evaluate({"place": place}, printing.filters))


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("ar", "جنيف", "في جنيف"), ("zh", "日内瓦", "在日内瓦"), ("en", "Geneva", "in Geneva"),
        ("fr", "Genève", "à Genève"), ("ru", "Женева", "в Женеве"), ("es", "Ginebra", "en Ginebra"),
    ],
)  # fmt: skip
def test_a_place_prints_as_the_sentence_needs_it(language: str, name: str, text: str) -> None:
    place = PlaceName(name, "geneva")
    assert printed('place | place("in")', language, place) == text
    assert printed("place", language, place) == name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_has_its_form_and_every_clock_its_place(language: str) -> None:
    locale = load_locale(language)
    assert locale.keys("place") == locale.keys("place.in")
    assert locale.keys("zone") - {"utc"} <= locale.keys("place")


def test_the_place_of_an_office_without_that_form_says_where_to_add_it() -> None:
    with pytest.raises(ExpressionError, match=r"no place\.in «bonn»\. Add it to locales/ru/frame\.po"):
        printed('place | place("in")', "ru", PlaceName("Бонн", "bonn"))


@pytest.mark.parametrize(
    ("field", "place", "message"),
    [
        ('place | place("to")', PlaceName("Женева", "geneva"), "has the form"),
        ("place | place", "Geneva", "of an event"),
        ("place | place", NoWords("nothing is known of it"), "nothing is known"),
    ],
)
def test_what_cannot_be_a_place_says_so(field: str, place: object, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        printed(field, "ru", place)
