"""Fields wherever a designer puts them: they are filled, and what stands around them stays as it was."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from letters.composed import Composed
from office.pictures import Picture, picture_of
from office.ziplayout import read_zip
from templates.docx import compile_docx
from templates.letterfaults import letterhead_findings
from templates.letterhead import letterhead
from templates.wordxml import W, w
from tests.templates.letterhead_zoo import (
    BODY,
    control,
    letterhead_of,
    paragraph,
    run,
    shattered,
    table,
    text_box,
    word_field,
)
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES

OFFICE = "Example Lighthouse Union"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def filled(data: bytes, letter: Composed = ENGLISH, **options: object) -> dict[str, bytes]:
    errors = [
        finding.message for finding in letterhead_findings("letterhead.ltr.docx", data) if finding.level == "error"
    ]
    assert errors == []
    values = ARABIC_VALUES if letter.language == "ar" else ENGLISH_VALUES
    document = compile_docx(letter, data, **options).splice(values)  # type: ignore[arg-type]
    docx.Document(io.BytesIO(document))
    return read_zip(document)


def lines(content: bytes) -> list[str]:
    """Return the text of each paragraph, without those of text boxes within it."""
    found: list[str] = []
    for element in etree.fromstring(content).iter(w("p")):
        own = (text for text in element.iter(w("t")) if next(text.iterancestors(w("p"))) is element)
        found.append("".join(text.text or "" for text in own))
    return found


HABITATS = {
    "runs": shattered("On: {{ office }} !"),
    "smart tag": f'<w:smartTag w:uri="u" w:element="e">{shattered("{{ office")}</w:smartTag>{run(" }}")}',
    "content control": control(shattered("{{ office }}"), "<w:showingPlcHdr/><w:text/>"),
    "control around a part": run("{{ ") + control(run("office")) + run(" }}"),
    "link": f'<w:hyperlink r:id="link" w:history="1">{shattered("{{ office }}")}</w:hyperlink>',
    "Word's own link": word_field('HYPERLINK "https://www.example.int/"', shattered("{{ office }}")),
    "beside a page number": word_field("PAGE", run("7")) + shattered(" {{ office }}"),
    "simple field": f'<w:fldSimple w:instr=" TITLE ">{run("{{ office }}")}</w:fldSimple>',
    "spaces that do not break": shattered("{{\u00a0office\u00a0}}"),
    "marks of direction": shattered("\u200f{\u200e{\u200e office\u200e }}\u200f"),
    "capitals": run("{{ Office }}"),
    "full width": run("｛｛office｝｝"),
    "custom XML": f'<w:customXml w:uri="u" w:element="e">{run("{{ office }}")}</w:customXml>',
    "from right to left": f'<w:dir w:val="rtl">{run("{{ office }}")}</w:dir>',
    "permission": f'<w:permStart w:id="3" w:edGrp="everyone"/>{run("{{ office }}")}<w:permEnd w:id="3"/>',
}


@pytest.mark.parametrize("habitat", list(HABITATS))
def test_a_field_is_filled_wherever_it_stands_in_a_line(habitat: str) -> None:
    inside = paragraph(HABITATS[habitat])
    data = letterhead_of(
        inside, table(inside + table(inside) + paragraph(""), inside), paragraph(text_box(inside)), BODY
    )
    found = [text for text in lines(filled(data)["word/document.xml"]) if OFFICE in text]
    assert len(found) == 6  # on the page, in two cells and a table within one, in the text box and its twin
    assert not any("{" in text or "｛" in text for text in found)


def test_headers_of_all_kinds_and_footers() -> None:
    stories = {kind: paragraph(shattered("{{ reference }}")) for kind in ("first", "default", "even", "footer")}
    content = filled(letterhead_of(BODY, **stories))
    for part in ("header1", "header2", "header3", "footer1"):
        assert lines(content[f"word/{part}.xml"]) == ["CL-31/004"]


def test_block_fields_in_controls_and_cells() -> None:
    data = letterhead_of(
        control(paragraph("{{ references }}")),
        table(control(paragraph("{{ contacts }}")), paragraph("{{ addressees }}")),
        control(BODY),
    )
    texts = lines(filled(data)["word/document.xml"])
    assert texts[:2] == ["Ref.: CL-31/004", "File: LH 2031/7"]
    assert {"E-mail: lamps@example.int", "Academia", "What we ask", "Annex 1Reply form"} <= set(texts)


def test_a_content_control_lets_go_of_what_would_refill_it() -> None:
    bound = '<w:dataBinding w:xpath="/x" w:storeItemID="{1}"/><w:showingPlcHdr/><w:text/>'
    data = letterhead_of(f"<w:p>{control(run('{{ reference }}'), bound)}</w:p>", BODY)
    root = etree.fromstring(filled(data)["word/document.xml"])
    (properties,) = root.iter(w("sdtPr"))
    assert [child.tag for child in properties] == [w("alias"), w("id")]


def test_paragraphs_with_fields_leave_the_control_around_them() -> None:
    static = control(paragraph("Palais des Phares"))
    nested = control(control(paragraph("{{ subject }}")))
    root = etree.fromstring(filled(letterhead_of(static, nested, table(control(BODY))))["word/document.xml"])
    (kept,) = root.iter(w("sdt"))
    assert "".join(text.text or "" for text in kept.iter(w("t"))) == "Palais des Phares"
    assert "What we ask" in lines(etree.tostring(root))


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("{{ unit | default(“Bureau”) }}", "Bureau"),
        ("{{ unit|default(«\u00a0Bureau\u00a0») }}", "Bureau"),
        ("{{ unit | default(‘l’) }}", "l"),
        ("{{ “Our reference:” }} {{ reference }}", "Our reference: CL-31/004"),
        ("{{ 'Ref' }}", "Ref"),
        ("{{ references | join(“ · ”) }}", "Ref.: CL-31/004 · File: LH 2031/7"),
        ("{{ references | default(“none”) | join(', ') }}", "Ref.: CL-31/004, File: LH 2031/7"),
    ],
)
def test_quotes_of_any_kind_within_a_field(field: str, expected: str) -> None:
    letter = replace(ENGLISH, unit="")
    assert expected in lines(filled(letterhead_of(paragraph(shattered(field)), BODY), letter)["word/document.xml"])


def test_what_stands_around_a_field_stays() -> None:
    tabs = run("{{ of") + "<w:r><w:tab/></w:r>" + run("fice }}") + "<w:r><w:tab/></w:r>" + run("p. ")
    numbers = word_field("PAGE", run("2")) + run(" of ") + word_field("NUMPAGES", run("3"))
    properties = '<w:pStyle w:val="Header"/><w:tabs><w:tab w:val="right" w:pos="9000"/></w:tabs>'
    header = paragraph(tabs + numbers + text_box(paragraph("Box")), properties=properties)
    root = etree.fromstring(filled(letterhead_of(BODY, default=header))["word/header2.xml"])
    assert len(list(root.iter(f"{{{W}}}r"))) > 5
    kinds = [mark.get(w("fldCharType")) for mark in root.iter(w("fldChar"))]
    assert kinds == ["begin", "separate", "end"] * 2
    assert [code.text for code in root.iter(w("instrText"))] == [" PAGE ", " NUMPAGES "]
    runs_with_tabs = [child for found in root.iter(w("r")) for child in found if child.tag == w("tab")]
    assert len(runs_with_tabs) == 2
    assert root.find(f"{w('p')}/{w('pPr')}/{w('tabs')}/{w('tab')}") is not None
    assert lines(etree.tostring(root)) == [f"{OFFICE}p. 2 of 3", "Box", "Box"]


def test_lines_set_in_by_tabs_stay_in_one_paragraph() -> None:
    header = paragraph("<w:r><w:tab/><w:tab/></w:r>", run("{{ references }}"))
    root = etree.fromstring(filled(letterhead_of(BODY, default=header))["word/header2.xml"])
    assert len(list(root.iter(w("tab")))) == 2
    assert len(list(root.iter(w("br")))) == 1
    assert lines(etree.tostring(root)) == ["Ref.: CL-31/004File: LH 2031/7"]


def picture(width: int, height: int) -> Picture:
    """Return a black PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(width) for _ in range(height)))
    found = picture_of(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    assert found is not None
    return found


def test_the_logo_is_scaled_down_described_and_kept_once() -> None:
    content = filled(letterhead_of(BODY, first=paragraph("{{ logo }}")), logo=picture(1600, 400))
    root = etree.fromstring(content["word/header1.xml"])
    (extent,) = root.iter("{*}extent")
    assert (int(extent.get("cx", "")), int(extent.get("cy", ""))) == (2_160_000, 540_000)  # 60 mm wide, 15 mm high
    (described,) = root.iter("{*}docPr")
    assert described.get("descr") == OFFICE
    (blip,) = root.iter(f"{DRAWING}blip")
    relations = etree.fromstring(content["word/_rels/header1.xml.rels"])
    (target,) = [found.get("Target") for found in relations if found.get("Id") in blip.attrib.values()]
    assert content[f"word/{target}"] == picture(1600, 400).content
    assert b'PartName="/word/media/circulars-1.png" ContentType="image/png"' in content["[Content_Types].xml"]


def test_a_small_logo_is_not_blown_up_and_a_narrow_cell_narrows_it() -> None:
    data = letterhead_of(table(*[paragraph("{{ logo }}")] * 9), BODY)
    (extent, *_) = etree.fromstring(filled(data, logo=picture(800, 80))["word/document.xml"]).iter("{*}extent")
    assert int(extent.get("cx", "")) == 1000 * 635
    (extent, *_) = etree.fromstring(filled(data, logo=picture(30, 20))["word/document.xml"]).iter("{*}extent")
    assert (int(extent.get("cx", "")), int(extent.get("cy", ""))) == (30 * 9525, 20 * 9525)


def test_the_paragraph_of_a_logo_that_is_not_there_goes() -> None:
    data = letterhead_of(paragraph("{{ logo }}"), paragraph("{{ office }}"), BODY)
    assert lines(filled(data)["word/document.xml"])[0] == OFFICE


def test_a_signature_takes_the_place_of_its_note() -> None:
    letter = replace(ENGLISH, facsimile=picture(400, 100), signature_note="")
    root = etree.fromstring(filled(letterhead("ltr"), letter)["word/document.xml"])
    (described,) = root.iter("{*}docPr")
    assert described.get("descr") == "Bela Montero"
    assert "(Original signed)" in lines(filled(letterhead("ltr"))["word/document.xml"])


COPIES = replace(ENGLISH, copies_label="Copies", copies=("Permanent Missions", "Regional offices"))


def test_copies_have_their_place_or_stand_before_the_annexes() -> None:
    own = letterhead_of(paragraph("{{ copies }}"), BODY)
    assert lines(filled(own, COPIES)["word/document.xml"])[:3] == ["Copies:", "Permanent Missions", "Regional offices"]
    assert lines(filled(own)["word/document.xml"])[0].startswith("The Union")
    for data in (letterhead_of(BODY), letterhead_of(BODY, paragraph("{{ annexes }}"))):
        texts = lines(filled(data, COPIES)["word/document.xml"])
        start = texts.index("Copies:")
        assert texts[start + 1 : start + 4] == ["Permanent Missions", "Regional offices", "Annex 1Reply form"]
    body = etree.fromstring(filled(own, COPIES)["word/document.xml"])
    kept = [line.find(f"{w('pPr')}/{w('keepNext')}") is not None for line in body.iter(w("p"))]
    assert kept[:3] == [True, True, False]  # on one page
    one = replace(COPIES, copies=("Permanent Missions",))
    assert "Copies: Permanent Missions" in lines(filled(own, one)["word/document.xml"])


THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="x"><a:themeElements><a:clrScheme'
    ' name="x"><a:accent1><a:srgbClr val="4472C4"/></a:accent1><a:accent2><a:srgbClr val="ED7D31"/></a:accent2>'
    "</a:clrScheme></a:themeElements></a:theme>"
)


