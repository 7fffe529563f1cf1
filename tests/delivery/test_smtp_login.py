"""Logging in at the relay: tokens of OAuth 2, keyrings, credentials of a service; and where secrets never show."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from delivery.transports.login import make_login
from office.clock import system_clock
from office.errors import InputError
from office.model import OAuth, SmtpTransport
from tests.delivery.certificates import make_certificate
from tests.delivery.relays import Setup, at, sink_with
from tests.delivery.test_smtp_security import free_port
from tests.office.token_server import TokenServer, running_tokens

SECRET = "Tr0ub4dor-geheim"


class House:
    """A real SMTP server that knows one password and some tokens, and remembers what it was shown."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = set(tokens)
        self.shown: list[str] = []
        self.mailed: list[str] = []
        self.port = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        self.mailed.extend(envelope.rcpt_tos)
        return "250 ok"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> Any:  # noqa: N802
        from aiosmtpd.smtp import AuthResult

        said = base64.b64decode(args[1]).decode()
        self.shown.append(said)
        token = said.split("auth=Bearer ")[1].split("\x01")[0]
        if token in self.tokens:
            return AuthResult(success=True, auth_data="office")
        await server.push("334 " + base64.b64encode(json.dumps({"status": "401"}).encode()).decode())
        await server._reader.readline()
        await server.push("535 5.7.3 Authentication unsuccessful")
        return AuthResult(success=False, handled=True)

    def authenticate(self, _server: object, _session: object, _envelope: object, _mechanism: object, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        known = (data.login, data.password) == (b"office", SECRET.encode())
        return AuthResult(success=known, handled=known)

    @contextmanager
    def running(self, folder: Path) -> Iterator[House]:
        from aiosmtpd.controller import Controller

        _, context = make_certificate(folder)
        controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
            auth_required=True, authenticator=self.authenticate,
        )  # fmt: skip
        controller.start()
        self.port = controller.port
        try:
            yield self
        finally:
            controller.stop()


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenServer]:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    with running_tokens() as server:
        yield server


def by_token(setup: Callable[..., Setup], house: House, tokens: TokenServer, **settings: Any) -> Setup:
    oauth = OAuth(token_url=tokens.url, client_id="office", client_secret_env="TEST_SECRET")
    return setup(2, port=house.port, security="starttls", ca_file="relay.pem", user="office", oauth=oauth, **settings)


def test_a_token_opens_the_relay(setup: Callable[..., Setup], tokens: TokenServer, tmp_path: Path) -> None:
    with House("token-1").running(tmp_path) as house:
        assert by_token(setup, house, tokens).send(None).sent == 2
    assert house.shown == ["user=office\x01auth=Bearer token-1\x01\x01"]
    assert len(tokens.asked) == 1


def test_a_token_that_was_revoked_is_renewed_once(
    setup: Callable[..., Setup], tokens: TokenServer, tmp_path: Path
) -> None:
    with House("token-2").running(tmp_path) as house:
        fresh = iter(("token-1", "token-2"))
        tokens.changing = lambda: {"access_token": next(fresh)}
        assert by_token(setup, house, tokens).send(None).sent == 2
    assert len(house.shown) == len(tokens.asked) == 2


def test_a_token_that_opens_nothing_ends_the_run_in_words(
    setup: Callable[..., Setup], tokens: TokenServer, tmp_path: Path
) -> None:
    with House("another").running(tmp_path) as house:
        here = by_token(setup, house, tokens)
        summary = here.send(None)
    assert "refuses the login: 535 5.7.3" in summary.stopped
    assert "OAuth 2" in summary.hint
    assert here.states() == {"queued": 2}
    assert len(house.shown) == 1  # the same token again would not be another
    assert len(tokens.asked) == 2


def test_no_token_at_all_ends_the_run(setup: Callable[..., Setup], tokens: TokenServer, tmp_path: Path) -> None:
    tokens.code, tokens.answer = 401, {"error": "invalid_client"}
    with House().running(tmp_path) as house:
        here = by_token(setup, house, tokens)
        summary = here.send(None)
    assert "gives no token for the relay 127.0.0.1" in summary.stopped
    assert "client_secret_env" in summary.hint
    assert here.states() == {"queued": 2}


