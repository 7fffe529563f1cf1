"""Footnotes, boxes to tick, numbered paragraphs, annexes and copies in HTML and text; all of it in LibreOffice."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from letters.blocks import Footnote, Text
from letters.composed import Annex, Composed, Spoken
from templates.escapes import HTML_ESCAPES, TEXT_ESCAPES
from templates.html import compile_html
from templates.look import Look
from templates.page import PageTemplate
from templates.reading_back import folded_words, words_of_html
from templates.rendering import compile_forms
from templates.text import compile_subject, compile_text
from tests.templates.bilingual import stacked
from tests.templates.noted import SITE, noted
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES, LETTERS, p
from tests.templates.test_html import Page

SPOKEN = Spoken(box="A box", ticked_box="A cross", footnotes="The <notes>", back="Up")
TEXT = """
Subject: A subject[1]

Excellency,

One[2].

Two[3].

1. First paragraph

   Its second part
   - a point

   Phase | Lights
   I | 12

2. Second paragraph
   1. nested
   2. again

A heading

3. Third paragraph

[ ] to tick & <b>
    [ ] inner
[x] ticked
- no box

1. [ ] numbered
"""
NOTES = f"""
Copies:
- A
- B & C

[1] English only.

[2] See the site <{SITE}>, now <&>.

[3] For Côte d’Ivoire.

* * *

Annex 1
List

Words[4]

[4] In the annex.

* * *

Annex 2
Mandat

En français[5]

[ ] to tick & <b>
    [ ] inner
[x] ticked
- no box

