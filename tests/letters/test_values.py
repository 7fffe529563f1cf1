"""What stands in an addressee's own slots: here the address of one whom the list does not name."""

from __future__ import annotations

from typing import Any

import pytest

from letters.composing import try_to_compose
from letters.values import slot_values
from locales.locale import office_locale

NAMELESS = {"name": "", "title": "", "organisation": "", "gender": "", "country_code": "PE"}


def address(desk: Any, facts: str, language: str, **said: str) -> tuple[str, ...]:
    """Return the lines of the address of an addressee in Peru."""
    personal = facts.replace('lines = ["ministers-of-member-states"]', 'address = "personal"')
    letter = desk.letter(f'source = "{language}"\n' + personal.replace('["en", "fr"]', f'["{language}"]'), french={})
    composed, _ = try_to_compose(letter, desk.office, language=language, class_name="ministers")
    locale = office_locale(desk.office, language)
    recipient = {**NAMELESS, "country": locale.country("PE"), **said}
    (value,) = [
        value
        for value, slot in zip(slot_values(composed, recipient, locale), composed.slots, strict=True)
        if slot.name == "@address"
    ]
    return tuple(str(value).split("\n"))


@pytest.mark.parametrize(
    ("language", "role", "gender", "lines"),
    [
        ("es", "ambassador", "f", ("Embajadora del Perú",)),
        ("es", "ambassador", "", ("Embajadora/Embajador del Perú",)),
        ("fr", "permanent-representative", "m", ("Ambassadeur du Pérou",)),
        ("fr", "minister", "f", ("Ministre", "Pérou")),
        ("en", "charge-d-affaires", "m", ("Chargé d'affaires of Peru",)),
        ("ru", "ambassador", "f", ("Посол Перу",)),
        ("zh", "ambassador", "", ("秘鲁大使",)),
        ("zh", "minister", "", ("秘鲁", "部长")),
        ("ar", "ambassador", "m", ("سفير بيرو",)),
        ("ar", "minister", "f", ("الوزيرة", "بيرو")),
    ],
)
def test_an_addressee_without_a_name_is_addressed_by_the_office_held(
    desk: Any, facts: str, language: str, role: str, gender: str, lines: tuple[str, ...]
) -> None:
    assert address(desk, facts, language, role=role, gender=gender) == lines


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ({"title": "Ministre des postes"}, ("Ministre des postes", "Pérou")),
        ({"name": "Ana Paz"}, ("S. E. Ana Paz", "Pérou")),
        ({"organisation": "Ministère des postes"}, ("Ministre", "Ministère des postes", "Pérou")),
        ({"role": "professor"}, ("Pérou",)),  # not a minister because the class is one
        ({"role": "ambassador", "country": "", "country_code": "", "organisation": "Mission"}, ("Mission",)),
        ({"role": "permanent-mission"}, ("Mission permanente du Pérou",)),
    ],
)
def test_the_office_held_stands_only_where_the_list_says_nothing(
    desk: Any, facts: str, said: dict[str, str], lines: tuple[str, ...]
) -> None:
    assert address(desk, facts, "fr", **{"role": "minister", **said}) == lines
