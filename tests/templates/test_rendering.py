"""Forms: compiled once, spliced many times, the same from the archive."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from letters.blocks import Text
from letters.composed import SlotSpec
from templates.look import Look
from templates.rendering import compile_forms, forms_from_archive
from tests.templates.samples import ENGLISH, ENGLISH_VALUES, LETTERS, p


@pytest.mark.parametrize("language", list(LETTERS))
def test_the_archive_gives_the_same_bytes(look: Look, language: str) -> None:
    composed, values = LETTERS[language]
    forms = compile_forms(composed, look)
    kept = forms_from_archive(forms.to_archive())
    assert kept.as_json() == forms.as_json()
    assert kept.to_archive() == forms.to_archive()
    assert kept.subject_for(values) == forms.subject_for(values)
    assert kept.text_for(values) == forms.text_for(values)
    assert kept.html_for(values) == forms.html_for(values)
    assert kept.docx_for(values) == forms.docx_for(values)
    assert compile_forms(composed, look).to_archive() == forms.to_archive()


def test_the_digest_rests_on_nothing_packed(look: Look) -> None:
    shape = compile_forms(ENGLISH, look).as_json()
    assert json.loads(json.dumps(shape)) == shape
    document = shape["docx"]
    assert isinstance(document, dict)
    assert all(len(digest) == 64 for _, digest in document["packed"])


def test_the_document_is_a_zip_with_fixed_dates(look: Look) -> None:
    data = compile_forms(ENGLISH, look).docx_for(ENGLISH_VALUES)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert kinds["word/document.xml"] == zipfile.ZIP_DEFLATED
    assert kinds["word/styles.xml"] == zipfile.ZIP_DEFLATED


def test_what_makes_the_document_personal(look: Look) -> None:
    assert not compile_forms(ENGLISH, look).docx.is_constant
    plain = replace(ENGLISH, salutation=(Text("Sir,"),), closing=(), body=(p("Text."),))
    assert compile_forms(plain, look).docx.is_constant


def test_archived_forms_are_spliced_without_the_libraries_that_made_them(look: Look, tmp_path: Path) -> None:
    forms = compile_forms(ENGLISH, look)
    (tmp_path / "forms").write_bytes(forms.to_archive())
    program = (
        "import sys; from pathlib import Path; from templates.rendering import forms_from_archive;"
        f"forms = forms_from_archive(Path({str(tmp_path / 'forms')!r}).read_bytes());"
        f"values = {ENGLISH_VALUES!r};"
        f"Path({str(tmp_path / 'docx')!r}).write_bytes(forms.docx_for(values)); forms.html_for(values);"
        "assert not {'lxml', 'docx'} & set(sys.modules), 'slow'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
    assert (tmp_path / "docx").read_bytes() == forms.docx_for(ENGLISH_VALUES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"format":1', b'"format":2'),
        (b'"language":"en"', b'"language":1'),
        (b'"styles":[', b'"stiles":['),
        (b'"word/styles.xml"', b'"word/stylez.xml"'),
        (b'["c",', b'["x",'),
    ],
)
def test_damaged_forms_are_named(look: Look, old: bytes, new: bytes) -> None:
    data = compile_forms(ENGLISH, look).to_archive()
    assert old in data
    with pytest.raises(ValueError, match=r"archive|part of a form"):
        forms_from_archive(data.replace(old, new, 1))


def test_a_sealed_form_knows_whose_salutation_it_holds(look: Look) -> None:
    slots = (SlotSpec(name="@salutation", role="minister"), SlotSpec(name="recipient.country"))
    personal = replace(compile_forms(ENGLISH, look), slots=slots)
    again = forms_from_archive(personal.to_archive())
    assert [(slot.name, slot.role) for slot in again.slots] == [("@salutation", "minister"), ("recipient.country", "")]
    assert again.as_json() == personal.as_json()
    assert personal.as_json() != replace(personal, slots=(SlotSpec(name="@salutation", role="envoy"),)).as_json()
