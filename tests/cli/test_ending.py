"""How commands end when something is wrong: the exit code, the message, the hint; never a traceback."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cli.demo_world import PostOffice, running_server
from delivery.lease import sending_lease
from office.clock import system_clock
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, desk_at, edit, issue_all

ROOT = Path(__file__).parents[2]
KNOWN_ERRORS: list[tuple[str, ...]] = [
    ("check", "nothing"),
    ("preview", "nothing"),
    ("preview", SLUG, "--to", "nobody"),
    ("preview", SLUG, "--lang", "ru"),
    ("preview", SLUG, "--as", "docx", "--out", "no/such/folder/letter.docx"),
    ("plan", "nothing"),
    ("plan", SLUG, "--lang", "ru"),
    ("plan", SLUG, "--only", "nobody"),
    ("approve", SLUG, "--digest", "12345678"),
    ("issue", SLUG, "--digest", "12345678"),
    ("send", SLUG),
    ("hold", SLUG),
    ("resume", SLUG),
    ("withdraw", SLUG, "--yes"),
    ("doubt", SLUG),
    ("show", SLUG, "--to", "lens"),
    ("report", SLUG),
    ("answer", SLUG, "Kenya", "census", "--state", "accepted", "--by", "phone"),
    ("track", "--inbox", "no/such/folder"),
    ("triage", "7"),
    ("suppress", "nobody"),
    ("explain", "none.eml"),
    ("new", "Not A Slug"),
    ("new", "fine", "--series", "XY"),
    ("translate", "status", "nothing"),
    ("translate", "export", SLUG, "--lang", "ru"),
    ("translate", "release", SLUG, "--lang", "fr", "--by", " "),
    ("status", "nothing"),
    ("init", "."),
]


@pytest.mark.parametrize("arguments", KNOWN_ERRORS, ids=" ".join)
def test_known_errors_say_what_is_wrong_and_what_to_do(run: Run, folder: Path, arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, at=folder)
    assert ended.code == 1
    assert ended.out == ""
    message, *rest = ended.err.strip().splitlines()
    assert len(message) > 15
    assert message.endswith((".", "…", "?")), message
    assert rest, f"no hint: {message}"
    assert rest[-1].startswith("→ ")
    assert len(rest[-1]) > 8


@pytest.mark.parametrize(
    "arguments",
    [
        ("frob",), ("plan",), ("plan", SLUG, "--colour", "red"), ("send", SLUG, "--limit", "many"),
        ("send", SLUG, "--limit", "0"), ("doubt", SLUG, "--sent", "--resend"), ("triage", "one"),
        ("answer", SLUG, "Kenya", "census"), ("answer", SLUG, "K", "c", "--state", "x", "--by", "y", "--on", "never"),
        ("translate", "export", SLUG, "--as", "odt"), ("issue", SLUG),
    ],
    ids=" ".join,
)  # fmt: skip
def test_usage_errors_end_with_2(run: Run, folder: Path, arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, at=folder)
    assert ended.code == 2
    assert "Usage" in ended.err
    assert ended.out == ""


# The office


def test_no_office_anywhere(run: Run, tmp_path: Path) -> None:
    ended = run("status", at=tmp_path)
    assert ended.code == 1
    assert "office.toml" in ended.err
    assert "circulars init" in ended.err
    assert "--office" in ended.err


def test_the_office_named_before_or_after_the_command(run: Run, folder: Path, tmp_path: Path) -> None:
    expected = run("status", "--json", at=folder).json
    assert run("--office", folder, "status", "--json", at=tmp_path).json == expected
    assert run("status", "--json", "--office", folder).json == expected
    assert run("status", "--json", "--office", "office").json == expected
    assert run("status").code == 1  # the choice of one command does not stay


def test_the_nearest_office_upward_but_a_named_one_exactly(run: Run, folder: Path) -> None:
    inside = folder / "letters" / SLUG
    assert run("status", "--json", at=inside).json
    for wrong in (inside, folder / "typo", folder / "office.toml"):
        ended = run("status", "--office", wrong)
        assert (ended.code, "no office" in ended.err) == (1, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Example Lighthouse Union"', "name = 'unfinished"),
        ('languages = ["en", "fr"]', 'languages = ["en", "tlh"]'),
        ('kind = "files"', 'kind = "pigeon"'),
        ('transport = "files"', 'transport = "relay"'),
        ('default_language = "en"', 'default_language = "en"\ntimezone = "Mars/Olympus"'),
        ('default_language = "en"', 'default_language = "en"\n[store]\nurl = "sqlite:////no/such/folder/x.db"\n[x]'),
    ],
)  # fmt: skip
def test_a_spoilt_office(run: Run, folder: Path, old: str, new: str) -> None:
    edit(folder / "office.toml", old, new)
    for command in (("status",), ("check",), ("plan", SLUG)):
        ended = run(*command, at=folder)
        assert ended.code == 1
        assert "office.toml" in ended.err
        assert "→" in ended.err


def test_a_folder_without_rights(run: Run, folder: Path) -> None:
    if os.geteuid() == 0:  # the superuser may write anywhere: a file in the place of a folder does as well
        (folder / "recipients" / "faulty").write_text("a file")
    else:
        (folder / "recipients").chmod(0o500)
    ended = run("plan", SLUG, at=folder)
    (folder / "recipients").chmod(0o700)
    assert ended.code == 1
    assert "faulty" in ended.err


# Sending


def test_somebody_else_is_sending(run: Run, folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
    with sending_lease(folder, system_clock):
        ended = run("send", SLUG, at=folder)
    assert ended.code == 3
    assert str(os.getpid()) in ended.err


def with_relay(folder: Path, port: int) -> None:
    edit(folder / "office.toml", 'transport = "files"', 'transport = "relay"')
    (folder / "office.toml").write_text(
        (folder / "office.toml").read_text("utf-8")
        + f'\n[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n',
        "utf-8",
    )
    with desk_at(folder) as desk:
        issue_all(desk)


def test_real_mail_is_never_sent_unasked(run: Run, folder: Path) -> None:
    post_office = PostOffice()
    with running_server(post_office) as port:
        with_relay(folder, port)
        piped = run("send", SLUG, at=folder)
        assert (piped.code, post_office.delivered) == (1, [])
        assert "--yes" in piped.err
        sent = run("send", SLUG, "--yes")
        assert (sent.code, len(post_office.delivered)) == (0, 9)


def test_a_held_letter_is_left_for_later(run: Run, folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
    run("hold", SLUG, at=folder)
    for command in ("send", "remind"):
        ended = run(command, SLUG)
        assert (ended.code, "LU-31/001 is held." in ended.err, f"resume {SLUG}" in ended.err) == (3, True, True)


def test_to_take_a_schedule_back_asks_nothing(run: Run, folder: Path) -> None:
    with_relay(folder, 1)
    assert run("send", SLUG, "--at", "2131-03-10 09:00", "--yes", at=folder).code == 0
    run("hold", SLUG)
    taken_back = run("send", SLUG, "--at", "never")
    assert (taken_back.code, "by hand only" in taken_back.out) == (0, True)


@pytest.mark.sqlite("a command in a process of its own")
@pytest.mark.parametrize(("typed", "delivered"), [("LU-31/001", 9), ("yes", 0), ("lu-31/001", 0), ("", 0)])
def test_the_reference_is_typed_at_a_terminal(folder: Path, typed: str, delivered: int) -> None:
    post_office = PostOffice()
    with running_server(post_office) as port:
        with_relay(folder, port)
        code, shown = in_terminal(["send", SLUG], folder, typed)
    assert len(post_office.delivered) == delivered, shown
    assert "LU-31/001" in shown
    assert "127.0.0.1" in shown
    assert code == (0 if delivered else 1)


def in_terminal(arguments: list[str], folder: Path, typed: str) -> tuple[int, str]:
    """Run a command in a terminal of its own, and type."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments], cwd=folder, stdin=slave, stdout=slave, stderr=slave,
        env=environment(TERM="xterm", COLUMNS="200"), start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    answered = False
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        if not answered and b"go on" in shown:
            os.write(master, typed.encode() + b"\n\x04\x04")
            answered = True
    os.close(master)
    return process.wait(30), re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode("utf-8", "replace"))


