"""The letterheads that come with the product."""

from __future__ import annotations

import pytest

from office.ziplayout import read_zip
from templates.letterfaults import letterhead_findings
from templates.letterfields import FIELDS, all_fields
from templates.letterhead import FOLDER, letterhead
from templates.wordpackage import open_package

DIRECTIONS = ["ltr", "rtl"]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_script_makes_the_files_that_are_shipped(direction: str) -> None:
    shipped = (FOLDER / f"letterhead.{direction}.docx").read_bytes()
    assert read_zip(shipped) == read_zip(letterhead(direction))  # not the packed bytes: they depend on zlib's build


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_it_has_no_faults_and_every_field(direction: str) -> None:
    data = letterhead(direction)
    assert letterhead_findings("letterhead.docx", data) == ()
    package = open_package(data)
    used = {field.name for story in package.stories for field in all_fields(package.tree(story))}
    assert used == FIELDS - {"annexes"}


def test_pages_are_numbered_by_real_fields() -> None:
    footer = read_zip(letterhead("ltr"))["word/footer1.xml"].decode()
    assert ' PAGE "' in footer
    assert ' NUMPAGES "' in footer
