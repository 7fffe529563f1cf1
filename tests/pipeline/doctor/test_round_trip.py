"""A test mail goes out through a real server, and is found again in the inbox."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from office.reading import load_office
from pipeline.doctor.results import Result
from pipeline.doctor.round_trip import OWN, look_at_round_trip
from pipeline.tracking import track
from tests.delivery.sink import DROP, Sink
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office, write_relaying_office
from tests.pipeline.offices import desk_at, dump
from tests.replies.small_imap import Mailbox, running

PASSED = (
    "Authentication-Results: mx.example.int; spf=pass smtp.mailfrom=x; dkim=pass header.d=example.int; dmarc=pass\n"
)
FAILED = PASSED.replace("dkim=pass", "dkim=fail")
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=example.int; s=c1; b=abc\n"


def looked_at(folder: Path, **how: Any) -> list[Result]:
    return list(look_at_round_trip(load_office(folder), visit_to(folder, **({"to": OWN, "wait": 5.0} | how))))


class House:
    """A relay that puts what it gets into the office's Maildir, with what a receiving server writes above it."""

    def __init__(self, tmp_path: Path, *, above: str = "", deliver: bool = True) -> None:
        self.above, self.deliver = above, deliver
        self.sink = Sink(script=self._arrived)
        self.inbox = tmp_path / "office" / "inbox" / "new"

    def _arrived(self, step: str, _: str) -> str:
        if step == "dot" and self.deliver:
            content = self.above.encode() + self.sink.received[-1].content.replace(b"\r\n", b"\n")
            (self.inbox / f"{len(self.sink.received)}.test").write_bytes(content)
        return ""


def test_a_mail_to_oneself_comes_back_with_its_token(tmp_path: Path) -> None:
    house = House(tmp_path, above=PASSED + SIGNED)
    with house.sink.running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        (folder / "inbox" / "new" / "0.old").write_bytes(b"Subject: an older mail\n\nMessage-ID of nothing\n")
        found = looked_at(folder)
    assert codes(found) == {"test-mail": "good", "test-mail-back": "good", "judged": "good", "signed": "good"}
    (sent,) = house.sink.received
    assert sent.mail.startswith("FROM:<bounce+test")
    assert sent.rcpt.startswith("TO:<reply+test")
    mail = message_from_bytes(sent.content)
    assert (mail["From"], mail["Auto-Submitted"]) == (
        "Example Lighthouse Union <circulars@example.int>",
        "auto-generated",
    )
    assert mail["Subject"] == "Test message of circulars doctor"
    assert "Nothing needs to be done" in mail.get_payload()


def test_what_the_receiving_server_found_wrong(tmp_path: Path) -> None:
    house = House(tmp_path, above=FAILED)
    with house.sink.running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"))
    assert of(found, "judged").level == "warning"
    assert "spf pass, dkim fail, dmarc pass" in of(found, "judged").message
    assert of(found, "unsigned").level == "note"


def test_a_mail_that_does_not_come_back(tmp_path: Path) -> None:
    house = House(tmp_path, deliver=False)
    with house.sink.running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"), wait=0.2)
    assert codes(found) == {"test-mail": "good", "test-mail-lost": "warning"}


def test_a_mail_to_somebody_else_is_not_waited_for(tmp_path: Path) -> None:
    with Sink().running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = looked_at(folder, to="me@example.org")
        assert [received.rcpt for received in sink.received] == ["TO:<me@example.org>"]
    assert codes(found) == {"test-mail": "good", "test-mail-sent": "note"}


@pytest.mark.parametrize("to", ["nobody", "a b@example.org", "me@example.org\r\nRCPT TO:<x@example.org>", "@", "x@"])
def test_an_address_that_is_none(tmp_path: Path, to: str) -> None:
    with Sink().running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"), to=to)
        assert sink.connections == 0
    assert codes(found) == {"bad-address": "error"}


@pytest.mark.parametrize(
    ("step", "reply"), [("rcpt", "550 5.1.1 nobody"), ("mail", "550 not you"), ("dot", "554 spam"), ("dot", DROP)]
)
def test_a_relay_that_refuses_it(tmp_path: Path, step: str, reply: str) -> None:
    with Sink(script=lambda asked, _: reply if asked == step else "").running() as sink:
        found = looked_at(write_relaying_office(tmp_path / "office", sink.port, security="none"))
    assert codes(found) == {"test-mail": "error"}
    assert (reply if reply != DROP else "cannot be reached") in of(found, "test-mail").message


def test_a_relay_that_does_not_relay_is_told_from_an_address_that_is_wrong(tmp_path: Path) -> None:
    with Sink(script=lambda asked, _: "554 5.7.1 Relay access denied" if asked == "rcpt" else "").running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = looked_at(folder, to="me@example.org")
    assert "Set a login in [transports.relay]" in of(found, "test-mail").hint


@pytest.mark.parametrize(("step", "reply"), [("dot", "250 2.0.0"), ("dot", "554"), ("mail", "550"), ("rcpt", "550")])
def test_a_relay_that_repeats_the_login_is_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, reply: str
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "correct-horse")
    sink = Sink(script=lambda asked, _: f"{reply} correct-horse" if asked == step else "", extensions=("AUTH PLAIN",))
    with sink.running():
        login = {"user": '"office"', "password_env": '"TEST_PASSWORD"'}
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none", **login)
        told = of(looked_at(folder, to="me@example.org"), "test-mail").message
    assert told.endswith("…")
    assert "correct-horse" not in told


def test_nothing_is_sent_where_letters_are_files_or_offline(tmp_path: Path) -> None:
    assert codes(looked_at(write_bare_office(tmp_path / "files"))) == {"no-test-mail": "skipped"}
    folder = write_relaying_office(tmp_path / "office", 25)
    assert codes(looked_at(folder, offline=True)) == {"no-test-mail": "skipped"}


def test_track_makes_nothing_of_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    with house.sink.running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        looked_at(folder)
    with desk_at(folder) as desk:
        summary = track(desk)
        assert (summary.filed, summary.triage) == (1, 0)
        assert dump(desk.store)["answers"] == []


def test_on_a_mail_server_only_what_is_new_is_read_and_nothing_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    box = Mailbox(mails={1: b"Subject: old\r\n\r\nOld.\r\n", 2: b"Subject: old\r\n\r\nOld.\r\n"})

    def arrived(step: str, _: str) -> str:
        if step == "dot":
            box.mails[3] = b"Subject: another\r\n\r\nAnother.\r\n"
            box.mails[4] = sink.received[-1].content
        return ""

    with Sink(script=arrived).running() as sink, running(box):
        inbox = f'[inbox]\nsource = "{box.url()}"\npassword_env = "TEST_PASSWORD"\nmoved_to = "Filed"\n'
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none", inbox=inbox)
        found = looked_at(folder)
    assert codes(found)["test-mail-back"] == "good"
    read = [command for command in box.commands if command.startswith("UID FETCH") and "BODY" in command]
    assert read
    assert not any("1" in command.split()[2].split(",") for command in read)
    assert box.filed == {}
