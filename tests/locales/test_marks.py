from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Emphasis, Field, Inline, LineBreak, Link, NoteMark, Strong, Text
from letters.inline import read_words
from locales.marks import ENDS, Kind, Piece, join, pieces
from tests.patience import within

SNIPPETS = [
    *("**", "__", "***", "](", "{{ links.forum }}", "{{ a | date }}", "&amp;", "\\*", "](https://example.org/)"),
    *("[^1]", "[^a-b]:", "<https://example.org/>", "<a@example.org>", "\\\n", "  \n", "{{", "}}", "https:"),
]
MARKUP = st.lists(st.sampled_from([*"*_[]()!<>\\&` \n.,a«é中。م1", *SNIPPETS]), max_size=24).map("".join)


def cut(text: str) -> list[str]:
    return [f"{piece.kind}:{piece.text}" for piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("By {{ a | date }}.", ["words:By ", "field:{{ a | date }}", "words:."]),
        ("**Now** or", ["strong:**", "words:Now", "strong-end:**", "words: or"]),
        ("_a_ __b__", ["emphasis:_", "words:a", "emphasis-end:_", "words: ", "strong:__", "words:b", "strong-end:__"]),
        ("[a *b*]({{ l }})", ["link:[", "words:a ", "emphasis:*", "words:b", "emphasis-end:*", "link-end:]({{ l }})"]),
        ("***a** b*", ["emphasis:*", "strong:**", "words:a", "strong-end:**", "words: b", "emphasis-end:*"]),
        ("2 * 3 * 4, a_b_c", ["words:2 * 3 * 4, a_b_c"]),
        ("[a](b", ["words:[a](b"]),
        ("a\\\nb  \nc", ["words:a", "break:\\\n", "words:b", "break:  \n", "words:c"]),
        ("\\*&lt;&nothing;\\a", ["escape:\\*", "escape:&lt;", "words:&nothing;\\a"]),
        ("<https://a.b/> <{{ l }}> <b>", ["address:<https://a.b/>", "words: ", "address:<{{ l }}>", "words: <b>"]),
        (
            "a[^1]. **b**[^two]",
            ["words:a", "note:[^1]", "words:. ", "strong:**", "words:b", "strong-end:**", "note:[^two]"],
        ),
        ("\\[^1] [^ 1] ![^1]", ["escape:\\[", "words:^1] [^ 1] !", "note:[^1]"]),
        ("[a[^1]](b)", ["words:[a", "note:[^1]", "words:](b)"]),
        ("![a](b) [c]", ["image:![a](b)", "words: [c]"]),
        ("**《a》**b", ["words:**《a》**b"]),  # CommonMark: no close after punctuation and before a letter
        ("[a [b](c) d](e)", ["words:[a ", "link:[", "words:b", "link-end:](c)", "words: d](e)"]),
    ],
)
def test_cut(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_what_a_piece_prints() -> None:
    assert [Piece(Kind.ESCAPE, text).printed for text in ("\\*", "&amp;", "&#42;")] == ["*", "&", "*"]
    assert Piece(Kind.WORDS, "a&").printed == "a&"
    assert Piece(Kind.FIELD, "{{ a }}").printed == ""


@given(st.one_of(MARKUP, st.text(max_size=60)))
def test_no_character_is_lost(text: str) -> None:
    assert join(pieces(text)) == text


@given(MARKUP)
def test_marks_are_well_nested(text: str) -> None:
    open_marks: list[Kind] = []
    for piece in pieces(text):
        if piece.kind in ENDS:
            open_marks.append(ENDS[piece.kind])
        elif piece.kind in ENDS.values():
            assert open_marks.pop() is piece.kind
    assert not open_marks


def outline(children: tuple[Inline, ...]) -> list[str]:
    """What letters/inline reads, as marks, without white space."""
    found: list[str] = []
    for child in children:
        match child:
            case Text(text):
                found.append("".join(text.split()))
            case Field(expression):
                found.append("{" + expression.source + "}")
            case LineBreak():
                found.append("/")
            case NoteMark(label):
                found.append(f"[^{label}]")
            case Strong(inner):
                found += ["**", *outline(inner), "~**"]
            case Emphasis(inner):
                found += ["*", *outline(inner), "~*"]
            case Link(_, inner):
                found += ["[", *outline(inner), "~["]
    return found


NAMES = {
    Kind.STRONG: "**",
    Kind.STRONG_END: "~**",
    Kind.EMPHASIS: "*",
    Kind.EMPHASIS_END: "~*",
    Kind.LINK: "[",
    Kind.LINK_END: "~[",
    Kind.BREAK: "/",
}


def own_outline(text: str) -> list[str]:
    found = []
    in_link = False
    for piece in pieces(text):
        inner = piece.text[1:-1] if piece.kind is Kind.ADDRESS else piece.text
        printed = "{" + " ".join(inner[2:-2].split()) + "}" if inner.startswith("{{") else inner
        in_link = (in_link or piece.kind is Kind.LINK) and piece.kind is not Kind.LINK_END
        if piece.kind in {Kind.WORDS, Kind.ESCAPE}:
            found.append("".join(piece.printed.split()))
        elif piece.kind is Kind.NOTE:
            found.append(piece.text)
        elif piece.kind in {Kind.FIELD, Kind.ADDRESS}:
            leads = (piece.kind is Kind.ADDRESS and printed[0] != "{") or (printed == "{links.forum}" and not in_link)
            found += ["[", printed, "~["] if leads else [printed]
        else:
            found.append(NAMES[piece.kind])
    return found


@given(MARKUP)
def test_the_cut_is_the_letters_own(text: str) -> None:
    words = read_words(text.strip())
    if any(fault.code not in {"unclosed-field"} for fault in words.faults):
        return  # pictures, addresses that no letter may have
    assert "".join(own_outline(text.strip())) == "".join(outline(words.children))


@pytest.mark.parametrize(
    "text",
    [
        " " * 50_000,
        "*a " * 15_000 + " a*" * 15_000,
        "![" * 15_000 + "[a](b)" * 5_000,
        "[" * 30_000 + "](" * 15_000,
        "[](a" * 15_000,
    ],
    ids=["blanks", "emphasis", "images", "brackets", "targets"],
)
def test_hostile_texts_are_cut_in_no_time(text: str) -> None:
    with within(2):
        assert join(pieces(text)) == text
