from __future__ import annotations

import pytest

from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.missing import MissingWording

ROLES = {
    *("minister", "ambassador", "permanent-mission", "director-general", "chief-executive", "professor", "individual"),
}
RANKS = {"distinguished", "high", "highest", "high-expression", "highest-expression"}
MINISTERS = {
    "en": "Excellencies,",
    "fr": "Madame la Ministre, Monsieur le Ministre,",
    "es": "Señora Ministra / Señor Ministro:",
    "ru": "Уважаемая г-жа Министр, уважаемый г-н Министр,",
    "zh": "各位部长阁下：",
    "ar": "أصحاب المعالي،",
}
EVERYBODY = {
    "en": "Dear Sir/Madam,",
    "fr": "Madame, Monsieur,",
    "es": "Muy Señora mía/Muy Señor mío:",
    "ru": "Уважаемая госпожа, уважаемый господин,",
    "zh": "尊敬的先生/女士：",
    "ar": "حضرات السادة والسيدات،",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_every_cell(tag: str) -> None:
    locale = load_locale(tag)
    assert locale.roles() == ROLES
    assert locale.ranks() == RANKS
    for role in ROLES:
        for gender, collective in (("m", False), ("f", False), ("", False), ("", True)):
            wording = locale.salutation(role, gender=gender, collective=collective)
            assert bool(wording.text) == (role != "permanent-mission")
            assert wording.source
            for rank in RANKS:
                closing = locale.closing(rank, wording.vocative).text
                assert closing
                assert "{" not in closing
                assert ", ," not in closing


@pytest.mark.parametrize("tag", LANGUAGES)
def test_mixed_company(tag: str) -> None:
    locale = load_locale(tag)
    assert locale.salutation("minister", gender="", collective=True).text == MINISTERS[tag]
    assert locale.salutation("minister", gender="f", collective=True).text == MINISTERS[tag]
    for role in ("individual", "chief-executive", "director-general"):
        assert locale.salutation(role, gender="", collective=False).text == EVERYBODY[tag]
        assert locale.salutation(role, gender="m", collective=True).text == EVERYBODY[tag]


def test_known_gender_gives_the_singular_form() -> None:
    locale = load_locale("fr")
    assert locale.salutation("minister", gender="f", collective=False).text == "Madame la Ministre,"
    assert locale.salutation("minister", gender="m", collective=False).text == "Monsieur le Ministre,"
    unknown = locale.salutation("minister", gender="", collective=False)
    assert unknown.text == "Madame la Ministre, Monsieur le Ministre,"
    assert unknown.reviewed


@pytest.mark.parametrize(
    ("tag", "role", "rank", "expected"),
    [
        (
            *("fr", "minister", "highest"),
            "Veuillez agréer, Madame la Ministre, Monsieur le Ministre, l'assurance de ma très haute considération.",
        ),
        (
            *("fr", "individual", "high-expression"),
            "Veuillez agréer, Madame, Monsieur, l'expression de ma haute considération.",
        ),
        (
            *("fr", "individual", "distinguished"),
            "Veuillez agréer, Madame, Monsieur, l'assurance de ma considération distinguée.",
        ),
        ("fr", "permanent-mission", "high", "Veuillez agréer l'assurance de ma haute considération."),
        ("en", "individual", "distinguished", "Yours faithfully,"),
        ("en", "individual", "highest", "Accept, Sir/Madam, the assurances of my highest consideration."),
        ("en", "ambassador", "highest", "Accept, Excellencies, the assurances of my highest consideration."),
        ("zh", "minister", "highest", "顺致最崇高的敬意。"),
        (
            *("ru", "individual", "high"),
            "Примите, уважаемая госпожа, уважаемый господин, уверения в моем высоком уважении.",
        ),
        (
            *("es", "individual", "high"),
            "Acepte, Señora/Señor, las seguridades de mi alta consideración.",
        ),
    ],
)
def test_the_close_repeats_the_vocative(tag: str, role: str, rank: str, expected: str) -> None:
    locale = load_locale(tag)
    vocative = locale.salutation(role, gender="", collective=True).vocative
    assert locale.closing(rank, vocative).text == expected


def test_what_no_authority_has_confirmed_says_so() -> None:
    assert not load_locale("en").salutation("minister", gender="m", collective=False).reviewed
    assert load_locale("en").salutation("ambassador", gender="m", collective=False).reviewed


def test_a_missing_cell_is_an_error_that_says_what_is_missing() -> None:
    with pytest.raises(MissingWording) as caught:
        load_locale("fr").salutation("bishop", gender="m", collective=False)
    assert (caught.value.kind, caught.value.key, caught.value.language) == ("salutation", "bishop.m", "fr")
    assert caught.value.hint == "Add it to locales/fr/protocol.toml."
    with pytest.raises(LookupError):
        load_locale("fr").closing("cordial", "Madame")
