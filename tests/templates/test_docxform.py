"""Word documents spliced from stretches that were compressed once."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
import zipfile
import zlib
from collections.abc import Sequence

import docx
import pytest

from office.deflated import deflated
from office.errors import InputError
from office.ziplayout import deflate
from templates.docxform import DocxForm, Packing, docx_form_from_json, open_part
from templates.escapes import RunStyle, word_escapes
from templates.forms import ELSE_MARK, END_MARK, Form, Value, compile_form, if_mark, slot_mark
from templates.look import Look
from templates.rendering import compile_forms, forms_from_archive
from tests.templates.samples import ENGLISH, LETTERS

STYLES = (RunStyle("<w:rPr><w:b/></w:rPr>"),)
FILLER = "".join(f"<w:p>Paragraph {number}</w:p>" for number in range(80))
XML = (
    f"<w:document>{slot_mark(2, 'docx', '0')}{FILLER}{if_mark(4)}<w:p>Government</w:p>{slot_mark(5, 'docx', '0')}"
    f"{ELSE_MARK}{FILLER}{if_mark(6)}<w:p>Observer</w:p>{END_MARK}{END_MARK}</w:p>{FILLER}{slot_mark(2, 'xml')}"
    f"{slot_mark(5, 'docx-url', 'whole')}</w:document>"
)
VALUES = (
    ("unused", "", "Élodie <R&D>\n+41 22 555", "", True, "https://a.example/?x=1&y=2", False),
    ("unused", "", "李", "", False, "", True),
    ("unused", "", "", "", False, "x" * 70_000, False),
)


def sample(packing: Packing = Packing.JOINED, xml: str = XML) -> DocxForm:
    return DocxForm(
        packed=(deflate("[Content_Types].xml", b"<Types/>" * 400), deflate("logo.png", bytes(range(256)) * 40)),
        open_parts=(
            open_part("word/document.xml", compile_form(xml), packing),
            open_part("docProps/core.xml", compile_form(f"<t>{slot_mark(2, 'xml')}</t>"), packing),
        ),
        styles=STYLES,
    )


def again(form: DocxForm) -> DocxForm:
    return docx_form_from_json(*json.loads(json.dumps([form.as_json(), form.packed_as_json()])))


@pytest.mark.parametrize("packing", list(Packing))
@pytest.mark.parametrize("values", VALUES)
def test_a_part_is_the_form_with_its_values(packing: Packing, values: Sequence[Value]) -> None:
    form = sample(packing)
    with zipfile.ZipFile(io.BytesIO(form.splice(values))) as archive:
        assert archive.testzip() is None
        content = archive.read("word/document.xml").decode()
        assert archive.read("docProps/core.xml").decode().startswith("<t>")
    assert content == compile_form(XML).splice(values, word_escapes(STYLES))
    assert again(form).splice(values) == form.splice(values)
    assert again(form).packed_as_json() == form.packed_as_json()


def test_the_digest_does_not_know_how_it_is_packed() -> None:
    shapes = [sample(packing).as_json() for packing in Packing]
    assert shapes[0] == shapes[1] == shapes[2]


def test_stretches_make_it_small() -> None:
    sizes = {packing: len(sample(packing).splice(VALUES[0])) for packing in Packing}
    assert sizes[Packing.JOINED] < sizes[Packing.STORED] / 2
    assert sizes[Packing.ZLIB] <= sizes[Packing.JOINED]


@pytest.mark.parametrize("xml", [slot_mark(2, "xml"), f"{if_mark(4)}a{END_MARK}", f"<a>{slot_mark(2, 'xml')}</a>"])
def test_hardly_anything_around_the_value(xml: str) -> None:
    form = sample(xml=xml)
    for values in VALUES:
        with zipfile.ZipFile(io.BytesIO(form.splice(values))) as archive:
            assert archive.testzip() is None
            assert archive.read("word/document.xml").decode() == compile_form(xml).splice(values, word_escapes(STYLES))


def test_another_zlib_gives_the_bytes_that_were_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    form = sample()
    issued, kept = [form.splice(values) for values in VALUES], json.dumps([form.as_json(), form.packed_as_json()])
    real = zlib.compressobj

    def other(_level: int, method: int, bits: int) -> object:
        return real(1, method, bits)

    monkeypatch.setattr(zlib, "compressobj", other)
    assert sample().splice(VALUES[0]) != issued[0], "the other zlib is another one"
    assert [docx_form_from_json(*json.loads(kept)).splice(values) for values in VALUES] == issued
    assert sample().as_json() == form.as_json()


def test_a_damaged_stretch_of_the_archive_is_noticed() -> None:
    form = sample()
    shape, packed = form.as_json(), form.packed_as_json()
    name, packing, stretches = packed[2]
    assert isinstance(stretches, list)

    def refused(*part: object) -> None:
        with pytest.raises(ValueError, match=r"damaged|archived|shorter|longer|Packing"):
            docx_form_from_json(shape, [*packed[:2], list(part), packed[3]])

    changed = base64.b64encode(deflated(b"<w:p>Another letter</w:p>")).decode()
    refused(name, packing, [changed, *stretches[1:]])
    refused(name, packing, ["", *stretches[1:]])
    refused(name, packing, stretches[1:])
    refused(name, packing, [*stretches, changed])
    refused(name, packing, [7, *stretches[1:]])
    refused(name, "folded", stretches)
    refused("word/other.xml", packing, stretches)
    refused("word/other.xml", packing)


def test_documents_that_differ_in_no_field_are_made_once() -> None:
    form = sample()
    documents = {id(form.splice(("", "", "Sir", str(number), number % 2 == 0, "", False))) for number in range(2_000)}
    assert form.used == (2, 4, 5, 6)
    assert len(documents) == 2


def test_memory_does_not_grow_with_the_addressees() -> None:
    form = sample()

    def held(first: int, last: int) -> int:
        for number in range(first, last):
            form.splice(("", "", f"Sir {number}", "", True, f"https://a.example/{number}", False))
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        few = held(0, 3_000)
        many = held(3_000, 9_000)
    finally:
        tracemalloc.stop()
    assert many < few * 1.1


@pytest.mark.parametrize("word", list(Packing))
def test_the_environment_says_how_documents_are_packed(look: Look, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("CIRCULARS_DOCX", word)
    composed, values = LETTERS["fr"]
    forms = compile_forms(composed, look)
    assert {part.packing for part in forms.docx.open_parts} == {Packing(word)}
    monkeypatch.delenv("CIRCULARS_DOCX")
    assert forms_from_archive(forms.to_archive()).docx_for(values) == forms.docx_for(values)
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(forms.docx_for(values))).paragraphs)
    assert "Madame la Ministre, Monsieur le Ministre," in text


def test_a_word_that_says_nothing(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCULARS_DOCX", "gzip")
    with pytest.raises(InputError, match="«gzip»") as raised:
        compile_forms(ENGLISH, look)
    assert "joined, zlib, stored" in raised.value.hint


def test_the_tree_and_the_program_agree() -> None:
    form: Form = compile_form(XML)
    assert form.indices == {2, 4, 5, 6}
    moved = form.renumbered({2: 0, 4: 1, 5: 2, 6: 3})
    for values in VALUES:
        used = [values[index] for index in (2, 4, 5, 6)]
        assert moved.splice(used, word_escapes(STYLES)) == form.splice(values, word_escapes(STYLES))
