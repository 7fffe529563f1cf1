"""The filter «country»: a State in the form that a sentence needs, from a fact or from an addressee."""

from __future__ import annotations

import pytest

from letters.printing import Printing
from letters.slots import Slots, require_addressee
from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.state_tables import FORMS
from locales.states import states
from office.expressions import ExpressionError, parse_expression


def printed(field: str, language: str, scope: dict[str, object]) -> str:
    printing = Printing(load_locale(language))
    return printing.text(parse_expression(field).evaluate(scope, printing.filters))


@pytest.mark.parametrize(
    ("language", "form", "text"),
    [
        ("en", "of", "of the Philippines"), ("fr", "of", "des Philippines"), ("es", "of", "de Filipinas"),
        ("ru", "of", "Филиппин"), ("ar", "of", "الفلبين"), ("zh", "in", "在菲律宾"), ("fr", "in", "aux Philippines"),
    ],
)  # fmt: skip
def test_a_code_among_the_facts_prints_in_every_form(language: str, form: str, text: str) -> None:
    assert printed(f'facts.host | country("{form}")', language, {"facts": {"host": "PH"}}) == text


def test_a_fact_without_a_form_prints_the_short_name() -> None:
    assert printed("facts.host | country", "fr", {"facts": {"host": "CH"}}) == "Suisse"


@pytest.mark.parametrize(
    ("language", "field", "text"),
    [
        ("fr", 'facts.hosts | country("of") | join', "du Brésil, des Philippines et de l'Inde"),
        ("es", 'facts.hosts | country("the")', "el Brasil, Filipinas y la India"),
        ("zh", "facts.hosts | country | join", "巴西、菲律宾和印度"),
        ("ar", "facts.hosts | country", "البرازيل والفلبين والهند"),
        ("ru", "facts.hosts | country", "Бразилия, Филиппины и Индия"),
        ("en", "facts.seats | number | join", "1, 2,000 and 30,000"),
    ],
)
def test_each_of_a_list_prints_in_its_form(language: str, field: str, text: str) -> None:
    facts = {"hosts": ["BR", "PH", "IN"], "seats": [1, 2000, 30000]}
    assert printed(field, language, {"facts": facts}) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_that_an_addressee_has_leads_to_every_form(language: str) -> None:
    locale = load_locale(language)
    for state in states():
        scope: dict[str, object] = {"recipient": {"country": locale.country(state.iso2)}}
        for form in FORMS:
            assert printed(f'recipient.country | country("{form}")', language, scope) == state.name(language, form)


def test_an_addressee_without_a_country_prints_nothing() -> None:
    assert printed('recipient.country | country("of")', "fr", {"recipient": {"country": ""}}) == ""


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("facts.host | country", "«Utopia» is not a State known here"),
        ('facts.code | country("off")', "«off» is no form of a State's name. Did you mean «of»?"),
        ("facts.code | country(3)", "«3» is no form of a State's name"),
        ("facts.number | country", "«country» prints a State"),
    ],
)
def test_what_is_no_state_or_no_form_is_told(field: str, told: str) -> None:
    with pytest.raises(ExpressionError, match=told.replace("?", r"\?")):
        printed(field, "fr", {"facts": {"host": "Utopia", "code": "FR", "number": 7}})


def test_a_wrong_form_is_found_before_anyone_is_addressed() -> None:
    require_addressee(parse_expression('recipient.country | country("of")'))
    with pytest.raises(ExpressionError, match="«offf» is no form"):
        require_addressee(parse_expression('recipient.country | country("offf")'))


def test_the_copy_for_the_file_prints_the_column() -> None:
    slots = Slots(load_locale("fr"))
    slots.text(parse_expression('recipient.country | country("of")'))
    slots.text(parse_expression("recipient.delegation"))
    assert [spec.master for spec in slots.specs] == ["[pays]", "[delegation]"]
