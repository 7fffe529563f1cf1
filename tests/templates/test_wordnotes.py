"""Footnotes, boxes to tick, numbered paragraphs and annexes in the Word document."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from lxml import etree

from letters.blocks import Footnote, List, Text
from letters.composed import Composed
from office.ziplayout import close, deflate, lay_out, read_zip
from templates.docx import compile_docx
from templates.letterfaults import letterhead_findings
from templates.letterhead import letterhead
from templates.reading_back import folded_words, words_of_docx
from templates.wordxml import W, w
from tests.templates.bilingual import stacked
from tests.templates.noted import SITE, noted
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES, LETTERS, item, p

NS = {"w": W, "w14": "http://schemas.microsoft.com/office/word/2010/wordml"}
NOTES = "word/footnotes.xml"


def made(composed: Composed, values: tuple[str | bool, ...] = ENGLISH_VALUES, head: bytes = b"") -> dict[str, bytes]:
    data = compile_docx(composed, head or letterhead(composed.direction)).splice(values)
    docx.Document(io.BytesIO(data))
    return read_zip(data)


def tree(parts: dict[str, bytes], name: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(parts[name])


def words(element: etree._Element) -> str:
    return "".join(str(text.text or "") for text in element.iter(w("t")))


def is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(w("val")) != "0"


def notes_of(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the words of each note by its id, in the order in which the text refers to them."""
    texts = {str(note.get(w("id"))): words(note) for note in tree(parts, NOTES).findall("w:footnote", NS)}
    return {str(mark.get(w("id"))): texts[str(mark.get(w("id")))] for mark in tree(parts).iter(w("footnoteReference"))}


def test_notes_are_words_own() -> None:
    parts = made(noted(ENGLISH))
    assert list(notes_of(parts).values()) == [
        " English only.", " See the site, now <&>.", " For Côte d’Ivoire.", " In the annex.", " En bas.", " حاشية",
    ]  # fmt: skip
    types = tree(parts, "[Content_Types].xml")
    assert any(str(part.get("PartName")) == f"/{NOTES}" for part in types)
    relations = {str(item.get("Type")).rpartition("/")[2] for item in tree(parts, "word/_rels/document.xml.rels")}
    assert "footnotes" in relations
    targets = [str(item.get("Target")) for item in tree(parts, "word/_rels/footnotes.xml.rels")]
    assert targets == [SITE]


def test_the_part_has_its_separators_and_the_settings_know_them() -> None:
    parts = made(noted(ENGLISH))
    kinds = [note.get(w("type")) for note in tree(parts, NOTES).findall("w:footnote", NS)]
    assert kinds[:2] == ["separator", "continuationSeparator"]
    assert set(kinds[2:]) == {None}
    declared = tree(parts, "word/settings.xml").findall("w:footnotePr/w:footnote", NS)
    assert [item.get(w("id")) for item in declared] == ["-1", "0"]


def test_each_note_has_its_number_and_the_styles_of_notes() -> None:
    parts = made(noted(ENGLISH))
    for note in tree(parts, NOTES).findall("w:footnote", NS)[2:]:
        assert note.find("w:p/w:pPr/w:pStyle", NS).get(w("val")) == "FootnoteText"  # type: ignore[union-attr]
        assert len(list(note.iter(w("footnoteRef")))) == 1
    for mark in tree(parts).iter(w("footnoteReference")):
        style = mark.getparent().find("w:rPr/w:rStyle", NS)  # type: ignore[union-attr]
        assert style is not None
        assert style.get(w("val")) == "FootnoteReference"
    styles = {style.get(w("styleId")) for style in tree(parts, "word/styles.xml").findall("w:style", NS)}
    assert {"FootnoteText", "FootnoteReference"} <= styles


def test_a_letter_without_notes_has_no_part_for_them() -> None:
    parts = made(ENGLISH)
    assert NOTES not in parts
    assert b"ootnote" not in parts["word/styles.xml"] + parts["word/settings.xml"]


def test_arabic_notes_run_from_right_to_left() -> None:
    parts = made(noted(ARABIC), ARABIC_VALUES)
    notes = tree(parts, NOTES).findall("w:footnote", NS)
    bidi = [is_on(note.find("w:p/w:pPr/w:bidi", NS)) for note in notes]
    assert bidi == [True, True, True, True, True, True, False, True]  # the fifth note is in the French annex
    marks = [mark.getparent() for mark in tree(parts).iter(w("footnoteReference"))]
    assert [run.find("w:rPr/w:rtl", NS) is not None for run in marks if run is not None] == [True] * 4 + [False, True]


