"""Sending over SMTP: encryption, certificates, logging in."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from office.errors import InputError
from tests.delivery.certificates import make_certificate
from tests.delivery.relays import QUICK, Setup, sink_with


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_starttls_with_login(setup: Callable[..., Setup], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    _, context = make_certificate(tmp_path)
    seen: list[str] = []

    class Handler:
        async def handle_DATA(self, server: object, session: Any, envelope: Any) -> str:  # noqa: N802
            seen.extend(envelope.rcpt_tos)
            return "250 ok"

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: object, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"office", "pässword".encode())
        return AuthResult(success=known, handled=known)

    controller = Controller(
        Handler(), hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        auth_required=True, authenticator=authenticate,
    )  # fmt: skip
    controller.start()
    try:
        here = setup(
            2,
            port=controller.port,
            security="starttls",
            ca_file="relay.pem",
            user_env="TEST_USER",
            password_env="TEST_PASSWORD",
        )
        with pytest.raises(InputError, match="TEST_USER and TEST_PASSWORD"):
            here.send(None)
        monkeypatch.setenv("TEST_USER", "office")
        monkeypatch.setenv("TEST_PASSWORD", "wrong")
        summary = here.send(None)
        assert "refuses the login: 535" in summary.stopped
        assert summary.lasting
        assert here.states() == {"queued": 2}
        monkeypatch.setenv("TEST_PASSWORD", "pässword")
        assert here.send(None).sent == 2
    finally:
        controller.stop()
    assert seen == ["minister0@example.org", "minister1@example.org"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_needs_a_certificate_that_is_known(setup: Callable[..., Setup], tmp_path: Path, security: str) -> None:
    _, context = make_certificate(tmp_path)
    here = setup(2, security=security)
    with sink_with(None, **{security: context}) as sink:
        summary = here.send(sink)
        assert "cannot be trusted" in summary.stopped
        assert summary.lasting
        assert here.states() == {"queued": 2}
        here.settings = replace(here.settings, ca_file="relay.pem")
        assert here.send(sink).sent == 2


def test_a_certificate_for_another_host(setup: Callable[..., Setup], tmp_path: Path) -> None:
    _, context = make_certificate(tmp_path, host="other.example.org")
    here = setup(1, security="tls", ca_file="relay.pem")
    with sink_with(tls=context) as sink:
        assert "cannot be trusted" in here.send(sink).stopped


def test_tls_where_there_is_none(setup: Callable[..., Setup]) -> None:
    here = setup(1, security="starttls")
    with sink_with() as sink:
        assert "does not offer STARTTLS" in here.send(sink).stopped
        here.settings = replace(here.settings, security="tls")
        summary = here.send(sink)
    assert summary.stopped.endswith("does not speak TLS from the start.")
    assert 'security = "starttls"' in summary.hint
    assert here.states() == {"queued": 1}


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("security", ["starttls", "none"])
def test_a_relay_that_speaks_tls_from_the_start_never_greets(
    setup: Callable[..., Setup], tmp_path: Path, security: str, is_known: bool
) -> None:
    _, context = make_certificate(tmp_path)
    here = setup(1, security=security, ca_file="relay.pem" if is_known else "")
    with sink_with(tls=context) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, silence=0.05))
    assert summary.stopped.endswith("does not greet in the clear: it speaks TLS from the start.")
    assert 'security = "tls"' in summary.hint
    assert summary.lasting
    assert here.states() == {"queued": 1}


def test_a_greeting_that_comes_late_is_waited_for(setup: Callable[..., Setup]) -> None:
    asked: list[str] = []

    def dawdle(step: str, _argument: str) -> str:
        if step == "connect":
            asked.append(step)
            time.sleep(0.2)
        return ""

    here = setup(1)
    with sink_with(dawdle) as sink:
        assert here.send(sink, timeouts=replace(QUICK, silence=0.05)).sent == 1
    assert len(asked) == 2, "it was tried with TLS meanwhile"


def test_a_login_where_none_is_offered(setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_USER", "office")
    here = setup(1, user_env="TEST_USER")
    with sink_with() as sink:
        assert "AUTH" in here.send(sink).stopped


def test_no_encryption_is_for_this_machine_only(setup: Callable[..., Setup]) -> None:
    here = setup(1, host="relay.example.org")
    with pytest.raises(InputError, match="without encryption"):
        here.send(None)


def test_a_certificate_file_that_is_not_there(setup: Callable[..., Setup]) -> None:
    here = setup(1, security="tls", ca_file="missing.pem")
    with pytest.raises(InputError, match=r"missing\.pem"):
        here.send(None)
    assert here.states() == {"queued": 1}
