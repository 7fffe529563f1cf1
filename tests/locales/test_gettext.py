"""GNU gettext reads our catalogues without complaint."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from locales.merging import update_catalogue

ROOT = Path(__file__).parent.parent.parent
CATALOGUES = sorted([*(ROOT / "locales" / "data").glob("*/*.po"), *(ROOT / "templates" / "office").rglob("*.po")])


def complaints(path: Path, *checks: str) -> str:
    """Return what msgfmt has to say about a catalogue."""
    checks = checks or ("--check-format", "--check-domain")
    command = ["msgfmt", *checks, "--output-file=/dev/null", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode or done.stderr else ""


@pytest.mark.packages
def test_shipped_catalogues() -> None:
    assert len(CATALOGUES) > 30
    assert {str(path): said for path in CATALOGUES if (said := complaints(path))} == {}
    letters = [path for path in CATALOGUES if path.parent.name == "letters"]
    assert {str(path): said for path in letters if (said := complaints(path, "--check"))} == {}


@pytest.mark.packages
def test_a_catalogue_made_and_changed_by_export(tmp_path: Path) -> None:
    path = tmp_path / "forum.po"
    first = [("body", "I have the honour to invite you.", "letters/forum/body.md:3"), ("letter", 'A "theme"\\', "x:1")]
    update_catalogue(path, "ar", first, notes={("letter", 'A "theme"\\'): "Two\nlines"})
    assert complaints(path, "--check") == ""
    path.write_text(path.read_text("utf-8").replace('msgstr ""\n\n', 'msgstr "كلمات\\n"\n\n', 2), "utf-8")
    for changed in ("I have the honour to invite you all.", "I have the honour to invite you all again."):
        update_catalogue(path, "ar", [("body", changed, "letters/forum/body.md:3")])
        assert complaints(path, "--check") == ""
    assert "#~" in path.read_text("utf-8")
