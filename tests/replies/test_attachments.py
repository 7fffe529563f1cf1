from __future__ import annotations

import hashlib
import stat
from base64 import encodebytes
from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError
from replies.attachments import save_attachments
from replies.filing import ARCHIVE
from store.inbound import InboundFile, files_of
from tests.replies.samples import House

SCAN = b"%PDF-1.7 \x00\xff nomination"


def with_files(house: House, *parts: str) -> bytes:
    content = "".join(f"--b\n{part}\n" for part in parts)
    return (
        f"From: minister@ict.example.org\nTo: {house.reply_address('minister-ke')}\nSubject: Re: CL-22/010\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nPlease find it enclosed.\n{content}--b--\n"
    ).encode()


def part(name: str, content: bytes, kind: str = "application/pdf") -> str:
    return (
        f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{encodebytes(content).decode()}"
    )


def file_mail(house: House, *parts: str) -> tuple[InboundFile, ...]:
    filed = house.file(with_files(house, *parts))
    with house.store.read() as connection:
        return files_of(connection, filed.inbound_id)


def test_attachments_are_listed_under_safe_names_and_kept_once(house: House) -> None:
    files = file_mail(house, part("../../nomination.pdf", SCAN), part("again.pdf", SCAN))
    digest = hashlib.sha256(SCAN).hexdigest()
    assert [(file.name, file.size, file.sha256) for file in files] == [
        ("nomination.pdf", len(SCAN), digest),
        ("again.pdf", len(SCAN), digest),
    ]
    folder = house.office.folder / ARCHIVE / "attachments"
    assert [path.name for path in folder.iterdir()] == [digest]
    assert (folder / digest).read_bytes() == SCAN
    assert stat.S_IMODE((folder / digest).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_enclosed_mails_and_outlooks_own_containers_are_attachments(house: House) -> None:
    enclosed = "Content-Type: message/rfc822\n\nSubject: Our / answer\n\nYes.\n"
    files = file_mail(house, enclosed, part("winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef"))
    assert [(file.name, file.media_type) for file in files] == [
        ("Our - answer.eml", "message/rfc822"),
        ("winmail.dat", "application/ms-tnef"),
    ]


def test_a_mail_that_is_known_keeps_nothing_twice(house: House) -> None:
    file_mail(house, part("a.pdf", SCAN))
    assert house.file(with_files(house, part("a.pdf", SCAN))).state == "known"


def test_saving_writes_over_nothing(house: House, tmp_path: Path) -> None:
    files = file_mail(house, part("a.pdf", SCAN), part("a.pdf", b"other"))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"mine")
    saved = save_attachments(house.office.folder / ARCHIVE, files, folder)
    assert [path.name for path in saved] == ["a (2).pdf", "a (3).pdf"]
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [SCAN, b"other", b"mine"]
    assert stat.S_IMODE(saved[0].stat().st_mode) == 0o600


def test_saving_follows_no_link(house: House, tmp_path: Path) -> None:
    files = file_mail(house, part("a.pdf", SCAN))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.pdf").symlink_to(tmp_path / "elsewhere")
    assert [path.name for path in save_attachments(house.office.folder / ARCHIVE, files, folder)] == ["a (2).pdf"]
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_missing_or_damaged_is_said_plainly(house: House, tmp_path: Path) -> None:
    files = file_mail(house, part("a.pdf", SCAN))
    archive = house.office.folder / ARCHIVE
    kept = archive / "attachments" / files[0].sha256
    kept.write_bytes(b"something else")
    with pytest.raises(InputError, match="not what came"):
        save_attachments(archive, files, tmp_path / "out")
    kept.unlink()
    with pytest.raises(NotFoundError, match="missing"):
        save_attachments(archive, files, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_archive_that_cannot_be_written_leaves_the_mail_for_the_next_run(house: House) -> None:
    (house.office.folder / ARCHIVE).write_text("in the way")
    with pytest.raises(InputError, match="cannot be kept"):
        file_mail(house, part("a.pdf", SCAN))
    assert house.mails() == ()