def test_a_token_server_that_cannot_now_is_told_with_its_own_advice(
    setup: Callable[..., Setup], tokens: TokenServer, tmp_path: Path
) -> None:
    tokens.code, tokens.answer = 503, {"error_description": "out for lunch"}
    with House().running(tmp_path) as house:
        summary = by_token(setup, house, tokens).send(None)
    assert summary.stopped.endswith("answers 503: out for lunch.")
    assert summary.hint == "Try again later; if it stays so, ask who runs the server that gives the tokens."


# A keyring


class Ring(KeyringBackend):
    priority = 10

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("no prompt here")
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password


@pytest.fixture
def ring() -> Iterator[Ring]:
    before = keyring.get_keyring()
    ring = Ring()
    ring.set_password("circulars-relay", "office", SECRET)
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_password_from_the_keyring(setup: Callable[..., Setup], ring: Ring, tmp_path: Path) -> None:
    assert ring.passwords
    with House().running(tmp_path) as house:
        here = setup(
            1, port=house.port, security="starttls", ca_file="relay.pem", user="office",
            password_keyring="circulars-relay",
        )  # fmt: skip
        assert here.send(None).sent == 1


def login_of(**settings: Any) -> object:
    return make_login(SmtpTransport(key="relay", host="relay.example.int", **settings), Path(), {}, system_clock)


def test_a_keyring_that_is_locked_or_lacks_the_password(ring: Ring) -> None:
    with pytest.raises(InputError, match="has none for other under «circulars-relay»") as caught:
        login_of(user="other", password_keyring="circulars-relay")
    assert "keyring set circulars-relay other" in caught.value.hint
    ring.locked = True
    with pytest.raises(InputError, match="cannot be opened"):
        login_of(user="office", password_keyring="circulars-relay")


def test_a_keyring_without_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(InputError, match="not installed") as caught:
        login_of(user="office", password_keyring="circulars-relay")
    assert "circulars[keyring]" in caught.value.hint


# Settings


def test_a_service_gets_its_password_as_a_credential(tmp_path: Path) -> None:
    (tmp_path / "TEST_PASSWORD").write_text(SECRET + "\n")
    settings = SmtpTransport(key="relay", host="relay.example.int", user="office", password_env="TEST_PASSWORD")
    login = make_login(settings, tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, system_clock)
    assert login is not None
    assert login.password == SECRET
    assert SECRET not in repr(login)
    login = make_login(
        settings, tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path), "TEST_PASSWORD": "nearer"}, system_clock
    )
    assert login is not None
    assert login.password == "nearer"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"password_env": "HOME", "password_keyring": "x", "user": "u"}, "several ways"),
        ({"password_env": "NOWHERE"}, "NOWHERE is not set"),
        ({"password_keyring": "x"}, "not as whom"),
        ({"user_env": "NOBODY", "password_env": "NOWHERE"}, "NOBODY and NOWHERE is not set"),
    ],
)
def test_logins_that_cannot_be(settings: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        login_of(**settings)


# Secrets


def test_a_server_that_repeats_the_password_is_not_quoted(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    house = House()
    house.authenticate = lambda *_: __import__("aiosmtpd.smtp").smtp.AuthResult(  # type: ignore[method-assign]
        success=False, handled=False, message=f"535 {SECRET} is wrong"
    )
    monkeypatch.setenv("TEST_PASSWORD", SECRET)
    with house.running(tmp_path) as running:
        here = setup(
            1, port=running.port, security="starttls", ca_file="relay.pem", user="office", password_env="TEST_PASSWORD"
        )
        summary = here.send(None)
    assert "535 … is wrong" in summary.stopped


@pytest.mark.parametrize("code", [454, 535])
@pytest.mark.parametrize("user", ["", "a", "office"])
def test_a_server_that_repeats_the_password_in_base64_is_not_quoted(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, user: str
) -> None:
    house, repeated = House(), base64.b64encode(f"\0{user}\0{SECRET}".encode()).decode()
    house.authenticate = lambda *_: __import__("aiosmtpd.smtp").smtp.AuthResult(  # type: ignore[method-assign]
        success=False, handled=False, message=f"{code} 4.7.8 Wrong: {repeated}, {SECRET}"
    )
    monkeypatch.setenv("TEST_PASSWORD", SECRET)
    with house.running(tmp_path) as running:
        here = setup(
            1, port=running.port, security="starttls", ca_file="relay.pem", user="office", password_env="TEST_PASSWORD"
        )
        assert f"{code} 4.7.8 Wrong: …, …" in here.send(None).stopped


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("MAIL", 450),
        ("MAIL", 550),
        ("RCPT", 354),
        ("RCPT", 421),
        ("RCPT", 450),
        ("RCPT", 550),
        ("DATA", 450),
        ("DATA", 550),
    ],
)
@pytest.mark.parametrize("by", ["password", "token"])
def test_a_relay_that_repeats_the_login_later_is_not_quoted(
    setup: Callable[..., Setup], tokens: TokenServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    by: str, step: str, code: int,
) -> None:  # fmt: skip
    tokens.answer = {"access_token": SECRET}
    monkeypatch.setenv("TEST_PASSWORD", SECRET)
    house = House(SECRET)
    repeated = f"{SECRET} {base64.b64encode(SECRET.encode()).decode()}"

    async def complain(*_: object) -> str:
        return f"{code} 5.7.0 {repeated}{'.' * 460} {SECRET}"

    setattr(house, f"handle_{step}", complain)
    with house.running(tmp_path) as running:
        if by == "token":
            here = by_token(setup, running, tokens)
        else:
            here = setup(
                2, port=running.port, security="starttls", ca_file="relay.pem", user="office",
                password_env="TEST_PASSWORD",
            )  # fmt: skip
        told = str(here.send(None).as_json()) + str(here.rows())
    assert "5.7.0 … …" in told
    assert SECRET[:8] not in told


