"""Signed tokens."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.errors import InputError, NotFoundError
from office.tokens import LENGTH, Token, TokenKind, Tokens, create_key, load_tokens

TOKENS = Tokens(b"k" * 32)


@given(st.sampled_from(TokenKind), st.integers(0, 2**24 - 1), st.integers(0, 2**40 - 1))
def test_a_token_comes_back_even_in_upper_case(kind: TokenKind, circular: int, number: int) -> None:
    text = TOKENS.make(kind, circular=circular, number=number)
    assert len(text) == LENGTH
    assert text == text.lower()
    assert TOKENS.read(text) == TOKENS.read(text.upper()) == Token(kind, circular, number)


def test_another_office_and_a_changed_character_are_refused() -> None:
    text = TOKENS.make(TokenKind.ROW, circular=1, number=2)
    assert Tokens(b"x" * 32).read(text) is None
    for place in range(LENGTH - 1):  # the last character has spare bits
        changed = text[:place] + ("a" if text[place] != "a" else "b") + text[place + 1 :]
        assert TOKENS.read(changed) is None


@given(st.text())
def test_no_text_is_a_token_by_accident(text: str) -> None:
    assert TOKENS.read(text) is None
    assert TOKENS.find(text) == ()


def test_tokens_are_found_in_a_text_once_each() -> None:
    first = TOKENS.make(TokenKind.ADDRESSEE, circular=1, number=1)
    second = TOKENS.make(TokenKind.ROW, circular=1, number=9)
    text = f"Reply to <reply+{first}@example.int>, bounce+{second.upper()}@example.int and again {first}."
    assert [token.number for token in TOKENS.find(text)] == [1, 9]


def test_the_key_is_for_its_owner_and_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "office.key"
    create_key(path)
    before = path.read_bytes()
    create_key(path)
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = load_tokens(path).make(TokenKind.ROW, circular=1, number=1)
    assert load_tokens(path).read(text) is not None


def test_a_missing_or_spoilt_key_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="missing"):
        load_tokens(tmp_path / "office.key")
    for spoilt in (b"", b"not hex", b"abcd", b"\xff\xfe"):
        (tmp_path / "office.key").write_bytes(spoilt)
        with pytest.raises(InputError, match="not an office key"):
            load_tokens(tmp_path / "office.key")
