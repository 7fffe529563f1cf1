"""PDF files: tagged, for archives and for everybody, the same bytes each time, readable in six languages."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from letters.blocks import Heading, Paragraph, Text
from letters.composed import Composed
from letters.model import Signature
from office.errors import InputError
from office.pictures import picture_of
from templates.look import Look
from templates.pdf.compiling import compile_pdf
from templates.pdf.engine import render
from templates.pdf.form import PdfForm
from tests.templates.bilingual import stacked
from tests.templates.noted import noted
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES, LETTERS

Compile = Callable[[Composed], PdfForm]
RUSSIAN = replace(ENGLISH, language="ru", office_name="Условный союз маяков", annexes=())
SPANISH = replace(ENGLISH, language="es", office_name="Unión de Faros de Ejemplo", annexes=())
SIX = {**LETTERS, "ru": (RUSSIAN, ENGLISH_VALUES), "es": (SPANISH, ENGLISH_VALUES)}
READ = {
    "en": ["The Union keeps count of the lights of Côte d’Ivoire.", "Annex 1", "1 / 3", "Ref.: CL-31/004"],
    "fr": ["Madame la Ministre, Monsieur le Ministre,", "Tél.: +41 22 555 01 02"],
    "es": ["Unión de Faros de Ejemplo"],
    "ru": ["Условный союз маяков"],
    "ar": ["الاتحاد النموذجي للمنارات", "أصحاب المعالي", "CL-31/004", "+41 22 555 01 02", "lamps@example.int"],
    "zh": ["示例灯塔联盟", "各位部长阁下：", "顺致最崇高的敬意。", "2031 年 3 月 3 日"],
}


def opened(document: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document))


def fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        for font in dict(page.obj.Resources.get("/Font", {})).values():
            yield font.DescendantFonts[0].FontDescriptor


def tags(node: Any) -> Iterator[str]:
    """Yield the types of all structure elements (ISO 32000-1, 14.7.2)."""
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from tags(node.K)
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags(child)


@pytest.mark.parametrize("language", SIX)
def test_for_archives_and_for_everybody(pdf_form: Compile, language: str) -> None:
    composed, values = SIX[language]
    (first, *_), *_ = composed.subject
    title = first.text if isinstance(first, Text) else ""
    with opened(render(pdf_form(composed), values)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).partition("-")[0] == language
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("2", "A", "1")
            assert about["dc:title"].startswith(title)
            assert about["dc:creator"] == [composed.office_name]
            assert about["pdf:Keywords"] == composed.reference or not composed.reference
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts(pdf))
        upright = {str(font.FontName) for font in fonts(pdf) if "Italic" not in str(font.FontName)}
        families = {name.partition("+")[2].partition("-")[0] for name in upright}
        assert len(upright) > len(families), "bold words have a face of their own"
        assert {"/Document", "/P", "/H1"} <= set(tags(pdf.Root.StructTreeRoot))


def test_lists_tables_links_footnotes_and_boxes_are_tagged(pdf_form: Compile) -> None:
    with opened(render(pdf_form(noted(ENGLISH)), ENGLISH_VALUES)) as pdf:
        found = set(tags(pdf.Root.StructTreeRoot))
        assert {"/L", "/LI", "/LBody", "/Table", "/TH", "/TD", "/Link", "/Note", "/Figure"} <= found
        spoken = {str(node.Alt) for node in _elements(pdf.Root.StructTreeRoot) if "/Alt" in node}
        assert {ENGLISH.spoken.box, ENGLISH.spoken.ticked_box} <= spoken
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles[0].startswith("Subject: A subject")
        assert titles[1:] == ["Annex 1 List", "Annex 2 Mandat", "Annex 3 الاختصاصات"]


def _elements(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Dictionary):
        yield node
        yield from _elements(node.get("/K"))
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from _elements(child)


def test_links_lead_out(pdf_form: Compile) -> None:
    with opened(render(pdf_form(ENGLISH), ENGLISH_VALUES)) as pdf:
        addresses = {str(note.A.URI) for page in pdf.pages for note in page.obj.get("/Annots", []) if "/A" in note}
    assert {"https://www.example.int/s/k7", "mailto:lamps@example.int", "tel:+41225550102"} <= addresses


def test_the_same_letter_gives_the_same_bytes_and_is_set_once(pdf_form: Compile, look: Look) -> None:
    form = pdf_form(ENGLISH)
    first = render(form, ENGLISH_VALUES)
    assert render(compile_pdf(ENGLISH, look), ENGLISH_VALUES) is first
    other = render(form, ("Sir,", *ENGLISH_VALUES[1:]))
    assert other != first
    for number in range(40):  # more than are kept
        render(form, (f"Sir {number},", *ENGLISH_VALUES[1:]))
    again = render(form, ENGLISH_VALUES)
    assert again is not first
    assert again == first


def test_its_date_is_the_letter_s(pdf_form: Compile) -> None:
    from datetime import date

    dated = replace(ENGLISH, date=date(2031, 3, 3))
    with opened(render(pdf_form(dated), ENGLISH_VALUES)) as pdf:
        assert str(pdf.docinfo.CreationDate).startswith("D:20310303")


def test_a_bilingual_letter_has_both_languages_and_one_count_of_pages(pdf_form: Compile) -> None:
    composed, values = stacked("fr", "ar")
    with opened(render(pdf_form(composed), values)) as pdf:
        assert len(pdf.pages) == 2
        languages = {str(node.Lang) for node in _elements(pdf.Root.StructTreeRoot) if "/Lang" in node}
        assert "ar" in {language.partition("-")[0] for language in languages}


def test_levels_of_headings_are_not_skipped(pdf_form: Compile) -> None:
    headings = (Heading(3, (Text("Deep"),)), Heading(1, (Text("High"),)), Heading(5, (Text("Deeper"),)))
    letter = replace(ENGLISH, body=headings)
    with opened(render(pdf_form(letter), ENGLISH_VALUES)) as pdf:
        assert {"/H1", "/H2", "/H3"} <= set(tags(pdf.Root.StructTreeRoot))
    render(pdf_form(replace(letter, subject=())), ENGLISH_VALUES)


@pytest.mark.parametrize(
    "name",
    ["Ⴟ ก 😀 \ue123", "#panic()", '"]) }', "a\u200b\ufeff\u00adb\ufe0f", "x" * 5000, "$ _*`<@>` \\ //", "مرحبا שלום"],
)
def test_whatever_an_addressee_is_called(pdf_form: Compile, name: str) -> None:
    values = (name, name, *ENGLISH_VALUES[2:])
    assert render(pdf_form(ENGLISH), values).startswith(b"%PDF")
    assert render(pdf_form(ARABIC), (name, name, *ARABIC_VALUES[2:])).startswith(b"%PDF")


def test_logo_and_signature_are_pictures_with_words(look: Look) -> None:
    picture = picture_of((Path(__file__).parents[3] / "templates" / "office" / "templates" / "logo.png").read_bytes())
    signed = replace(ENGLISH, signature=Signature.FACSIMILE, signature_note="", facsimile=picture)
    form = compile_pdf(signed, replace(look, logo=picture))
    with opened(render(form, ENGLISH_VALUES)) as pdf:
        spoken = [str(node.Alt) for node in _elements(pdf.Root.StructTreeRoot) if "/Alt" in node]
    assert spoken == [signed.office_name, signed.signatory_name]
    unsigned = compile_pdf(replace(signed, signature=Signature.SIGNED), look)
    assert [name for name in unsigned.files if name.startswith("signature")] == []


def test_typefaces_of_the_office(look: Look) -> None:
    with opened(render(compile_pdf(ENGLISH, replace(look, typeface="serif")), ENGLISH_VALUES)) as pdf:
        assert all("NotoSerif" in str(font.FontName) for font in fonts(pdf))


def test_a_template_that_fails_with_a_letter_is_named_with_its_line(look: Look) -> None:
    sheet = '#import "letter.typ": *\n#let circular(letter) = {\n  letter.nothing\n}\n'
    with pytest.raises(InputError) as caught:
        render(compile_pdf(ENGLISH, replace(look, sheet=sheet)), ENGLISH_VALUES)
    (finding,) = caught.value.findings
    assert (finding.file, finding.line, finding.code) == ("templates/circular.typ", 3, "bad-pdf-template")


def test_a_long_letter_goes_on_over_pages(pdf_form: Compile) -> None:
    paragraphs = tuple(Paragraph((Text("words " * 60),)) for _ in range(40))
    with opened(render(pdf_form(replace(ENGLISH, body=paragraphs)), ENGLISH_VALUES)) as pdf:
        assert len(pdf.pages) > 4


@pytest.mark.packages
@pytest.mark.parametrize("language", SIX)
def test_its_words_are_read(pdf_form: Compile, tmp_path: Path, language: str) -> None:
    composed, values = SIX[language]
    path = tmp_path / "letter.pdf"
    path.write_bytes(render(pdf_form(composed), values))
    made = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, timeout=60)
    text = _squeezed(made.stdout.decode())
    assert [words for words in READ[language] if _squeezed(words) not in text] == []


def _squeezed(text: str) -> str:
    """Return text without spaces and marks of direction: pdftotext puts its own."""
    return "".join(character for character in text if not character.isspace() and not "\u200e" <= character <= "\u202e")
