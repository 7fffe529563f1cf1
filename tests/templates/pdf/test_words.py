"""The words of a letter's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from letters.blocks import Paragraph, Text, Value
from letters.composed import Composed
from templates.pdf.form import PdfForm
from templates.pdf.words import words_of_data
from templates.reading_back import folded_words
from tests.templates.bilingual import stacked
from tests.templates.noted import noted
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES

Compile = Callable[[Composed], PdfForm]


def test_everything_that_is_printed_is_among_the_words(pdf_form: Compile) -> None:
    text = folded_words(words_of_data(pdf_form(ENGLISH).data_for(ENGLISH_VALUES)))
    for words in (
        "Example Lighthouse Union General Secretariat", "Ref.: CL-31/004 File: LH 2031/7", "Tel.: +41 22 555 01 02",
        "Governments Private sector", "lights of Côte d’Ivoire. Please answer before 1 May 2031.",
        "Phase Lights I 1,200",
        "the page <https://www.example.int/lights?a=1&b=2>, https://www.example.int/lights, lamps@example.int or",
        "your own page <https://www.example.int/s/k7>.", "Annex 1 Reply form", "Bela Montero Secretary-General",
    ):  # fmt: skip
        assert words in text
    assert "ltr" not in text


def test_footnotes_and_both_languages(pdf_form: Compile) -> None:
    assert "In the annex." in words_of_data(pdf_form(noted(ARABIC)).data_for(ARABIC_VALUES))
    composed, values = stacked("fr", "ar")
    text = folded_words(words_of_data(pdf_form(composed).data_for(values)))
    assert "Norvège" in text
    assert "الهاتف: +41 22 555 01 02" in text


def test_an_address_of_one_line_hides_nothing(pdf_form: Compile) -> None:
    personal = replace(ENGLISH, addressees=(), address=Value(0))
    text = words_of_data(pdf_form(personal).data_for(("H.E. Ada Lund", *ENGLISH_VALUES[1:])))
    assert "H.E. Ada Lund" in text
    assert "Secretary-General" in text


def test_boxes_within_a_sentence(pdf_form: Compile) -> None:
    asked = replace(ENGLISH, body=(Paragraph((Text("☐ in person ☒ remotely"),)),))
    assert "☐ in person ☒ remotely" in words_of_data(pdf_form(asked).data_for(ENGLISH_VALUES))
