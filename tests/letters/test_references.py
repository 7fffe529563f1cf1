"""References as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.references import find_references, normalise_reference, without_prefixes
from tests.patience import within


@pytest.mark.parametrize(
    "text",
    [
        "CL-22/010", "cl 22-010", "CL–22／010", "CL_22_10", "Re: CL-22/010", "RE[2]: Отв: [CL-22/010]",
        "答复：CL-22/010", "رد: CL-22/010", "TR : CL 22/010", "CL22/010", "CL-٢٢/٠١٠",
    ],
)  # fmt: skip
def test_one_reference_has_one_form(text: str) -> None:
    assert normalise_reference(text) == "cl-22-10"


def test_different_references_stay_apart() -> None:
    assert normalise_reference("CL-2/2010") != normalise_reference("CL-22/010")


def test_finding_in_order_and_the_longest() -> None:
    known = ["CL-22/010", "SMSI 2024", "SMSI 2024 Add.1", "CL-22/01", "2024"]
    assert find_references("Re: SMSI 2024 Add.1 and CL 22-010, not CL-22/0101", known) == (
        "SMSI 2024 Add.1",
        "CL-22/010",
    )
    assert find_references("SMSI 2024, SMSI 2024 Add.1", known) == ("SMSI 2024", "SMSI 2024 Add.1")
    assert find_references("in 2024", known) == ()


def test_prefixes() -> None:
    assert without_prefixes("Re: TR: Отв: 回复：Meeting: room") == "Meeting: room"


@given(st.text())
def test_any_text_is_normalised_once(text: str) -> None:
    assert normalise_reference(normalise_reference(text)) == normalise_reference(text)


def test_long_texts_are_quick() -> None:
    with within(5):
        find_references("Re:" * 400_000, [f"CL-22/{n:03}" for n in range(300)])
