"""The names of States in the forms that sentences need, in six languages."""

from __future__ import annotations

import re

import pytest

from locales.states import State, state, states


def within_sentence(entry: State, language: str) -> str:
    """Return the name that forms are made of: the short one, or the formal one of «Iran (Islamic Republic of)»."""
    return entry.name(language, "formal" if any("(" in name for name in entry.names.values()) else "short")


@pytest.mark.parametrize("entry", states(), ids=lambda entry: entry.iso2)
def test_forms_agree_with_the_names(entry: State) -> None:
    for language in ("ar", "zh", "en", "fr", "es"):
        name = within_sentence(entry, language)
        for form in ("the", "of", "in", "from"):
            assert entry.name(language, form).endswith(name), (language, form)
        for form in ("formal-the", "formal-of"):
            assert entry.name(language, form).endswith(entry.name(language, "formal")), (language, form)
    for language in ("ar", "zh"):
        assert entry.name(language, "of") == entry.name(language, "the") == within_sentence(entry, language)
        assert entry.name(language, "formal-of") == entry.name(language, "formal-the")
    for form, before in (("of", "of "), ("in", "in "), ("from", "from ")):
        assert entry.name("en", form) == before + entry.name("en", "the")
    assert entry.name("en", "formal-of") == "of " + entry.name("en", "formal-the")


FRENCH_OF = {"le ": "du ", "la ": "de la ", "les ": "des ", "l'": "de l'"}
SPANISH_OF = {"el ": "del ", "la ": "de la ", "los ": "de los ", "las ": "de las "}
VOWEL = re.compile("[AEIOUÉÈÎ]|Haï")


@pytest.mark.parametrize("entry", states(), ids=lambda entry: entry.iso2)
def test_french_forms_contract_and_elide(entry: State) -> None:
    for plain, article, of in (("", "the", "of"), ("formal", "formal-the", "formal-of")):
        name = entry.name("fr", plain) if plain else within_sentence(entry, "fr")
        before = entry.name("fr", article).removesuffix(name)
        elided = bool(VOWEL.match(name))
        assert before in {"", *FRENCH_OF}
        if before in {"le ", "la ", "l'"}:
            assert (before == "l'") == elided, name
        assert entry.name("fr", of) == FRENCH_OF.get(before, "d'" if elided else "de ") + name
    name = within_sentence(entry, "fr")
    before = entry.name("fr", "the").removesuffix(name)
    assert (
        entry.name("fr", "in").removesuffix(name)
        in {
            "": {"à ", "en "},
            "le ": {"au "},
            "la ": {"en ", "à la "},
            "les ": {"aux ", "dans les "},
            "l'": {"en ", "dans l'"},
        }[before]
    )
    assert entry.name("fr", "from").removesuffix(name) in {
        "": {"de ", "d'"}, "le ": {"du "}, "la ": {"de ", "de la "}, "les ": {"des "}, "l'": {"d'", "de l'"},
    }[before]  # fmt: skip


@pytest.mark.parametrize("entry", states(), ids=lambda entry: entry.iso2)
def test_spanish_forms_contract(entry: State) -> None:
    for plain, article, of in (("", "the", "of"), ("formal", "formal-the", "formal-of")):
        name = entry.name("es", plain) if plain else within_sentence(entry, "es")
        before = entry.name("es", article).removesuffix(name)
        assert before in {"", *SPANISH_OF}
        assert entry.name("es", of) == SPANISH_OF.get(before, "de ") + name
    assert entry.name("es", "in") == "en " + entry.name("es", "the")
    assert entry.name("es", "from") == entry.name("es", "of")


