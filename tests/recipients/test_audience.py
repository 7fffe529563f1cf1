"""What letters read of an addressee, and the language that is chosen."""

from __future__ import annotations

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
    ],
)
def test_the_language_is_chosen_by_rule(
    languages: tuple[str, ...], country: str, available: tuple[str, ...], chosen: tuple[str, str]
) -> None:
    recipient = Recipient(key="k", party="k", languages=languages, country=country)
    assert choose_language(recipient, available=available, source="ru", default="fr") == chosen
