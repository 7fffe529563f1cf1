"""Forms sealed by earlier versions of the program give the bytes that were issued then."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from delivery.archive import seal, unseal
from templates.forms import Value
from tests.delivery.test_message import ROW

EARLIER = Path(__file__).parent / "earlier"


@pytest.mark.parametrize(
    ("values", "document", "mime"),
    [
        (
            ("Madame la Ministre & R<D>\nÉté", True),
            "affdfc20a3fd155e9602f70772dced48097bc66fe8e28e9bbe11368b71bbea68",
            "4f7aa7d0d6e0cadf1321d5487f329e86b4792a6ae85ac68f0b8426be51d87e14",
        ),
        (
            ("x", False),
            "fd39024841138b2b535f93e6cbdbc265710a29acbaff6926219e6bb94341496f",
            "4b9d7257774d5f6bd0d7d7bfef9502855220ee25f42bbebcf48988a6f98c6954",
        ),
    ],
)
def test_parts_that_were_stored_stay_stored(values: tuple[Value, ...], document: str, mime: str) -> None:
    form = unseal((EARLIER / "stored-parts.form").read_bytes())
    assert hashlib.sha256(form.forms.docx_for(values)).hexdigest() == document
    assert hashlib.sha256(form.mime(values, ROW)).hexdigest() == mime


def test_an_earlier_form_is_sealed_as_it_was() -> None:
    sealed = (EARLIER / "stored-parts.form").read_bytes()
    assert seal(unseal(sealed)) == sealed
