from __future__ import annotations

import pytest

from locales.exchange.po_reading import looks_like_po
from locales.exchange.receiving import read_exchange
from tests.patience import within


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
    with within(1):
        assert not looks_like_po(b"\n" * 200_000)


@pytest.mark.parametrize("pad", range(3))
def test_a_long_file_in_another_script_is_known(pad: int) -> None:
    entries = "".join(f'msgid "{number}"\nmsgstr "{"文字" * 20}"\n\n' for number in range(1000))
    assert looks_like_po(("#" * pad + "\n" + entries).encode())  # the part that is looked at ends within a character


def test_a_po_file_in_an_encoding_that_it_does_not_name_is_told_as_such() -> None:
    content = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Item"\nmsgstr "Été"\n'
    (finding,) = read_exchange(content.encode("cp1252"), name="a.po").findings
    assert finding.code == "catalogue-encoding"
