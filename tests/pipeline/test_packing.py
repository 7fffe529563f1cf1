"""`translate export --as pack`: the reading copy counts as the XLIFF file does."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from docx import Document
from lxml import etree

from letters.segments import segments
from locales.exchange.model import Exchange, Unit
from locales.memory.index import Memory
from pipeline.desk import Desk
from pipeline.exchanging import export
from pipeline.letter_folders import open_letter
from pipeline.packing import make_pack, reading_copies
from tests.pipeline.offices import SLUG, copy_office, desk_at


def exchange(desk: Desk) -> Exchange:
    letter = open_letter(desk, SLUG).letter
    units = tuple(
        Unit(context=segment.context, msgid=segment.msgid) for segment in segments(letter, desk.office, optional=True)
    )
    return Exchange(slug=SLUG, reference=letter.reference, source_language="en", language="fr", units=units)


def test_numbers_of_the_copy_are_the_ids_of_the_units(desk: Desk) -> None:
    with zipfile.ZipFile(io.BytesIO(make_pack(desk, exchange(desk), Memory([])))) as archive:
        assert set(archive.namelist()) == {"READ-ME.txt", f"{SLUG}.fr.xlf", "reading-copy.html", "reading-copy.docx"}
        page = archive.read("reading-copy.html").decode()
        file = etree.fromstring(archive.read(f"{SLUG}.fr.xlf"))
        document = Document(io.BytesIO(archive.read("reading-copy.docx")))
    sources = {
        unit.get("id"): "".join(map(str, unit[0].itertext())) for unit in file.iter("{*}trans-unit") if len(unit)
    }
    numbered = re.findall(r'<span class="segment[^>]*>(\d+)</span>([^<]{1,12})', page)
    assert len(numbered) >= 3
    for number, words in numbered:
        assert sources[number].startswith(words.strip()[:8])
    assert any("⟦1⟧" in paragraph.text for paragraph in document.paragraphs)


def test_a_copy_for_each_text_of_a_letter(folder: Path) -> None:
    other = folder / "letters" / SLUG / "body.academia.md"
    other.write_text("# Census\n\nDear scholars of the lights.\n", "utf-8")
    with desk_at(folder) as desk:
        copies = reading_copies(desk, SLUG)
    assert set(copies) == {
        "reading-copy.html", "reading-copy.docx", "reading-copy.academia.html", "reading-copy.academia.docx",
    }  # fmt: skip
    assert "scholars" in copies["reading-copy.academia.html"].decode()


def test_the_same_bytes_each_time(desk: Desk) -> None:
    assert make_pack(desk, exchange(desk), Memory([])) == make_pack(desk, exchange(desk), Memory([]))


def test_a_pack_shows_what_earlier_letters_said_once_they_are_released(sample_office: Path, tmp_path: Path) -> None:
    with desk_at(copy_office(sample_office, tmp_path / "office")) as desk:  # nothing is issued there
        with zipfile.ZipFile(io.BytesIO(export(desk, "forum-2022", "fr", "pack").content)) as archive:
            assert "CL-17/051" in archive.read("earlier.html").decode()
            assert "The Union pursues equality" in archive.read("earlier.tmx").decode()
        with zipfile.ZipFile(io.BytesIO(export(desk, "forum-2018", "fr", "pack").content)) as archive:
            assert "earlier.html" not in archive.namelist()  # forum-2022 is later