@pytest.mark.parametrize("line", [f"{SECRET} is no reply", f"250 {SECRET}\r\n250 {SECRET}"])
def test_a_relay_that_repeats_the_login_out_of_turn_is_not_quoted(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", SECRET)

    with sink_with(at("mail", line), extensions=["AUTH PLAIN"]) as sink:
        here = setup(1, user="office", password_env="TEST_PASSWORD")
        told = str(here.send(sink).as_json()) + str(here.rows())
    assert sink.received == []
    assert "…" in told
    assert SECRET not in told


@pytest.mark.sqlite("looks through the store's file")
def test_no_secret_is_written_anywhere(
    setup: Callable[..., Setup],
    tokens: TokenServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Send with a password, with a token that is renewed, and with logins that fail; then look through everything."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TEST_PASSWORD", SECRET)
    told: list[str] = []
    refresh = "Refresh-" + SECRET
    tokens.answer = {"access_token": "Token-" + SECRET, "expires_in": 3600}
    monkeypatch.setenv("TEST_REFRESH", refresh)
    with House("Token-" + SECRET).running(tmp_path) as house:
        office: dict[str, Any] = {"port": house.port, "security": "starttls", "ca_file": "relay.pem", "user": "office"}
        here = setup(3, **office, password_env="TEST_PASSWORD")
        told.append(str(here.send(None, limit=1).as_json()))
        here.settings = SmtpTransport(
            key="relay", host="127.0.0.1", **office,
            oauth=OAuth(token_url=tokens.url, client_id="office", client_secret_env="TEST_SECRET",
                        refresh_token_env="TEST_REFRESH"),
        )  # fmt: skip
        told.append(str(here.send(house, limit=1).as_json()))  # type: ignore[arg-type]
        house.tokens.clear()
        told.append(str(here.send(house).as_json()))  # type: ignore[arg-type]
    assert len(house.mailed) == 2
    assert here.states() == {"sent": 2, "queued": 1}
    captured = capfd.readouterr()
    told += [captured.out, captured.err, caplog.text]
    assert not any(SECRET in text for text in told)
    here.store.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in kept)
    for path in kept:
        for secret in (SECRET, base64.b64encode(SECRET.encode()).decode().rstrip("=")):
            assert secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_a_login_that_is_wanted_is_called_so(setup: Callable[..., Setup], step: str) -> None:
    here = setup(3)
    with sink_with(at(step, "530 5.7.0 Authentication required")) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 3}
    assert "wants a login before it takes mail: 530 5.7.0 Authentication required" in summary.stopped
    assert "user_env, password_env" in summary.hint
    assert summary.lasting
