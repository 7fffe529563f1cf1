"""What lines of a document may break within."""

from __future__ import annotations

import pytest

from templates.frame import parted


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("и/или A/B, CL-17/051", [("и/или A/B, CL-17/051", "")]),
        ("резолюция A/RES/70/125.", [("резолюция ", ""), ("A/RES/70/125", "unbroken"), (".", "")]),
        ("(A/70/1)", [("(", ""), ("A/70/1", "unbroken"), (")", "")]),
        ("https://example.org/A/RES/70/125", [("https://example.org/A/RES/70/125", "web")]),
        ("Tel. +41 22 730 0040", [("Tel. ", ""), ("+41 22 730 0040", "unbroken")]),
        ("to info@example.int", [("to ", ""), ("info@example.int", "unbroken")]),
        ("☐ in person ☒ remotely", [("☐", "box"), (" in person ", ""), ("☒", "box"), (" remotely", "")]),
        ("Word/125, 1/2", [("Word/125, 1/2", "")]),
    ],
)
def test_numbers_addresses_and_telephones_are_parted_from_words(text: str, pieces: list[tuple[str, str]]) -> None:
    assert parted(text) == pieces
    assert "".join(piece for piece, _ in parted(text)) == text
