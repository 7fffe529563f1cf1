"""`translate preview`: a version as far as it is."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest
from docx import Document

from office.errors import InputError, NotFoundError
from pipeline.desk import Desk
from pipeline.previewing import changes, preview_draft
from tests.pipeline.offices import SLUG, desk_at, edit


def page(desk: Desk, language: str = "fr", **wanted: object) -> str:
    return preview_draft(desk, SLUG, language, **wanted).content.decode()  # type: ignore[arg-type]


def test_a_complete_version(desk: Desk) -> None:
    draft = preview_draft(desk, SLUG, "fr")
    shown = draft.content.decode()
    assert "Recensement des feux côtiers" in shown
    assert "30 avril 2031" in shown
    assert 'class="segment"' not in shown
    assert "refresh" not in shown
    assert draft.findings == ()


def test_numbers_are_those_of_the_segments(desk: Desk) -> None:
    shown = page(desk, is_numbered=True)
    assert '<span class="segment" title="done">1</span>Recensement' in shown
    assert '<span class="segment" title="done">3</span>Veuillez' in shown
    text = preview_draft(desk, SLUG, "fr", kind="txt", is_numbered=True).content.decode()
    assert "⟦2⟧ L'Union tient le compte" in text


def test_what_is_missing_stands_in_the_words_of_the_source(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "Please answer", "Kindly answer")
    with desk_at(folder) as desk:
        draft = preview_draft(desk, SLUG, "fr", is_numbered=True)
    shown = draft.content.decode()
    assert 'title="new">3</span>Kindly answer' in shown
    assert "Recensement" in shown
    assert [finding.code for finding in draft.findings] == ["segment-missing"]


def test_what_is_to_revise_is_marked(folder: Path) -> None:
    edit(
        folder / "locales/fr/letters" / f"{SLUG}.po",
        'msgctxt "body"\nmsgid "Please',
        '#, fuzzy\nmsgctxt "body"\nmsgid "Please',
    )
    with desk_at(folder) as desk:
        assert 'title="to revise">3</span>Veuillez' in page(desk, is_numbered=True)


def test_a_date_that_is_not_fixed_yet(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", "date = 2031-04-30\n", "")
    with desk_at(folder) as desk:
        assert "{{ deadlines.reply | date }}" in page(desk)


def test_as_a_word_document_and_in_the_source_language(desk: Desk) -> None:
    content = preview_draft(desk, SLUG, "en", kind="docx").content
    assert any("Census of coastal lights" in paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)


def test_a_class_with_a_text_of_its_own(folder: Path) -> None:
    (folder / "letters" / SLUG / "body.academia.md").write_text("# For scholars\n\nRead on.\n", "utf-8")
    with desk_at(folder) as desk:
        assert "For scholars" in page(desk, "en", class_name="academia")
        assert "For scholars" not in page(desk, "en")


@pytest.mark.parametrize(("language", "wanted"), [("xx", {}), ("fr", {"class_name": "none"}), ("fr", {"kind": "odt"})])
def test_what_is_not_there(desk: Desk, language: str, wanted: dict[str, str]) -> None:
    with pytest.raises(NotFoundError):
        preview_draft(desk, SLUG, language, **wanted)  # type: ignore[arg-type]


def test_a_letter_for_nobody(folder: Path) -> None:
    path = folder / "letters" / SLUG / "letter.toml"
    path.write_text("date = 2031-03-03\n", "utf-8")
    with desk_at(folder) as desk, pytest.raises(InputError, match="for nobody"):
        preview_draft(desk, SLUG, "en")


def test_each_save_is_noticed_once(folder: Path) -> None:
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    noticed, stop = [], Event()
    first, second = Event(), Event()

    def look() -> None:
        for _ in changes(folder, SLUG, "fr", stopped=stop.is_set):
            noticed.append(1)
            (second if first.is_set() else first).set()

    watcher = Thread(target=look)
    watcher.start()
    assert first.wait(10)
    edit(catalogue, "Recensement", "Grand recensement")
    assert second.wait(10)
    stop.set()
    watcher.join(10)
    assert not watcher.is_alive()
    assert len(noticed) == 2


def test_a_file_that_goes_and_comes_back_is_a_change(folder: Path) -> None:
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    saved = catalogue.read_bytes()
    stop = Event()
    seen = changes(folder, SLUG, "fr", stopped=stop.is_set)
    next(seen)
    os.unlink(catalogue)
    next(seen)
    catalogue.write_bytes(saved)
    next(seen)
