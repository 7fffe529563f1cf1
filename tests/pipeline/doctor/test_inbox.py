"""Where answers arrive: folders, and a mail server."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from office.errors import CircularsError, NotFoundError, RefusedError
from office.reading import load_office
from pipeline.doctor.inbox import look_at_inbox
from pipeline.doctor.results import Result
from tests.delivery.certificates import make_certificate
from tests.end_to_end.dovecot import PASSWORD, running_dovecot
from tests.pipeline.doctor.accounts import public_folder, without_privileges
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office
from tests.replies.small_imap import Mailbox, running


def looked_at(folder: Path, **how: Any) -> list[Result]:
    return list(look_at_inbox(load_office(folder), visit_to(folder, **how)))


def office_reading(tmp_path: Path, source: str, **keys: str) -> Path:
    folder = write_bare_office(tmp_path / "office")
    further = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[inbox]\nsource = "{source}"\n{further}')
    return folder


def test_a_maildir(tmp_path: Path) -> None:
    assert "is a Maildir" in of(looked_at(write_bare_office(tmp_path / "office")), "inbox").message


def test_a_folder_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    assert "is a folder of mails" in of(looked_at(office_reading(tmp_path, str(tmp_path / "mails"))), "inbox").message


def test_nothing_is_there(tmp_path: Path) -> None:
    assert of(looked_at(office_reading(tmp_path, "nowhere")), "no-inbox").level == "error"


def test_a_maildir_that_cannot_be_read() -> None:
    with public_folder() as place:
        folder = write_bare_office(place / "office")
        (folder / "inbox" / "new").chmod(0)
        with without_privileges(folder):
            assert of(looked_at(folder), "inbox-closed").level == "error"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "secret")


def test_a_server_and_what_it_can_do(tmp_path: Path) -> None:
    with running(Mailbox()) as box:
        found = looked_at(office_reading(tmp_path, box.url(), password_env="TEST_PASSWORD"))
        assert codes(found) == {"mailbox": "good", "idle": "good"}
        assert not any(command.startswith(("UID FETCH", "SELECT")) for command in box.commands), "it only looks"


def test_a_server_that_can_do_little(tmp_path: Path) -> None:
    with running(Mailbox(capabilities="IMAP4rev1")) as box:
        folder = office_reading(tmp_path, box.url(), password_env="TEST_PASSWORD", moved_to="Filed")
        assert codes(looked_at(folder)) == {"mailbox": "good", "no-idle": "note", "no-move": "error"}


def test_a_login_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "wrong")
    with running(Mailbox()) as box, pytest.raises(RefusedError, match="refuses the login"):
        looked_at(office_reading(tmp_path, box.url(), password_env="TEST_PASSWORD"))


def test_a_secret_that_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PASSWORD")
    with running(Mailbox()) as box, pytest.raises(CircularsError, match="TEST_PASSWORD"):
        looked_at(office_reading(tmp_path, box.url(), password_env="TEST_PASSWORD"))


@pytest.mark.packages
def test_dovecot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", PASSWORD)
    with running_dovecot() as dovecot:
        source = f"imaps://replies@127.0.0.1:{dovecot.tls_port}/INBOX"
        folder = office_reading(tmp_path, source, password_env="TEST_PASSWORD", moved_to="Filed", ca_file="ca.pem")
        (folder / "ca.pem").write_bytes(dovecot.certificate.read_bytes())
        found = looked_at(folder, clock=lambda: dt.datetime.now(dt.UTC))
        assert codes(found) == {"mailbox": "good", "certificate-ends": "warning", "idle": "good", "moved-to": "note"}
        client = dovecot.client("replies")
        client.create("Filed")
        client.logout()
        assert of(looked_at(folder), "moved-to").level == "good"
        (folder / "office.toml").write_text((folder / "office.toml").read_text().replace("/INBOX", "/Replies"))
        with pytest.raises(NotFoundError, match="no folder «Replies»"):
            looked_at(folder)
        stranger, _ = make_certificate(tmp_path)
        (folder / "ca.pem").write_bytes(stranger.read_bytes())
        with pytest.raises(CircularsError, match="certificate"):
            looked_at(folder)
