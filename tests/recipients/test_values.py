"""Cells become typed values, or faults with a suggestion."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recipients.model import Channel
from recipients.values import ValueFault, parse_channel, parse_country, parse_gender, parse_languages, parse_role


@pytest.mark.parametrize(
    ("gender", "words"),
    [
        ("f", "f F Mme Mrs. Ms Sra. г-жа 女 السيدة female Féminin"),
        ("m", "m M. Mr Sr. г-н 男 السيد male Masculin"),
        ("", "unknown ? - inconnu 未知"),
    ],
)
def test_gender_in_six_languages(gender: str, words: str) -> None:
    assert {parse_gender(word) for word in words.split()} == {gender}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("fr", ("fr",)), ("fr, en", ("fr", "en")), ("FR;EN", ("fr", "en")), ("français / anglais", ("fr", "en")),
        ("English French", ("en", "fr")), ("中文", ("zh",)), ("العربية", ("ar",)), ("русский", ("ru",)),
        ("Español", ("es",)),
        ("zh-Hans", ("zh",)), ("fr_CH", ("fr",)), ("pt, en", ("pt", "en")), ("nl-BE", ("nl-BE",)), ("en, en", ("en",)),
    ],
)  # fmt: skip
def test_languages_by_tag_or_name(text: str, tags: tuple[str, ...]) -> None:
    assert parse_languages(text) == tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("fr+ar", ("fr+ar",)), ("ar & fr", ("ar+fr",)), ("français + العربية", ("fr+ar",)), ("zh＋en", ("zh+en",)),
        ("es, fr+ar; en", ("es", "fr+ar", "en")), ("fr-CH+ar-EG", ("fr+ar",)), ("fr+fr", ("fr",)),
        ("de+fr", ("de+fr",)),
    ],
)  # fmt: skip
def test_two_languages_in_one_letter(text: str, tags: tuple[str, ...]) -> None:
    assert parse_languages(text) == tags


def test_channels_roles_and_countries() -> None:
    assert [parse_channel(text) for text in ("", "E-mail", "papier", "Both")] == [
        Channel.EMAIL,
        Channel.EMAIL,
        Channel.PAPER,
        Channel.BOTH,
    ]
    assert parse_role("Permanent Mission") == parse_role("permanent_mission") == "permanent-mission"
    assert [parse_country(text) for text in ("NA", "no", "Côte d'Ivoire", "")] == ["NA", "NO", "CI", ""]


@pytest.mark.parametrize(
    ("parse", "text", "code", "hint"),
    [
        (parse_gender, "H", "gender-unknown", "f or m"),
        (parse_gender, "x", "gender-unknown", "f or m"),
        (parse_languages, "frensh", "language-unknown", "«fr»"),
        (parse_languages, "xx", "language-unknown", "fr"),
        (parse_languages, "en, klingon", "language-unknown", "en"),
        (parse_languages, "fr+klingon", "language-unknown", "fr"),
        (parse_languages, "fr+ar+en", "languages-not-two", "fr+ar"),
        (parse_languages, "fr+", "languages-not-two", "fr+ar"),
        (parse_languages, "+", "languages-not-two", "fr+ar"),
        (parse_languages, "fr+ar en", "languages-not-two", "fr+ar"),
        (parse_channel, "pigeon", "channel-unknown", "paper"),
        (parse_channel, "mail", "channel-unknown", "paper"),
        (parse_country, "Keyna", "country-unknown", "Kenya (KE)"),
        (parse_country, "ZZ", "country-unknown", "two-letter code"),
        (parse_role, "***", "role-unfit", "minister"),
    ],
)
def test_faults_have_a_code_and_say_what_to_do(parse: Callable[[str], object], text: str, code: str, hint: str) -> None:
    with pytest.raises(ValueFault) as caught:
        parse(text)
    assert caught.value.code == code
    assert hint in caught.value.hint
