"""The program, and what office.toml says."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from office.reading import read_office
from pipeline.doctor.results import Result
from pipeline.doctor.settings import look_at_program, look_at_settings
from tests.pipeline.doctor.visits import codes, of, write_relaying_office
from tests.pipeline.offices import OFFICE, edit


def looked_at(folder: Path) -> list[Result]:
    return list(look_at_settings(*read_office(folder)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "office.toml").write_text(OFFICE, "utf-8")
    return tmp_path


def test_the_program_is_in_order() -> None:
    assert codes(look_at_program()) == {"versions": "good", "time-zones": "good", "pdf": "good"}


def test_settings_in_order(folder: Path) -> None:
    assert codes(looked_at(folder)) == {"settings": "good", "transport-files": "note"}


def test_every_fault_is_told_with_its_place(folder: Path) -> None:
    edit(folder / "office.toml", 'languages = ["en", "fr"]', 'languages = ["en", "xx"]\nplaec = "geneva"')
    edit(folder / "office.toml", 'transport = "files"', 'transport = "pigeons"')
    found = looked_at(folder)
    assert len(found) >= 3
    assert {result.level for result in found} <= {"error", "warning"}
    assert of(found, "unknown-language").message.startswith("office.toml:2: ")
    assert all(result.hint for result in found)


def test_roles_name_accounts_that_there_are(folder: Path) -> None:
    roles = f'[roles]\nauthor = ["{getpass.getuser()}"]\nsender = ["no-such-person"]\n\n[mail]'
    edit(folder / "office.toml", "[mail]", roles)
    found = of(looked_at(folder), "no-such-account")
    assert (found.level, "«no-such-person»" in found.message) == ("warning", True)


def test_two_persons_of_whom_one_is_named(folder: Path) -> None:
    me = getpass.getuser()
    edit(folder / "office.toml", "[series.LU]", "two_person_rule = true\n\n[series.LU]")
    edit(folder / "office.toml", "[mail]", f'[roles]\nauthor = ["{me}"]\napprover = ["{me}"]\n\n[mail]')
    assert of(looked_at(folder), "nobody-to-approve").level == "error"


@pytest.mark.parametrize(
    ("port", "security", "usual"),
    [(465, "starttls", "tls"), (587, "tls", "starttls"), (465, "tls", ""), (587, "starttls", ""), (465, "none", "")],
)
def test_a_port_that_usually_wants_another_security(tmp_path: Path, port: int, security: str, usual: str) -> None:
    found = looked_at(write_relaying_office(tmp_path / "office", port, security=security))
    told = codes(found)
    assert (told.get("unusual-security"), told.get("settings")) == (("warning", None) if usual else (None, "good"))
    if usual:
        assert f'port {port} usually wants security = "{usual}"' in of(found, "unusual-security").message


def test_secrets_of_the_relay_are_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_USER", "office")
    keys = {"user_env": '"TEST_USER"', "password_env": '"TEST_PASSWORD"'}
    folder = write_relaying_office(tmp_path / "office", 25, **keys)
    found = of(looked_at(folder), "secret-missing")
    assert "needs TEST_PASSWORD, not set" in found.message
    monkeypatch.setenv("TEST_PASSWORD", "correct-horse")
    assert of(looked_at(folder), "transport-smtp").level == "good"
    monkeypatch.delenv("TEST_PASSWORD")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "TEST_PASSWORD").write_text("correct-horse\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert of(looked_at(folder), "transport-smtp").level == "good"
