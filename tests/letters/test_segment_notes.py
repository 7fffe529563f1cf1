from __future__ import annotations

from pathlib import Path

from letters.places import letter_folder
from letters.reading import read_letter
from letters.segment_notes import segment_notes
from office.reading import load_office
from tests.pipeline.offices import SLUG, edit, write_office

BODY = """\
# Census of {{ facts.lights | number }} lights

## What we ask

A paragraph with {{ deadlines.reply | date }}
in two lines.

- An item
- Another

1. A numbered item

| Light | Place |
|---|---|
| The first | The north |
"""


def test_what_each_segment_is(tmp_path: Path) -> None:
    folder = write_office(tmp_path / "office")
    edit(folder / "letters" / SLUG / "letter.toml", "[facts]", '[texts]\ntheme = "Lamps for all"\n\n[facts]')
    (folder / "letters" / SLUG / "body.md").write_text(BODY, "utf-8")
    office = load_office(folder)
    letter, _ = read_letter(letter_folder(SLUG, office), office)
    assert letter is not None
    notes = {msgid: note for (_, msgid), note in segment_notes(letter, office).items()}
    assert notes == {
        "Lamps for all": "Short text {{ texts.theme }}",
        "Census of {{ facts.lights | number }} lights": "Heading",
        "What we ask": "Heading",
        "A paragraph with {{ deadlines.reply | date }} in two lines.": "Paragraph",
        "An item": "List item",
        "Another": "List item",
        "A numbered item": "List item",
        "Light": "Table cell",
        "Place": "Table cell",
        "The first": "Table cell",
        "The north": "Table cell",
    }
