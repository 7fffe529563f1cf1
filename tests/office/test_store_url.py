"""The address of the store: no password in it, and changed without touching the rest of office.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from office.errors import InputError
from office.reading import read_office
from office.store_url import holds_password, same_store, with_store_url, write_store_url

URL = "postgresql://circulars@db.example.int/letters?sslmode=verify-full"
MAIL = '[mail] # ours\nsender = "circulars@example.int"\r\n'


@pytest.mark.parametrize(
    ("url", "holds"),
    [
        ("sqlite:///circulars.db", False),
        (URL, False),
        ("postgresql://me@/letters?host=/run/postgresql", False),
        ("postgresql://me:s3cret@db/letters", True),
        ("postgresql://me@db/letters?password=s3cret", True),
        ("postgresql://me@db/letters?sslpassword=", True),
        ("postgresql://me:s3[cret@db/letters", True),
        ("no address", False),
    ],
)
def test_whether_a_password_stands_in_it(url: str, holds: bool) -> None:
    assert holds_password(url) is holds


def test_a_password_in_the_address_is_a_finding_that_does_not_repeat_it(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text('name = "U"\n[store]\nurl = "postgresql://me:s3cret@db/letters"\n', "utf-8")
    _, findings = read_office(tmp_path)
    (found,) = (finding for finding in findings if finding.code == "password-in-url")
    assert found.line == 3
    assert "~/.pgpass" in found.hint
    assert "s3cret" not in found.message + found.hint


@pytest.mark.parametrize(
    "store",
    [
        "",
        '[store]\nurl = "sqlite:///circulars.db" # on this desk\n',
        "[store]\nurl = 'sqlite:///circulars.db'\n[look]\ncolour = \"#123456\"\n",
        'store.url = "sqlite:///circulars.db"\n',
        'store = { url = "sqlite:///circulars.db" }\n',
    ],
)
def test_only_the_address_changes(store: str) -> None:
    text = f'name = "U" # the Union\n{store}{MAIL}'
    changed = with_store_url(text, URL)
    assert tomllib.loads(changed) == tomllib.loads(text) | {"store": {"url": URL}}
    assert "# the Union" in changed
    assert "# ours" in changed


def test_what_cannot_be_changed_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text("store = 5\n", "utf-8")
    with pytest.raises(InputError, match="cannot be changed"):
        write_store_url(file, URL)
    assert file.read_text("utf-8") == "store = 5\n"


def test_the_file_keeps_its_mark_and_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_bytes(b'\xef\xbb\xbfname = "U"\r\n')
    file.chmod(0o640)
    write_store_url(file, URL)
    assert file.read_bytes().startswith(b'\xef\xbb\xbfname = "U"\r\n')
    assert file.stat().st_mode & 0o777 == 0o640


def test_one_store_however_its_address_is_written(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    here = tmp_path / "office"
    for url in ("sqlite:///a.db", "sqlite:///./a.db", "sqlite:///../office/a.db", f"sqlite:///{here}/a.db"):
        assert same_store(url, "sqlite:///a.db", here)
    assert not same_store("sqlite:///b.db", "sqlite:///a.db", here)
    assert not same_store(URL, "sqlite:///a.db", here)
    assert same_store(URL, URL, here)
