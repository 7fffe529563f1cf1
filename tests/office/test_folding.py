from __future__ import annotations

import pytest

from office.folding import folded, folded_pattern, with_ascii_digits


@pytest.mark.parametrize(
    ("text", "same"),
    [("Pérou", "perou"), ("ＷＳＩＳ", "wsis"), ("Straße", "strasse"), ("Ёлка", "елка"), ("İzmir", "izmir")],
)
def test_case_accents_and_width_do_not_matter(text: str, same: str) -> None:
    assert folded(text) == same


def test_digits_of_any_script() -> None:
    assert with_ascii_digits("٢٠٢٢ · ２０２２ · 2022 · ²") == "2022 · 2022 · 2022 · ²"


def test_pattern_is_folded_but_its_escapes_are_not() -> None:
    pattern = folded_pattern(r"\bréponse\W+Автоматический\b")
    assert pattern.search(folded("RÉPONSE: Автоматический"))
