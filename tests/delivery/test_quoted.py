"""Stretches of quoted-printable: joined in any way, they decode to the joined text."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.quoted import encode_stretch

PIECES = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")), max_size=6)


@given(PIECES)
def test_joined_stretches_decode_to_the_joined_text(pieces: list[str]) -> None:
    encoded = b"".join(encode_stretch(piece) for piece in pieces)
    assert quopri.decodestring(encoded).replace(b"\r\n", b"\n").decode() == "".join(pieces)


@given(PIECES)
def test_lines_are_short_ascii_and_need_no_dot_stuffing(pieces: list[str]) -> None:
    encoded = b"".join(encode_stretch(piece) for piece in pieces)
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From "))
        assert not line.endswith((b" ", b"\t"))
        assert b"\r" not in line
        assert b"\n" not in line
        assert all(32 <= byte < 127 or byte == 9 for byte in line)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_newline_is_a_hard_line_break(newline: str) -> None:
    assert encode_stretch(f"one{newline}two") == b"one\r\ntwo=\r\n"


def test_nothing_is_written_for_an_empty_value() -> None:
    assert encode_stretch("") == b""


def test_a_soft_line_break_may_fall_before_a_full_stop() -> None:
    encoded = encode_stretch("x" * 75 + ".From here on\n")
    assert encoded == b"x" * 75 + b"=\r\n=2EFrom here on\r\n"


def test_surrogates_do_not_raise() -> None:
    assert encode_stretch("a\ud800b") == b"a=3Fb=\r\n"
