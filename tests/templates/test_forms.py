"""Compiled forms."""

from __future__ import annotations

import json

import pytest

from templates.forms import ELSE_MARK, END_MARK, compile_form, form_from_json, if_mark, slot_mark

ESCAPES = {"text": lambda value, detail: f"<{value}{detail}>"}
SOURCE = f"a{slot_mark(0, 'text', '!')}b{if_mark(1)}c{if_mark(2)}d{END_MARK}{ELSE_MARK}e{END_MARK}f"


@pytest.mark.parametrize(
    ("values", "expected"),
    [(("x", True, True), "a<x!>bcdf"), (("x", True, False), "a<x!>bcf"), (("x", False, True), "a<x!>bef")],
)
def test_splicing(values: tuple[str | bool, ...], expected: str) -> None:
    form = compile_form(SOURCE)
    assert form.splice(values, ESCAPES) == expected
    assert form_from_json(json.loads(json.dumps(form.as_json()))) == form
    assert not form.is_constant


def test_branches_that_do_not_pair_up() -> None:
    for source in (if_mark(0), END_MARK, ELSE_MARK, if_mark(0) + ELSE_MARK + ELSE_MARK + END_MARK):
        with pytest.raises(ValueError, match=r"branch|else"):
            compile_form(source)


def test_a_form_without_marks_is_constant() -> None:
    assert compile_form("plain").is_constant
    assert compile_form("").splice((), {}) == ""
