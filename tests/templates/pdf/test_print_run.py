"""Many letters in one PDF for a printer."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from letters.composed import Composed
from templates.look import Look
from templates.pdf.compiling import compile_pdf
from templates.pdf.form import PdfForm
from templates.pdf.print_run import BATCH, print_run
from tests.templates.samples import ENGLISH, ENGLISH_VALUES, FRENCH, FRENCH_VALUES

Compile = Callable[[Composed], PdfForm]


def test_letters_stand_in_their_order_each_with_its_own_pages(pdf_form: Compile, look: Look, tmp_path: Path) -> None:
    english, french = pdf_form(ENGLISH), compile_pdf(FRENCH, replace(look, colour="#400000"))
    target = tmp_path / "run.pdf"
    many = [(french, FRENCH_VALUES)] * (BATCH + 1)
    assert print_run([(english, ENGLISH_VALUES), *many, (english, ENGLISH_VALUES)], target) == BATCH + 3
    with pikepdf.open(target) as pdf:
        assert len(pdf.pages) == 3 + BATCH + 1 + 3
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_to_print(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no letter"):
        print_run([], tmp_path / "run.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.packages
def test_page_numbers_begin_anew_in_the_order_of_the_letters(pdf_form: Compile, tmp_path: Path) -> None:
    target = tmp_path / "run.pdf"
    long, short = (pdf_form(ENGLISH), ENGLISH_VALUES), (pdf_form(FRENCH), FRENCH_VALUES)
    print_run([long, *[short] * BATCH, long, short], target)
    text = subprocess.run(["pdftotext", str(target), "-"], check=True, capture_output=True, timeout=60).stdout.decode()
    numbers = re.findall(r"^(\d) ?/ ?(\d)$", text, re.MULTILINE)
    three, one = [("1", "3"), ("2", "3"), ("3", "3")], [("1", "1")]
    assert numbers == [*three, *one * BATCH, *three, *one]
