"""`translate proof`, and the line that `check` prints of it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, edit


def test_everything_agrees(run: Run, folder: Path) -> None:
    ended = run("translate", "proof", SLUG, at=folder)
    assert ended.code == 0
    assert "deadlines.reply" in ended.out
    assert "✓✓✓" in ended.out
    last = ended.out.strip().splitlines()[-1]
    assert last.startswith("LU-31/001: 2/2 languages, ")
    assert last in run("check", SLUG, at=folder).out
    shape = run("translate", "proof", SLUG, "--json", at=folder).json
    assert shape["agrees"] is True
    assert f"LU-31/001: {shape['summary']}" == last


def test_something_does_not(run: Run, folder: Path) -> None:
    edit(
        folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "au plus tard le {{ deadlines.reply | date }}", "bientôt"
    )
    ended = run("translate", "proof", SLUG, at=folder)
    assert ended.code == 1
    assert "lost" in ended.out
    assert "fact-lost" in ended.out
    assert "1/2 languages" in ended.out
    checked = run("check", SLUG, at=folder)
    assert checked.code == 1
    assert "1/2 languages" in checked.out


def test_a_language_that_cannot_be_rendered(run: Run, folder: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Recensement des feux côtiers", "")
    ended = run("translate", "proof", SLUG, at=folder)
    assert ended.code == 1
    assert "fr cannot be rendered" in ended.out
