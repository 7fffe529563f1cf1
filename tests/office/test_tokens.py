"""Signed tokens."""

from __future__ import annotations

import base64
import hmac
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.errors import InputError, NotFoundError
from office.tokens import LENGTH, Token, TokenKind, Tokens, create_key, load_tokens, thread_header, thread_index

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


def test_a_token_is_found_however_the_text_was_treated() -> None:
    token = TOKENS.make(TokenKind.ROW, circular=1, number=9)
    broken = f"{token[:13]}=\r\n{token[13:]}"
    for text in (
        f"reply%2B{token}%40example.int",
        f"reply=2B{token}=40",
        f"mailto:reply&#43;{token}@example.int",
        broken,
        broken.replace("=\r", ""),
        f"> reply+{token[:5].upper()}\n> > {token[5:]}@example.int",
        f"\u200b{token[:8]}\u00ad{token[8:]}x",
    ):
        assert [found.number for found in TOKENS.find(text)] == [9], text


def test_a_thread_index_begins_with_a_token_and_answers_extend_it() -> None:
    moment = datetime(2022, 3, 21, 9, 30, tzinfo=UTC)
    token = TOKENS.make(TokenKind.ADDRESSEE, circular=2, number=77)
    index = thread_index(token, moment)
    raw = base64.b64decode(index)
    assert len(raw) == 22
    ticks = int.from_bytes(raw[:6] + b"\0\0")  # of 100 nanoseconds since 1601 (FILETIME)
    assert abs(datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10) - moment) < timedelta(seconds=1)
    answer = base64.b64encode(raw + b"\x01\x02\x03\x04\x05" * 2).decode()
    assert TOKENS.read_thread_index(answer) == Token(TokenKind.ADDRESSEE, 2, 77)
    assert thread_header(f"{answer[:20]}\n {answer[20:]}") == raw
    assert Tokens(b"x" * 32).read_thread_index(index) is None


@pytest.mark.parametrize("text", ["", "AdhV", "not base64 at all, but long enough to be", "\u00e9" * 40, "=" * 50])
def test_what_is_no_thread_index(text: str) -> None:
    assert TOKENS.read_thread_index(text) is None


@given(st.binary(min_size=1, max_size=200), st.text(max_size=100))
def test_what_is_hidden_is_hidden_by_hmac(key: bytes, text: str) -> None:
    said = b"circulars hidden" + text.encode("utf-8", "surrogatepass")
    assert Tokens(key).hide(text) == hmac.digest(key, said, "sha256").hex()
