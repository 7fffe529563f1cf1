"""doubt, as it is typed."""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import typer
from sqlalchemy import update

from store.message_rows import rows_in
from store.messages import State
from store.schema import outbox
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, copy_office, desk_at


@pytest.fixture
def office(sent_small_office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with two messages in doubt."""
    folder = copy_office(sent_small_office, tmp_path / "office")
    with desk_at(folder) as desk, desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id.in_([7, 9])).values(state=State.IN_DOUBT))
    monkeypatch.chdir(folder)
    return folder


def write_log(folder: Path) -> Path:
    """Write a log of all days, which has one of the two."""
    with desk_at(folder) as desk, desk.store.read() as connection:
        name = next(row.message_id for row in rows_in(connection, 1) if row.id == 7)
    lines = (
        "2031-01-01T00:00:00Z r postfix/x[1]: a",
        f"2031-03-04T08:00:00Z r postfix/cleanup[1]: AAAAA: message-id=<{name}>",
        "2031-03-04T08:00:01Z r postfix/qmgr[1]: AAAAA: removed", "2031-12-31T00:00:00Z r postfix/x[1]: b",
    )  # fmt: skip
    path = folder / "mail.log"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_doubt_by_the_log(run: Run, office: Path) -> None:
    log = write_log(office)
    listed = run("doubt", SLUG)
    assert "--relay-log FILE" in listed.out
    done = run("doubt", SLUG, "--relay-log", log)
    assert done.code == 1  # one is still in doubt
    assert "1 message settled." in done.out
    assert f"circulars doubt {SLUG} --relay-log {log} --resend-missing" in done.out
    refused = run("doubt", SLUG, "--relay-log", log, "--resend-missing")
    assert (refused.code, "--yes" in refused.err) == (1, True)
    again = run("doubt", SLUG, "--relay-log", log, "--resend-missing", "--yes")
    assert again.code == 0
    assert "1 message queued again." in again.out
    assert "Nothing is in doubt" in run("doubt", SLUG).out


def test_doubt_by_the_log_for_a_machine(run: Run, office: Path) -> None:
    shown = run("doubt", SLUG, "--relay-log", write_log(office), "--json").json
    assert [one["found"] for one in shown["messages"]] == ["accepted", "missing"]
    assert (shown["settled"], shown["missing"], shown["queued_again"]) == (1, 1, 0)
    assert shown["files"][0]["kind"] == "Postfix"


def test_a_log_from_standard_input(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(write_log(office).read_bytes())))
    done = run("doubt", SLUG, "--relay-log", "-")
    assert "standard input: Postfix, 4 lines" in done.out


def test_what_does_not_go_together(run: Run, office: Path) -> None:
    assert run("doubt", SLUG, "--sent", "--resend").code == 2
    assert run("doubt", SLUG, "--sent", "--relay-log", "x").code == 2
    assert run("doubt", SLUG, "--resend-missing").code == 2


def test_where_no_log_was_read_nothing_is_said_of_the_messages(run: Run, office: Path) -> None:
    gone = run("doubt", SLUG, "--relay-log", "nowhere.log")
    assert (gone.code, gone.out) == (1, "")
    assert "No log of the relay could be read: nowhere.log: it could not be read" in gone.err
    assert "No such file" in gone.err
    other = run("doubt", SLUG, "--relay-log", "office.toml", "--json")
    assert (other.code, other.out) == (1, "")
    assert "office.toml: it is neither a log of Postfix nor a table of Exchange." in other.err
    both = run("doubt", SLUG, "--relay-log", "nowhere.log", "--relay-log", write_log(office))
    assert (both.code, "1 message settled" in both.out) == (1, True)


def test_all_at_once_only_if_somebody_says_so(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for option, done in (("--sent", "counted as sent"), ("--resend", "queued again")):
        refused = run("doubt", SLUG, option)
        assert refused.code == 1
        assert f"No addressee is named: all 2 messages in doubt would be {done}." in refused.err
        assert f"circulars doubt {SLUG} KEY {option} · for all, without being asked, add --yes." in refused.err
    asked: list[str] = []

    def say_no(text: str, *, abort: bool) -> bool:
        asked.append(text)
        assert abort
        raise typer.Abort

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", say_no)
    assert run("doubt", SLUG, "--resend").code == 1
    assert run("doubt", SLUG, "--sent").code == 1
    assert asked == [
        "Most messages in doubt have arrived. Send all 2 messages in doubt again?",
        "Count all 2 messages in doubt as sent?",
    ]
    assert len(run("doubt", SLUG, "--json").json) == 2
    monkeypatch.setattr("typer.confirm", lambda _, *, abort: abort)
    assert "2 messages queued again." in run("doubt", SLUG, "--resend").out
    nothing = run("doubt", SLUG, "--sent")
    assert (nothing.code, "is in doubt" in nothing.err) == (1, True)


def test_by_hand_for_a_machine(run: Run, office: Path) -> None:
    assert run("doubt", SLUG, "--sent", "--yes", "--json").json == {"settled": 2}
