"""`check` names what PDF files cannot show."""

from __future__ import annotations

from pathlib import Path

from pipeline.checking import check
from tests.pipeline.offices import SLUG, desk_at, edit


def test_texts_and_rows_with_characters_that_no_typeface_has(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "Please answer", "☐ Please ก answer")
    lists = sorted((folder / "recipients").glob("*.csv"))
    (named,) = [path for path in lists if "Norway" in path.read_text("utf-8")][:1]
    edit(named, "Norway", "Norway 😀")
    with desk_at(folder) as desk:
        found = [finding for finding in check(desk, SLUG) if finding.code == "not-printable"]
    assert [finding.file for finding in found if "ก" in finding.message] == [f"letters/{SLUG}/body.md"]
    assert not any("☐" in finding.message for finding in found)  # it is drawn
    assert any(finding.file.endswith(".csv") and "😀" in finding.message and finding.line for finding in found)


def test_nothing_is_said_of_six_languages(folder: Path) -> None:
    with desk_at(folder) as desk:
        assert "not-printable" not in {finding.code for finding in check(desk)}
