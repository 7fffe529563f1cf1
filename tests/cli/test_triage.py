"""`triage` as a command: the list, one mail, JSON, taking back; and at a terminal, the screen."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.tracking import track
from tests.cli.conftest import Run
from tests.pipeline.answers import LATER, deliver, give, reply, states
from tests.pipeline.offices import desk_at, fixed_clock

ROOT = Path(__file__).parents[2]
WAITING = 60  # seconds at most, on a busy machine


@pytest.fixture
def office(sent_folder: Path) -> Path:
    """The sent small office with two replies that wait."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        deliver(desk, reply(desk, "ke-minister", "Dear all,\n\nThe Minister will attend."))
        track(desk)
        deliver(desk, reply(desk, "lens", "Will there be a cloakroom?"))
        track(desk)
    return sent_folder


def test_the_list_is_printed_where_no_screen_can_be(run: Run, office: Path) -> None:
    for arguments in (("triage",), ("triage", "--list")):
        shown = run(*arguments, at=office)
        assert shown.code == 0
        assert "minister@ke.example.org" in shown.out
        assert "census, meeting" in shown.out


def test_one_mail_with_what_it_seems_to_say(run: Run, office: Path) -> None:
    shown = run("triage", 1, at=office).out
    assert "The Minister will attend." in shown
    assert "KE seems to say: accepted (meeting), likely: «will attend»" in shown
    assert "lens seems to say: question, likely" in run("triage", 2).out


def test_one_mail_for_a_machine(run: Run, office: Path) -> None:
    shape = run("triage", 1, "--json", at=office).json
    assert (shape["id"], shape["party"], shape["kind"]) == (1, "KE", "reply")
    assert "The Minister will attend." in shape["text"]
    assert (shape["suggestion"]["state"], shape["attachments"]) == ("accepted", [])


def test_the_list_tells_whose_an_unclear_mail_is(run: Run, office: Path) -> None:
    with desk_at(office, clock=fixed_clock(LATER)) as desk:
        give(desk, "KE", "meeting", state="declined")
        deliver(desk, reply(desk, "ke-minister", "The Minister will attend after all."))
        track(desk)
    shown = " ".join(run("triage", at=office).out.split())
    assert "Unclear: look at them" in shown
    assert "KE (LU-31/001)" in shown


def test_suggestions_for_a_machine(run: Run, office: Path) -> None:
    first, second = run("triage", "--json", at=office).json["replies"]
    assert first["suggestion"] == {
        "state": "accepted",
        "confidence": "likely",
        "sentence": "The Minister will attend.",
        "why": "«will attend»",
        "asks": ["meeting"],
    }
    assert (second["suggestion"]["state"], second["suggestion"]["asks"]) == ("question", [])


def test_a_decision_is_taken_back(run: Run, office: Path) -> None:
    assert run("triage", 1, "--ask", "meeting", "--state", "accepted", at=office).code == 0
    taken_back = run("triage", 1, "--undo")
    assert (taken_back.code, taken_back.out) == (0, "Mail 1: taken back: KE: meeting accepted.\n")
    nothing = run("triage", 1, "--undo")
    assert nothing.code == 1
    assert "Nothing is decided about mail 1." in nothing.err
    assert "--undo" in run("triage", 2, "--aside").out
    with desk_at(office) as desk:
        assert states(desk, "KE")["meeting"] == "received"


@pytest.mark.sqlite("a command in a process of its own")
def test_at_a_terminal_the_screen_opens(office: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cli", "--office", str(office), "triage"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as screen:
        os.close(theirs)
        for awaited, key in ((b"meeting accepted", b"\r"), (b"takes it back", b"q"), (b"\x1b[?1049l", b"")):
            _read_until(ours, awaited)
            os.write(ours, key)
        assert screen.wait(WAITING) == 0
    os.close(ours)
    with desk_at(office) as desk:
        assert states(desk, "KE")["meeting"] == "accepted"


def _read_until(terminal: int, awaited: bytes) -> None:
    seen = b""
    end = time.monotonic() + WAITING
    while awaited not in seen:
        assert time.monotonic() < end, seen[-2_000:]
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 65_536)