def test_what_is_in_the_first_accent_colour_takes_the_offices() -> None:
    border = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="1" w:color="4472C4" w:themeColor="accent1"/></w:pBdr>'
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="B4C6E7" w:themeFill="accent1" w:themeFillTint="66"/>'
    plain, other = (
        '<w:color w:val="4472C4" w:themeColor="accent1"/>',
        '<w:color w:val="ED7D31" w:themeColor="accent2"/>',
    )
    dark = '<w:color w:val="2F5496" w:themeColor="accent1" w:themeShade="80"/>'
    runs = run("{{ office }}", plain), run("b", other), run("c", dark)
    data = letterhead_of(paragraph(*runs, text_box(paragraph("d")), properties=border + shade), BODY, theme=THEME)
    content = filled(data, colour="#c00000")
    root = etree.fromstring(content["word/document.xml"])
    colours = [found.get(w("val")) for found in root.iter(w("color"))]
    assert colours[:3] == ["C00000", "ED7D31", "600000"]
    (top,) = root.iter(w("top"))
    (background,) = root.iter(w("shd"))
    assert (top.get(w("color")), background.get(w("fill"))) == ("C00000", "FF8080")
    assert b'fillcolor="#c00000 [3204]"' in content["word/document.xml"]
    assert b'<a:accent1><a:srgbClr val="C00000"/></a:accent1>' in content["word/theme1.xml"]
    untouched = filled(data)  # an office that sets no colour
    assert b'<a:accent1><a:srgbClr val="4472C4"/></a:accent1>' in untouched["word/theme1.xml"]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_built_in_letterheads_are_drawn_in_the_offices_colour(direction: str) -> None:
    letter = ARABIC if direction == "rtl" else ENGLISH
    content = filled(letterhead(direction), letter, colour="#0a7f3c")
    for part in ("word/header1.xml", "word/header2.xml", "word/theme/theme1.xml"):
        assert b"0A7F3C" in content[part]
        assert b"12365C" not in content[part]


