"""The demo: the whole road over real SMTP, to a register whose numbers are known."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from locales.languages import LANGUAGES
from tests.cli.conftest import Ended, Run


@pytest.fixture
def walked(run: Run, tmp_path: Path) -> Ended:
    begun = time.monotonic()
    ended = run("demo", at=tmp_path)
    assert time.monotonic() - begun < 60
    return ended


def test_the_demo_ends_with_the_register(run: Run, walked: Ended, tmp_path: Path) -> None:
    assert (walked.code, walked.err) == (0, "")
    for verb in ("init", "check", "preview", "plan", "approve", "issue", "send", "track", "triage", "status", "show"):
        assert f"$ circulars {verb}" in walked.out
    office = tmp_path / "demo"
    status = run("status", "forum-2022", "--json", "--office", office).json
    assert status["reference"] == "CL-22/010"
    assert status["addressees"] == 53
    delivery = {state: count for state, count in status["delivery"].items() if count}
    assert delivery == {"sent": 55, "refused": 2, "bounced": 1, "printed": 2}
    attendance, statement = status["asks"]
    assert (attendance["parties"], attendance["answered"], attendance["accepted"], attendance["declined"]) == (
        53,
        8,
        7,
        1,
    )
    assert (attendance["received"], attendance["unreachable"], attendance["late"]) == (1, 3, 0)
    assert (statement["answered"], statement["received"]) == (0, 9)
    triage = run("triage", "--json", "--office", office).json
    assert [mail["sender"] for mail in triage["unclear"]] == ["alex@stranger.example.net"]


def test_what_it_says_is_there_is_there(run: Run, walked: Ended, tmp_path: Path) -> None:
    office = tmp_path / "demo"
    assert {path.name for path in (office / "previews").iterdir()} == {
        f"forum-2022.{language}.{kind}" for language in LANGUAGES for kind in ("docx", "html", "txt")
    }
    sheet = load_workbook(office / "forum-2022.xlsx").worksheets[0]
    assert sheet.max_row == 1 + 2 * 53
    (letter,) = office.glob("*.eml")
    assert letter.name.removesuffix(".eml") in walked.out
    assert run("explain", letter, "--json", "--office", office).code == 0
    assert (
        run("show", "forum-2022", "--to", letter.name.removesuffix(".eml"), "--as", "eml", "--office", office).code == 0
    )
    second = run("demo", at=tmp_path)
    assert second.code == 0
    assert (tmp_path / "demo-2" / "office.toml").exists()
