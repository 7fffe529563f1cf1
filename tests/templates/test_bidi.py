"""Cutting right-to-left text into runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.bidi import stretches


@given(st.text(st.sampled_from("ابت ،.()[]-+/@0123456789abCД\n\t\u200e中")))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(stretch for stretch, _ in stretches(text)) == text


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("المرجع: CL-22/010 في", ["CL-22/010"]),
        ("القرار 70/125، و 140,000", ["70/125", "140,000"]),
        ("في الفترة 5-9 مايو", ["5", "9"]),  # a range reads from right to left
        ("هاتف \u200e+41 22 555 01 02 أو", ["\u200e+41 22 555 01 02"]),
        ("انظر https://www.example.int/a/؟", ["https://www.example.int/a/"]),
        ("البريد wsis-info@example.int.", ["wsis-info@example.int"]),
        ("الاتحاد (ITU) هنا", ["ITU"]),
        ("حزمة Blue Light (2nd edition) هنا", ["Blue Light (2nd edition)"]),
        ("شبكة 5G الجديدة", ["5G"]),
    ],
)
def test_left_to_right_stretches(text: str, latin: list[str]) -> None:
    assert [stretch for stretch, backwards in stretches(text) if not backwards] == latin