def test_reference_and_office_are_properties_of_the_document() -> None:
    letter = replace(ENGLISH, kind="Circular letter")
    document = docx.Document(io.BytesIO(compile_docx(letter, letterhead("ltr")).splice(ENGLISH_VALUES)))
    properties = document.core_properties
    assert (properties.identifier, properties.keywords) == ("CL-31/004", "CL-31/004")
    assert (properties.author, properties.language, properties.category) == (OFFICE, "en", "Circular letter")


def test_what_stands_on_the_right_of_an_arabic_letterhead_stays_there() -> None:
    """A designer who never turned the paragraph put it there by hand; once it is turned, «right» is the left side."""
    by_hand = paragraph("{{ unit }}", properties='<w:jc w:val="right"/>')
    turned = paragraph("{{ unit }}", properties='<w:bidi/><w:jc w:val="right"/>')
    root = etree.fromstring(filled(letterhead_of(by_hand, turned, BODY), ARABIC)["word/document.xml"])
    sides = [found.get(w("val")) for found in root.iter(w("jc"))]
    assert sides[:2] == ["left", "right"]


def test_ranges_that_began_in_a_paragraph_which_went_do_not_end() -> None:
    begun = '<w:bookmarkStart w:id="3" w:name="letter"/><w:permStart w:id="4" w:edGrp="everyone"/>'
    whole = '<w:bookmarkStart w:id="5" w:name="here"/><w:bookmarkEnd w:id="5"/>'
    ended = '<w:bookmarkEnd w:id="3"/><w:permEnd w:id="4"/>'
    data = letterhead_of(paragraph(begun, "{{ references }}"), paragraph(whole, "{{ office }}"), paragraph(ended), BODY)
    root = etree.fromstring(filled(data)["word/document.xml"])
    marks = [
        mark.get(w("id")) for mark in root.iter(w("bookmarkStart"), w("bookmarkEnd"), w("permStart"), w("permEnd"))
    ]
    assert marks == ["5", "5"]


