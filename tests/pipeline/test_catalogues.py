"""The catalogues of a letter, as its text asks for them."""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogues import export_catalogues, placed_segments
from pipeline.letter_folders import open_draft
from pipeline.translating import translation_status
from tests.pipeline.offices import SLUG, desk_at

FIELDS = "{{ facts.lights | number }}: {{ deadlines.reply | date }}"  # nothing to translate, but a language may reorder


def test_segments_that_a_language_may_arrange_are_in_the_file_and_count_for_nothing(folder: Path) -> None:
    body = folder / "letters" / SLUG / "body.md"
    body.write_text(f"{body.read_text('utf-8')}\n{FIELDS}\n", "utf-8")
    with desk_at(folder) as desk:
        assert placed_segments(open_draft(desk, SLUG), desk.office)[-1] == ("body", FIELDS, f"letters/{SLUG}/body.md:7")
        (before,) = translation_status(desk, SLUG)
        (path,) = export_catalogues(desk, SLUG)
        (after,) = translation_status(desk, SLUG)
    assert f'msgid "{FIELDS}"' in path.read_text("utf-8")
    assert (before.segments, before.done, before.left) == (after.segments, after.done, after.left) == (3, 3, ())