@pytest.mark.parametrize("entry", states(), ids=lambda entry: entry.iso2)
def test_russian_forms_decline_the_name(entry: State) -> None:
    name = within_sentence(entry, "ru").split()
    stems = [word[:3] for word in name]
    preposition, *inside = entry.name("ru", "in").split()
    assert preposition in {"в", "во", "на"}
    assert [word[:3] for word in inside] == stems
    assert [word[:3] for word in entry.name("ru", "of").split()] == stems
    assert entry.name("ru", "from") == f"{'с' if preposition == 'на' else 'из'} {entry.name('ru', 'of')}"
    formal = entry.name("ru", "formal").split()
    assert [word[:3] for word in entry.name("ru", "formal-of").split()] == [word[:3] for word in formal]
    assert entry.name("ru", "formal-the") == entry.name("ru", "formal")


# Names that no case changes, by hand: those that end in -и, -о, -е, -у, -а after a vowel, and some foreign ones.
UNDECLINED = "BD BF BI CV CL CG DJ SZ FJ HT KI LS MW ML MC MA NR NI NU PW PE WS SM ST SL SO TL TG TV VU ZW"


def test_russian_names_have_a_genitive() -> None:
    same = {entry.iso2 for entry in states() if entry.name("ru", "of") == entry.name("ru", "the")}
    assert same == set(UNDECLINED.split())


@pytest.mark.parametrize(
    ("code", "language", "form", "name"),
    [
        ("BR", "fr", "of", "du Brésil"), ("PH", "fr", "of", "des Philippines"), ("IN", "fr", "of", "de l'Inde"),
        ("FR", "fr", "from", "de France"), ("IL", "fr", "of", "d'Israël"), ("CU", "fr", "of", "de Cuba"),
        ("HT", "fr", "of", "d'Haïti"), ("KR", "fr", "of", "de la République de Corée"),
        ("BR", "fr", "in", "au Brésil"), ("PH", "fr", "in", "aux Philippines"), ("IN", "fr", "in", "en Inde"),
        ("CU", "fr", "in", "à Cuba"), ("IR", "fr", "in", "en République islamique d'Iran"),
        ("IQ", "fr", "in", "en Iraq"), ("CU", "fr", "the", "Cuba"), ("HN", "fr", "of", "du Honduras"),
        ("YE", "fr", "the", "le Yémen"), ("UG", "fr", "from", "d'Ouganda"), ("BR", "es", "of", "del Brasil"),
        ("AR", "es", "of", "de la Argentina"), ("PE", "es", "of", "del Perú"), ("MX", "es", "of", "de México"),
        ("SV", "es", "of", "de El Salvador"), ("US", "es", "in", "en los Estados Unidos de América"),
        ("BR", "ru", "of", "Бразилии"), ("PH", "ru", "of", "Филиппин"), ("IN", "ru", "of", "Индии"),
        ("RU", "ru", "of", "Российской Федерации"), ("CI", "ru", "of", "Кот-д'Ивуара"),
        ("FR", "ru", "in", "во Франции"), ("CU", "ru", "in", "на Кубе"), ("CU", "ru", "from", "с Кубы"),
        ("CN", "ru", "formal-of", "Китайской Народной Республики"), ("PH", "en", "the", "the Philippines"),
        ("NL", "en", "of", "of the Kingdom of the Netherlands"), ("GM", "en", "in", "in the Gambia"),
        ("UA", "en", "the", "Ukraine"), ("BO", "en", "the", "the Plurinational State of Bolivia"),
        ("DE", "en", "formal-of", "of the Federal Republic of Germany"), ("FR", "zh", "formal", "法兰西共和国"),
        ("IR", "ar", "the", "جمهورية إيران الإسلامية"), ("CH", "fr", "formal-of", "de la Confédération suisse"),
        ("GB", "fr", "of", "du Royaume-Uni de Grande-Bretagne et d'Irlande du Nord"),
    ],
)  # fmt: skip
def test_forms_read_as_the_language_has_them(code: str, language: str, form: str, name: str) -> None:
    assert state(code).name(language, form) == name


def test_a_form_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="«fo» is no form of a State's name"):
        state("FR").name("fr", "fo")
