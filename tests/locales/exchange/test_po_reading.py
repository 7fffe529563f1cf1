from __future__ import annotations

import time

import pytest

from locales.exchange.po_reading import looks_like_po


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('# A remark\n\nmsgid ""\nmsgstr ""\n', True),
        ('  #~ msgid "Old"\n', True),
        ('"msgid" is a keyword\n', False),
        ("Dear Sir,\n", False),
    ],
)
def test_a_po_file_is_known_by_its_keyword(text: str, expected: bool) -> None:
    assert looks_like_po(text.encode()) is expected
    assert looks_like_po(text.encode("utf-16")) is expected


def test_a_file_of_empty_lines_is_told_in_no_time() -> None:
    begun = time.process_time()
    assert not looks_like_po(b"\n" * 200_000)
    assert time.process_time() - begun < 1
