"""`circulars translate`, as translators see it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, edit


def test_bars_and_what_took_a_release_back(run: Run, folder: Path) -> None:
    assert run("translate", "release", SLUG, "--by", "R. Reviser", at=folder).code == 0
    shown = run("translate", "status", SLUG)
    assert "██████████████" in shown.out
    assert "R. Reviser" in shown.out
    edit(folder / "letters" / SLUG / "letter.toml", "date = 2031-04-30", "date = 2031-05-07")
    moved = run("translate", "status", SLUG)
    assert "taken back" in moved.out
    assert "deadlines.reply changed since the release" in moved.out
    (version,) = run("translate", "status", SLUG, "--lang", "fr", "--json").json
    assert (version["released"], version["to_revise"], version["changed"]) == (False, 0, ["deadlines.reply"])


def test_each_segment_that_is_left_with_its_difference(run: Run, folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "Please answer", "Please answer us")
    shown = run("translate", "status", SLUG, "--lang", "fr", at=folder)
    assert "fr 3 to revise  letters/census/body.md:5" in shown.out.replace(SLUG, "census")
    assert "Please answer {+us +}**by" in shown.out
    assert "Veuillez répondre" in shown.out


def test_a_language_that_is_not_there(run: Run, folder: Path) -> None:
    shown = run("translate", "status", SLUG, "--lang", "ru", at=folder)
    assert shown.code != 0
    assert "ru" in shown.err


def test_preview(run: Run, folder: Path) -> None:
    shown = run("translate", "preview", SLUG, "--lang", "fr", "--numbers", at=folder)
    assert shown.code == 0
    assert 'class="segment"' in (folder / f"{SLUG}.fr.html").read_text("utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_preview_goes_on_until_it_is_stopped(folder: Path, number: int) -> None:
    command = [
        sys.executable,
        "-m",
        "cli",
        "translate",
        "preview",
        SLUG,
        "--lang",
        "fr",
        "--watch",
        "--office",
        str(folder),
    ]
    root = Path(__file__).parent.parent.parent
    made = folder / "shown.html"
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    with subprocess.Popen([*command, "--out", str(made)], cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            _wait_for(made, "Recensement des feux")
            assert 'http-equiv="refresh"' in made.read_text("utf-8")
            edit(catalogue, "Recensement des feux", "Grand recensement des feux")
            _wait_for(made, "Grand recensement")
            good = catalogue.read_text("utf-8")
            catalogue.write_text("no catalogue", "utf-8")
            catalogue.write_text(good.replace("Grand recensement", "Petit recensement"), "utf-8")
            _wait_for(made, "Petit recensement")
        finally:
            process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stdout is not None
        assert process.stdout.read().endswith("Stopped.\n")


def _wait_for(path: Path, words: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if path.exists() and words in path.read_text("utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError(f"{path.name} never said «{words}»")
