"""`send --at --until`, `send --working-days` and `retry`, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, desk_at, issue_all


@pytest.fixture
def issued(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an office whose letter is issued."""
    with desk_at(folder) as desk:
        issue_all(desk)
    monkeypatch.chdir(folder)
    return folder


def test_a_schedule_is_set_shown_and_taken_back(run: Run, issued: Path) -> None:
    told = run("send", SLUG, "--at", "2131-03-10 09:00", "--until", "2131-03-10 11:00")
    assert (told.code, "is sent from 2131-03-10 09:00 on" in told.out) == (0, True)
    assert "It does not begin after 2131-03-10 11:00." in told.out
    assert "is sent from 2131-03-10 09:00 on" in run("status", SLUG).out
    shape = run("status", SLUG, "--json").json["schedule"]
    assert shape["send_until"].startswith("2131-03-10")
    assert not shape["expired"]
    assert "by hand only" in run("send", SLUG, "--at", "never").out
    assert "is sent from" not in run("status", SLUG).out
    for wrong in (("--until", "2131-03-10"), ("--at", "2131-03-10", "--until", "2131-03-09")):
        assert run("send", SLUG, *wrong).code != 0


def test_working_days(run: Run, issued: Path) -> None:
    run("send", SLUG, "--working-days", "--at", "2131-03-10 09:00")
    assert "Only on working days of the addressee's country." in run("status", SLUG).out
    ended = run("send", SLUG, "--any-day", "--json")
    assert (ended.code, ended.json["sent"], ended.json["postponed"]) == (0, 9, 0)


def test_retry(run: Run, issued: Path) -> None:
    assert run("retry", SLUG).code == 2
    ended = run("retry", SLUG, "--failed", "--deferred", "--json")
    assert ended.json == {"reference": "LU-31/001", "refused": 0, "deferred": 0, "suppressed": 0}
    assert "0 refused messages queued again" in run("retry", SLUG, "--failed").out
