"""What letters read of an addressee, and the language that is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from office.expressions import ExpressionError, parse_expression
from recipients.audience import choose_language, matches, recipient_scope, where_scope
from recipients.columns import FIELD_NAMES
from recipients.model import Recipient

SIX = ("ar", "zh", "en", "fr", "ru", "es")
SENEGAL = Recipient(
    key="sn-minister",
    party="SN",
    name="Khardiata Ndiaye",
    role="minister",
    gender="f",
    country="SN",
    to=("minister@sn.example.org", "office@sn.example.org"),
    extra={"table": "12", "country": "never seen"},
)


def test_fields_read_the_name_of_the_state_and_conditions_its_code() -> None:
    fields = recipient_scope(SENEGAL, "Sénégal")
    assert (fields["country"], fields["country_code"]) == ("Sénégal", "SN")
    assert (fields["email"], fields["table"], fields["language"]) == ("minister@sn.example.org", "12", "")
    assert where_scope(SENEGAL)["country"] == "SN"
    assert set(fields) == FIELD_NAMES | {"table"}


def test_a_name_is_read_in_the_form_that_the_list_has_for_the_language() -> None:
    recipient = replace(
        SENEGAL, title="Minister", extra={"name_ar": "خارديات ندياي", "title_fr": "Ministre", "name_ru": ""}
    )
    read = {tag: recipient_scope(recipient, "Sénégal", tag) for tag in ("ar", "fr", "ru")}
    assert [read[tag]["name"] for tag in read] == ["خارديات ندياي", SENEGAL.name, SENEGAL.name]
    assert [read[tag]["title"] for tag in read] == ["Minister", "Ministre", "Minister"]
    assert read["fr"]["name_ar"] == "خارديات ندياي"


@pytest.mark.parametrize(
    ("where", "selected"),
    [
        ("role == 'minister'", True),
        ("country in ['SN', 'ML'] and gender == 'f'", True),
        ("role != 'minister' or table == '13'", False),
        ("category", False),
    ],
)
def test_a_condition_selects(where: str, selected: bool) -> None:
    assert matches(SENEGAL, parse_expression(where)) is selected


def test_without_a_condition_all_are_selected() -> None:
    assert matches(SENEGAL, None)


def test_a_condition_over_a_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="ministry"):
        matches(SENEGAL, parse_expression("ministry == 'x'"))


@pytest.mark.parametrize(
    ("languages", "country", "available", "chosen"),
    [
        (("ru", "fr"), "SN", SIX, ("ru", "addressee")),
        (("pt", "es"), "BR", SIX, ("es", "addressee")),
        (("pt",), "BR", SIX, ("en", "country")),
        (("zh-Hans",), "", SIX, ("zh", "addressee")),
        ((), "SN", SIX, ("fr", "country")),
        ((), "DZ", ("en", "fr"), ("fr", "country")),
        ((), "CN", ("es", "fr"), ("fr", "office")),
        ((), "", ("ru", "es"), ("ru", "source")),
        (("en",), "DE", ("zh",), ("zh", "source")),
        (("en",), "ZZ", ("ru", "fr"), ("fr", "office")),
        (("fr+ar",), "SN", SIX, ("fr+ar", "addressee")),
        (("ar+fr", "en"), "SN", SIX, ("ar+fr", "addressee")),
        (("en", "fr+ar"), "SN", SIX, ("en", "addressee")),
        (("de+fr", "en"), "SN", SIX, ("fr", "addressee")),
        (("de+pt", "en"), "SN", SIX, ("en", "addressee")),
        (("fr+ar",), "SN", ("ar", "en"), ("ar", "addressee")),
        (("fr+ar",), "CN", ("zh", "en"), ("zh", "country")),
    ],
)
def test_the_language_is_chosen_by_rule(
    languages: tuple[str, ...], country: str, available: tuple[str, ...], chosen: tuple[str, str]
) -> None:
    recipient = Recipient(key="k", party="k", languages=languages, country=country)
    assert choose_language(recipient, available=available, source="ru", default="fr") == chosen


@pytest.mark.parametrize(
    ("languages", "country", "available", "chosen"),
    [
        ((), "SN", SIX, ("fr+ar", "audience")),
        ((), "QA", SIX, ("ar+fr", "audience")),
        (("ar",), "SN", SIX, ("ar+fr", "audience")),
        (("en",), "SN", SIX, ("fr+ar", "audience")),
        (("ar+en",), "SN", SIX, ("ar+fr", "audience")),
        ((), "SN", ("en", "ar"), ("ar", "audience")),
        ((), "SN", ("en", "ru"), ("en", "country")),
    ],
)
def test_a_bilingual_audience_gets_both_its_own_language_first(
    languages: tuple[str, ...], country: str, available: tuple[str, ...], chosen: tuple[str, str]
) -> None:
    recipient = Recipient(key="k", party="k", languages=languages, country=country)
    both = choose_language(recipient, available=available, source="en", default="en", bilingual=("fr", "ar"))
    assert both == chosen


def test_fields_and_conditions_read_the_languages_one_by_one() -> None:
    recipient = Recipient(key="k", party="k", languages=("fr+ar", "en", "fr"))
    assert recipient_scope(recipient, "")["languages"] == ("fr", "ar", "en")
    assert recipient_scope(recipient, "")["language"] == "fr"
    assert matches(recipient, parse_expression("'ar' in languages"))
