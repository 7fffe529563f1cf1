"""Corrigenda and addenda at the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.pipeline.offices import edit

CORR = "census-corr"


def test_a_corrigendum_from_the_draft_to_the_register(run: Run, sent_folder: Path) -> None:
    made = run("new", CORR, "--corrects", "LU-31/001", at=sent_folder)
    assert made.code == 0
    assert f"letters/{CORR} corrects LU-31/001 (LU-31/001 Corr.1): its first words are there in en, fr." in made.out
    assert "It goes to the 8 addressees of LU-31/001, in the same conversation." in made.out
    assert "Deadlines that it can move: reply." in made.out
    edit(sent_folder / "letters" / CORR / "letter.toml", "2031-04-30", "2099-05-15")
    edit(sent_folder / "recipients" / "keepers.csv", "lens,,Rosa Lindqvist", "lenses,,Rosa Lindqvist")
    run("translate", "release", CORR, "--lang", "fr", "--by", "R. Reviser", at=sent_folder)
    planned = run("plan", CORR, at=sent_folder)
    assert "corrects LU-31/001, in the same conversation, and goes to its 8 addressees" in planned.out
    assert "Left behind: they got the first letter and would not get this one" in planned.out
    assert "no longer on the lists of this letter under that key" in planned.out
    assert "they never got the letter that this one continues" in planned.out
    digest = run("plan", CORR, "--json", at=sent_folder).json["digest"]
    assert run("approve", CORR, "--digest", digest, at=sent_folder).code == 0
    assert run("issue", CORR, "--digest", digest, at=sent_folder).code == 0
    first = run("status", "LU-31/001", at=sent_folder)
    assert "corrected by LU-31/001 Corr.1" in first.out
    assert "moved the deadline of census, meeting" in first.out
    assert "corrects LU-31/001" in run("status", CORR, at=sent_folder).out
    again = run("plan", "LU-31/001", at=sent_folder)
    assert "LU-31/001 Corr.1 is out already: whoever is new here needs it too" in again.out


def test_one_origin_at_a_time(run: Run, sent_folder: Path) -> None:
    ended = run("new", CORR, "--corrects", "LU-31/001", "--adds-to", "LU-31/001", at=sent_folder)
    assert ended.code == 2
    assert not (sent_folder / "letters" / CORR).exists()


def test_an_addendum(run: Run, sent_folder: Path) -> None:
    made = run("new", "more", "--adds-to", "census", "--series", "LU", at=sent_folder)
    assert (made.code, "letters/more adds to LU-31/001: its first words" in made.out) == (0, True)
    assert "the addendum is about" in made.out


def test_for_scripts(run: Run, sent_folder: Path) -> None:
    assert run("new", CORR, "--corrects", "census", "--json", at=sent_folder).json == {
        "slug": CORR,
        "reference": "LU-31/001 Corr.1",
        "first": "LU-31/001",
        "addressees": 8,
        "languages": ["en", "fr"],
        "deadlines": ["reply"],
    }