def test_numbers_go_on_in_the_second_language() -> None:
    composed, values = stacked("en", "ar")
    assert composed.second is not None
    second = replace(composed.second, subject=((Text("موضوع"), Footnote(2, (Text("ثانية"),))),))
    first = replace(composed, subject=((Text("S"), Footnote(1, (Text("first"),))),), second=second)
    assert list(notes_of(made(first, values)).values()) == [" first", " ثانية"]


def with_own_notes(content: str) -> bytes:
    """Return the built-in letterhead with footnotes of its own."""
    parts = dict(read_zip(letterhead("ltr")))
    parts[NOTES] = content.encode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/{NOTES}" ContentType="{kind}"/></Types>'.encode()
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId77" Type="{office}" Target="footnotes.xml"/></Relationships>'.encode(),
    )
    return close(*lay_out(deflate(name, data) for name, data in parts.items()))


def test_a_letterhead_may_have_notes_already() -> None:
    own = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="7"><w:p><w:r><w:t>own</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    head = with_own_notes(own)
    assert not [finding for finding in letterhead_findings("letterhead.ltr.docx", head) if finding.level == "error"]
    parts = made(noted(ENGLISH), head=head)
    assert list(notes_of(parts)) == ["8", "9", "10", "11", "12", "13"]
    assert words(tree(parts, NOTES)[1]) == "own"
    assert next(iter(notes_of(parts).values())) == " English only."


def test_a_letterhead_whose_part_for_notes_is_empty() -> None:
    parts = made(noted(ENGLISH), head=with_own_notes(f'<w:footnotes xmlns:w="{W}"/>'))
    assert list(notes_of(parts)) == ["1", "2", "3", "4", "5", "6"]


def test_a_letterhead_with_reserved_characters_in_its_notes_is_refused() -> None:
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>\ue0200\ue021</w:t></w:r></w:p></w:footnote>'
    own = f'<w:footnotes xmlns:w="{W}">{note}</w:footnotes>'
    codes = {finding.code for finding in letterhead_findings("letterhead.ltr.docx", with_own_notes(own))}
    assert "letterhead-reserved" in codes


def test_headers_hold_no_notes() -> None:
    head = letterhead("ltr")
    parts = dict(read_zip(head))
    name = next(name for name in sorted(parts) if name.startswith("word/header") and name.endswith(".xml"))
    end = parts[name].rindex(b"</w:hdr>")
    parts[name] = parts[name][:end] + b"<w:p><w:r><w:t>{{ subject }}</w:t></w:r></w:p>" + parts[name][end:]
    made_with = made(noted(ENGLISH), head=close(*lay_out(deflate(part, data) for part, data in parts.items())))
    assert b"A subject" in made_with[name]
    assert b"footnoteReference" not in made_with[name]
    assert len(notes_of(made_with)) == 6


@pytest.mark.parametrize("language", sorted(LETTERS))
def test_reading_back_finds_the_notes(language: str) -> None:
    composed, values = LETTERS[language]
    seen = folded_words(words_of_docx(compile_docx(noted(composed), letterhead(composed.direction)).splice(values)))
    assert f"See the site <{SITE}>, now <&>." in seen
    assert "En bas." in seen


# Boxes to tick


def test_boxes_can_be_ticked_in_word() -> None:
    root = tree(made(noted(ENGLISH)))
    boxes = [box for box in root.iter(w("sdt")) if box.find("w:sdtPr/w14:checkbox", NS) is not None]
    assert [words(box) for box in boxes[:4]] == ["☐", "☐", "☒", "☐"]
    checked = [box.find("w:sdtPr/w14:checkbox/w14:checked", NS).get(f"{{{NS['w14']}}}val") for box in boxes[:4]]  # type: ignore[union-attr]
    assert checked == ["0", "0", "1", "0"]
    titles = [box.find("w:sdtPr/w:alias", NS).get(w("val")) for box in boxes[:4]]  # type: ignore[union-attr]
    assert titles == ["to tick & <b>", "inner", "ticked", "numbered"]
    assert all(box.getparent().tag == w("p") for box in boxes)  # type: ignore[union-attr]


