"""The tables of States are complete, and their names are found however people write them."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from locales.state_tables import FORMS, SOURCES, built_in_tables
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
    assert re.fullmatch(r"\d{3}", entry.m49)
    assert entry.languages
    assert set(entry.languages) <= set(SCRIPTS)
    assert len(entry.sources) == len(entry.languages)
    assert set(entry.sources) <= set(SOURCES)
    for language, script in SCRIPTS.items():
        name = entry.names[language]
        assert re.match(script, name), name
        assert name == name.strip()
        assert "’" not in name
        assert find_state(name) is entry
        for form in ("the", "formal", "formal-the"):
            assert find_state(entry.name(language, form)) is entry, (language, form)
    for other in (entry.iso2, entry.iso3, entry.iso2.lower(), *entry.variants):
        assert find_state(other) is entry, other


def test_every_cell_is_filled() -> None:
    tables = built_in_tables()
    assert len(tables.states) == 193 + 2 + 2
    assert set(tables.names) == {(code, language) for code in tables.states for language in SCRIPTS}
    for row in tables.states.values():
        assert all(text for column, text in row.items() if column != "variants"), row
    for row in tables.names.values():
        assert list(row) == ["iso2", "language", *FORMS, "note"]
        assert all(text and text == text.strip() for column, text in row.items() if column != "note"), row


def test_codes_and_names_are_unambiguous() -> None:
    assert len({entry.iso2 for entry in states()} | {entry.iso3 for entry in states()}) == 2 * len(states())
    assert len({entry.m49 for entry in states()}) == len(states())
    for language in SCRIPTS:
        for form in FORMS:
            if (language, form) in {("fr", "in"), ("fr", "from")}:
                continue  # «au Congo» and the like: what is needed is that names differ
            assert len({entry.name(language, form) for entry in states()}) == len(states()), (language, form)


def test_no_name_of_a_state_is_a_variant_of_another() -> None:
    owners: dict[str, set[str]] = {}
    for entry in states():
        formal = [forms["formal"] for forms in entry.forms.values()]
        for name in (*entry.names.values(), *formal, *entry.variants):
            found = find_state(name)
            assert found is not None
            owners.setdefault(name.casefold(), set()).add(entry.iso2)
    assert [name for name, codes in owners.items() if len(codes) > 1] == []


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


VARIANTS = """
AE: UAE | U.A.E. | Emirates | Émirats arabes unis | Объединённые Арабские Эмираты
AE: إمارات العربية المتحدة
AG: Antigua | Antigua & Barbuda
BA: Bosnia & Herzegovina | Bosnia-Herzegovina | BiH
BF: Upper Volta | Burkina
BH: Bahreïn | Kingdom of Bahrain | bahrain
BJ: Dahomey | République du Bénin
BN: Brunei | Brunéi
BO: Bolivia | Bolivie | Plurinational State of Bolivia | Bolivia, Plurinational State of | Боливия
BS: Bahamas, The | The Bahamas | Les Bahamas
BY: Byelorussia | Biélorussie | Белоруссия
CD: Dem. Rep. Congo | Congo, Dem. Rep. | Congo, Democratic Republic of the | DRC | RDC | RD Congo
CD: Zaire | Zaïre | ДРК
CD: Democratic Republic of Congo | Rép. dém. du Congo | Congo (Kinshasa) | Congo-Kinshasa
CD: République Démocratique du Congo
CF: CAR | Centrafrique | Central African Rep. | Rép. centrafricaine | ЦАР
CG: Congo, Rep. | Republic of Congo | Congo-Brazzaville | Congo (Brazzaville) | République du Congo
CH: Swiss Confederation | Suisse | Schweiz | Confédération suisse
CI: Ivory Coast | Costa de Marfil | Берег Слоновой Кости | ساحل العاج | Cote d'Ivoire
CI: République de Côte d’Ivoire
CN: P.R. China | PR China | PRC | People's Republic of China | China, People's Republic of | КНР
CN: 中华人民共和国
CV: Cape Verde | Cap-Vert | Republic of Cabo Verde
CZ: Czech Republic | Czech Rep. | République tchèque | República Checa
DE: Federal Republic of Germany | Deutschland | ФРГ | Germany, Federal Republic of
DO: Dominican Rep. | República Dominicana | the Dominican Republic
EG: Egypt, Arab Rep. | Arab Republic of Egypt | République arabe d'Égypte
FM: Micronesia | Micronesia, Fed. Sts. | Federated States of Micronesia
FM: Micronesia, Federated States of | FSM
GB: UK | U.K. | Great Britain | United Kingdom | Royaume-Uni | Reino Unido | Великобритания | 英国
GB: المملكة المتحدة
GM: Gambia, The | Gambie | The Gambia | Republic of the Gambia
GN: Guinea | Guinée | Guinea-Conakry | Republic of Guinea
GW: Guinea Bissau | Guinée Bissau
IR: Iran | Iran, Islamic Rep. | Iran (Islamic Rep. of) | Islamic Republic of Iran | I.R. Iran | Irán
IR: 伊朗
KG: Kyrgyz Republic | Kirghizistan | Kyrgyz Rep. | Киргизия
KN: St. Kitts and Nevis | St Kitts & Nevis | Saint-Kitts-et-Nevis
KP: DPRK | North Korea | N. Korea | Korea, Dem. People's Rep. | Corée du Nord | Korea, DPR | КНДР
KP: 朝鲜 | DPR Korea
KR: South Korea | S. Korea | ROK | Korea, Rep. | Korea, Rep. of | Korea (Republic of)
KR: Corea del Sur | Южная Корея | 韩国
LA: Laos | Lao PDR | Lao P.D.R. | RDP lao | Лаос
LC: St. Lucia | St Lucia | Ste-Lucie | Sainte Lucie
LY: Libyan Arab Jamahiriya | State of Libya
MD: Moldova | Moldova, Rep. | Moldavie | Молдова | Republic of Moldova
MH: Marshall Is. | Republic of the Marshall Islands
MK: Macedonia | FYROM | The former Yugoslav Republic of Macedonia | Macédoine | N. Macedonia
MM: Burma | Birmanie | Myanmar (Burma) | Бирма
MU: Île Maurice | Ile Maurice | Isla Mauricio
NL: Holland | Netherlands | The Netherlands | Pays-Bas | Pays Bas | Kingdom of the Netherlands
NL: Нидерланды | 荷兰 | هولندا
NR: Nauru | Науру | Republic of Nauru
NZ: New-Zealand | Nueva Zelanda | Nouvelle Zélande
PG: Papua-New Guinea | PNG | Папуа-Новая Гвинея
PS: Palestine | State of Palestine | فلسطين | Palestine, State of | Палестина
RU: Russia | Russian Fed. | Россия | РФ | Rusia | 俄罗斯 | روسيا
SB: Solomon Is. | Solomons
SK: Slovak Republic | Slovak Rep. | République slovaque
SS: S. Sudan | Sudan, South | Sudán del Sur
ST: São Tomé and Príncipe | Sao Tome & Principe | Santo Tome y Principe
SV: Salvador | Republic of El Salvador
SY: Syria | Syrie | Syrian Arab Rep. | سوريا
SZ: Swaziland | eSwatini | Swazilandia
TL: East Timor | Timor Leste | Timor oriental
TR: Turkey | Turkiye | Turquie | Turquía | Türkiye (Turkey) | Republic of Turkey
TT: Trinidad & Tobago | Trinidad | T&T
TZ: Tanzania | Tanzania, United Rep. | UR Tanzania | Tanzanie
US: USA | U.S.A. | United States | The United States | États-Unis | Etats Unis | EE.UU. | EE. UU.
US: США | 美国 | الولايات المتحدة
VA: Vatican | Holy See | Vatican City State | Ватикан | The Holy See
VC: St. Vincent & the Grenadines | Saint Vincent and Grenadines | Saint-Vincent-et-les-Grenadines
VE: Venezuela | Venezuela, RB | Bolivarian Republic of Venezuela | Венесуэла
VN: Viet Nam | Vietnam | Viêt Nam | Viet-Nam | Socialist Republic of Viet Nam
WS: Western Samoa | Samoa occidental
TR: Türkiye / Turkey | Turkey [Türkiye]
KE: Kenya (KE) | KE - Kenya | Kenya / Kenya
YE: Yemen, Rep. | Republic of Yemen
ZA: RSA | S. Africa | ЮАР | Republic of South Africa
"""
NOT_GUESSED = """
Korea | Corea | Corée | Корея | China, Taiwan | Taiwan | Republic of China | Hong Kong | Macao
Kosovo | Western Sahara | Puerto Rico
Greenland | American Samoa | Virgin Islands | French Guiana | Guyane | Guiana | USSR | Soviet Union
Yugoslavia | Czechoslovakia
Serbia and Montenegro | Scotland | Northern Ireland | Ireland, Northern | Republic | Kingdom
Islamic Republic | Saint | United | Dominican
Kenya (UG) | KE/UG | Guinea / Guinea-Bissau
Nigera | Niger/Nigeria | Iran and Iraq | Austrailia | Slovak | Sudans | Guineas | D. Rep. of Congo
S. Samoa | Somaliland | Timor | British
European Union | Europe | Africa | Other | n/a | none | World | Saint Martin | St. Helena | Curaçao
E.U. | AA | ZZ | XX | R.F. | the | of | ?
"""


def variants() -> list[tuple[str, str]]:
    rows = (line.split(": ", 1) for line in VARIANTS.strip().splitlines())
    return [(name.strip(), code) for code, names in rows for name in names.split(" | ")]


def test_two_hundred_ways_to_name_a_state_are_known() -> None:
    assert len(set(variants())) >= 200
    found = {name: entry.iso2 for name, _ in variants() if (entry := find_state(name)) is not None}
    assert found == dict(variants())


def test_what_may_be_several_or_none_is_never_guessed() -> None:
    names = [name for line in NOT_GUESSED.strip().splitlines() for name in line.split(" | ")]
    assert len(names) >= 50
    assert {name: entry.iso2 for name in names if (entry := find_state(name)) is not None} == {}


def test_one_letter_tells_states_apart() -> None:
    pairs = (
        "Niger NE, Nigeria NG, Dominica DM, Guinea GN, Guyana GY, Iran IR, Iraq IQ, Austria AT, Australia AU, Mali ML"
    )
    for name, code in (pair.split() for pair in pairs.split(", ")):
        assert find_state(name) is state(code)
    assert [entry.iso2 for entry in suggest_states("Nigera")][:2] in (["NG", "NE"], ["NE", "NG"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kenia", "KE"),
        ("Germny", "DE"),
        ("Frnace", "FR"),
        ("Untied Kingdom", "GB"),
        ("Korea", "KR"),
        ("Korea", "KP"),
        ("Fiij", "FJ"),
        ("Iran/Iraq", "IQ"),
        ("Serbia and Montenegro", "ME"),
        ("Republic of China", "CN"),
        ("Кирп", "CY"),
    ],
)
def test_misspelt_names_are_suggested(text: str, code: str) -> None:
    assert code in [entry.iso2 for entry in suggest_states(text)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Government of Kenya", "KE"),
        ("Government of the Republic of Kenya", "KE"),
        ("Embassy of Burkina Faso", "BF"),
        ("Gouvernement du Kenya", "KE"),
        ("Misión Permanente del Perú", "PE"),
        ("Правительство Кении", "KE"),
        ("肯尼亚政府", "KE"),
        ("حكومة كينيا", "KE"),
    ],
)
def test_who_speaks_for_a_state_is_asked_back_never_taken(text: str, code: str) -> None:
    assert find_state(text) is None
    assert suggest_states(text)[0].iso2 == code


def test_nonsense_brings_no_suggestion() -> None:
    assert suggest_states("Q") == ()
    assert suggest_states("Republic") == ()  # half of the States have that word
    assert suggest_states("qwertzuiop") == ()
    assert suggest_states("Government") == suggest_states("Permanent Mission") == ()


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


def test_every_state_is_in_the_regional_group_it_votes_with() -> None:
    groups = Counter(entry.group for entry in states() if entry.status == "member")
    assert groups == {
        "africa": 54,
        "asia-pacific": 54,
        "eastern-europe": 23,
        "latin-america-caribbean": 33,
        "western-europe-others": 29,
    }
    assert state("CY").group == "asia-pacific"
    assert state("TR").group == state("IL").group == state("AU").group == "western-europe-others"
    assert state("GE").group == "eastern-europe"
    assert {entry.iso2 for entry in states() if entry.group == "none"} == {"VA", "CK", "NU"}


def test_each_language_of_correspondence_has_its_source() -> None:
    assert dict(zip(state("FR").languages, state("FR").sources, strict=True)) == {"fr": "official", "en": "assumed"}
    assert state("JP").sources == ("assumed",)


def test_a_slip_of_the_keys_is_nearly_always_asked_back_and_never_guessed() -> None:
    rng = random.Random(4)
    asked = right = 0
    for entry in rng.sample(states(), 60):
        for name in (name for name in entry.names.values() if len(name) > 4):
            at = rng.randrange(1, len(name) - 1)
            slip = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
            found = find_state(slip)
            assert found is None or found is entry, slip
            asked += found is None
            right += found is None and entry in suggest_states(slip)
    assert asked > 200
    assert right > 0.97 * asked