def test_a_page_number_stays_where_all_else_is_empty() -> None:
    header = paragraph("{{ unit }}", word_field("PAGE", ""))
    content = filled(letterhead_of(BODY, default=header), replace(ENGLISH, unit=""))
    assert b" PAGE " in content["word/header2.xml"]


def test_tracked_changes_of_the_look_are_accepted() -> None:
    change = (
        '<w:rPrChange w:id="8" w:author="A. Quist" w:date="2031-01-05T09:00:00Z"><w:rPr><w:i/></w:rPr></w:rPrChange>'
    )
    content = filled(letterhead_of(paragraph(run("{{ subject }}", f"<w:b/>{change}")), BODY))
    root = etree.fromstring(content["word/document.xml"])
    assert b"A. Quist" not in content["word/document.xml"]
    (first, *_) = root.iter(w("r"))
    assert first.find(f"{w('rPr')}/{w('b')}") is not None
    assert first.find(f"{w('rPr')}/{w('i')}") is None


FIELDS_AND_WORDS = st.lists(
    st.sampled_from(["{{ office }}", "{{unit}}", "{{ reference\u00a0}}", "Ref. ", "{ } ", "é—"])
)


@settings(max_examples=60, deadline=None)
@given(FIELDS_AND_WORDS, st.lists(st.integers(1, 9), min_size=1))
def test_however_a_text_is_cut_it_says_the_same(words: list[str], cuts: list[int]) -> None:
    text = "".join(words)
    pieces: list[str] = []
    rest, number = text, 0
    while rest:
        length = cuts[number % len(cuts)]
        pieces.append(run(rest[:length], "<w:i/>" if number % 2 else ""))
        rest, number = rest[length:], number + 1
    whole = filled(letterhead_of(paragraph(run(text)), BODY))["word/document.xml"]
    cut = filled(letterhead_of(paragraph(*pieces), BODY))["word/document.xml"]
    assert lines(cut) == lines(whole)
