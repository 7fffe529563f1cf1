"""A PDF of the archive: rebuilt, or refused if anything of it is damaged."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from letters.composed import Composed
from templates.pdf.form import LIBRARY, PdfForm, pdf_form_from_json
from tests.templates.samples import ENGLISH, ENGLISH_VALUES

Compile = Callable[[Composed], PdfForm]


def archived(form: PdfForm) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a form as it comes back from JSON."""
    shape, files = json.loads(json.dumps([form.as_json(), form.files_as_json()]))
    return shape, files


def test_it_comes_back_whole(pdf_form: Compile) -> None:
    form = pdf_form(ENGLISH)
    again = pdf_form_from_json(*archived(form))
    assert (again.template, again.files) == (form.template, form.files)
    assert again.data_for(ENGLISH_VALUES) == form.data_for(ENGLISH_VALUES)


def test_what_is_damaged_is_refused(pdf_form: Compile) -> None:
    shape, files = archived(pdf_form(ENGLISH))

    def refused(shape: Mapping[str, object], files: Mapping[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"archive|base64|padding|string"):
            pdf_form_from_json(shape, files)

    changed = base64.b64encode(b"#let words(piece) = { }").decode()
    refused(shape, files | {LIBRARY: changed})
    refused(shape, files | {"logo-0123456789abcdef.png": changed})
    refused(shape, {})
    refused(shape, files | {LIBRARY: "a"})
    refused(shape, files | {LIBRARY: 7})
    refused(shape | {"template": 7}, files)
    refused({"data": shape["data"]}, files)
