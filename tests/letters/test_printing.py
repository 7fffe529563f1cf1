"""How single facts print, where several things meet in one field."""

from __future__ import annotations

from datetime import date

import pytest

from letters.fields import Provisional
from letters.printing import Printing
from locales.locale import load_locale
from office.expressions import parse_expression


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "15 апреля 2022 года (пятница, подлежит подтверждению)"),
        ("fr", "vendredi 15 avril 2022 (à confirmer)"),
        ("zh", "2022年4月15日星期五（待确认）"),
    ],
)
def test_what_is_provisional_stands_in_one_bracket(language: str, text: str) -> None:
    printing = Printing(load_locale(language))
    scope = {"day": Provisional(date(2022, 4, 15))}
    assert printing.text(parse_expression('day | date("weekday")').evaluate(scope, printing.filters)) == text
