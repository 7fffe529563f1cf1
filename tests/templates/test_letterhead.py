"""The letterheads that come with the product."""

from __future__ import annotations

import io

import docx
import pytest

from office.ziplayout import read_zip
from templates.letterfaults import letterhead_findings
from templates.letterfields import FIELDS, fields_in
from templates.letterhead import FOLDER, letterhead

DIRECTIONS = ["ltr", "rtl"]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_script_makes_the_files_that_are_shipped(direction: str) -> None:
    shipped = (FOLDER / f"letterhead.{direction}.docx").read_bytes()
    assert read_zip(shipped) == read_zip(letterhead(direction))  # not the packed bytes: they depend on zlib's build


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_it_has_no_faults_and_every_field(direction: str) -> None:
    data = letterhead(direction)
    assert letterhead_findings("letterhead.docx", data) == ()
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [paragraph.text for cell in document.tables[0].rows[0].cells for paragraph in cell.paragraphs]
    for story in (section.header, section.first_page_header):
        texts += [paragraph.text for paragraph in story.paragraphs]
    assert {field.name for text in texts for field in fields_in(text)} == FIELDS - {"annexes"}


def test_pages_are_numbered_by_real_fields() -> None:
    footer = read_zip(letterhead("ltr"))["word/footer1.xml"].decode()
    assert ' PAGE "' in footer
    assert ' NUMPAGES "' in footer
