"""Tokens that open a mailbox or a relay."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from office.errors import CircularsError, InputError, RefusedError, UnreachableError
from office.model import OAuth
from office.oauth import TokenSource
from tests.office.token_server import TokenServer, running_tokens

NOW = datetime(2031, 3, 10, 9, 0, tzinfo=UTC)
FILE_NAME = "inbox.token"
SECRETS = {"SECRET": "s e&cret", "REFRESH": "refresh-0"}


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with running_tokens() as server:
        yield server


def source(
    server: TokenServer, folder: Path, *, secrets: Mapping[str, str] = SECRETS, now: list[datetime] | None = None,
    **settings: str,
) -> TokenSource:  # fmt: skip
    given = {"token_url": server.url, "client_id": "office", "client_secret_env": "SECRET", **settings}
    moments = now or [NOW]
    return TokenSource(OAuth(**given), file=folder / FILE_NAME, environment=secrets, clock=lambda: moments[0])


def test_a_client_asks_in_its_own_name(server: TokenServer, tmp_path: Path) -> None:
    assert source(server, tmp_path, scope="https://mail.example.com/.default").token() == "token-1"
    assert server.asked == [
        {
            "grant_type": "client_credentials", "client_id": "office", "client_secret": "s e&cret",
            "scope": "https://mail.example.com/.default",
        }
    ]  # fmt: skip


def test_with_a_refresh_token(server: TokenServer, tmp_path: Path) -> None:
    source(server, tmp_path, refresh_token_env="REFRESH", client_secret_env="").token()
    assert server.asked == [{"grant_type": "refresh_token", "client_id": "office", "refresh_token": "refresh-0"}]
    assert list(tmp_path.iterdir()) == []


def test_a_token_serves_until_shortly_before_it_ends(server: TokenServer, tmp_path: Path) -> None:
    now = [NOW]
    tokens = source(server, tmp_path, now=now)
    for minutes, asked in ((0, 1), (57, 1), (59, 2), (60, 2)):
        now[0] = NOW + timedelta(minutes=minutes)
        tokens.token()
        assert len(server.asked) == asked
    tokens.forget()
    tokens.token()
    assert len(server.asked) == 3


@pytest.mark.parametrize("life", ["3600", None, "soon", -5])
def test_a_life_that_is_told_in_any_way(server: TokenServer, tmp_path: Path, life: object) -> None:
    server.answer = {"access_token": "x", "expires_in": life}
    tokens = source(server, tmp_path)
    tokens.token()
    tokens.token()
    assert len(server.asked) == 1


def test_a_refresh_token_that_was_replaced_is_kept_for_the_owner_alone(server: TokenServer, tmp_path: Path) -> None:
    server.answer = {"access_token": "a", "refresh_token": "refresh-1"}
    source(server, tmp_path, refresh_token_env="REFRESH").token()
    (kept,) = tmp_path.iterdir()
    assert kept.name == FILE_NAME
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "refresh-0" not in kept.read_text()
    server.answer = {"access_token": "b", "refresh_token": "refresh-2"}
    source(server, tmp_path, refresh_token_env="REFRESH").token()
    source(server, tmp_path, refresh_token_env="REFRESH").token()
    assert [asked["refresh_token"] for asked in server.asked] == ["refresh-0", "refresh-1", "refresh-2"]


def test_a_new_token_in_the_environment_takes_the_place_of_the_kept_one(server: TokenServer, tmp_path: Path) -> None:
    server.answer = {"access_token": "a", "refresh_token": "refresh-1"}
    source(server, tmp_path, refresh_token_env="REFRESH").token()
    source(server, tmp_path, refresh_token_env="REFRESH", secrets={"SECRET": "x", "REFRESH": "new"}).token()
    assert server.asked[-1]["refresh_token"] == "new"


@pytest.mark.parametrize("content", ["", "[]", "{}", "nothing"])
def test_a_kept_token_that_is_spoilt(server: TokenServer, tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    source(server, tmp_path, refresh_token_env="REFRESH").token()
    assert server.asked[-1]["refresh_token"] == "refresh-0"


def test_a_token_that_cannot_be_kept(server: TokenServer, tmp_path: Path) -> None:
    server.answer = {"access_token": "a", "refresh_token": "refresh-1"}
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(InputError, match="cannot be kept"):
        source(server, tmp_path, refresh_token_env="REFRESH").token()


@pytest.mark.parametrize(
    ("code", "answer", "kind", "words"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "The token\r\nhas ended."},
            RefusedError,
            "consent again",
        ),
        (401, {"error": "invalid_client"}, RefusedError, "client_secret_env"),
        (400, {"error": "unauthorized_client"}, RefusedError, "client_id"),
        (400, {"error": "invalid_scope"}, RefusedError, "scope"),
        (404, b"<html>nothing here", RefusedError, "[inbox.oauth]"),
        (200, b"<html>hello", RefusedError, "token_url"),
        (200, {"access_token": "two\r\nlines"}, RefusedError, "token_url"),
        (200, {"access_token": 5}, RefusedError, "token_url"),
        (200, b"[" * 100_000, RefusedError, "token_url"),
        (429, {}, UnreachableError, "later"),
        (503, b"", UnreachableError, "later"),
        (302, b"", RefusedError, "token_url"),
    ],
)
def test_no_token(
    server: TokenServer, tmp_path: Path, code: int, answer: dict[str, str] | bytes, kind: type[CircularsError],
    words: str,
) -> None:  # fmt: skip
    server.code, server.answer = code, answer
    with pytest.raises(kind) as caught:
        source(server, tmp_path).token()
    assert words in caught.value.hint
    assert "\n" not in caught.value.message
    assert re.search(r"[^.]\.$", caught.value.message)
    assert "s e&cret" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("code", [400, 401, 503])
@pytest.mark.parametrize("key", ["error", "error_description"])
@pytest.mark.parametrize("before", ["", "." * 495])
def test_secrets_that_the_server_repeats_are_left_out(
    server: TokenServer, tmp_path: Path, code: int, key: str, before: str
) -> None:
    repeated = "s e&cret s%20e%26cret s+e%26cret c2FpZDogcyBlJmNyZXQ= refresh-0"
    server.code, server.answer = code, {key: f"{before}{repeated}"}
    with pytest.raises(CircularsError) as caught:
        source(server, tmp_path, refresh_token_env="REFRESH").token()
    told = caught.value.message + caught.value.hint
    assert f"{before}…" in told
    assert not any(part in told for part in ("s e&", "s%20e", "s+e", "c2FpZ", "refresh-0"))


def test_a_refresh_token_that_was_kept_is_left_out_too(server: TokenServer, tmp_path: Path) -> None:
    server.answer = {"access_token": "a", "refresh_token": "refresh-1"}
    tokens = source(server, tmp_path, refresh_token_env="REFRESH")
    tokens.token()
    tokens.forget()
    server.code, server.answer = 400, {"error": "invalid_grant", "error_description": "refresh-1 has ended"}
    with pytest.raises(RefusedError, match="… has ended"):
        tokens.token()


def test_secrets_in_an_answer_that_is_no_http_are_left_out(server: TokenServer, tmp_path: Path) -> None:
    server.line = b"nonsense: s+e%26cret\r\n"
    with pytest.raises(UnreachableError, match="nonsense: …"):
        source(server, tmp_path).token()


def test_secrets_follow_no_redirection(server: TokenServer, tmp_path: Path) -> None:
    with running_tokens() as other:
        server.code, server.location = 307, other.url
        with pytest.raises(RefusedError, match=r"redirects to another address \(307\)"):
            source(server, tmp_path).token()
        assert other.asked == []


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with running_tokens() as server:
        pass
    with pytest.raises(UnreachableError, match="cannot be reached"):
        source(server, tmp_path).token()


@pytest.mark.parametrize("missing", ["SECRET", "REFRESH"])
def test_secrets_that_nobody_gave(server: TokenServer, tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in SECRETS.items() if name != missing}
    with pytest.raises(InputError, match=missing):
        source(server, tmp_path, secrets=given, refresh_token_env="REFRESH").token()
    assert server.asked == []
