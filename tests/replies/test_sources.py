from __future__ import annotations

import mailbox
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest

from office.errors import InputError, NotFoundError
from replies.fetching import TrackSummary, track
from replies.mail import fingerprint, parse_mail
from replies.sources import SourceMail
from replies.sources.files import FileSource
from replies.sources.opening import open_source
from store.fetching import Known
from tests.replies.samples import House, clock, mail


def fetch(source: str, folder: Path, known: set[str] | None = None) -> list[SourceMail]:
    items = list(FileSource(folder / source, office=folder).mails(Known(names=known or set())))
    assert all(isinstance(item, SourceMail) for item in items)
    return [item for item in items if isinstance(item, SourceMail)]


def test_maildir_new_and_cur(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "inbox")
    box.add(mail("one"))
    read = mailbox.MaildirMessage(mail("two"))
    read.set_subdir("cur")
    box.add(read)
    assert [item.raw.decode().split()[-1] for item in fetch("inbox", tmp_path)] == ["one", "two"]


def test_maildir_tells_when_a_mail_was_delivered(tmp_path: Path) -> None:
    new = tmp_path / "inbox" / "new"
    new.mkdir(parents=True)
    (new / "1649404800.M1P2.host").write_text(mail())
    assert fetch("inbox", tmp_path)[0].received_at == datetime.fromtimestamp(1649404800, UTC)


def test_the_mails_of_a_maildir_come_as_they_were_delivered(tmp_path: Path) -> None:
    for place, name in (
        ("new", "1649404800.M99P2Q1.host"),
        ("cur", "1649404800.M100000P2Q2.host:2,S"),  # «M100000» stands before «M99» in the alphabet
        ("new", "1649404800.M100000P2Q10.host"),
        ("new", "1649404801.M5P2Q11.host"),
        ("new", "word"),
    ):
        (tmp_path / "inbox" / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / "inbox" / place / name).write_text(mail(name))
    names = [item.name.rpartition("/")[2].partition(".host")[0] for item in fetch("inbox", tmp_path)]
    assert names == [
        "1649404800.M99P2Q1",
        "1649404800.M100000P2Q2",
        "1649404800.M100000P2Q10",
        "1649404801.M5P2Q11",
        "word",
    ]


