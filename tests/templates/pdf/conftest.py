"""Letters compiled for PDF with the built-in look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from letters.composed import Composed
from templates.look import Look
from templates.pdf.compiling import compile_pdf
from templates.pdf.form import PdfForm


@pytest.fixture
def pdf_form(look: Look) -> Callable[[Composed], PdfForm]:
    """Compile a letter with the built-in look."""
    return lambda composed: compile_pdf(composed, look)