[5] En bas.
"""


def page_of(composed: Composed, values: tuple[str | bool, ...], page: PageTemplate) -> str:
    return compile_html(composed, page).splice(values, HTML_ESCAPES)


def text_of(composed: Composed, values: tuple[str | bool, ...]) -> str:
    return compile_text(composed).splice(values, TEXT_ESCAPES)


def test_plain_text() -> None:
    text = text_of(noted(ENGLISH), ENGLISH_VALUES)
    assert TEXT in text
    assert NOTES in text
    assert text.index(TEXT) < text.index(NOTES)


def test_arabic_plain_text_keeps_marks_on_their_side() -> None:
    text = text_of(noted(ARABIC), ARABIC_VALUES)
    assert "One\u200f[2]." in text
    assert "\n1. " in text
    assert "\n[ ] " in text


def test_a_subject_in_a_mails_header_has_no_notes() -> None:
    assert compile_subject(noted(ENGLISH)).splice((), TEXT_ESCAPES) == "CL-31/004 – A subject"


def test_marks_lead_to_notes_and_back(look: Look) -> None:
    html = page_of(replace(noted(ENGLISH), spoken=SPOKEN), ENGLISH_VALUES, look.page)
    page = Page(html)
    marks = [link for link in page.all("a") if link.get("role") == "doc-noteref"]
    backs = [link for link in page.all("a") if link.get("role") == "doc-backlink"]
    notes = [item["id"] for item in page.all("li") if "id" in item]
    assert [mark["href"] for mark in marks] == [f"#{name}" for name in notes]
    assert [back["href"] for back in backs] == [f"#{mark['id']}" for mark in marks]
    assert [back["aria-label"] for back in backs] == ["Up"] * 3 + ["Back to the text"] * 3
    assert len({*notes, *(mark["id"] for mark in marks)}) == 12
    lists = [part["aria-label"] for part in page.all("div") if part.get("role") == "doc-endnotes"]
    assert lists == ["The <notes>", "Footnotes", "Footnotes", "Footnotes"]
    starts = [part.get("start") for part in page.all("ol") if "13px" in str(part["style"])]
    assert starts == [None, "4", "5", "6"]


def test_the_title_of_a_page_has_no_notes(look: Look) -> None:
    html = page_of(noted(ENGLISH), ENGLISH_VALUES, look.page)
    assert "<title>A subject</title>" in html


def test_notes_stand_below_the_signature_and_before_the_annexes(look: Look) -> None:
    html = page_of(noted(ENGLISH), ENGLISH_VALUES, look.page)
    places = [html.index(words) for words in ("B &amp; C", "English only.", "Annex 1", "In the annex.", "Annex 2")]
    assert places == sorted(places)


def test_a_template_without_places_loses_nothing() -> None:
    html = page_of(noted(ENGLISH), ENGLISH_VALUES, PageTemplate("own.html", "<body>{{ body }}<hr></body>"))
    places = [html.index(words) for words in ("Copies: A<br>B &amp; C", "English only.", "See <a", "<hr></body>")]
    assert places == sorted(places)


def test_what_is_heard_of_boxes(look: Look) -> None:
    page = Page(page_of(replace(noted(ENGLISH), spoken=SPOKEN), ENGLISH_VALUES, look.page))
    boxes = [part["aria-label"] for part in page.all("span") if part.get("role") == "img"]
    assert boxes[:4] == ["A box", "A box", "A cross", "A box"]
    assert "☐ to tick & <b>" in page.text
    assert "☒ ticked" in page.text


def test_numbered_paragraphs_in_html(look: Look) -> None:
    page = Page(page_of(replace(noted(ENGLISH), annexes=()), ENGLISH_VALUES, look.page))
    assert [part.get("start") for part in page.all("ol")] == [None, None, "3", None, None]
    assert len(page.all("table")) >= 1


@pytest.mark.parametrize(("composed", "values"), [(ENGLISH, ENGLISH_VALUES), (ARABIC, ARABIC_VALUES)])
def test_annexes_say_their_language(composed: Composed, values: tuple[str | bool, ...], look: Look) -> None:
    page = Page(page_of(noted(composed), values, look.page))
    own = [(part.get("lang"), part.get("dir")) for tag in ("span", "div") for part in page.all(tag) if "lang" in part]
    assert [item for item in own if item[0] == "fr"] == [("fr", "ltr"), ("fr", "ltr")]
    assert own.count(("ar", "rtl")) == 2 + (composed.language == "ar")  # the letter itself


def test_the_second_language_counts_on(look: Look) -> None:
    composed, values = stacked("en", "ar")
    assert composed.second is not None
    second = replace(composed.second, body=(p("B", Footnote(2, (Text("second"),))),))
    both = replace(composed, body=(p("A", Footnote(1, (Text("first"),))),), second=second)
    page = Page(page_of(both, values, look.page))
    assert [item["id"] for item in page.all("li") if "id" in item] == ["note-1", "note-2"]


@pytest.mark.parametrize("language", sorted(LETTERS))
def test_reading_back_finds_the_notes(language: str, look: Look) -> None:
    composed, values = LETTERS[language]
    seen = folded_words(words_of_html(page_of(noted(composed), values, look.page)))
    assert f"See the site <{SITE}>, now <&>." in seen
    assert "One." in seen  # a mark is no part of the words around it
    assert f"See the site <{SITE}>, now <&>." in folded_words(text_of(noted(composed), values))


def test_nothing_a_letter_says_leaves_its_place(look: Look) -> None:
    hostile = '"><script>alert(1)</script>'
    letter = replace(
        ENGLISH,
        body=(p("T", Footnote(1, (Text(hostile),))),),
        copies_label=hostile,
        copies=(hostile,),
        spoken=Spoken(box=hostile, ticked_box=hostile, footnotes=hostile, back=hostile),
        annexes=(Annex(title=((Text(hostile),),), blocks=(), language="en", spoken=Spoken(box=hostile)),),
    )
    page = Page(page_of(letter, ENGLISH_VALUES, look.page))
    assert page.all("script") == []
    assert page.text.count(hostile) >= 4


def test_in_arabic_a_mark_stands_behind_a_figure(look: Look) -> None:
    letter = replace(ARABIC, body=(p("2024", Footnote(1, (Text("حاشية"),))),))
    assert "2024\u200f<sup" in page_of(letter, ARABIC_VALUES, look.page)
    assert "2024\u200f[1]" in text_of(letter, ARABIC_VALUES)


def test_an_annex_begins_its_lines_on_the_side_of_its_language(look: Look) -> None:
    arabic = page_of(noted(ARABIC), ARABIC_VALUES, look.page)
    assert '<div lang="fr" dir="ltr" style="text-align:left">' in arabic
    english = page_of(noted(ENGLISH), ENGLISH_VALUES, look.page)
    assert '<div lang="ar" dir="rtl" style="text-align:right">' in english


@pytest.mark.packages
def test_libreoffice_prints_it_all(look: Look, tmp_path: Path) -> None:
    names = []
    for language, (composed, values) in LETTERS.items():
        path = tmp_path / f"{language}.docx"
        path.write_bytes(compile_forms(noted(composed), look).docx_for(values))
        names.append(str(path))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for language in LETTERS:
        command = ["pdftotext", "-layout", str(tmp_path / f"{language}.pdf"), "-"]
        text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
        seen = "".join(text.split())
        expected = ["Enbas.", "☐totick&<b>", "☒ticked", "Mandat"]
        if language != "ar":  # English words in an Arabic line come out in an order of pdftotext's own
            expected += ["Englishonly.", "Seethesite,now<&>.", "Intheannex."]
        assert [words for words in expected if words not in seen] == []
