"""The table of States is complete and its names are found however people write them."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from locales.states import State, UnknownStateError, find_state, state, states, suggest_states

# ISO 3166-1 alpha-2 codes of the Members of the United Nations, typed by hand and not taken from the table.
MEMBERS = """
AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO KM CG
CR CI HR CU CY CZ KP CD DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS IN
ID IR IQ IE IL IT JM JP JO KZ KE KI KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU MX FM MC MN ME MA MZ
MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA KR MD RO RU RW KN LC VC WS SM ST SA SN RS SC SL SG
SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TH TL TG TO TT TN TR TM TV UG UA AE GB TZ US UY UZ VU VE VN YE ZM ZW
"""
SCRIPTS = {
    "ar": "[\u0600-\u06ff]",
    "zh": "[\u4e00-\u9fff]",
    "en": "[A-Z]",
    "fr": "[A-ZÉÎ]",
    "ru": "[А-Я]",
    "es": "[A-ZÁ]",
}


def test_every_member_of_the_united_nations_is_there_once() -> None:
    codes = [entry.iso2 for entry in states() if entry.status == "member"]
    assert len(set(MEMBERS.split())) == len(MEMBERS.split()) == 193
    assert sorted(codes) == sorted(MEMBERS.split())


def test_observers_are_there() -> None:
    assert {entry.iso2 for entry in states() if entry.status == "observer"} == {"VA", "PS"}


@pytest.mark.parametrize("entry", states(), ids=lambda entry: entry.iso2)
def test_a_state_is_complete_and_found_by_all_its_names(entry: State) -> None:
    assert re.fullmatch("[A-Z]{2}", entry.iso2)
    assert re.fullmatch("[A-Z]{3}", entry.iso3)
    assert entry.languages
    assert set(entry.languages) <= set(SCRIPTS)
    for language, script in SCRIPTS.items():
        name = entry.names[language]
        assert re.match(script, name), name
        assert name == name.strip()
        assert "’" not in name
        assert find_state(name) is entry
    for other in (entry.iso2, entry.iso3, entry.iso2.lower(), *entry.variants):
        assert find_state(other) is entry, other


def test_codes_and_names_are_unambiguous() -> None:
    assert len({entry.iso2 for entry in states()} | {entry.iso3 for entry in states()}) == 2 * len(states())
    for language in SCRIPTS:
        assert len({entry.names[language] for entry in states()}) == len(states())


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("US", "fr", "États-Unis d'Amérique"),
        ("GB", "en", "United Kingdom of Great Britain and Northern Ireland"),
        ("TR", "fr", "Türkiye"),
        ("CZ", "fr", "Tchéquie"),
        ("VN", "en", "Viet Nam"),
        ("SY", "es", "República Árabe Siria"),
        ("KR", "zh", "大韩民国"),
        ("RU", "ar", "الاتحاد الروسي"),
        ("MD", "ru", "Республика Молдова"),
        ("CI", "fr", "Côte d'Ivoire"),
        ("NR", "en", "Naoero"),
    ],
)
def test_names_are_spelt_as_the_united_nations_does(code: str, language: str, name: str) -> None:
    assert state(code).names[language] == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NA", "NA"), ("no", "NO"), ("la", "LA"), ("uk", "GB"), ("USA", "US"), ("usa", "US"), ("UAE", "AE"),
        ("DRC", "CD"), ("Ivory Coast", "CI"), ("cote d’ivoire", "CI"), ("CÔTE D'IVOIRE", "CI"),
        ("Vietnam", "VN"), ("South Korea", "KR"), ("République de Corée", "KR"), ("Korea, Republic of", "KR"),
        ("Corée du Sud", "KR"), ("Holland", "NL"), ("The Netherlands", "NL"), ("Russia", "RU"), ("Россия", "RU"),
        ("Iran", "IR"), ("Iran, Islamic Republic of", "IR"), ("Turkey", "TR"), ("Turquie", "TR"),
        ("Swaziland", "SZ"), ("Nauru", "NR"), ("St. Lucia", "LC"), ("Palestine", "PS"),
        ("Trinidad & Tobago", "TT"), ("the Gambia", "GM"), ("Les Comores", "KM"), ("Congo", "CG"),
        ("RD Congo", "CD"), ("Tanzania, United Republic of", "TZ"), ("  kenya ", "KE"), ("Etats-Unis", "US"),
        ("俄罗斯", "RU"), ("سوريا", "SY"), ("Korea", None), ("Atlantis", None), ("", None), ("the", None),
        ("XX", None), (",", None),
    ],
)  # fmt: skip
def test_names_are_found_as_people_write_them(text: str, code: str | None) -> None:
    found = find_state(text)
    assert (found.iso2 if found else None) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("Kenia", "KE"), ("Germny", "DE"), ("Frnace", "FR"), ("Untied Kingdom", "GB"), ("Korea", "KR"), ("Korea", "KP")],
)
def test_misspelt_names_are_suggested(text: str, code: str) -> None:
    assert code in [entry.iso2 for entry in suggest_states(text)]


def test_nonsense_brings_no_suggestion() -> None:
    assert suggest_states("Q") == ()
    assert suggest_states("qwertzuiop") == ()


def test_an_unknown_code_is_a_lookup_error() -> None:
    with pytest.raises(UnknownStateError, match="«ZZ»"):
        state("ZZ")
    with pytest.raises(LookupError):
        state("ke")


def test_every_state_lies_in_one_of_the_five_regions() -> None:
    assert {entry.region for entry in states()} == {"africa", "americas", "asia", "europe", "oceania"}
    assert Counter(entry.region for entry in states() if entry.status == "member") == {
        "africa": 54, "asia": 47, "europe": 43, "americas": 35, "oceania": 14,
    }  # fmt: skip
    assert state("CY").region == state("TR").region == "asia"  # where M49 and others differ
    assert state("MU").region == "africa"
