"""The catalogues of a letter, as its text asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError
from pipeline.catalogues import export_catalogues, placed_segments
from pipeline.letter_folders import open_draft
from pipeline.translating import release_languages, translation_status
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


@pytest.mark.parametrize(("file", "content"), [("annex-1.md", "# Annéx\n".encode("cp1252")), ("body.md", None)])
def test_segments_of_a_text_that_cannot_be_read_are_not_held_to_be_gone(
    folder: Path, file: str, content: bytes | None
) -> None:
    text = folder / "letters" / SLUG / file
    text.write_text("# Annex\n", "utf-8")
    with desk_at(folder) as desk:
        (path,) = export_catalogues(desk, SLUG)
        before = path.read_bytes()
        text.unlink()
        if content is not None:
            text.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read") as caught:
            export_catalogues(desk, SLUG)
        with pytest.raises(InputError, match="cannot be read"):
            translation_status(desk, SLUG)
        with pytest.raises(InputError, match="cannot be read"):
            release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        assert translation_status(desk) == ()  # as with a letter.toml that cannot be read: `check` says why
    assert path.read_bytes() == before
    assert [finding.file for finding in caught.value.findings] == [f"letters/{SLUG}/{file}"]
