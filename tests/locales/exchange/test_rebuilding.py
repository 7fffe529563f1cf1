from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.exchange.rebuilding import Rebuilt, rebuild
from locales.marks import Kind, Piece, pieces

STRONG, STRONG_END = Piece(Kind.STRONG, "**"), Piece(Kind.STRONG_END, "**")
EMPHASIS, EMPHASIS_END = Piece(Kind.EMPHASIS, "*"), Piece(Kind.EMPHASIS_END, "*")
LINK, LINK_END = Piece(Kind.LINK, "["), Piece(Kind.LINK_END, "]({{ links.forum }})")
FIELD = Piece(Kind.FIELD, "{{ facts.entries | number }}")
BREAK = Piece(Kind.BREAK, "\\\n")


def words(text: str) -> Piece:
    return Piece(Kind.WORDS, text)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], ""),
        ([words("5 * 3 = 15, a_b")], "5 * 3 = 15, a_b"),
        ([words("*now*")], "\\*now\\*"),
        ([words("{{ recipient.email }}")], "\\{\\{ recipient.email \\}\\}"),
        ([words("a {{"), FIELD, words("{% if %}")], "a \\{\\{{{ facts.entries | number }}\\{\\% if %\\}"),
        ([words("[a](https://example.org/)")], "\\[a\\](https://example.org/)"),
        ([words("Ah!"), LINK, words("b"), LINK_END], "Ah\\![b]({{ links.forum }})"),
        ([words("&lt;"), words("<https://example.org>")], "\\&lt;\\<https://example.org>"),
        ([words("a"), STRONG, words(" b "), STRONG_END, words("c")], "a **b** c"),
        ([STRONG, words("a"), STRONG_END, STRONG, words("b"), STRONG_END], "**ab**"),
        ([STRONG, STRONG, words("a"), STRONG_END, STRONG_END, words("b")], "****a****b"),
        ([STRONG, words(" "), STRONG, words("a"), STRONG_END, STRONG_END, words("b")], " **a**b"),
        ([words("a"), STRONG, STRONG_END, words("b")], "ab"),
        ([STRONG, EMPHASIS, words("a"), EMPHASIS_END, words(" b"), STRONG_END], "***a* b**"),
        ([STRONG, EMPHASIS, words("a"), EMPHASIS_END, STRONG_END], "**_a_**"),
        ([words("在"), STRONG, words("《论坛》"), STRONG_END, words("上")], "在《**论坛**》上"),
        ([LINK, words("a"), LINK_END, LINK, words("b"), LINK_END], "[a]({{ links.forum }})[b]({{ links.forum }})"),
        ([STRONG, LINK, words("论坛"), LINK_END, STRONG_END, words("上")], "[**论坛**]({{ links.forum }})上"),
        ([STRONG, EMPHASIS, words("b"), EMPHASIS_END, STRONG_END, words("c")], "***b***c"),
        ([words("a "), BREAK, words(" b")], "a\\\nb"),
        ([words("a  \nb")], "a\nb"),
        ([STRONG, FIELD, STRONG_END, words("a")], "**{{ facts.entries | number }}**a"),
    ],
)
def test_rebuild(parts: list[Piece], expected: str) -> None:
    assert rebuild(parts) == Rebuilt(text=expected)


def test_what_was_written_with_a_fault_in_the_source_stays() -> None:
    assert rebuild([words("a {{ b")], typed=False).text == "a {{ b"


def test_marks_that_cannot_be_kept_are_reported() -> None:
    parts = [
        FIELD,
        STRONG,
        LINK,
        words("中。"),
        LINK_END,
        FIELD,
        EMPHASIS,
        words("。"),
        EMPHASIS_END,
        STRONG_END,
        words("a"),
    ]
    assert rebuild(parts).lost


def test_of_many_marks_that_meet_the_words_are_kept() -> None:
    parts = [STRONG, words("a"), EMPHASIS, words("b"), EMPHASIS_END, STRONG_END, EMPHASIS, words("c"), EMPHASIS_END]
    rebuilt = rebuild([*parts, words(" ")] * 4)
    assert rebuilt == Rebuilt(text="abc abc abc abc ", lost=True)
    assert rebuild(parts) == Rebuilt(text="**a*b***_c_")


TEXT = st.text(alphabet="ab é中。،م1 *_[]()<>&!{}\\%#\n", max_size=8).map(words)


def _spans(inner: st.SearchStrategy[list[Piece]]) -> st.SearchStrategy[list[Piece]]:
    ends = st.sampled_from([(STRONG, STRONG_END), (EMPHASIS, EMPHASIS_END), (LINK, LINK_END)])
    span = st.tuples(ends, inner).map(lambda pair: [pair[0][0], *pair[1], pair[0][1]])
    return st.lists(st.one_of(span, inner), max_size=4).map(lambda lists: [piece for part in lists for piece in part])


PARTS = st.recursive(st.one_of(TEXT, st.sampled_from([FIELD, BREAK])).map(lambda piece: [piece]), _spans, max_leaves=8)


@given(PARTS)
def test_words_and_fields_come_through_and_nothing_else(parts: list[Piece]) -> None:
    cut = pieces(rebuild(parts).text)

    def printed(some: list[Piece]) -> str:
        return "".join("".join(piece.printed.split()) for piece in some)

    assert printed(list(cut)) == printed(parts)
    assert [piece for piece in cut if piece.kind is Kind.FIELD] == [
        piece for piece in parts if piece.kind is Kind.FIELD
    ]
    assert {piece.text for piece in cut if piece.kind is Kind.LINK_END} <= {LINK_END.text}
    assert not [piece for piece in cut if piece.kind in {Kind.ADDRESS, Kind.IMAGE}]


@given(
    st.lists(
        st.sampled_from([*"*_[]()!<>\\&` .,a«é中。م1", "**", "](", "{{ a }}", "&amp;", "\\*", "\\\n"]), max_size=20
    )
)
def test_well_formed_markdown_stays_as_it_is(parts: list[str]) -> None:
    text = "".join(parts)
    assert rebuild(pieces(text), typed=False) == Rebuilt(text=text)
