"""Cutting right-to-left text into runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.bidi import begun, directed, isolated, marked, stretches
from templates.escapes import html_backwards
from templates.frame import mark_numbers
from templates.reading_back import folded_words


@given(st.text(st.sampled_from("ابت ،.()[]-+/@0123456789abCД\n\t\u200e中")))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(stretch for stretch, _ in stretches(text)) == text


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("المرجع: CL-22/010 في", ["CL-22/010"]),
        ("القرار 70/125، و 140,000", ["70/125", "140,000"]),
        ("في الفترة 5-9 مايو", ["5", "9"]),  # a range reads from right to left
        ("هاتف \u200e+41 22 555 01 02 أو", ["\u200e+41 22 555 01 02"]),
        ("انظر https://www.example.int/a/؟", ["https://www.example.int/a/"]),
        ("البريد wsis-info@example.int.", ["wsis-info@example.int"]),
        ("الاتحاد (ITU) هنا", ["ITU"]),
        ("حزمة Blue Light (2nd edition) هنا", ["Blue Light (2nd edition)"]),
        ("شبكة 5G الجديدة", ["5G"]),
        ("الوثيقة 3/9-CL هنا", ["3/9-CL"]),
        ("رقم 2022-03-21.", ["2022-03-21"]),
        ("المرجع CL-22/010، 15 أبريل", ["CL-22/010", "15"]),  # what an Arabic comma parts stays apart
    ],
)
def test_left_to_right_stretches(text: str, latin: list[str]) -> None:
    assert [stretch for stretch, backwards in stretches(text) if not backwards] == latin


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("المرجع: CL-22/010 في 15 أبريل", ["CL-22/010"]),
        ("هاتف \u200e+41 22 555 01 02 أو", ["\u200e+41 22 555 01 02"]),
        ("انظر https://www.example.int/a/ أو info@example.int", ["https://www.example.int/a/", "info@example.int"]),
        ("قمة WSIS في Blue Light هنا، 140,000 و5-9", []),
        ("الاتحاد (ITU)، WSIS، 15 مايو", ["ITU", "WSIS"]),  # or the three would be read from left to right
    ],
)
def test_what_must_be_isolated(text: str, alone: list[str]) -> None:
    assert [stretch for stretch, is_alone in isolated(text) if is_alone] == alone
    assert html_backwards(text).count('<bdi dir="ltr">') == len(alone)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("المرجع: CL-22/010، WSIS", "المرجع: CL-22/010\u200f، WSIS"),
        ("هاتف \u200e+41 22 555.", "هاتف \u200e+41 22 555\u200f."),
        ("انظر https://www.example.int/ هنا", "انظر https://www.example.int/ هنا"),  # nothing behind an address
        ("الملف 3/9-CL هنا", "الملف \u200e3/9-CL\u200f هنا"),
        ("نسخة X.509 (10/2019) هنا", "نسخة X.509 (10/2019)\u200e\u200f هنا"),
    ],
)
def test_marks_in_plain_text(text: str, wanted: str) -> None:
    assert marked(text) == wanted


@given(st.text(st.sampled_from("ابت ،.()[]-+/@0123456789abCД\n\t中")))
def test_marks_change_nothing_else(text: str) -> None:
    assert "".join(run for run, _ in directed(text)).translate({0x200E: None, 0x200F: None}) == text
    assert marked(text).translate({0x200E: None, 0x200F: None}) == text


def test_runs_of_word_carry_the_marks() -> None:
    assert directed("المرجع CL-22/010، A/70/1") == [
        ("المرجع ", True), ("CL-22/010", False), ("\u200f، ", True), ("A/70/1", False), ("\u200f", True),
    ]  # fmt: skip


def test_a_paragraph_that_begins_with_latin_words_runs_right_to_left() -> None:
    assert begun("WSIS قمة") == "\u200fWSIS قمة"
    assert begun("قمة WSIS") == "قمة WSIS"
    assert begun("15") == "15"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("بنسبة 7.5% من", "7.5%"), ("ارتفع 1,200.5% (3)", "1,200.5%"), ("بلغت -5 درجات", "-5"),
        ("بلغت -5% تقريباً", "-5%"), ("نقص \u22123.5% هنا", "\u22123.5%"),
        ("وبـ7.5% أخرى", "7.5%"), ("و+3% منها", "+3%"),
    ],
)  # fmt: skip
def test_signs_and_per_cent_stay_at_their_numbers_in_arabic(text: str, number: str) -> None:
    """Without the mark, a browser and LibreOffice show «%7.5» after Arabic words."""
    marked_text = mark_numbers(text, "rtl")
    assert marked_text == text.replace(number, f"\u200e{number}")
    assert f"\u200e{number}" in {run.rstrip("\u200e") for run, backwards in directed(marked_text) if not backwards}
    assert f"\u200e{number}" in marked(marked_text)
    assert folded_words(marked_text) == text


def test_percentages_in_a_row_follow_each_other_from_right_to_left() -> None:
    """A mark before each and a comma between them would make one stretch of them."""
    row = html_backwards("نسبة 7.5%، 8%")
    assert row == 'نسبة <bdi dir="ltr">\u200e7.5%</bdi>، <bdi dir="ltr">\u200e8%</bdi>'
    assert marked(mark_numbers("نسبة 7.5%، 8%", "rtl")).count("\u200f") == 2


@pytest.mark.parametrize("text", ["من 5-9 مايو 2031", "القرار 70/125-2", "في 2022-03-21"])
def test_what_has_no_sign_has_no_mark(text: str) -> None:
    assert mark_numbers(text, "rtl") == text
    assert mark_numbers("-5, 7%", "ltr") == "-5, 7%"
