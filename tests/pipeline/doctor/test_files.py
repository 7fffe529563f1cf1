"""The office folder, its key, its disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from office.reading import load_office
from pipeline.doctor.files import look_at_files
from pipeline.doctor.results import Result
from tests.pipeline.doctor.accounts import public_folder, without_privileges
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office
from tests.pipeline.offices import edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_bare_office(tmp_path / "office")


def looked_at(folder: Path, mounts: bytes | None = None) -> list[Result]:
    told = folder.parent / "mountinfo"
    if mounts is not None:
        told.write_bytes(mounts)
    return list(look_at_files(load_office(folder), visit_to(folder, mounts=told)))


def test_a_new_office_is_in_order(folder: Path) -> None:
    found = codes(looked_at(folder, b"27 1 254:0 / / rw - ext4 /dev/vda rw\n"))
    assert set(found.values()) == {"good"}
    assert {"key", "writable", "disk", "file-system"} <= found.keys()


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o601])
def test_a_key_that_others_may_read_or_change(folder: Path, mode: int) -> None:
    (folder / "office.key").chmod(mode)
    found = of(looked_at(folder), "secret-open")
    assert found.level == "error"
    assert f"{mode:04o}" in found.message
    assert "chmod 600" in found.hint


def test_a_key_for_the_offices_own_group(folder: Path) -> None:
    (folder / "office.key").chmod(0o640)
    assert codes(looked_at(folder))["key"] == "good"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_a_key_for_another_group(folder: Path) -> None:
    (folder / "office.key").chmod(0o640)
    os.chown(folder / "office.key", -1, 65_000)
    assert of(looked_at(folder), "secret-open").level == "error"


def test_a_key_that_is_gone_or_none(folder: Path) -> None:
    (folder / "office.key").write_text("short\n")
    assert "is not an office key" in of(looked_at(folder), "key").message
    (folder / "office.key").unlink()
    found = of(looked_at(folder), "key")
    assert (found.level, "is missing" in found.message) == ("error", True)


def test_other_secrets_are_looked_at_too(folder: Path) -> None:
    (folder / "inbox.token").write_text("{}")
    (folder / "inbox.token").chmod(0o644)
    assert "inbox.token" in of(looked_at(folder), "secret-open").message


def test_a_group_whose_files_are_not_the_groups(folder: Path) -> None:
    folder.chmod(0o770)
    assert of(looked_at(folder), "no-setgid").level == "warning"
    folder.chmod(0o2770)
    assert "no-setgid" not in codes(looked_at(folder))
    folder.chmod(0o2777)
    assert of(looked_at(folder), "open-folder").level == "error"


def test_a_folder_that_cannot_be_written_to() -> None:
    with public_folder() as place:
        folder = write_bare_office(place / "office")
        (folder / "journal").mkdir()
        (folder / "journal").chmod(0o500)
        with without_privileges(folder):
            assert "journal" in of(looked_at(folder), "not-writable").message


@pytest.mark.parametrize(
    ("kind", "code", "level"),
    [
        ("nfs4", "network-file-system", "error"),
        ("cifs", "network-file-system", "error"),
        ("fuse.sshfs", "network-file-system", "error"),
        ("9p", "network-file-system", "error"),
        ("tmpfs", "fleeting-file-system", "note"),
    ],
)
def test_no_store_on_a_file_system_of_several_machines(folder: Path, kind: str, code: str, level: str) -> None:
    found = looked_at(folder, f"27 1 254:0 / / rw - {kind} somewhere rw\n".encode())
    assert [result.level for result in found if result.code == code] == [level, level]  # the office and its journal


def test_machines_may_share_an_office_whose_store_is_on_a_server(folder: Path) -> None:
    with (folder / "office.toml").open("a") as file:
        file.write('\n[store]\nurl = "postgresql://office@db.example.int/circulars"\n')
    found = looked_at(folder, b"27 1 254:0 / / rw - nfs4 files:/ rw\n")
    assert {result.level for result in found if result.code == "network-file-system"} == {"note"}


def test_the_journal_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (folder / "journal").symlink_to(tmp_path / "far")
    mounts = f"27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 0:9 / {tmp_path.resolve()}/far rw - nfs files:/ rw\n"
    found = of(looked_at(folder, mounts.encode()), "network-file-system")
    assert found.message.startswith("The journal lies on nfs")


def test_a_disk_that_only_reads(folder: Path) -> None:
    found = looked_at(folder, b"27 1 254:0 / / ro - ext4 /dev/vda rw\n")
    assert {result.level for result in found if result.code == "read-only"} == {"error"}


def test_a_system_that_does_not_tell_what_is_mounted(folder: Path) -> None:
    assert of(looked_at(folder), "file-system").level == "skipped"


def test_a_certificate_that_is_not_there(folder: Path) -> None:
    edit(folder / "office.toml", 'kind = "files"\n', 'kind = "smtp"\nhost = "relay.example.int"\nca_file = "ca.pem"\n')
    assert of(looked_at(folder), "no-ca-file").level == "error"
    (folder / "ca.pem").write_text("anything")
    assert "no-ca-file" not in codes(looked_at(folder))


def test_a_log_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    with (folder / "office.toml").open("a") as file:
        file.write(f'\n[log]\nfile = "{tmp_path}/logs/send.log"\n')
    assert of(looked_at(folder), "no-log").level == "error"
    (tmp_path / "logs").mkdir()
    assert "no-log" not in codes(looked_at(folder))
