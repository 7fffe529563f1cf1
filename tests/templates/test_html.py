"""The HTML mail: well formed, directed, escaped."""

from __future__ import annotations

import html.parser
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Conditional, Heading, Link, Paragraph, Strong, Text, Value
from letters.composed import Annex, Composed
from templates.contrast import contrast, readable
from templates.escapes import HTML_ESCAPES
from templates.frame import clean, with_colon
from templates.html import DARK, LIGHT, compile_html
from templates.look import Look
from tests.templates.samples import ENGLISH, ENGLISH_VALUES, LETTERS

VOID = {"meta", "br", "hr"}


class Page(html.parser.HTMLParser):
    """Gathers tags and text, and insists that elements close in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "br":
            self.text += "\n"
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", list(LETTERS))
def test_language_and_direction(look: Look, language: str) -> None:
    composed, values = LETTERS[language]
    page = Page(compile_html(composed, look.page).splice(values, HTML_ESCAPES))
    assert page.all("html") == [{"lang": language, "dir": composed.direction}]
    assert composed.office_name in page.text
    assert str(values[1]) in page.text
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)


@pytest.mark.parametrize("language", list(LETTERS))
def test_the_label_of_the_subject_brings_its_own_space(look: Look, language: str) -> None:
    composed, values = LETTERS[language]
    html = compile_html(composed, look.page).splice(values, HTML_ESCAPES)
    heading = html.partition("<h1")[2].partition(">")[2]
    assert heading.startswith(with_colon(composed.subject_label, language))
    assert not heading.removeprefix(with_colon(composed.subject_label, language))[0].isspace()


def test_blocks(look: Look) -> None:
    page = Page(compile_html(ENGLISH, look.page).splice(ENGLISH_VALUES, HTML_ESCAPES))
    assert [link["href"] for link in page.all("a")] == [
        "tel:+41225550102",
        "mailto:lamps@example.int",
        "https://www.example.int/lights?a=1&b=2",
        "https://www.example.int/lights",
        "mailto:lamps@example.int",
        "https://www.example.int/s/k7",
    ]
    assert [cell["scope"] for cell in page.all("th")] == ["col", "col"]
    assert "text-align:right" in str(page.all("td")[2]["style"])
    assert len(page.all("ol")) == 2
    assert [len(page.all(tag)) for tag in ("h1", "h2", "h3")] == [1, 2, 0]  # the subject; a heading and the annex
    assert "Governments may also name an expert." in page.text
    assert "Others may send observers." not in page.text


def test_everything_a_letter_says_is_escaped(look: Look) -> None:
    evil = '<script>alert(1)</script>&amp;"\ue010html\ue0110\ue011\ue012'
    letter = replace(
        ENGLISH, office_name=evil, unit=evil, date_line=(Text(evil),), references=((evil, evil),), addressees=(evil,),
        subject=((Text(evil),),), body=(Paragraph((Strong((Text(evil),)),)),), signatory_name=evil,
        signatory_title=evil, signature_note=evil,
    )  # fmt: skip
    source = compile_html(letter, look.page).splice(ENGLISH_VALUES, HTML_ESCAPES)
    page = Page(source)
    assert not page.all("script")
    assert page.text.count('<script>alert(1)</script>&amp;"html0') >= 9


@given(value=st.text())
def test_any_value_comes_out_as_it_is(look: Look, value: str) -> None:
    letter = replace(ENGLISH, body=(Paragraph((Text("["), Value(1), Text("]"))),), subject=((Value(1),),))
    page = Page(spliced(letter, look, value))
    shown = clean(value).replace("\t", " ")
    assert f"[{shown}]" in page.text


@pytest.mark.parametrize("value", ["javascript:alert(1)", '"><script>', "data:x", "", "https://a/'onclick=x"])
def test_a_value_as_an_address(look: Look, value: str) -> None:
    letter = replace(ENGLISH, contacts=(), body=(Paragraph((Link((Value(1),), (Text("x"),)),)),))
    page = Page(spliced(letter, look, value))
    assert not page.all("script")
    link = page.all("a")[0]
    assert set(link) == {"href", "style"}
    assert link["href"] == "#" or str(link["href"]).startswith("https://a/%27")


def headings(letter: Composed, look: Look) -> list[int]:
    page = Page(compile_html(letter, look.page).splice(ENGLISH_VALUES, HTML_ESCAPES))
    return [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]


def test_no_level_of_heading_is_skipped_and_headings_typed_alike_come_out_alike(look: Look) -> None:
    def heading(level: int) -> Heading:
        return Heading(level, (Text("x"),))

    annex = Annex(title=((Text("Annex 1"),),), blocks=(heading(3), heading(1), heading(2)))
    letter = replace(ENGLISH, body=(heading(3), heading(3), heading(1), heading(2), heading(4)), annexes=(annex,))
    assert headings(letter, look) == [1, 2, 2, 2, 3, 4, 2, 3, 3, 4]
    either = Conditional(2, (heading(1), heading(2), heading(3)), (heading(1),))
    assert headings(replace(ENGLISH, body=(either, heading(3)), annexes=()), look) == [1, 2, 3, 4, 3]


@pytest.mark.parametrize("colour", ["#12365c", "#ffdd00", "#000000", "#ffffff"])
def test_the_offices_colour_can_be_read_by_day_and_by_night(look: Look, colour: str) -> None:
    source = compile_html(ENGLISH, look.page, colour).splice(ENGLISH_VALUES, HTML_ESCAPES)
    for ground, least in ((LIGHT, 4.5), (DARK, 7.0)):
        shade = readable(colour, ground, least)
        assert contrast(shade, ground) >= least
        assert shade in source
        assert (shade == colour) == (contrast(colour, ground) >= least)


def test_what_a_mail_shows_comes_with_it(look: Look) -> None:
    source = compile_html(ENGLISH, look.page).splice(ENGLISH_VALUES, HTML_ESCAPES)
    assert not {"img", "link", "script", "iframe", "object"} & {tag for tag, _ in Page(source).tags}
    assert "url(" not in source
    assert "@import" not in source


def test_a_long_address_may_break_and_words_may_not(look: Look) -> None:
    page = Page(compile_html(ENGLISH, look.page).splice(ENGLISH_VALUES, HTML_ESCAPES))
    breaking = {link["href"] for link in page.all("a") if "anywhere" in str(link["style"])}
    assert breaking == {"https://www.example.int/lights"}


def spliced(letter: Composed, look: Look, value: str) -> str:
    return compile_html(letter, look.page).splice(("", value, True, "", ""), HTML_ESCAPES)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_line_breaks_within_a_telephone_number(language: str, look: Look) -> None:
    letter, values = LETTERS[language]
    number = "+41 22 555 01 02"
    called = replace(letter, body=(Paragraph((Text(f"1+1, {number}"),)),))
    source = compile_html(called, look.page).splice(values, HTML_ESCAPES)
    mark = "" if language == "en" else "\u200e"
    assert (
        source.count(f'{mark}<span style="white-space:nowrap">{number}</span>') == 2
    )  # among the contacts, in the text
    assert 'nowrap">+1' not in source
    assert number in Page(source).text
