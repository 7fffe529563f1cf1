"""The Word document, read back with python-docx and on its XML."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pytest
from docx.document import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from letters.blocks import Conditional, Link, PageBreak, Paragraph, Text, Value
from letters.composed import Composed
from office.ziplayout import read_zip
from templates.docx import compile_docx
from templates.docxform import DocxForm
from templates.frame import clean
from templates.letterhead import letterhead
from templates.wordxml import PPR_ORDER, RPR_ORDER, SECTPR_ORDER, TBLPR_ORDER, W, local, w
from tests.templates.bilingual import stacked
from tests.templates.samples import ARABIC, ARABIC_VALUES, CHINESE, CHINESE_VALUES, ENGLISH, ENGLISH_VALUES, LETTERS, p

HEADS = {direction: letterhead(direction) for direction in ("ltr", "rtl")}


def compiled(composed: Composed) -> DocxForm:
    return compile_docx(composed, HEADS[composed.direction])


def parts(composed: Composed, values: tuple[str | bool, ...]) -> dict[str, bytes]:
    return read_zip(compiled(composed).splice(values))


def opened(composed: Composed, values: tuple[str | bool, ...]) -> Document:
    return docx.Document(io.BytesIO(compiled(composed).splice(values)))


def test_the_text_in_its_order() -> None:
    document = opened(ENGLISH, ENGLISH_VALUES)
    assert [paragraph.text for paragraph in document.paragraphs] == [
        "Subject: Survey of coastal lights 2031\n(Geneva, 5-9 May 2031)",
        "Excellency,",
        "The Union keeps count of the lights of Côte d’Ivoire. Please answer before 1 May 2031.",
        "What we ask",
        "Fill in the form",
        "It has two pages.",
        "Send the pictures, if any:",
        "by mail",
        "by post",
        "Numbered lists begin anew:",
        "first",
        "second",
        "Governments may also name an expert.",
        "",  # after the table
        "Let there be light.",
        "See the page, https://www.example.int/lights, lamps@example.int or your own page.\nThank you.",
        "Accept, Excellency, the assurances of my highest consideration.",
        "(Original signed)",
        "Bela Montero",
        "Secretary-General",
        "Annex 1\nReply form",
        "Name of the light:",
        "Signature:",
    ]
    frame = document.tables[0].rows[0].cells
    assert [paragraph.text for paragraph in frame[0].paragraphs] == [
        "Ref.: CL-31/004", "File: LH 2031/7", "Contact: Ms. Adela Quist", "Tel.: +41\u00a022\u00a0555\u00a001\u00a002",
        "E-mail: lamps@example.int",
    ]  # fmt: skip
    assert [paragraph.text for paragraph in frame[1].paragraphs] == [
        "Geneva, 3 March 2031", "Governments", "Private sector", "Academia",
    ]  # fmt: skip
    header = document.sections[0].first_page_header
    assert [[paragraph.text for paragraph in cell.paragraphs] for cell in header.tables[0].rows[0].cells] == [
        ["Example Lighthouse Union", "General Secretariat"],
        [""],  # no logo
    ]
    following = document.sections[0].header.tables[0].rows[0].cells
    assert [cell.text for cell in following] == ["Example Lighthouse Union", "CL-31/004"]


def styles_of(document: Document) -> dict[str, str]:
    return {paragraph.text: str(paragraph.style.name) for paragraph in document.paragraphs if paragraph.style}


def test_styles() -> None:
    document = opened(ENGLISH, ENGLISH_VALUES)
    styles = styles_of(document)
    assert styles["What we ask"] == "Heading 1"
    assert styles["first"] == "List Number"
    assert styles["by mail"] == "List Bullet"
    assert styles["Excellency,"] == "Normal"
    table = document.tables[1]
    assert table.style is not None
    assert table.style.name == "Table Grid"
    assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")


def test_numbered_lists_begin_anew() -> None:
    document = opened(ENGLISH, ENGLISH_VALUES)
    numbers = {
        paragraph.text: paragraph._p.xpath("w:pPr/w:numPr/w:numId/@w:val")
        for paragraph in document.paragraphs
        if paragraph._p.xpath("w:pPr/w:numPr")
    }
    assert numbers["Fill in the form"] == numbers["Send the pictures, if any:"]
    assert numbers["first"] == numbers["second"] != numbers["Fill in the form"]
    numbering = etree.fromstring(read_zip(compiled(ENGLISH).splice(ENGLISH_VALUES))["word/numbering.xml"])
    kinds = [local(child) for child in numbering]
    assert kinds == sorted(kinds)  # abstractNum before num
    assert len(numbering.findall(f".//{w('startOverride')}")) == 2


def test_the_markers_of_lists_from_right_to_left_stay_within_the_margin() -> None:
    """«left» is the other side to Word than to LibreOffice there; the middle is the same to both."""
    numbering = etree.fromstring(parts(*stacked("en", "ar"))["word/numbering.xml"])
    sides = [
        {str(side.get(w("val"))) for side in kind.iter(w("lvlJc"))} for kind in numbering.findall(w("abstractNum"))
    ]
    assert sorted(sides, key=str) == [{"center"}, {"center"}, {"left"}, {"left"}]


def test_links() -> None:
    document = opened(ENGLISH, ENGLISH_VALUES)
    targets = {rel.target_ref for rel in document.part.rels.values() if rel.reltype.endswith("/hyperlink")}
    assert targets == {
        "https://www.example.int/lights?a=1&b=2",
        "https://www.example.int/lights",
        "mailto:lamps@example.int",
    }
    xml = parts(ENGLISH, ENGLISH_VALUES)["word/document.xml"].decode()
    assert ' HYPERLINK "https://www.example.int/s/k7" ' in xml


@pytest.mark.parametrize("value", ['x" \\o "y', "a\\b", "<w:p/>", "javascript:alert(1)", "a b"])
def test_a_value_cannot_leave_the_field_of_its_link(value: str) -> None:
    links = Link((Value(3),), (Text("x"),)), Link((Text("https://a/"), Value(3)), ())
    letter = replace(ENGLISH, body=(Paragraph(links),))
    xml = etree.fromstring(parts(letter, ("", "", True, value, ""))["word/document.xml"])
    codes = [str(code.text) for code in xml.iter(w("instrText"))]
    assert len(codes) == 2
    assert codes[0] == ' HYPERLINK "#" '
    assert all(re.fullmatch(r' HYPERLINK "[^"\\ ]*" ', code) for code in codes)


def test_conditions_and_empty_paragraphs() -> None:
    letter = replace(ENGLISH, signature_note="", unit="", body=(Conditional(2, (p("yes"),), (p("no"),)),), annexes=())
    texts = [paragraph.text for paragraph in opened(letter, ("", "", False, "", "")).paragraphs]
    assert texts == [
        "Subject: Survey of coastal lights 2031\n(Geneva, 5-9 May 2031)", "no", "Bela Montero", "Secretary-General",
    ]  # fmt: skip


def test_a_letter_without_addressee_fields_is_constant() -> None:
    letter = replace(ENGLISH, salutation=(Text("Sir,"),), closing=(Text("Yours"),), body=(p("Text."),))
    form = compiled(letter)
    assert form.is_constant
    assert form.splice(()) == compiled(letter).splice(())


def test_pages_break_before_annexes_and_at_rules() -> None:
    letter = replace(ENGLISH, body=(p("a"), PageBreak(), p("b"), PageBreak(), Conditional(2, (p("c"),), ())))
    document = opened(letter, ENGLISH_VALUES)
    broken = {paragraph.text for paragraph in document.paragraphs if paragraph.paragraph_format.page_break_before}
    assert broken == {"b", "Annex 1\nReply form", "Signature:"}
    assert sum('w:type="page"' in paragraph._p.xml for paragraph in document.paragraphs) == 1


@pytest.mark.parametrize("language", list(LETTERS))
def test_elements_stand_in_the_order_of_the_schema(language: str) -> None:
    orders = {"pPr": PPR_ORDER, "rPr": RPR_ORDER, "sectPr": SECTPR_ORDER, "tblPr": TBLPR_ORDER}
    for name, content in parts(*LETTERS[language]).items():
        root = etree.fromstring(content)
        for kind, order in orders.items():
            for properties in root.iter(w(kind)):
                names = [order.index(local(child)) for child in properties]
                assert names == sorted(names), (name, etree.tostring(properties))


@pytest.mark.parametrize("language", list(LETTERS))
def test_the_language_is_said(language: str) -> None:
    content = parts(*LETTERS[language])
    styles = etree.fromstring(content["word/styles.xml"])
    (lang,) = styles.iter(w("lang"))
    expected = {"en": "en-GB", "fr": "fr-FR", "zh": "zh-CN", "ar": "ar-SA"}[language]
    assert lang.get(w({"zh": "eastAsia", "ar": "bidi"}.get(language, "val"))) == expected
    assert b"<w:lang" not in content["word/document.xml"]
    assert f"<dc:language>{language}</dc:language>".encode() in content["docProps/core.xml"]


def test_properties_of_the_document() -> None:
    properties = opened(ENGLISH, ENGLISH_VALUES).core_properties
    assert properties.title == "Survey of coastal lights 2031 (Geneva, 5-9 May 2031)"
    assert properties.subject == "CL-31/004, LH 2031/7"
    assert properties.author == "Example Lighthouse Union"
    personal = replace(ENGLISH, subject=((Text("For "), Value(1)),))
    assert opened(personal, ("", "<a>\n&", True, "", "")).core_properties.title == "For <a> &"


def test_arabic_runs_from_right_to_left() -> None:
    content = parts(ARABIC, ARABIC_VALUES)
    for name in ("word/document.xml", "word/header1.xml", "word/header2.xml", "word/footer1.xml"):
        root = etree.fromstring(content[name])
        assert all(paragraph.find(f"{w('pPr')}/{w('bidi')}") is not None for paragraph in root.iter(w("p")))
        assert all(table.find(f"{w('tblPr')}/{w('bidiVisual')}") is not None for table in root.iter(w("tbl")))
    document = etree.fromstring(content["word/document.xml"])
    assert document.find(f".//{w('sectPr')}/{w('bidi')}") is not None
    backwards: list[str] = []
    forwards: list[str] = []
    for run in document.iter(w("r")):
        text = "".join(str(found.text) for found in run.findall(w("t")))
        (forwards if run.find(f"{w('rPr')}/{w('rtl')}") is None else backwards).append(text)
    assert not any(re.search("[A-Za-z0-9]", text) for text in backwards)
    assert not any(re.search("[\u0600-\u06ff]", text) for text in forwards)
    assert {"CL-31/004", "\u200e+41\u00a022\u00a0555\u00a001\u00a002", "70/125", "NO", "lamps@example.int"} <= set(
        forwards
    )
    assert b'w:cs="Arial"' in content["word/styles.xml"]
    bold = next(run for run in document.iter(w("r")) if "خبير" in "".join(map(str, run.itertext())))
    assert bold.find(f"{w('rPr')}/{w('bCs')}") is not None


def test_chinese_has_its_font() -> None:
    assert b'w:eastAsia="SimSun"' in parts(CHINESE, CHINESE_VALUES)["word/styles.xml"]


@given(value=st.text())
@pytest.mark.parametrize("language", ["en", "ar"])
def test_any_value_comes_out_as_it_is(language: str, value: str) -> None:
    form = FORMS[language]
    document = docx.Document(io.BytesIO(form.splice((value, value, True, value, value))))
    shown = clean(value)
    texts = [_without_marks(paragraph.text) for paragraph in document.paragraphs]
    assert _without_marks(f"[{shown}]") in texts
    assert document.element.body.tag == f"{{{W}}}body"


def _without_marks(text: str) -> str:
    return text.replace("\u200e", "").replace("\u200f", "")


FORMS = {
    letter.language: compiled(replace(letter, body=(Paragraph((Text("["), Value(1), Text("]"))),)))
    for letter in (ENGLISH, ARABIC)
}


@pytest.mark.parametrize(("letter", "values"), [(ENGLISH, ENGLISH_VALUES), (ARABIC, ARABIC_VALUES)])
def test_no_line_breaks_within_a_telephone_number(letter: Composed, values: tuple[str | bool, ...]) -> None:
    called = replace(letter, body=(p("+41 22 555 01 02, (+1-202) 555-0147, a+1 2 3"),))
    text = parts(called, values)["word/document.xml"].decode()
    assert text.count("+41\u00a022\u00a0555\u00a001\u00a002") == 2  # among the contacts, in the text
    assert "202)\u00a0555</w:t><w:noBreakHyphen/><w:t" in text
    assert "a+1 2 3" in text


def test_marks_in_chinese_are_as_wide_as_its_characters_but_not_within_foreign_words() -> None:
    letter = replace(CHINESE, body=(p("主题为“信息”（WSIS），见", Value(1), "的“Château d’If — 1”。"),))
    root = etree.fromstring(parts(letter, ("", "d’Ivoire“甲”", True, "", ""))["word/document.xml"])
    wide: list[str] = []
    narrow: list[str] = []
    for run in root.iter(w("r")):
        fonts = run.find(f"{w('rPr')}/{w('rFonts')}")
        hinted = fonts is not None and fonts.get(w("hint")) == "eastAsia"
        (wide if hinted else narrow).append("".join(map(str, run.itertext())))
    assert {"主题为“信息”（", "），见", "“甲”", "的“", "”。"} <= set(wide)
    assert {"WSIS", "d’Ivoire", "Château d’If — 1"} <= set(narrow)
    assert b"w:hint" not in parts(ENGLISH, ENGLISH_VALUES)["word/document.xml"]


def test_the_close_never_stands_alone_on_a_page() -> None:
    document = opened(replace(ENGLISH, body=(p("First."), p("Last."))), ENGLISH_VALUES)
    kept = {paragraph.text: bool(paragraph.paragraph_format.keep_with_next) for paragraph in document.paragraphs}
    assert not kept["First."]
    assert kept["Last."]
    assert kept["(Original signed)"]
    assert not kept["Secretary-General"]
    broken = opened(replace(ENGLISH, body=(p("First."), PageBreak(), p("Last."))), ENGLISH_VALUES)
    (last,) = (paragraph for paragraph in broken.paragraphs if paragraph.text == "Last.")
    assert last.paragraph_format.page_break_before
