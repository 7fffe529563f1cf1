"""Addresses that links may point to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Text, Value
from templates.addresses import address_part, compiled_address, whole_address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://example.int/é?a=b c", "https://example.int/é?a=b%20c"),
        ("HTTP://example.int", "HTTP://example.int"),
        ("mailto:a@example.int", "mailto:a@example.int"),
        ("tel:+41 22 555-01-02", "tel:+41225550102"),
        ("javascript:alert(1)", "#"),
        (" JavaScript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("//example.int", "#"),
        ("", "#"),
        ("http://[", "#"),
        ('https://example.int/"><b>', "https://example.int/%22%3E%3Cb%3E"),
        ("https://example.int/100%", "https://example.int/100%25"),
    ],
)
def test_whole_address(address: str, expected: str) -> None:
    assert whole_address(address) == expected


@given(st.text())
def test_a_part_cannot_leave_its_place(value: str) -> None:
    assert not set(address_part(value)) & set(" \"'<>\\:?#&=\n")


def mark(index: int, detail: str) -> str:
    return f"[{index}{detail}]"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ((Text("https://example.int/"), Value(3), Text("/x")), "https://example.int/[3part]/x"),
        ((Value(3), Text("/x")), "[3whole]/x"),
        ((Text("java"), Value(3)), ""),
        ((Text("javascript:"), Value(3)), ""),
        ((Text("ftp://example.int"),), ""),
        ((), ""),
        ((Text("mailto:"), Value(0)), "mailto:[0part]"),
    ],
)
def test_compiled_address(target: tuple[Text | Value, ...], expected: str) -> None:
    assert compiled_address(target, mark) == expected
