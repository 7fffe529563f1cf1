from __future__ import annotations

import pytest

from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.missing import MissingPhrase, UnknownLanguage
from locales.patterns import fields_of
from locales.sources import built_in

KINDS = (
    "label",
    "kind",
    "place",
    "zone",
    "unit",
    "line",
    "title",
    "signature",
    "note-verbale",
    "attachment",
    "reminder",
    "continuing",
)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_the_same_keys_and_no_fault(tag: str) -> None:
    assert built_in(tag).findings == ()
    for kind in KINDS:
        assert load_locale(tag).keys(kind) == load_locale("en").keys(kind)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_is_put_in_is_the_same_in_every_language(tag: str) -> None:
    english = load_locale("en")
    for kind in ("label", "reminder", "continuing"):
        for key in english.keys(kind):
            there = set(fields_of(load_locale(tag).phrase(kind, key)))
            assert there == set(fields_of(english.phrase(kind, key)))


def test_the_keys_that_every_office_has() -> None:
    locale = load_locale("en")
    assert locale.keys("line") == {
        *("all-stakeholders", "governments", "private-sector", "civil-society", "academia"),
        *("international-organizations", "ministers-of-member-states", "permanent-missions"),
    }
    assert locale.keys("title") == {"secretary-general", "deputy-secretary-general", "director"}
    assert locale.keys("signature") == {"original-signed", "signed"}
    assert "general-secretariat" in locale.keys("unit")
    assert "geneva" in locale.keys("place")


@pytest.mark.parametrize(
    ("kind", "key", "gender", "expected"),
    [
        ("label", "reference", "", "Réf."),
        ("label", "contact", "", "Contact"),
        ("label", "phone", "", "Téléphone"),
        ("label", "fax", "", "Fax"),
        ("label", "email", "", "Courriel"),
        ("label", "subject", "", "Objet"),
        ("label", "to-be-confirmed", "", "(à confirmer)"),
        ("signature", "original-signed", "", "(original signé)"),
        ("signature", "signed", "", "(signé)"),
        ("title", "secretary-general", "m", "Secrétaire général"),
        ("title", "secretary-general", "f", "Secrétaire générale"),
        ("unit", "general-secretariat", "", "Secrétariat général"),
    ],
)
def test_french_phrases(kind: str, key: str, gender: str, expected: str) -> None:
    assert load_locale("fr").phrase(kind, key, gender) == expected


def test_a_title_without_genders_serves_all() -> None:
    assert load_locale("ru").phrase("title", "director", "f") == "Директор"


def test_house_typography() -> None:
    assert load_locale("fr").colon == ":"
    assert load_locale("fr").quotes == ('"', '"')
    assert load_locale("fr", profile="standard").colon == "\u00a0:"
    assert load_locale("zh").colon == "："


def test_values_are_put_into_a_phrase_and_nothing_else() -> None:
    locale = load_locale("fr")
    assert locale.filled("label", "page", {"page": "1", "pages": "3"}) == "Page 1 sur 3"
    assert locale.filled("label", "page", {"page": "{pages}"}) == "Page {pages} sur {pages}"


def test_a_missing_phrase_says_what_is_missing() -> None:
    locale = load_locale("fr")
    assert not locale.has_phrase("place", "atlantis")
    with pytest.raises(MissingPhrase) as caught:
        locale.phrase("place", "atlantis")
    assert (caught.value.kind, caught.value.key, caught.value.language) == ("place", "atlantis", "fr")
    assert caught.value.hint == "Add it to locales/fr/frame.po."


def test_an_office_without_a_translated_name_has_its_own() -> None:
    assert load_locale("fr").phrase("office", "Example Union") == "Example Union"


def test_country_names_come_from_the_table_of_states() -> None:
    assert load_locale("fr").country("FR") == "France"
    with pytest.raises(MissingPhrase):
        load_locale("fr").country("XX")


@pytest.mark.parametrize("tag", ["de", "", "FR", "../fr"])
def test_other_languages_are_refused(tag: str) -> None:
    with pytest.raises(UnknownLanguage):
        load_locale(tag)


@pytest.mark.parametrize(
    ("tag", "number", "begins"),
    [
        ("en", 1, "1 administration (3%) had"),
        ("en", 44, "44 administrations (3%) had"),
        ("fr", 0, "0 administration (3 %) avait"),
        ("fr", 44, "44 administrations (3 %) avaient"),
        ("es", 1, "1 administración (3 %) había"),
        ("ru", 1, "В установленный срок ответила 1 администрация"),
        ("ru", 44, "В установленный срок ответили 44 администрации"),
        ("ru", 11, "В установленный срок ответили 11 администраций"),
        ("zh", 44, "44个主管部门（3%）"),
        ("ar", 2, "ردت إدارتان"),
        ("ar", 5, "ردت 5 إدارات"),
        ("ar", 44, "ردت 44 إدارة"),
    ],
)
def test_a_phrase_that_counts_agrees_with_its_number(tag: str, number: int, begins: str) -> None:
    assert load_locale(tag).counted("history", "administrations", number, {"share": "3"}).startswith(begins)


def test_every_language_counts_administrations_and_addressees() -> None:
    for tag in LANGUAGES:
        for noun in ("administrations", "addressees"):
            assert all(
                "{" not in load_locale(tag).counted("history", noun, number, {"share": "3"}) for number in range(120)
            )
