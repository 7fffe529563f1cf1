"""Two languages in one letter, in every output: both whole, in their order, each in its own direction."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from lxml import etree

from office.ziplayout import read_zip
from templates.docx import compile_docx
from templates.escapes import HTML_ESCAPES
from templates.html import compile_html
from templates.look import Look
from templates.page import PageTemplate
from templates.rendering import Forms, compile_forms, forms_from_archive
from templates.text import DIVISION
from templates.wordxml import PPR_ORDER, SECTPR_ORDER, local, w
from tests.templates import letterhead_zoo as zoo
from tests.templates.bilingual import stacked
from tests.templates.samples import LETTERS

PAIRS = [("fr", "ar"), ("ar", "fr"), ("zh", "en"), ("en", "fr")]
Values = tuple[str | bool, ...]
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def letter(look: Look, first: str, second: str) -> tuple[Forms, Values]:
    composed, values = stacked(first, second)
    return compile_forms(composed, look), values


def alone(look: Look, language: str) -> tuple[Forms, Values]:
    composed, values = LETTERS[language]
    return compile_forms(composed, look), values


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_text_is_both_letters_with_a_rule_between_them(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    upper, lower = forms.text_for(values).split(f"\n\n{DIVISION}\n\n\n")
    assert [upper, lower] == [made.text_for(own) for made, own in (alone(look, first), alone(look, second))]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_subject_has_the_reference_once_and_both_subjects(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    reference = "CL-31/004 – "
    own = [made.subject_for(has).removeprefix(reference) for made, has in (alone(look, first), alone(look, second))]
    assert forms.subject_for(values) == reference + " / ".join(own)


def _deeper(tag: re.Match[str]) -> str:
    return f"{tag[1]}{int(tag[2]) + 1}"


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_each_part_of_the_page_has_its_language_and_direction(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    page = forms.html_for(values)
    assert page.count("<html") == page.count("<body") == page.count("</body>") == page.count("<title>") == 1
    direction = {"ar": "rtl"}
    upper, lower = page.split(f'<div lang="{second}" dir="{direction.get(second, "ltr")}">')
    assert f'<html lang="{first}" dir="{direction.get(first, "ltr")}">' in upper
    for language, half in ((first, upper), (second, lower)):
        made, own = alone(look, language)
        body = re.search(r"<body[^>]*>(.*)</body>", made.html_for(own), re.DOTALL)
        assert body is not None
        # One heading of the first level a page: those of the second part stand a level deeper.
        own_words = body[1] if language == first else re.sub(r"(</?h)(\d)", _deeper, body[1])
        assert own_words in half
    assert page.count("<h1") == 1
    title = re.search(r"<title>(.*)</title>", page)
    assert title is not None
    assert " / " in title[1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("<!DOCTYPE html><title>T</title><head></head>", ""),
        ("<!doctype html><HTML><head></head>", "</HTML>"),
        ("<html><head></head><BODY class='a'>", "</BODY></html>"),
    ],
)
def test_an_offices_own_page_serves_for_both(before: str, after: str) -> None:
    composed, values = stacked("fr", "ar")
    page = compile_html(composed, PageTemplate("own.html", f"{before}<p>{{{{ unit }}}}</p>{{{{ body }}}}{after}"))
    source = page.splice(values, HTML_ESCAPES)
    upper, lower = source.split('<div lang="ar" dir="rtl">')
    assert upper.startswith(f"{before}<p>{LETTERS['fr'][0].unit}</p>")
    assert lower.startswith(f"<p>{LETTERS['ar'][0].unit}</p>")
    assert lower.endswith(f"</div>\n{after}")


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_the_document_is_both_letters_in_their_order(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    document = docx.Document(io.BytesIO(forms.docx_for(values)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    singles = [docx.Document(io.BytesIO(made.docx_for(own))) for made, own in (alone(look, first), alone(look, second))]
    upper, lower = ([paragraph.text for paragraph in single.paragraphs] for single in singles)
    assert texts == [*upper, "", *lower]  # between them, the paragraph that ends the section
    cells = [[cell.text for cell in table._cells] for table in document.tables]
    assert cells == [[cell.text for cell in table._cells] for single in singles for table in single.tables]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_each_section_has_its_direction_and_its_headers(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    document = docx.Document(io.BytesIO(forms.docx_for(values)))
    upper, lower = document.sections
    for section, language in ((upper, first), (lower, second)):
        is_backwards = language == "ar"
        assert (section._sectPr.find(w("bidi")) is not None) is is_backwards
        office = LETTERS[language][0].office_name
        assert office in section.first_page_header.tables[0].rows[0].cells[0].text
        assert office in section.header.tables[0].rows[0].cells[0].text
        for header in (section.header, section.first_page_header, section.footer):
            for paragraph in header._element.iter(w("p")):
                assert _is_backwards(paragraph) is is_backwards
    assert lower.start_type == WD_SECTION.NEW_PAGE


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_each_paragraph_has_the_direction_of_its_part(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    root = etree.fromstring(read_zip(forms.docx_for(values))["word/document.xml"])
    language = first
    for element in root.iter(w("p"), w("tbl")):
        if element.find(f"{w('pPr')}/{w('sectPr')}") is not None:
            language = second
        elif element.tag == w("tbl"):
            assert (element.find(f"{w('tblPr')}/{w('bidiVisual')}") is not None) is (language == "ar")
        else:
            assert _is_backwards(element) is (language == "ar")
    assert language == second


def _is_backwards(paragraph: etree._Element) -> bool:
    bidi = paragraph.find(f"{w('pPr')}/{w('bidi')}")
    return bidi is not None and bidi.get(w("val")) != "0"


def test_the_second_language_is_named_on_its_runs(look: Look) -> None:
    forms, values = letter(look, "fr", "en")
    root = etree.fromstring(read_zip(forms.docx_for(values))["word/document.xml"])
    named = [
        (found.get(w("val")) if found is not None else "")
        for found in (run.find(f"{w('rPr')}/{w('lang')}") for run in root.iter(w("r")) if run.find(w("t")) is not None)
    ]
    first = named.index("en-GB")
    assert set(named[:first]) == {""}
    assert set(named[first:]) == {"en-GB"}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_elements_stand_in_the_order_of_the_schema(look: Look, first: str, second: str) -> None:
    forms, values = letter(look, first, second)
    root = etree.fromstring(read_zip(forms.docx_for(values))["word/document.xml"])
    for name, order in (("pPr", PPR_ORDER), ("sectPr", SECTPR_ORDER)):
        for properties in root.iter(w(name)):
            places = [order.index(local(child)) for child in properties]
            assert places == sorted(places)


def test_an_offices_own_letterhead_serves_for_both(tmp_path: Path) -> None:
    picture = tmp_path / "seal.png"
    picture.write_bytes(base64.b64decode(_PIXEL))
    head = docx.Document()
    head.sections[0].header.paragraphs[0].add_run("{{ office }} ").add_picture(str(picture))
    head.add_paragraph("{{ subject }}").add_run().add_picture(str(picture))
    head.add_section(WD_SECTION.CONTINUOUS)
    head.add_paragraph("{{ body }}", style="Body Text")
    head.sections[1].footer.is_linked_to_previous = False
    head.sections[1].footer.paragraphs[0].text = "{{ unit }}"
    target = io.BytesIO()
    head.save(target)
    composed, values = stacked("fr", "ar")
    made = docx.Document(io.BytesIO(compile_docx(composed, target.getvalue()).splice(values)))
    starts = [section.start_type for section in made.sections]
    assert starts[1:] == [WD_SECTION.CONTINUOUS, WD_SECTION.NEW_PAGE, WD_SECTION.CONTINUOUS]
    offices = [section.header.paragraphs[0].text.strip() for section in made.sections]
    assert offices == [LETTERS[language][0].office_name for language in ("fr", "fr", "ar", "ar")]
    units = [made.sections[number].footer.paragraphs[0].text for number in (1, 3)]
    assert units == [LETTERS[language][0].unit for language in ("fr", "ar")]
    for section in made.sections:
        (blip,) = section.header.paragraphs[0]._p.iter(f"{_DRAWING}blip")
        assert section.header.part.related_parts[blip.get(qn("r:embed"))].blob == base64.b64decode(_PIXEL)
    numbers = [found.get("id") for found in made.element.body.iter(qn("wp:docPr"))]
    assert len(numbers) == len(set(numbers)) == 2


def test_identities_are_not_given_twice(look: Look) -> None:
    forms, values = letter(look, "fr", "ar")
    names = read_zip(forms.docx_for(values))
    types = etree.fromstring(names["[Content_Types].xml"])
    overrides = [found.get("PartName") for found in types if found.get("PartName")]
    assert len(overrides) == len(set(overrides))
    assert {str(found).lstrip("/") for found in overrides} <= set(names)
    relations = etree.fromstring(names["word/_rels/document.xml.rels"])
    identifiers = [found.get("Id") for found in relations]
    assert len(identifiers) == len(set(identifiers))


def test_the_copy_of_a_header_has_pictures_bookmarks_and_paragraphs_of_its_own() -> None:
    picture = '<w:r><w:drawing><wp:inline><wp:docPr id="7" name="Seal"/></wp:inline></w:drawing></w:r>'
    bookmark = '<w:bookmarkStart w:id="3" w:name="seal"/><w:bookmarkEnd w:id="3"/>'
    data = zoo.letterhead_of(zoo.BODY, default=zoo.paragraph("{{ office }}", picture, bookmark))
    composed, values = stacked("fr", "ar")
    parts = read_zip(compile_docx(composed, data).splice(values))
    headers = [etree.fromstring(parts[name]) for name in ("word/header2.xml", "word/header2-2.xml")]
    spaces = headers[0].nsmap
    for element, attribute in (
        (f"{{{spaces['wp']}}}docPr", "id"),
        (f"{{{spaces['w']}}}bookmarkStart", f"{{{spaces['w']}}}name"),
        (f"{{{spaces['w']}}}p", f"{{{spaces['w14']}}}paraId"),
    ):
        found = [one.get(attribute) for root in headers for one in root.iter(element) if one.get(attribute)]
        assert found
        assert len(found) == len(set(found)), element


def test_the_archive_gives_the_same_bytes_and_knows_each_slots_language(look: Look) -> None:
    forms, values = letter(look, "fr", "ar")
    forms = replace(
        forms, slots=tuple(replace(slot, language=tag) for tag in ("fr", "ar") for slot in LETTERS[tag][0].slots)
    )
    again = forms_from_archive(forms.to_archive())
    assert again.language == "fr+ar"
    assert [slot.language for slot in again.slots] == ["fr"] * 5 + ["ar"] * 5
    assert again.text_for(values) == forms.text_for(values)
    assert again.html_for(values) == forms.html_for(values)
    assert again.docx_for(values) == forms.docx_for(values)
    assert again.to_archive() == forms.to_archive()
    single = forms_from_archive(alone(look, "fr")[0].to_archive())
    assert {slot.language for slot in single.slots} == {"fr"}


@pytest.mark.packages
def test_libreoffice_shows_both_in_their_order(look: Look, tmp_path: Path) -> None:
    expected = {
        ("fr", "ar"): ("Union exemplaire des phares", "Madame la Ministre, Monsieur le Ministre,", "70/125"),
        ("zh", "en"): ("各位部长阁下：", "顺致最崇高的敬意。", "Example Lighthouse Union", "The Union keeps count"),
    }
    for pair in expected:
        forms, values = letter(look, *pair)
        (tmp_path / f"{'-'.join(pair)}.docx").write_bytes(forms.docx_for(values))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, tmp_path.glob("*.docx"))], check=True, capture_output=True, timeout=180)
    for pair, words in expected.items():
        command = ["pdftotext", "-layout", str(tmp_path / f"{'-'.join(pair)}.pdf"), "-"]
        text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
        pages = "".join(text.split())
        places = [pages.find("".join(word.split())) for word in words]
        assert -1 not in places
        assert places == sorted(places)