def test_a_box_takes_the_place_of_the_bullet_and_stands_behind_a_number() -> None:
    root = tree(made(noted(ENGLISH)))
    lists = {words(paragraph): paragraph for paragraph in root.iter(w("p"))}

    def number(text: str) -> str:
        return str(lists[text].find("w:pPr/w:numPr/w:numId", NS).get(w("val")))  # type: ignore[union-attr]

    assert number("☐to tick & <b>") == "0"
    assert number("no box") != "0"
    assert number("☐ numbered") != "0"


# Numbered paragraphs


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_numbered_paragraphs(language: str) -> None:
    composed, values = LETTERS.get(language, (replace(ENGLISH, language=language), ENGLISH_VALUES))
    parts = made(noted(composed), values)
    body, numbering = tree(parts), tree(parts, "word/numbering.xml")

    def level_of(text: str) -> tuple[str, str] | None:
        paragraph = next(found for found in body.iter(w("p")) if words(found) == text)
        properties = paragraph.find("w:pPr/w:numPr", NS)
        if properties is None:
            return None
        return tuple(str(found.get(w("val"))) for found in properties)  # type: ignore[return-value]

    def start(number: str, level: str) -> str:
        path = f"w:num[@w:numId='{number}']/w:lvlOverride[@w:ilvl='{level}']/w:startOverride"
        return str(numbering.find(path, NS).get(w("val")))  # type: ignore[union-attr]

    first, third, nested = level_of("First paragraph"), level_of("Third paragraph"), level_of("nested")
    assert first is not None
    assert third is not None
    assert nested is not None
    assert level_of("Second paragraph") == first
    assert level_of("Its second part") is None
    assert (first[0], nested[0], level_of("again")) == ("0", "1", nested)
    assert (start(first[1], "0"), start(third[1], "0"), start(nested[1], "1")) == ("1", "3", "1")
    formats = {str(found.get(w("val"))) for found in numbering.iter(w("numFmt"))}
    assert formats == {"decimal", "bullet"}  # figures of the house's: 1, 2, 3 in Arabic and Chinese too


def test_what_stands_in_a_numbered_paragraph_is_set_in_and_stays_on_the_page() -> None:
    body = tree(made(noted(ENGLISH)))
    second = next(found for found in body.iter(w("p")) if words(found) == "Its second part")
    assert second.find("w:pPr/w:ind", NS).get(w("left")) == "397"  # type: ignore[union-attr]
    table = next(found for found in body.iter(w("tbl")) if words(found) == "PhaseLightsI12")
    width, inset = table.find("w:tblPr/w:tblW", NS), table.find("w:tblPr/w:tblInd", NS)
    assert width is not None
    assert inset is not None
    assert int(width.get(w("w"), "")) / 5000 * 9070 + int(inset.get(w("w"), "")) <= 9070


# Annexes


def test_an_annex_in_a_language_of_its_own() -> None:
    body = tree(made(noted(ENGLISH)))

    def language(text: str) -> str | None:
        run = next(found for found in body.iter(w("r")) if words(found) == text)
        said = run.find("w:rPr/w:lang", NS)
        return None if said is None else str(said.get(w("val")))

    assert (language("Annex 2"), language("Mandat"), language("En français")) == (None, "fr-FR", "fr-FR")
    arabic = next(found for found in body.iter(w("p")) if words(found) == "نص عربي")
    assert arabic.find("w:pPr/w:bidi", NS) is not None
    assert arabic.find("w:r/w:rPr/w:rtl", NS) is not None
    title = next(found for found in body.iter(w("p")) if words(found).startswith("Annex 3"))
    assert [run.find("w:rPr/w:rtl", NS) is not None for run in title.iter(w("r")) if words(run)] == [False, True]


def test_in_an_arabic_letter_it_may_run_from_left_to_right() -> None:
    body = tree(made(noted(ARABIC), ARABIC_VALUES))
    french = next(found for found in body.iter(w("p")) if words(found) == "En français")
    turned = french.find("w:pPr/w:bidi", NS)
    assert turned is not None
    assert turned.get(w("val")) == "0"


def test_nothing_a_letter_says_leaves_its_place() -> None:
    hostile = Footnote(1, (Text('</w:t></w:footnote> "&<\x00\ue010'),))
    ticked = replace(item('"/><w:t>'), ticked=True)
    boxes = List(False, 1, (ticked,))
    letter = replace(ENGLISH, subject=((Text("S"), hostile),), body=(p("T"), boxes))
    parts = made(letter)
    assert next(iter(notes_of(parts).values())) == ' </w:t></w:footnote> "&<'
    titles = [found.get(w("val")) for found in tree(parts).iter(w("alias"))]
    assert titles == ['"/><w:t>']