@pytest.mark.sqlite("a command in a process of its own")
def test_a_terminal_that_is_closed_stops_sending_and_loses_nothing(folder: Path) -> None:
    closed = threading.Event()

    class Closing(PostOffice):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
            if not closed.is_set():
                os.close(master)
                closed.set()
                await asyncio.sleep(0.5)
            return await super().handle_DATA(server, session, envelope)

    post_office = Closing()
    told = folder / "told.json"
    code = (
        "import fcntl, sys, termios\nfrom cli.main import main\n"
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\nsys.argv[0] = 'circulars'\nmain()"
    )
    with running_server(post_office) as port, told.open("w") as out:
        with_relay(folder, port)
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", code, "send", SLUG, "--yes", "--json"], cwd=folder, stdin=slave, stdout=out,
            stderr=slave, env=environment(TERM="xterm"), start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        assert process.wait(60) == 3
    summary = json.loads(told.read_text())
    assert summary["stopped"] == "Stopped as asked."
    assert 1 <= summary["sent"] == len(post_office.delivered) < 9
    assert summary["in_doubt"] == 0
    assert summary["sent"] + summary["printed"] + summary["remaining"] == 11


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "LC_", "LANG"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **more}


def test_refused_mailboxes_end_with_1_and_say_why(run: Run, folder: Path) -> None:
    post_office = PostOffice(refused={"rosa@lens.example.com"}, deferred={"sam@prism.example.com"})
    with running_server(post_office) as port:
        with_relay(folder, port)
        first = run("send", SLUG, "--yes", at=folder)
        assert (first.code, "1 message put off" in first.out) == (1, True)  # to be looked at, though work is left
        assert "rosa@lens.example.com" in first.out
        assert "550" in first.out
        assert "correct the list" in first.out
        json = run("status", SLUG, "--json").json
    assert (json["delivery"]["refused"], json["delivery"]["deferred"]) == (1, 1)


