"""How the house sets each language, and what it finds set otherwise."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.languages import LANGUAGES
from locales.locale import load_locale, overlay_findings
from locales.protocol import Wording
from locales.typography import STAND_IN

NBSP = "\u00a0"


def kinds(tag: str, text: str, profile: str = "itu") -> list[str]:
    return [slip.what for slip in load_locale(tag, profile=profile).typography.slips(text)]


@pytest.mark.parametrize(
    ("tag", "profile", "text"),
    [
        (
            "fr",
            "itu",
            'Objet: voir https://www.example.int/a?b=c:d; à 16:00, rapport 3:1 (art. 5), l\'Union, "SMSI"...',
        ),
        ("fr", "standard", f"Objet{NBSP}: «{NBSP}l’Union{NBSP}» est-ce vrai{NBSP}? À 16:00{NBSP}; oui?!"),
        ("fr", "standard", f"«{NBSP}Le mot “nouveau”{NBSP}», d’après {STAND_IN}{NBSP}!"),
        ("en", "itu", 'Note: ISO/IEC 27001:2022, A/RES/70/125; "it\'s good" ... really?! (a) .NET, e.g. this.'),
        ("en", "standard", "“the ‘new’ theme”, it’s the States’ view"),
        ("es", "itu", "¿Sí? ¡No! La nota: \"el tema 'nuevo'\"."),
        ("es", "standard", "«el tema “nuevo”»"),
        ("ru", "itu", "Тема – «Связь „для всех“»: 16:00; 5-й пункт."),
        ("ar", "itu", f'القرار 70/125، و 140,000 عضو (WSIS)؛ بـ WSIS والـ {STAND_IN}: "الموضوع"؟ 1443 هـ.'),
        ("ar", "standard", "موضوعه «الاتصالات “الجديدة”»."),
        ("zh", "itu", f"信息社会世界峰会（WSIS）论坛，于{STAND_IN}在日内瓦举行：“主题‘新’”、16:00。"),
        ("zh", "itu", "1. 导言"),
        ("zh", "itu", "Blue Light (2nd edition), see www.example.int."),
    ],
)
def test_what_the_house_writes_is_quiet(tag: str, profile: str, text: str) -> None:
    assert kinds(tag, text, profile) == []


@pytest.mark.parametrize(
    ("tag", "profile", "text", "found"),
    [
        ("fr", "itu", "Objet : le Forum", ["a space before «:»"]),
        ("fr", "itu", f"Objet{NBSP}: le Forum", ["a no-break space (U+00A0) before «:»"]),
        ("fr", "itu", f"{STAND_IN} ? Oui", ["a space before «?»"]),
        ("fr", "itu", "le thème «nouveau»", ["the quotation mark «"]),
        ("fr", "itu", "l’Union et l’UIT", ["the apostrophe ’"]),
        ("fr", "itu", f"d’{STAND_IN}", ["the apostrophe ’"]),
        ("fr", "itu", "Genève,le siège", ["no space after «,»"]),
        ("fr", "itu", "( voir ici )", ["a space after an opening bracket", "a space before a closing bracket"]),
        ("fr", "standard", f"Objet: «{NBSP}a{NBSP}»", ["no space before «:»"]),
        ("fr", "standard", "Vrai ?", ["a space before «?»"]),
        ("fr", "standard", "«a»", ["no space after «", "no space before »"]),
        ("fr", "standard", "« a »", ["a space after «", "a space before »"]),
        ("fr", "standard", "le mot “nouveau”", ["the inner quotation mark “ alone"]),
        ("fr", "standard", "l'Union", ["the apostrophe '"]),
        ("en", "itu", "The theme is “new”.", ["the quotation mark “"]),
        ("en", "itu", "Reply soon .", ["a space before «.»"]),
        ("es", "itu", "Podrá venir?", ["«?» without «¿» before its sentence"]),
        ("ru", "itu", 'Тема "Связь"', ['the quotation mark "']),
        ("ru", "itu", "Тема « Связь »", ["a space after «", "a space before »"]),
        ("ar", "itu", "المنتدى, في جنيف", ["«,»"]),
        ("ar", "itu", "WSIS, والمنتدى", ["«,»"]),
        ("ar", "itu", "لماذا?", ["«?»"]),
        ("ar", "itu", "الـــعربية", ["a word drawn out by a kashida (U+0640)"]),
        ("ar", "itu", "عـربية", ["a word drawn out by a kashida (U+0640)"]),
        ("ar", "itu", "عام ٢٠٢٢", ["the digit ٢"]),
        ("zh", "itu", "峰会(WSIS)论坛", ["«(»", "«)»"]),
        ("zh", "itu", "论坛,主题", ["«,»"]),
        ("zh", "itu", f"请发送至{STAND_IN}.", ["«.»"]),
        ("zh", "itu", "论坛 主题", ["a space between two characters"]),
        ("zh", "itu", "论坛， 主题", ["a space beside a full-width mark"]),
        ("zh", "itu", f"于 {STAND_IN}举行", ["a space between a character and a Latin word or figure"]),
        ("zh", "itu", "在２０２２年", ["the digit ２"]),
    ],
)
def test_what_the_house_writes_otherwise_is_found(tag: str, profile: str, text: str, found: list[str]) -> None:
    assert kinds(tag, text, profile) == found


def test_a_slip_says_where_it_is_and_what_the_house_writes() -> None:
    (slip,) = load_locale("fr").typography.slips("Voir https://www.example.int/: Objet : Forum : x")
    assert (slip.at, slip.wanted) == (36, "no space")


@given(
    st.text(st.sampled_from("aé «»\"'’“”:;?!.,()，。：（）、峰会ـعرب،0٢ \u00a0\ufffc\n/"), max_size=40),
    st.sampled_from(LANGUAGES),
)
def test_no_text_is_too_odd(text: str, tag: str) -> None:
    for profile in ("itu", "standard"):
        for slip in load_locale(tag, profile=profile).typography.slips(text):
            assert 0 <= slip.at < len(text)


@pytest.mark.parametrize(
    ("tag", "profile", "outer", "inner"),
    [
        ("fr", "itu", '"a “b” c"', "“a”"),
        ("fr", "standard", f"«{NBSP}a “b” c{NBSP}»", "“a”"),
        ("en", "standard", "“a ‘b’ c”", "‘a’"),
        ("es", "standard", "«a “b” c»", "“a”"),
        ("ru", "itu", "«a „b“ c»", "„a“"),
        ("zh", "itu", "“a ‘b’ c”", "‘a’"),
        ("ar", "standard", "«a “b” c»", "“a”"),
    ],
)
def test_quotation_marks_within_others_are_the_inner_ones(tag: str, profile: str, outer: str, inner: str) -> None:
    locale = load_locale(tag, profile=profile)
    first, last = locale.quotes
    assert locale.quote(f"a {first}b{last} c") == outer
    assert locale.quote("a", inner=True) == inner


def test_the_products_own_words_are_set_as_the_house_sets_them() -> None:
    standard = load_locale("fr", profile="standard")
    assert standard.phrase("lead", "all-stakeholders").endswith(f"{NBSP}:")
    assert "l’assurance" in standard.closing("highest", Wording(text="", vocative="Madame la Ministre")).text
    assert standard.range(None, date(2022, 6, 3)) == f"jusqu’au 3{NBSP}juin 2022"
    assert standard.country("CI", "of") == "de la Côte d’Ivoire"
    assert standard.typography.label("Réf.:") == f"Réf.{NBSP}:"
    assert load_locale("zh").typography.label("文号") == "文号："


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fr", f"1er{NBSP}mai 2024"),
        ("en", f"1{NBSP}May 2024"),
        ("es", f"1{NBSP}de mayo de 2024"),
        ("ru", f"1{NBSP}мая 2024{NBSP}г."),
        ("ar", f"1{NBSP}مايو 2024"),
    ],
)
def test_a_number_does_not_part_from_its_word_where_the_house_wants_it(tag: str, expected: str) -> None:
    assert load_locale(tag, profile="standard").date(date(2024, 5, 1)) == expected
    assert load_locale("fr", profile="standard").time(time(16)) == f"16{NBSP}h{NBSP}00"


def test_an_office_lays_its_own_typography_over_the_houses(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    own = '[typography]\ncolon = "\\u202F:"\nquotes = ["‹", "›"]\nbefore = { "?" = "\\u202F" }\n'
    (tmp_path / "fr" / "locale.toml").write_text(own, "utf-8")
    locale = load_locale("fr", tmp_path)
    assert overlay_findings(tmp_path) == ()
    assert locale.quote("a") == "‹a›"
    assert [slip.what for slip in locale.typography.slips("Vrai? Objet:")] == [
        "no space before «:»",
        "no space before «?»",
    ]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('[typography]\nquotes = ["«"]\n', "a list of 2 texts"),
        ('[typography]\ninner-quotes = ["", ""]\n', "may not be empty"),
        ('[typography]\nkashida = "no"\n', "true or false"),
        ('[typography.before]\n"??" = ""\n', "not known here"),
        ('[typography]\nspacing = ""\n', "not known here"),
        ('[ordinals]\nm = { default = "{x}" }\n', "cannot be used here"),
        ('[ordinals]\nmasculine = { default = "{n}" }\n', "not known here"),
        ('[time]\nzone = "({zone})"\n', "{time} is missing"),
        ('[numbers]\npercent = "%"\n', "{number} is missing"),
        ('[reading]\ndates = ["{day}"]\n', "cannot be used here"),
        ('[reading]\ndates = "{d}"\n', "must be a list"),
    ],
)
def test_faults_of_an_offices_own_forms_are_findings(tmp_path: Path, own: str, said: str) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "locale.toml").write_text(own, "utf-8")
    (finding,) = overlay_findings(tmp_path)
    assert said in finding.message
    assert load_locale("fr", tmp_path).date(date(2024, 5, 1)) == "1er mai 2024"