def test_empty_folder_has_no_mail(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert fetch("inbox", tmp_path) == []


def test_eml_files_in_a_folder_and_beside_a_maildir(tmp_path: Path) -> None:
    mailbox.Maildir(tmp_path / "inbox").add(mail("one"))
    (tmp_path / "inbox" / "saved.EML").write_text(mail("two"))
    (tmp_path / "inbox" / "notes.txt").write_text("no mail")
    (tmp_path / "inbox" / ".hidden.eml").write_text("no mail")
    assert len(fetch("inbox", tmp_path)) == 2


def test_single_eml(tmp_path: Path) -> None:
    path = tmp_path / "x.eml"
    path.write_text(mail())
    assert fetch(str(path), tmp_path)[0].name == "x.eml"


def test_mbox_as_the_library_writes_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    texts = ["From the beginning\n\nFrom now on we agree", ">From quoted", "last"]
    for number, text in enumerate(texts):
        box.add(mail(text, Message_ID=f"<{number}@x.example>"))
    box.close()
    items = fetch("box", tmp_path)
    assert [item.name for item in items] == ["box#1", "box#2", "box#3"]
    assert "\nFrom the beginning\n\nFrom now on we agree" in items[0].raw.decode()


def test_mbox_with_an_unquoted_from_line_in_a_text(tmp_path: Path) -> None:
    line = "From nobody@example.org Fri Apr  8 09:00:00 2022\n"
    (tmp_path / "box").write_text(
        f"{line}{mail('Dear all,' + chr(10) * 2 + 'From tomorrow we are closed.')}\n{line}{mail('two')}"
    )
    items = fetch("box", tmp_path)
    assert len(items) == 2
    assert "From tomorrow" in items[0].raw.decode()


def test_mbox_with_crlf(tmp_path: Path) -> None:
    line = "From nobody@example.org Fri Apr  8 09:00:00 2022\n"
    content = f"{line}{mail('one')}\n{line}{mail('two')}\n".replace("\n", "\r\n")
    (tmp_path / "box").write_bytes(content.encode())
    assert len(fetch("box", tmp_path)) == 2


def test_mbox_and_eml_of_the_same_mail_have_one_fingerprint(tmp_path: Path) -> None:
    raw = mail("From here on\nwe agree.\n")
    box = mailbox.mbox(tmp_path / "box")
    box.add(raw)
    box.close()
    (item,) = fetch("box", tmp_path)
    marks = {fingerprint(parse_mail(content, clock=clock)) for content in (item.raw, raw.encode())}
    assert len(marks) == 1


def test_mbox_mail_that_is_too_large_does_not_hide_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.files.LARGEST_MAIL", 10_000)
    line = "From nobody@example.org Fri Apr  8 09:00:00 2022\n"
    (tmp_path / "box").write_text(f"{line}{mail('x' * 20_000)}\n{line}{mail('two')}\n")
    large, small = fetch("box", tmp_path)
    assert "larger" in large.problem
    assert (small.problem, small.raw.decode().split()[-1]) == ("", "two")


def test_missing_source(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        fetch("nowhere", tmp_path)


@pytest.mark.parametrize("address", ["pop3://host.example", "imap://user@host.example/INBOX"])
def test_servers_that_are_no_source(house: House, address: str) -> None:
    with pytest.raises(InputError) as caught:
        open_source(house.office, address, clock=clock)
    assert "imaps://" in caught.value.hint


# What was fetched is known again


def test_a_maildir_knows_a_mail_by_the_steady_part_of_its_name(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "inbox")
    key = box.add(mail("one"))
    (item,) = fetch("inbox", tmp_path)
    assert item.mark == key
    read = box[key]
    read.set_subdir("cur")
    read.add_flag("S")
    box[key] = read
    assert [path.name for path in (tmp_path / "inbox" / "cur").iterdir()] == [f"{key}:2,S"]
    assert fetch("inbox", tmp_path, {key}) == []
    box.add(mail("two"))
    assert len(fetch("inbox", tmp_path, {key})) == 1


def test_a_file_is_known_by_name_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / "x.eml"
    path.write_text(mail("one"))
    (item,) = fetch("x.eml", tmp_path)
    assert fetch("x.eml", tmp_path, {item.mark}) == []
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    assert len(fetch("x.eml", tmp_path, {item.mark})) == 1
    path.write_text(mail("longer"))
    assert len(fetch("x.eml", tmp_path, {item.mark})) == 1


def test_an_mbox_is_known_once_its_last_mail_is_there(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    box.add(mail("one"))
    box.add(mail("two"))
    box.flush()
    one, two = fetch("box", tmp_path)
    assert one.mark == ""
    assert fetch("box", tmp_path, {two.mark}) == []
    box.add(mail("three"))
    box.close()
    assert len(fetch("box", tmp_path, {two.mark})) == 3


def test_names_that_are_no_text_can_be_remembered(house: House) -> None:
    new = house.office.folder / "inbox" / "new"
    new.mkdir(parents=True)
    with open(os.fsencode(new) + b"/1649404800.M1\xff.host", "w") as file:
        file.write(mail())
    assert run(house).triage == 1
    assert run(house).already_known == 0


def test_a_second_run_reads_no_mail_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    box = mailbox.Maildir(house.office.folder / "inbox")
    for number in range(250):
        box.add(mail(Message_ID=f"<{number}@x.example>"))
    assert run(house).triage == 250
    box.add(mail(Message_ID="<last@x.example>"))
    opened = []
    whole = Path.open

    def watching(path: Path, mode: str) -> BinaryIO:
        assert mode == "rb"
        opened.append(path)
        return whole(path, "rb")

    monkeypatch.setattr(Path, "open", watching)
    assert run(house).triage == 1
    assert len(opened) == 1


def test_an_office_that_moves_knows_its_mail(house: House, tmp_path_factory: pytest.TempPathFactory) -> None:
    mailbox.Maildir(house.office.folder / "inbox").add(mail())
    away = tmp_path_factory.mktemp("elsewhere") / "new place"
    shutil.copytree(house.office.folder / "inbox", away / "inbox")
    assert run(house).triage == 1
    moved = replace(house, office=replace(house.office, folder=away))
    assert run(moved) == TrackSummary(kinds={}, filed=0, triage=0, already_known=0, problems=())


def test_a_copy_from_elsewhere_is_known(house: House) -> None:
    mailbox.Maildir(house.office.folder / "inbox").add(mail())
    (house.office.folder / "x.eml").write_text(mail())
    assert run(house).triage == 1
    assert run(house, "x.eml") == TrackSummary(kinds={}, filed=0, triage=0, already_known=1, problems=())


def test_a_folder_that_may_not_be_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (house.office.folder / "inbox" / "new").mkdir(parents=True)

    def refusing(folder: Path) -> NoReturn:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("os.scandir", refusing)
    with pytest.raises(NotFoundError, match="Permission denied") as caught:
        run(house)
    assert caught.value.hint


def test_waiting_for_files_ends_when_asked_or_when_time_is_up(tmp_path: Path) -> None:
    source = FileSource(tmp_path, office=tmp_path)
    source.wait(60, lambda: True)
    source.wait(0.01, lambda: False)


def run(house: House, source: str = "") -> TrackSummary:
    return track(house.store, house.office, house.tokens, source=source, clock=clock)
