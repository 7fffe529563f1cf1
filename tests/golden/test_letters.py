"""Every sample letter in every language, compared whole.

When a letter or a rule of a language is changed on purpose: ``python -m tests.golden``, then read the diff.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.golden.rendering import BILINGUAL, FOLDER, NAMES, golden_file, render


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return dict(render(tmp_path_factory.mktemp("golden") / "office"))


@pytest.mark.parametrize("name", NAMES)
def test_the_letter_is_as_it_was(rendered: dict[str, str], name: str) -> None:
    assert rendered[name] == golden_file(name).read_text("utf-8"), (
        f"on purpose? python -m tests.golden, then read {name}"
    )


def test_no_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {golden_file(name).name for name in NAMES}


def test_a_bilingual_letter_is_the_two_letters_below_each_other(rendered: dict[str, str], tmp_path: Path) -> None:
    for name, text in render(tmp_path / "office", BILINGUAL):
        letter, _, pair = name.rpartition(".")
        both = [rendered[f"{letter}.{language}"] for language in pair.split("+")]
        assert text == f"\n\n{'* ' * 19}*\n\n\n".join(both)


# The forms that the French letters of the secretariat show (the first six lines of the head stand for the rest).

MINISTERS = "Madame la Ministre, Monsieur le Ministre,"
ALL = "Madame, Monsieur,"
CLASSES = """\
- Gouvernements
- Secteur privé
- Société civile
- Établissements universitaires
- Organisations internationales
"""
FRENCH: dict[str, tuple[str, ...]] = {
    "stocktaking-2015": (
        "Genève, le 13 octobre 2015", "Réf.: WSIS_Stocktaking_2016_01", "Contact: M. ", "Objet: ", CLASSES,
        f"\n\n{ALL}\n\n", "1er mars 2016", "plus de 7 000 ", "140 000 ", "plus de 140 pays",
        f"Veuillez agréer, {ALL} l'assurance de ma haute considération.", "\nSecrétaire général\n",
    ),
    "forum-2018": (
        "Genève, le 8 décembre 2017", "Réf.: CL-17/051", "Contact: M. ", "- Aux Ministres\n",
        "- Aux États Membres de l'Union\n", "(siège de l'Union, Genève, 19-23 mars 2018)", f"\n\n{MINISTERS}\n\n",
        "du 19 au 23 mars 2018", "les 20 et 21 mars 2018", "avant le 22 janvier 2018", "70/125",
        f"Veuillez agréer, {MINISTERS} l'expression de ma très haute considération.", "(original signé)\n",
        "reconnaissant de", "\nSecrétaire général\n",
    ),
    "forum-2020": (
        "Genève, le 31 mai 2019", "Réf.: WSIS-FORUM-2020", "Contact: Mme ", CLASSES, f"\n\n{ALL}\n\n",
        "30 mars – 3 avril 2020", "du 30 mars au 3 avril 2020", "4 juin 2019, 16 h 00-17 h 00 (heure de Genève)",
        "20 juin, 17 h 00-18 h 00, salle A", "25-29 novembre 2019 (à confirmer)", "janvier/février 2020",
        "Phase V: 3 février 2020", "Phase VI: 28 février 2020", "A/RES/70/125", "A/70/1",
        f"Veuillez agréer, {ALL} l'expression de ma haute considération.", "(signé)\n", "\nSecrétaire général\n",
    ),
    "forum-2022": (
        "Genève, le 21 mars 2022", "Réf.: CL-22/010", "Contact: Mme ", "Aux Ministres des États Membres\n",
        f"\n\n{MINISTERS}\n\n", "depuis le 15 mars", "du 30 mai au 3 juin 2022", "30 mai – 3 juin 2022",
        "du 31 mai au 2 juin 2022", "avant le 15 avril", "70/125", "A/70/1",
        f"Veuillez agréer, {MINISTERS} l'assurance de ma très haute considération.", "(original signé)\n",
        "\nSecrétaire général\n",
    ),
    "summit-2024": (
        "Genève, le 6 novembre 2023", "SMSI 2024", "Contact: Robin Castellane\n", CLASSES, f"\n\n{ALL}\n\n",
        "du 27 au 31 mai 2024", "27-31 mai 2024", "31 janvier 2024", "plus de 14 000 projets",
        f"Veuillez agréer, {ALL} l'assurance de ma considération distinguée.", "(signé)\n", "reconnaissante de",
        "\nSecrétaire générale\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slug", FRENCH)
def test_the_french_shows_the_forms_of_the_real_letters(rendered: dict[str, str], slug: str) -> None:
    text = re.sub("[\u00a0\u202f]", " ", rendered[f"{slug}.fr"])
    missing = [form for form in FRENCH[slug] if form not in text]
    assert missing == []


def test_spaces_that_must_not_break_do_not(rendered: dict[str, str]) -> None:
    assert "140\u00a0000" in rendered["stocktaking-2015.fr"]
    assert "7\u00a0000" in rendered["stocktaking-2015.fr"]
    assert "14\u00a0000" in rendered["summit-2024.fr"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_open(rendered: dict[str, str], name: str) -> None:
    text = rendered[name]
    assert not re.search(r"\{\{|\}\}|\{%|\*\*|[\ue000-\uf8ff]|None|\S  ", text)
    assert text.count("\n\n") > 8
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("forum-2022.ar", ("21 مارس 2022", "CL-22/010")),
        ("forum-2022.zh", ("2022年3月21日", "2022年5月30日至6月3日")),
        ("forum-2022.en", ("21 March 2022", "from 30 May to 3 June 2022", "before 15 April 2022")),
        ("forum-2022.ru", ("21 марта 2022 года", "с 30 мая по 3 июня 2022")),
        ("forum-2022.es", ("21 de marzo de 2022", "del 30 de mayo al 3 de junio de 2022")),
    ],
)
def test_the_same_facts_in_the_other_languages(rendered: dict[str, str], name: str, forms: tuple[str, ...]) -> None:
    text = re.sub("[\u00a0\u202f]", " ", rendered[name])
    assert [form for form in forms if form not in text] == []
