from __future__ import annotations

import re
from pathlib import Path

import pytest

from locales.agreement import ENDINGS, disagreements
from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.missing import MissingWording
from locales.patterns import fields_of
from locales.protocol import Wording, fill_words
from locales.roles import ALIASES
from locales.sources import overlay_findings
from recipients.values import parse_role

ROLES = (
    *("head-of-state", "head-of-government", "minister", "vice-minister", "ambassador", "charge-d-affaires"),
    *("permanent-mission", "director-general", "chief-executive", "professor", "individual", "company", "association"),
)
CELLS = (("m", False), ("f", False), ("", False), ("", True))
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
    assert locale.roles() == set(ROLES)
    assert locale.ranks() == RANKS
    for role in ROLES:
        for gender, collective in CELLS:
            wording = locale.salutation(role, gender=gender, collective=collective)
            assert bool(wording.text) == (role != "permanent-mission")
            assert wording.source
            address = locale.protocol.word("address", role, gender=gender, collective=collective)
            assert address.source
            assert collective or fields_of(address.text), "a line of the address that is the same for everybody"
            assert not collective or not fields_of(address.text)
            assert locale.protocol.word("reference", role, gender=gender, collective=collective).text
    for gender, collective in CELLS:
        assert locale.protocol.word("note-addressee", "permanent-mission", gender=gender, collective=collective).text


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_close_agrees_with_its_salutation(tag: str) -> None:
    """Each close holds the vocative of its own salutation once, whole, and names nobody else."""
    locale = load_locale(tag)
    vocatives = {wording.vocative for wording in locale.protocol.words.values()} - {""}
    for role in ROLES:
        for gender, collective in CELLS:
            salutation = locale.salutation(role, gender=gender, collective=collective)
            assert not salutation.text or salutation.text.endswith(tuple(ENDINGS[tag]))
            for rank in RANKS:
                pattern = locale.protocol.closings[rank][0].text
                closing = locale.closing(rank, salutation).text
                assert "{" not in closing
                assert not re.search(r"[,،、]\s*[,،、.]|\s\s|\s[,.،]", closing)
                assert closing.endswith((",", ".", "。"))
                named = "{vocative}" in pattern and salutation.vocative
                assert closing.count(salutation.vocative) == 1 if named else True
                rest = closing.replace(salutation.vocative, "", 1) if named else closing
                assert not any(vocative in rest for vocative in vocatives)


@pytest.mark.parametrize("role", ["company", "association"])
@pytest.mark.parametrize("rank", sorted(RANKS))
def test_a_spanish_close_to_several_is_in_the_plural(role: str, rank: str) -> None:
    locale = load_locale("es")
    salutation = locale.salutation(role, gender="", collective=False)
    assert salutation.text == "Muy señores míos:"
    verb = "Reciban" if rank == "distinguished" else "Acepten"
    assert locale.closing(rank, salutation).text.startswith(f"{verb}, señores, ")
    one = locale.salutation("individual", gender="m", collective=False)
    assert locale.closing(rank, one).text.startswith(f"{verb[:-1]}, Señor, ")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_built_in_tables_agree(tag: str) -> None:
    assert list(disagreements(load_locale(tag).protocol)) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[closing.highest]\ntext = "Recevez, Madame la Ministre, mes hommages."', "names «Madame la Ministre»"),
        ('[closing.high]\nreviewed = true\nplain = "Recevez, Excellence, mes hommages."', "names «Excellence»"),
        (
            '[salutation.minister]\nf = { text = "Madame la Ministre,", vocative = "Monsieur" }',
            "which is not what the salutation «Madame la Ministre,» says",
        ),
        ('[salutation.judge]\nany = { text = "Madame la Juge" }', "does not end with «,»"),
    ],
)
def test_an_office_is_told_what_does_not_agree(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "protocol.toml").write_text(f"# ours\n{text}\n", encoding="utf-8")
    (finding,) = overlay_findings(tmp_path)
    assert (finding.code, finding.file) == ("protocol-agreement", "locales/fr/protocol.toml")
    assert finding.line in {2, 3}
    assert finding.hint
    assert named in finding.message


def test_an_office_that_speaks_to_several_needs_closes_in_the_plural(tmp_path: Path) -> None:
    (tmp_path / "es").mkdir()
    path = tmp_path / "es" / "protocol.toml"
    path.write_text('[closing.high]\ntext = "Reciba, {vocative}, un saludo."\n', encoding="utf-8")
    (finding,) = overlay_findings(tmp_path)
    assert (finding.code, finding.line) == ("protocol-agreement", 2)
    assert "has no plural" in finding.message
    path.write_text(path.read_text("utf-8") + 'plural = "Reciban, {vocative}, un saludo."\n', encoding="utf-8")
    assert overlay_findings(tmp_path) == ()


