"""Emphasis in scripts without italics, in Word and HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from letters.blocks import Emphasis, Paragraph, Strong, Text
from letters.composed import Composed
from office.ziplayout import read_zip
from templates.docx import compile_docx
from templates.emphasis import Manner, manner_of
from templates.escapes import HTML_ESCAPES
from templates.html import compile_html
from templates.letterhead import letterhead
from templates.look import load_look
from tests.templates.samples import ARABIC, ARABIC_VALUES, CHINESE, CHINESE_VALUES, ENGLISH, ENGLISH_VALUES

Values = tuple[str | bool, ...]
WORDS = {"zh": "着重", "ar": "تأكيد", "en": "stress"}
LETTERS = {"zh": (CHINESE, CHINESE_VALUES), "ar": (ARABIC, ARABIC_VALUES), "en": (ENGLISH, ENGLISH_VALUES)}


def emphasising(language: str, text: str) -> tuple[Composed, Values]:
    letter, values = LETTERS[language]
    return replace(letter, body=(Paragraph((Emphasis((Strong((Text(text),)),)),)),)), values


def run_of(language: str, text: str, shown: str) -> str:
    """Return the properties of the run that shows a text."""
    letter, values = emphasising(language, text)
    xml = read_zip(compile_docx(letter, letterhead(letter.direction)).splice(values))["word/document.xml"].decode()
    (properties,) = re.findall(rf"<w:r>(?:<w:rPr>((?:(?!<w:r>).)*)</w:rPr>)?<w:t[^>]*>{re.escape(shown)}</w:t>", xml)
    return str(properties)


@pytest.mark.parametrize(
    ("language", "text", "has", "has_not"),
    [
        ("zh", "着重", '<w:rFonts w:eastAsia="KaiTi" w:hint="eastAsia"/><w:b/>', "<w:i"),
        ("ar", "تأكيد", '<w:u w:val="single"/>', "<w:i"),
        ("en", "stress", "<w:i/>", "<w:u "),
        ("zh", "WSIS Prizes", "<w:i/>", "KaiTi"),
        ("ar", "WSIS Prizes", "<w:i/>", "<w:u "),
        ("ar", "жирный", "<w:i/>", "<w:u "),
    ],
)
def test_emphasis_in_word_is_not_slanted_where_the_script_has_no_italics(
    language: str, text: str, has: str, has_not: str
) -> None:
    properties = run_of(language, text, text)
    assert has in properties
    assert has_not not in properties


@pytest.mark.parametrize(("language", "slanted"), [("zh", False), ("ar", False), ("en", True)])
def test_the_note_of_the_signature_is_upright_there(language: str, *, slanted: bool, tmp_path: Path) -> None:
    letter, values = emphasising(language, WORDS[language])
    note = letter.signature_note
    assert ("<w:i/>" in run_of(language, WORDS[language], note)) is slanted
    page = compile_html(letter, load_look(tmp_path).page).splice(values, HTML_ESCAPES)
    before = page[: page.index(note)].rpartition("<em")[2]
    assert ("font-style:normal" not in before) is slanted


@pytest.mark.parametrize(
    ("language", "style"),
    [("zh", "font-style:normal;font-family:KaiTi"), ("ar", "font-style:normal;text-decoration:underline")],
)
def test_emphasis_in_html(language: str, style: str, tmp_path: Path) -> None:
    letter, values = emphasising(language, WORDS[language])
    page = compile_html(letter, load_look(tmp_path).page).splice(values, HTML_ESCAPES)
    assert f'<em style="{style}' in page
    assert "<em>" not in page


def test_the_manner_goes_by_the_words() -> None:
    assert manner_of("«WSIS+15» 论坛") is Manner.FACE
    assert manner_of("منتدى WSIS") is Manner.UNDERLINE
    assert manner_of("élan") is Manner.ITALICS
