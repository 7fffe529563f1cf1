"""The relay, as far as it goes without sending: with a real server on loopback."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from delivery.transports.verdicts import RelayError
from office.reading import load_office
from office.tokens import LENGTH
from pipeline.doctor.relay import look_at_relay
from pipeline.doctor.results import Result
from tests.delivery.certificates import make_certificate
from tests.delivery.sink import DROP, HANG, Script, Sink
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office, write_relaying_office
from tests.pipeline.offices import edit

MARK = f"test[0-9a-f]{{{LENGTH - 4}}}"  # as long as a token


def looked_at(folder: Path, **how: Any) -> list[Result]:
    return list(look_at_relay(load_office(folder), visit_to(folder, **how)))


@contextmanager
def office_with(tmp_path: Path, sink: Sink, *, security: str = "starttls", **relay: str) -> Iterator[Path]:
    """An office whose relay is a sink that has a certificate."""
    certificate, tls = make_certificate(tmp_path)
    sink = replace(sink, starttls=tls if security == "starttls" else None, tls=tls if security == "tls" else None)
    with sink.running():
        folder = write_relaying_office(tmp_path / "office", sink.port, security=security, ca_file='"ca.pem"', **relay)
        (folder / "ca.pem").write_bytes(certificate.read_bytes())
        yield folder


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_relay_in_order(tmp_path: Path, security: str) -> None:
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "SIZE 50000000")
    sink = Sink(extensions=extensions)
    with office_with(tmp_path, sink, security=security) as folder:
        found = looked_at(folder, clock=lambda: dt.datetime.now(dt.UTC) - dt.timedelta(days=40))
        assert set(codes(found).values()) == {"good"}
        assert "TLSv1." in of(found, "tls").message
        assert "of relay of the tests, from relay of the tests" in of(found, "certificate").message
        assert "in 4" in of(found, "certificate").message
        assert "PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN" in of(found, "extensions").message
        assert sink.seen == {}, "nothing is sent"


def test_the_envelope_is_tried_and_taken_back(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []

    def listen(step: str, argument: str) -> str:
        said.append((step, argument))
        return ""

    with office_with(tmp_path, Sink(script=listen)) as folder:
        looked_at(folder)
    steps = [step for step, _ in said if step in {"mail", "rcpt", "data", "rset"}]
    assert steps == ["mail", "rcpt", "rset"]
    mail, rcpt = (argument for step, argument in said if step in {"mail", "rcpt"})
    assert re.fullmatch(rf"FROM:<bounce\+{MARK}@replies.example.int>", mail)
    assert re.fullmatch(rf"TO:<reply\+{MARK}@replies.example.int>", rcpt)


def test_without_plus_addressing_the_plain_addresses_are_tried(tmp_path: Path) -> None:
    with Sink().running() as sink:
        folder = write_relaying_office(
            tmp_path / "office", sink.port, security="none", mail="plus_addressing = false\n"
        )
        found = looked_at(folder)
    assert of(found, "sender").message.endswith("from bounce@replies.example.int.")


def test_a_certificate_that_ends_soon(tmp_path: Path) -> None:
    with office_with(tmp_path, Sink()) as folder:
        found = of(looked_at(folder, clock=lambda: dt.datetime.now(dt.UTC)), "certificate-ends")
    assert (found.level, "in 0 days" in found.message) == ("warning", True)


def test_a_certificate_of_nobody_we_trust(tmp_path: Path) -> None:
    with office_with(tmp_path, Sink()) as folder:
        other, _ = make_certificate(tmp_path, host="relay.example.int")
        (folder / "ca.pem").write_bytes(other.read_bytes())
        with pytest.raises(RelayError, match=r"cannot be trusted: self.signed certificate"):
            looked_at(folder)


def test_a_relay_that_speaks_tls_where_starttls_is_set(tmp_path: Path) -> None:
    with office_with(tmp_path, Sink(), security="tls") as folder:
        edit(folder / "office.toml", 'security = "tls"', 'security = "starttls"')
        with pytest.raises(RelayError, match="it speaks TLS from the start") as caught:
            looked_at(folder)
    assert 'security = "tls"' in caught.value.hint


def answering(step: str, reply: str) -> Script:
    return lambda asked, _: reply if asked == step else ""


@pytest.mark.parametrize(
    ("step", "reply", "code", "level", "words"),
    [
        ("mail", "550 5.7.1 not yours", "sender-refused", "error", "550 5.7.1 not yours"),
        ("mail", "553 no plus signs", "sender-refused", "error", "553 no plus signs"),
        ("mail", "451 4.3.0 not now", "sender-deferred", "warning", "451 4.3.0 not now"),
        ("rcpt", "550 5.1.1 nobody", "recipient-refused", "warning", "550 5.1.1 nobody"),
        ("rcpt", "450 4.2.0 greylisted", "recipient-deferred", "note", "450 4.2.0 greylisted"),
        ("connect", "421 4.3.2 closing", "relay-unwilling", "error", "421 4.3.2 closing"),
        ("connect", DROP, "relay-unwilling", "error", "cannot be reached"),
        ("mail", DROP, "relay-unwilling", "error", "cannot be reached"),
        ("mail", HANG, "relay-unwilling", "error", "cannot be reached"),
        ("connect", HANG, "relay-unwilling", "error", "cannot be reached"),
    ],
)
def test_what_the_relay_refuses(tmp_path: Path, step: str, reply: str, code: str, level: str, words: str) -> None:
    with Sink(script=answering(step, reply)).running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = of(looked_at(folder, seconds=0.5), code)
    assert found.level == level
    assert words in found.message


@pytest.mark.parametrize(
    ("step", "reply", "code", "advice"),
    [
        ("rcpt", "554 5.7.1 <a@x.example>: Relay access denied", "no-relaying", "a login in [transports.relay]"),
        ("rcpt", "550 5.7.1 Unable to relay", "no-relaying", "admit this machine's address"),
        ("rcpt", "554 5.7.1 Client host rejected: Access denied", "no-relaying", "admit this machine's address"),
        ("rcpt", "554 5.7.1 <a@x.example>: Recipient address rejected: Access denied", "no-relaying", "a login in"),
        ("mail", "530 5.7.0 Authentication required", "login-wanted", "user_env, password_env"),
        ("rcpt", "530 5.7.57 Client not authenticated to send mail", "login-wanted", "user_env, password_env"),
        ("rcpt", "550 5.7.1 Authentication is required for relay", "login-wanted", "user_env, password_env"),
        ("mail", "550 5.7.60 Client does not have permissions to send as this sender", "sender-refused", "as [mail]"),
        ("rcpt", "553 5.7.1 Sender address rejected: not owned by user x", "sender-refused", "send as [mail] bounce"),
        ("rcpt", "550 5.1.8 Sender address rejected: Domain not found", "sender-refused", "send as [mail] bounce"),
        ("mail", "550 5.7.23 SPF validation failed", "spf-refused", "SPF record of replies.example.int"),
        ("rcpt", "550 5.7.1 see http://www.open-spf.org/ SPF fail", "spf-refused", "or log in at the relay"),
    ],
)
def test_what_is_refused_for_our_own_sake_has_its_own_advice(
    tmp_path: Path, step: str, reply: str, code: str, advice: str
) -> None:
    with Sink(script=answering(step, reply)).running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"))
    assert reply in of(found, code).message
    assert advice in of(found, code).hint
    assert not {"sender", "recipient", "recipient-refused"} & codes(found).keys()


@pytest.mark.parametrize("step", ["ehlo", "mail", "rcpt"])
def test_a_relay_that_repeats_the_login_is_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "correct-horse")
    reply = "250-sink\r\n250 AUTH PLAIN correct-horse" if step == "ehlo" else "550 correct-horse"
    with Sink(script=answering(step, reply), extensions=("AUTH PLAIN",)).running() as sink:
        login = {"user": '"office"', "password_env": '"TEST_PASSWORD"'}
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none", **login))
    told = [result.message for result in found]
    assert any("…" in message for message in told)
    assert not any("correct-horse" in message.lower() for message in told)


def test_a_login_does_not_always_suffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_USER", "office")
    monkeypatch.setenv("TEST_PASSWORD", "correct-horse")
    sink = Sink(script=answering("rcpt", "554 Relay access denied"), extensions=("AUTH PLAIN",))
    with office_with(tmp_path, sink, user_env='"TEST_USER"', password_env='"TEST_PASSWORD"') as folder:
        assert "let this login write to everybody" in of(looked_at(folder), "no-relaying").hint


def test_extensions_that_are_missing_are_told_with_what_it_means(tmp_path: Path) -> None:
    with Sink(extensions=("SIZE 1000000",)).running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"))
    told = codes(found)
    assert {told[f"no-{name}"] for name in ("pipelining", "smtputf8", "dsn", "8bitmime")} == {"note"}
    assert "no-size" not in told
    assert "at most 1.0 MB" in of(found, "small-messages").message


def test_nobody_listens(tmp_path: Path) -> None:
    with Sink().running() as sink:
        port = sink.port
    found = looked_at(write_relaying_office(tmp_path / "office", port, security="none"))
    assert codes(found) == {"unreachable": "error"}


def test_letters_as_files_need_no_relay(tmp_path: Path) -> None:
    assert codes(looked_at(write_bare_office(tmp_path / "office"))) == {"no-relay": "skipped"}


def test_the_login_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    certificate, context = make_certificate(tmp_path)

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: object, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"office", b"correct-horse")
        return AuthResult(success=known, handled=known)

    controller = Controller(
        object(), hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True, auth_required=True,
        authenticator=authenticate,
    )  # fmt: skip
    controller.port = _free_port()
    controller.start()
    try:
        folder = write_relaying_office(
            tmp_path / "office", controller.port, ca_file='"ca.pem"', user_env='"TEST_USER"',
            password_env='"TEST_PASSWORD"',
        )  # fmt: skip
        (folder / "ca.pem").write_bytes(certificate.read_bytes())
        monkeypatch.setenv("TEST_USER", "office")
        monkeypatch.setenv("TEST_PASSWORD", "correct-horse")
        found = looked_at(folder)
        assert codes(found)["login"] == "good"
        assert "AUTH LOGIN PLAIN" in of(found, "extensions").message
        monkeypatch.setenv("TEST_PASSWORD", "wrong")
        with pytest.raises(RelayError, match="refuses the login: 535"):
            looked_at(folder)
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