def test_a_refusal_is_not_hidden_behind_a_daily_cap(run: Run, folder: Path) -> None:
    post_office = PostOffice(refused={"rosa@lens.example.com"})
    with running_server(post_office) as port:
        with_relay(folder, port)
        text = (folder / "office.toml").read_text("utf-8")
        (folder / "office.toml").write_text(f"{text}per_day = 7\nconnections = 1\n", "utf-8")
        capped = run("send", SLUG, "--yes", "--json", at=folder)
        assert (capped.code, capped.json["refused"], capped.json["remaining"] > 0) == (1, 1, True)
        assert "used up" in capped.json["stopped"]
        later = run("send", SLUG, "--yes")
        assert later.code == 3


# Processes of their own


def test_interrupted(folder: Path) -> None:
    """Ctrl-C at a prompt or in the middle of work: exit 3, no traceback."""
    code = (
        "import cli.main, pipeline.registering, time\n"
        "pipeline.registering.all_statuses = lambda desk: time.sleep(60)\ncli.main.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "status"], cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True
    )
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 3
    assert err == "Stopped.\n"


@pytest.mark.parametrize("arguments", [("check", "--json"), ("preview", SLUG, "--as", "eml"), ("status",)])
def test_a_reader_that_goes_away(folder: Path, arguments: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments], cwd=folder, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(20), err) == (0, "")


@pytest.mark.parametrize("arguments", [("check", "--json"), ("preview", SLUG, "--lang", "fr")])
def test_a_terminal_that_has_no_accents(folder: Path, arguments: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=folder, env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, b""), ended.stderr.decode()


def test_help_starts_at_once_and_loads_nothing_slow() -> None:
    code = (
        "import sys\nfrom cli.main import main\nsys.argv = ['circulars', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "slow = {'pandas', 'docx', 'lxml', 'sqlalchemy', 'aiosmtplib', 'email_validator', 'babel', 'alembic'}\n"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert ended.stderr == "[]\n"
    for command in ("init", "check", "plan", "approve", "issue", "send", "track", "answer", "status", "translate"):
        assert command in ended.stdout


def test_a_fault_of_our_own_leaves_a_file_and_no_traceback(folder: Path, tmp_path: Path) -> None:
    code = "import cli.main, pipeline.registering as r\nr.all_statuses = lambda desk: 1 / 0\ncli.main.main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, "status"], cwd=folder, env=environment(TMPDIR=str(tmp_path)), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "A fault in circulars itself: ZeroDivisionError." in ended.stderr
    (file,) = tmp_path.glob("circulars-fault-*.txt")
    assert str(file) in ended.stderr
    assert "Traceback" in file.read_text()


@pytest.mark.parametrize("module", ["cli.main", "typer.rich_utils"])  # the second to show what was called wrongly
def test_an_interruption_while_modules_load(module: str) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['circulars', '--nonsense']\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == '{module}':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from cli.__main__ import main\n"
        "main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")
