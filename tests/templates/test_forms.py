"""Compiled forms."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.forms import (
    CLOSE,
    ELSE_MARK,
    END_MARK,
    FIELD,
    OPEN,
    Escape,
    chain,
    compile_form,
    compile_program,
    form_from_json,
    if_mark,
    is_mark,
    pack_values,
    slot_mark,
    unpack_values,
)

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


# Property: compiling and splicing is the same as rendering directly.

KINDS = ("text", "raw")
BOTH: dict[str, Escape] = {"text": lambda value, detail: f"<{value}{detail}>", "raw": lambda value, detail: value}
words = st.text(st.characters(exclude_categories=("Cs", "Co")), max_size=8)
SLOT_COUNT, TRUTHS = 3, (3, 4)
values_of = st.tuples(words, words, words, st.booleans(), st.booleans())


@dataclass(frozen=True)
class Piece:
    """A stretch of a document: words, a slot, or a branch over a truth value."""

    kind: str
    text: str = ""
    index: int = 0
    then: tuple[Piece, ...] = ()
    otherwise: tuple[Piece, ...] | None = None

    def marked(self) -> str:
        if self.kind == "words":
            return self.text
        if self.kind in KINDS:
            return slot_mark(self.index, self.kind, self.text)
        otherwise = "" if self.otherwise is None else ELSE_MARK + marked(self.otherwise)
        return if_mark(self.index) + marked(self.then) + otherwise + END_MARK

    def rendered(self, values: tuple[str | bool, ...]) -> str:
        if self.kind == "words":
            return self.text
        if self.kind in KINDS:
            return BOTH[self.kind](str(values[self.index]), self.text)
        return rendered(self.then if values[self.index] else self.otherwise or (), values)


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.marked() for piece in pieces)


def rendered(pieces: tuple[Piece, ...], values: tuple[str | bool, ...]) -> str:
    return "".join(piece.rendered(values) for piece in pieces)


def _branches(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    parts = st.lists(inner, max_size=4).map(tuple)
    return st.builds(
        Piece, kind=st.just("if"), index=st.sampled_from(TRUTHS), then=parts, otherwise=st.none() | parts
    )  # fmt: skip


pieces = st.recursive(
    st.builds(Piece, kind=st.just("words"), text=words)
    | st.builds(Piece, kind=st.sampled_from(KINDS), index=st.integers(0, SLOT_COUNT - 1), text=words),
    _branches,
    max_leaves=20,
)
documents = st.lists(pieces, max_size=8).map(tuple)


@given(documents, values_of)
def test_splicing_a_compiled_form_is_rendering(document: tuple[Piece, ...], values: tuple[str | bool, ...]) -> None:
    form = compile_form(marked(document))
    assert form.splice(values, BOTH) == rendered(document, values)
    again = form_from_json(json.loads(json.dumps(form.as_json())))
    assert again == form
    assert again.splice(values, BOTH) == rendered(document, values)
    assert form.is_constant == all(piece.kind == "words" for piece in document)


@given(documents, documents, documents, values_of)
def test_programs_in_a_chain_give_one_after_the_other(
    first: tuple[Piece, ...], second: tuple[Piece, ...], third: tuple[Piece, ...], values: tuple[str | bool, ...]
) -> None:
    documents = (first, second, third)
    one, two, three = (
        compile_program(compile_form(marked(each)), BOTH, str.encode, str.encode) for each in documents
    )  # fmt: skip
    chained = chain(chain(one, two), three)
    assert b"".join(chained.pieces(values)) == "".join(rendered(each, values) for each in documents).encode()
    assert b"".join(chain(one, chain(two, three)).pieces(values)) == b"".join(chained.pieces(values))
    constants = sum(bool(stretch) for program in (one, two, three) for stretch in program.stretches)
    assert sum(bool(stretch) for stretch in chained.stretches) <= constants


def test_a_program_is_as_it_was_after_its_pieces_were_changed() -> None:
    program = compile_program(compile_form(SOURCE), BOTH, str.encode, str.encode)
    first = program.pieces(("x", True, True))
    given = b"".join(first)
    first.clear()
    assert b"".join(program.pieces(("x", True, True))) == given


@given(documents)
def test_changing_the_constants_touches_nothing_else(document: tuple[Piece, ...]) -> None:
    form = compile_form(marked(document))
    same = form.map_constants(lambda text: text)
    assert same == form
    emptied = form.map_constants(lambda _: "")
    values = ("a", "b", "c", True, False)
    assert emptied.splice(values, BOTH) == rendered(emptied_of_words(document), values)


def emptied_of_words(document: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(
        replace(
            piece,
            then=emptied_of_words(piece.then),
            otherwise=None if piece.otherwise is None else emptied_of_words(piece.otherwise),
        )
        for piece in document
        if piece.kind != "words"
    )


@given(st.lists(st.sampled_from([if_mark(0), ELSE_MARK, END_MARK, "x"]), max_size=7))
def test_marks_pair_up_or_are_refused(marks: list[str]) -> None:
    depths: list[bool] = []  # whether the else of each open branch was seen
    good = True
    for mark in marks:
        if mark == if_mark(0):
            depths.append(False)
        elif mark == ELSE_MARK:
            good = good and bool(depths) and not depths[-1]
            if good:
                depths[-1] = True
        elif mark == END_MARK:
            good = good and bool(depths)
            if good:
                depths.pop()
    if good and not depths:
        compile_form("".join(marks))
    else:
        with pytest.raises(ValueError, match=r"branch|else"):
            compile_form("".join(marks))


@given(st.lists(words | st.booleans(), max_size=5))
def test_values_come_back_from_the_store(values: list[str | bool]) -> None:
    assert unpack_values(pack_values(values)) == tuple(values)


@pytest.mark.parametrize("packed", [b"", b"{}", b"[1]", b'["a", null]', b'["a"', b"\xff\xfe"])
def test_damaged_values_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the fault, ValueError is the promise
        unpack_values(packed)


@pytest.mark.parametrize("shape", [[["x", "a"]], [["c", 1]], [["s", "0", "text", ""]], [["b", 0, [], "x"]], [[]]])
def test_a_shape_that_is_no_form_is_refused(shape: list[list[object]]) -> None:
    with pytest.raises(ValueError, match="not a part of a form"):
        form_from_json(shape)


def test_marks_are_reserved_characters() -> None:
    assert all(is_mark(character) for character in (OPEN, FIELD, CLOSE))
    assert not any(is_mark(character) for character in "a\u200f漢ي\ufffd")