def test_one_cell_for_all_and_the_particular_above_it(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "protocol.toml").write_text(
        '[salutation.minister]\nf = { text = "Chère Madame," }\nany = { text = "Excellence," }\n', encoding="utf-8"
    )
    locale = load_locale("fr", tmp_path)
    said = [locale.salutation("minister", gender=gender, collective=collective).text for gender, collective in CELLS]
    assert said == ["Excellence,", "Chère Madame,", "Excellence,", "Excellence,"]


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("Ministre", "minister"),
        ("Première ministre", "head-of-government"),
        ("Chargé d'affaires a.i.", "charge-d-affaires"),
        ("Представитель", ""),
        ("Постоянный представитель", "ambassador"),
        ("大使", "ambassador"),
        ("القائمة بالأعمال", "charge-d-affaires"),
        ("Misión Permanente", "permanent-mission"),
    ],
)
def test_roles_as_lists_write_them(written: str, role: str) -> None:
    assert ALIASES.get(parse_role(written), "") == role


def test_other_names_of_a_role(tmp_path: Path) -> None:
    assert set(ALIASES.values()) <= set(ROLES)
    locale = load_locale("fr")
    assert locale.salutation("permanent-representative", gender="f", collective=False).text == "Madame l'Ambassadrice,"
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "protocol.toml").write_text(
        '[salutation.permanent-representative]\nany = { text = "Excellence," }\n', encoding="utf-8"
    )
    own = load_locale("fr", tmp_path)
    assert own.salutation("permanent-representative", gender="f", collective=False).text == "Excellence,"


PARTICULARS = {
    "name": "Ora Lind",
    "title": "Minister of Posts",
    "organisation": "Ministry of Posts",
    "country": "Kenya",
    "of-country": "du Kenya",
}


@pytest.mark.parametrize(
    ("tag", "role", "gender", "lines"),
    [
        ("fr", "minister", "f", ("Son Excellence Madame Ora Lind", "Minister of Posts", "Ministry of Posts", "Kenya")),
        ("fr", "minister", "", ("S. E. Ora Lind", "Minister of Posts", "Ministry of Posts", "Kenya")),
        ("zh", "ambassador", "m", ("Kenya", "Ministry of Posts", "Minister of Posts", "Ora Lind大使阁下")),
        ("fr", "company", "f", ("Ministry of Posts", "Mme Ora Lind", "Minister of Posts", "Kenya")),
        ("fr", "permanent-mission", "f", ("Mission permanente du Kenya", "Mme Ora Lind", "Minister of Posts")),
    ],
)
def test_address_lines(tag: str, role: str, gender: str, lines: tuple[str, ...]) -> None:
    protocol = load_locale(tag).protocol
    pattern = protocol.word("address", role, gender=gender).text
    assert protocol.address_lines(pattern, PARTICULARS, "Mme Ora Lind") == lines


def test_an_address_leaves_out_what_the_list_does_not_say() -> None:
    protocol = load_locale("fr").protocol
    assert protocol.address_lines("S. E. {name}", {"title": "Ministre"}, "") == ("Ministre",)
    assert protocol.address_lines("Mission {of-country}", {"organisation": "Mission X"}, "") == ("Mission X",)


@pytest.mark.parametrize(
    ("country", "words"), [("كينيا", "البعثة الدائمة لكينيا"), ("البرازيل", "البعثة الدائمة للبرازيل")]
)
def test_the_arabic_article_grows_together_with_what_precedes_it(country: str, words: str) -> None:
    assert fill_words("البعثة الدائمة ل{of-country}", {"of-country": country}) == words


def test_references_within_the_text() -> None:
    references = {tag: load_locale(tag).protocol.word("reference", "ambassador", gender="f").text for tag in LANGUAGES}
    assert references == {
        "en": "Your Excellency",
        "fr": "Votre Excellence",
        "es": "Su Excelencia",
        "ru": "Ваше Превосходительство",
        "zh": "阁下",
        "ar": "سعادتكم",
    }
    assert load_locale("ru").protocol.word("reference", "minister").form("to") == "Вашему Превосходительству"
    assert load_locale("fr").protocol.word("reference", "individual").form("to") == "vous"


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
    salutation = locale.salutation(role, gender="", collective=True)
    assert locale.closing(rank, salutation).text == expected


def test_what_no_authority_has_confirmed_says_so() -> None:
    assert not load_locale("en").salutation("minister", gender="m", collective=False).reviewed
    assert load_locale("en").salutation("ambassador", gender="m", collective=False).reviewed


def test_a_missing_cell_is_an_error_that_says_what_is_missing() -> None:
    with pytest.raises(MissingWording) as caught:
        load_locale("fr").salutation("bishop", gender="m", collective=False)
    assert (caught.value.kind, caught.value.key, caught.value.language) == ("salutation", "bishop.m", "fr")
    assert caught.value.hint == "Add it to locales/fr/protocol.toml."
    with pytest.raises(LookupError):
        load_locale("fr").closing("cordial", Wording(text="Madame,", vocative="Madame"))
