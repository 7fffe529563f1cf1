"""`track --follow`: a service that outlives what happens around it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from office.errors import BusyError, CircularsError, NotFoundError, RefusedError
from office.model import Inbox
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.following import Interruption, Told, follow
from replies.sources import Unreadable
from store.inbound import InboundRow
from tests.pipeline.answers import LATER, deliver, reply
from tests.pipeline.offices import SLUG, desk_at, edit, fixed_clock
from tests.replies.small_imap import Mailbox, running, until


@dataclass
class Heard:
    """What a follower tells, in the thread it runs in."""

    rows: list[InboundRow] = field(default_factory=list)
    problems: list[Unreadable] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)
    errors: list[CircularsError] = field(default_factory=list)
    stop: bool = False

    def told(self, event: InboundRow | Unreadable | Interruption) -> None:
        match event:
            case InboundRow():
                self.rows.append(event)
            case Unreadable():
                self.problems.append(event)
            case Interruption():
                self.interruptions.append(event)


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


@contextmanager
def following(desk: Desk, *, every: float = 3600) -> Iterator[Heard]:
    heard = Heard()

    def run() -> None:
        try:
            told: Told = heard.told
            follow(desk, every=every, stopped=lambda: heard.stop, told=told, first_pause=0.01)
        except CircularsError as error:
            heard.errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield heard
    finally:
        heard.stop = True
        thread.join(20)
        assert not thread.is_alive()


def on_server(desk: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    return replace(desk, office=replace(desk.office, inbox=Inbox(source=box.url(), password_env="TEST_PASSWORD")))


def test_a_folder_is_looked_at_again_and_again(desk: Desk) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    with following(desk, every=0.05) as heard:
        until(lambda: len(heard.rows) == 1)
        deliver(desk, reply(desk, "lens"))
        until(lambda: len(heard.rows) == 2)
    assert [(row.kind, row.state, row.reference, row.party) for row in heard.rows] == [
        ("reply", "filed", "LU-31/001", "KE"), ("reply", "filed", "LU-31/001", "lens"),
    ]  # fmt: skip
    assert not heard.interruptions
    assert not heard.errors


def test_our_letter_below_an_answer_is_no_part_of_it(desk: Desk) -> None:
    letter = show(desk, SLUG, "ke-minister", "txt").content
    deliver(desk, reply(desk, "ke-minister", f"Agreed.\n\n{letter.decode()}"))
    with following(desk) as heard:
        until(lambda: len(heard.rows) == 1)
    assert heard.rows[0].details["text"].strip() == "Agreed."


def test_a_server_rings_and_lost_connections_are_made_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(mails={1: reply(desk, "ke-minister").as_bytes()})
    with running(box):
        desk = on_server(desk, box, monkeypatch)
        with following(desk) as heard:
            until(lambda: len(heard.rows) == 1)
            box.cut_after = 0
            box.mails[2] = reply(desk, "lens").as_bytes()
            until(lambda: len(heard.rows) == 2)
            assert len(heard.interruptions) == 1
            assert "broke" in heard.interruptions[0].error.message
            box.password = "another"  # and everybody is put out
            box.cut_after = 0
            box.mails[3] = reply(desk, "optique").as_bytes()
            until(lambda: len(heard.interruptions) >= 4)
            assert isinstance(heard.interruptions[-1].error, RefusedError)
            box.password = "secret"
            until(lambda: len(heard.rows) == 3)
        waits = [interruption.seconds for interruption in heard.interruptions]
        assert waits[:4] == [0.01, 0.01, 0.02, 0.04]
    assert heard.errors == []


def test_polling_finds_what_the_server_does_not_ring_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(deaf=True)
    with running(box), following(on_server(desk, box, monkeypatch), every=0.2) as heard:
        until(lambda: "IDLE" in box.commands)
        box.mails[1] = reply(desk, "ke-minister").as_bytes()
        until(lambda: len(heard.rows) == 1)
    assert heard.interruptions == []


def test_a_server_that_comes_up_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(mails={1: reply(desk, "ke-minister").as_bytes()})
    with running(box):
        pass
    with following(on_server(desk, box, monkeypatch)) as heard:
        until(lambda: len(heard.interruptions) >= 2)
        with running(box):
            until(lambda: len(heard.rows) == 1)
            heard.stop = True


@pytest.mark.parametrize("spoil", ["password", "folder"])
def test_what_was_never_right_is_told_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, spoil: str) -> None:
    box = Mailbox(password="another" if spoil == "password" else "secret")
    with running(box):
        desk = on_server(desk, box, monkeypatch)
        if spoil == "folder":
            desk = replace(desk, office=replace(desk.office, inbox=replace(desk.office.inbox, source=box.url("No"))))
        with following(desk) as heard:
            until(lambda: heard.errors)
    assert isinstance(heard.errors[0], RefusedError if spoil == "password" else NotFoundError)


def test_a_busy_store_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(desk, reply(desk, "ke-minister"))
    whole: Callable[[], object] = desk.store.write
    tries = []

    def busy() -> object:
        tries.append(1)
        if len(tries) < 3:
            raise BusyError("The store is busy.")
        return whole()

    monkeypatch.setattr(desk.store, "write", busy)
    with following(desk) as heard:
        until(lambda: len(heard.rows) == 1)
    assert [interruption.error.message for interruption in heard.interruptions] == ["The store is busy."] * 2


def test_a_mail_that_cannot_be_read_is_told_of_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox(mails={1: b"Subject: x\r\n\r\n"}, withheld={1})
    with running(box), following(on_server(desk, box, monkeypatch), every=0.05) as heard:
        until(lambda: sum("BODY" in command for command in box.commands) >= 3)
    assert len(heard.problems) == 1


# The command


@contextmanager
def command(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "--office", str(folder), "track", "--follow", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.sqlite("a command in a process of its own")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_command_prints_a_line_for_each_mail_and_ends_when_told(sent_folder: Path, number: signal.Signals) -> None:
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        deliver(desk, reply(desk, "ke-minister", Subject="Re: \x1b[2J"))
    with command(sent_folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Following inbox/. Ctrl-C stops.\n"
        line = process.stdout.readline()
        assert "mail 1 reply filed LU-31/001 KE from minister@ke.example.org: Re:" in line
        assert "\x1b" not in line
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
        assert (rest, errors, process.returncode) == ("Stopped.\n", "", 0)


def test_what_nohup_keeps_away_stops_nothing() -> None:
    code = (
        "import os, signal\nfrom cli.stopping import stop_on_signals\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with stop_on_signals() as stopped:\n    os.kill(os.getpid(), signal.SIGHUP)\n    print(stopped())"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("False\n", "")


def test_the_command_tells_that_it_tries_again(sent_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    with running(Mailbox()) as box:
        source = f'[inbox]\nsource = "{box.url()}"\npassword_env = "TEST_PASSWORD"\n[mail]'
    edit(sent_folder / "office.toml", "[mail]", source)
    with command(sent_folder) as process:
        assert process.stderr is not None
        assert process.stderr.readline().endswith("Connection refused – again in 5 seconds\n")
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert (rest.endswith("Stopped.\n"), process.returncode) == (True, 0)


def test_the_command_tells_what_is_wrong(sent_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    edit(
        sent_folder / "office.toml", "[mail]",
        '[inbox]\nsource = "imaps://replies@mail.example.int"\npassword_env = "NO_SUCH_SECRET"\n[mail]',
    )  # fmt: skip
    with command(sent_folder) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "NO_SUCH_SECRET, which is not set" in errors.replace("\n", " ")


def test_json_and_follow_exclude_each_other(sent_folder: Path) -> None:
    with command(sent_folder, "--json") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "--json" in errors
