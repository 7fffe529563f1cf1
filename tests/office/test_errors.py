"""Messages that end in a server's words."""

from __future__ import annotations

import pytest

from office.errors import UnreachableError, sentence


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Connect call failed ('127.0.0.1', 4999)", "Connect call failed ('127.0.0.1', 4999)."),
        ("550 no such user.", "550 no such user."),
        ("Who are you?", "Who are you?"),
        ("and so on …", "and so on …"),
    ],
)
def test_one_end_and_no_second(text: str, whole: str) -> None:
    assert sentence(text) == whole


@pytest.mark.parametrize(("hint", "told"), [("Try again.", "It broke (x). Try again."), ("", "It broke (x).")])
def test_an_error_is_told_in_sentences(hint: str, told: str) -> None:
    assert UnreachableError("It broke (x)", hint=hint).told == told
