"""PDF through LibreOffice: what it wrote is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError
from templates.look import Look
from templates.pdf.office_suite import BATCH, convert
from templates.rendering import compile_forms
from tests.templates.samples import LETTERS

# Ends well, like LibreOffice, though it wrote a part only: the first three of several documents, none of «never».
FORGETFUL = """#!/bin/sh
shift 6; out=$1; shift
count=0
for source in "$@"; do
  count=$((count + 1))
  if [ $count -le 3 ] && ! grep -q never "$source"; then
    { echo converted; cat "$source"; } > "$out/$(basename "$source" .docx).pdf"
  fi
done
"""


@pytest.fixture
def forgetful(tmp_path: Path) -> str:
    program = tmp_path / "soffice"
    program.write_text(FORGETFUL)
    program.chmod(0o755)
    return str(program)


def test_what_is_missing_is_tried_again_by_itself(forgetful: str) -> None:
    documents = [f"letter {number}".encode() for number in range(5)]
    assert list(convert(documents, program=forgetful)) == [b"converted\n" + document for document in documents]


def test_what_cannot_be_converted_is_named(forgetful: str) -> None:
    made = convert([b"fine", b"never"], program=forgetful)
    assert next(made) == b"converted\nfine"
    with pytest.raises(InputError, match="document 2"):
        next(made)


def test_batches_are_small_enough_and_nothing_is_lost_between_them(tmp_path: Path) -> None:
    assert BATCH <= 200
    program = tmp_path / "soffice"
    program.write_text(FORGETFUL.replace("-le 3", "-le 200"))
    program.chmod(0o755)
    documents = [f"letter {number}".encode() for number in range(BATCH + 2)]
    assert list(convert(documents, program=str(program))) == [b"converted\n" + document for document in documents]
    assert list(convert([], program=str(program))) == []


def test_no_office_suite() -> None:
    with pytest.raises(InputError, match="not installed") as caught:
        list(convert([b""], program="soffice-that-is-not-there"))
    assert "--engine" in caught.value.hint


@pytest.mark.packages
def test_libreoffice_converts_in_order(look: Look) -> None:
    letters = (LETTERS["en"], LETTERS["fr"])
    made = list(convert(compile_forms(composed, look).docx_for(values) for composed, values in letters))
    assert [content[:5] for content in made] == [b"%PDF-"] * 2
    assert made[0] != made[1]
