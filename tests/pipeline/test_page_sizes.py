"""Mails that are too long for Gmail."""

from __future__ import annotations

from pathlib import Path

from pipeline.checking import check
from tests.pipeline.offices import SLUG, desk_at


def test_check_warns_of_a_mail_whose_end_would_be_hidden(folder: Path) -> None:
    annex = folder / "letters" / SLUG / "annex-1.md"
    paragraph = "The lamp of each light is described by its colour, its period and its height. " * 10
    for paragraphs, languages in ((60, []), (130, ["en"])):
        annex.write_text("# Lights\n\n" + f"{paragraph}\n\n" * paragraphs, "utf-8")
        with desk_at(folder) as desk:
            found = [finding for finding in check(desk, SLUG) if finding.code == "mail-too-long"]
        assert sorted({finding.message.split("«")[1][:2] for finding in found}) == languages
        assert all(finding.level.value == "warning" and finding.file for finding in found)
        assert len(found) == 2 * len(languages)  # a class each; the French lacks a translation
