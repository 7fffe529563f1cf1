from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError
from replies.mail import fingerprint, parse_mail
from replies.sources import SourceMail, read_source
from tests.replies.samples import clock, mail


def fetch(source: str, folder: Path) -> list[SourceMail]:
    items = list(read_source(source, folder))
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
    monkeypatch.setattr("replies.sources.LARGEST_MAIL", 10_000)
    line = "From nobody@example.org Fri Apr  8 09:00:00 2022\n"
    (tmp_path / "box").write_text(f"{line}{mail('x' * 20_000)}\n{line}{mail('two')}\n")
    large, small = fetch("box", tmp_path)
    assert "larger" in large.problem
    assert (small.problem, small.raw.decode().split()[-1]) == ("", "two")


@pytest.mark.parametrize("address", ["imaps://user@host.example/INBOX", "pop3://host.example"])
def test_servers_are_not_a_source_yet(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match=address.partition(":")[0]) as caught:
        read_source(address, tmp_path)
    assert "Maildir" in caught.value.hint


def test_missing_source(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        read_source("nowhere", tmp_path)
