"""Logging in to an IMAP server: passwords, folders, encryption, and what failures are called."""

from __future__ import annotations

import base64
import socket
import ssl

import pytest

from office.errors import CircularsError, InputError, NotFoundError, RefusedError, UnreachableError
from office.mailboxes import imap_address
from replies.sources.imap_faults import said, unreachable
from tests.delivery.certificates import make_certificate
from tests.replies.imap_house import at, letter, run
from tests.replies.samples import House
from tests.replies.small_imap import Mailbox, running


def failure(house: House) -> CircularsError:
    with pytest.raises(CircularsError) as caught:
        run(house)
    assert "secret" not in caught.value.message + caught.value.hint
    return caught.value


def test_a_wrong_password(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.password = "another"
    error = failure(at(house, box))
    assert isinstance(error, RefusedError)
    assert f"127.0.0.1:{box.port} refuses the login of replies" in error.message
    assert "TEST_PASSWORD" in error.hint


def test_a_server_that_lets_nobody_in_for_now(house: House, box: Mailbox) -> None:
    box.password, box.login_answer = "another", b"NO [UNAVAILABLE] Temporary failure."
    assert isinstance(failure(at(house, box)), UnreachableError)


@pytest.mark.parametrize("answer", [b"NO %s", b"BAD LOGIN replies %s"])
def test_a_server_that_repeats_the_password_is_not_quoted(house: House, box: Mailbox, answer: bytes) -> None:
    repeated = b'"secret" ' + base64.b64encode(b"\0replies\0secret")
    box.password, box.login_answer = "another", answer % repeated
    assert '"…" …' in failure(at(house, box)).message


@pytest.mark.parametrize("how", ["open_answer", "fetch_answer"])
@pytest.mark.parametrize("answer", [b"NO [SERVERBUG] %s", b"BAD %s", b"%s"])
def test_a_server_that_repeats_the_password_later_is_not_quoted(
    house: House, box: Mailbox, how: str, answer: bytes
) -> None:
    setattr(box, how, answer % (b'"secret" ' + base64.b64encode(b"\0replies\0secret")))
    assert '"…" …' in failure(at(house, box)).message


def test_a_password_of_any_script(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.password = "пароль"
    monkeypatch.setenv("TEST_PASSWORD", "пароль")
    assert run(at(house, box)).triage == 3
    assert box.logins == ["PLAIN \0replies\0пароль".encode()]


def test_a_password_that_nobody_gave(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PASSWORD")
    error = failure(at(house, box))
    assert isinstance(error, InputError)
    assert "TEST_PASSWORD" in error.message


def test_no_way_to_log_in(house: House, box: Mailbox) -> None:
    assert "password_env" in failure(at(house, box, password_env="")).hint


def test_a_folder_that_is_not_there(house: House, box: Mailbox) -> None:
    box.filed["Replies"] = []
    error = failure(at(house, box, source=box.url("Replise")))
    assert isinstance(error, NotFoundError)
    assert "no folder «Replise»" in error.message
    assert "«Replies»" in error.hint


def test_the_password_goes_to_no_other_server(house: House, box: Mailbox) -> None:
    office = at(house, box, source="imaps://replies@mail.example.int")
    with pytest.raises(RefusedError, match="no password"):
        run(office, box.url())
    with pytest.raises(RefusedError, match="no password"):
        run(house, box.url())
    assert box.logins == []


def test_nobody_answers(house: House, box: Mailbox) -> None:
    with running(Mailbox()) as other:
        pass
    error = failure(at(house, other))
    assert isinstance(error, UnreachableError)
    assert error.exit_code == 3


def test_a_server_that_speaks_no_tls(house: House, box: Mailbox) -> None:
    error = failure(at(house, box, source=f"imaps://replies@127.0.0.1:{box.port}"))
    assert isinstance(error, InputError)
    assert "does not speak TLS" in error.message


def test_a_certificate_that_is_no_certificate(house: House, box: Mailbox) -> None:
    (house.office.folder / "ca.pem").write_text("nothing")
    error = failure(at(house, box, source=f"imaps://replies@127.0.0.1:{box.port}", ca_file="ca.pem"))
    assert "ca.pem" in error.message


def test_a_server_that_offers_no_starttls(house: House, box: Mailbox) -> None:
    error = failure(at(house, box, source=f"{box.url()}?security=starttls"))
    assert isinstance(error, InputError)
    assert "STARTTLS" in error.message
    assert "imaps://" in error.hint
    assert box.logins == []


def test_a_certificate_must_be_trusted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    certificate, tls = make_certificate(house.office.folder)
    with running(Mailbox(mails={1: letter(1)}, tls=tls)) as box:
        source = f"imaps://replies@127.0.0.1:{box.port}"
        error = failure(at(house, box, source=source))
        assert isinstance(error, InputError)
        assert "cannot be trusted" in error.message
        assert "ca_file" in error.hint
        assert box.logins == []
        assert run(at(house, box, source=source, ca_file=certificate.name)).triage == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), InputError),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), UnreachableError),
        (TimeoutError("timed out"), UnreachableError),
        (ConnectionResetError(104, "Connection reset by peer"), UnreachableError),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), UnreachableError),
    ],
)
def test_what_faults_of_the_network_mean(error: OSError, kind: type[CircularsError]) -> None:
    address = imap_address("imaps://replies@mail.example.int")
    assert address is not None
    told = unreachable(error, address)
    assert type(told) is kind
    assert "mail.example.int" in told.message


def test_what_a_server_says_is_shown_on_one_clean_line() -> None:
    for answer in ([b"one\r\ntwo\x1b[2J \xff"], b"one\r\ntwo\x1b[2J \xff", OSError(b"one\r\ntwo\x1b[2J \xff")):
        assert said(answer) == "one two [2J \ufffd"
    assert len(said("x" * 1000)) == 300
