"""The words of a letter as they were issued."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from office.errors import InputError
from pipeline.issued_words import kept_words
from pipeline.remembering import remembered
from pipeline.translating import release_languages
from tests.pipeline.offices import FRENCH, SLUG, add_addressee, desk_at, edit, issue_all, translate

SOURCE = "Census of coastal lights"


def catalogue(folder: Path) -> Path:
    return folder / "locales" / "fr" / "letters" / f"{SLUG}.po"


def test_an_issued_letter_is_remembered_whatever_becomes_of_its_files(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        before = remembered(desk)
        edit(catalogue(folder), "Recensement", "Dénombrement")  # takes the release back
        edit(folder / "letters" / SLUG / "body.md", "Please answer", "Do answer")
        assert remembered(desk) == before
        shutil.rmtree(folder / "letters" / SLUG)
        assert remembered(desk) == before
    texts = {unit.texts["en"]: unit for unit in before}
    assert texts[SOURCE].texts == {"en": SOURCE, "fr": FRENCH[SOURCE]}
    assert (texts[SOURCE].origin, texts[SOURCE].released) == ("LU-31/001", True)
    assert len(texts) == 3


def test_a_language_released_later_comes_to_the_others(folder: Path) -> None:
    edit(catalogue(folder), "Recensement", "Dénombrement")
    with desk_at(folder) as desk:
        issue_all(desk)
        assert kept_words(desk, SLUG) == ()  # in one language there is nothing to remember
        translate(folder)
        issue_all(desk)
        assert {unit.texts["fr"] for unit in kept_words(desk, SLUG)} == set(FRENCH.values())


def test_what_an_earlier_batch_said_stays(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        edit(catalogue(folder), "Recensement", "Dénombrement")
        add_addressee(folder)
        issue_all(desk)
        assert {unit.texts["fr"] for unit in kept_words(desk, SLUG)} == set(FRENCH.values())


def test_a_damaged_file_makes_room_and_stays(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        words = folder / "archive" / "words" / f"{SLUG}.tmx"
        words.write_text("no tmx", "utf-8")
        assert {unit.texts["fr"] for unit in remembered(desk)} == set(FRENCH.values())  # from the letter's own files
        add_addressee(folder)
        issue_all(desk)
        assert {unit.texts["fr"] for unit in kept_words(desk, SLUG)} == set(FRENCH.values())
    assert words.with_suffix(".damaged").read_text("utf-8") == "no tmx"


def test_a_sentence_translated_in_two_ways_is_remembered_in_both(folder: Path) -> None:
    letter = folder / "letters" / SLUG
    (letter / "body.academia.md").write_text((letter / "body.md").read_text("utf-8"), "utf-8")
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
    path = catalogue(folder)
    before, mark, after = path.read_text("utf-8").partition('msgctxt "body.academia"')
    path.write_text(before + mark + after.replace("Recensement", "Dénombrement", 1), "utf-8")
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        issue_all(desk)
        said = {unit.texts["fr"] for unit in kept_words(desk, SLUG) if unit.texts["en"] == SOURCE}
    assert len(said) == 2


def test_nothing_is_issued_whose_words_cannot_be_kept(folder: Path) -> None:
    (folder / "archive").mkdir(exist_ok=True)
    (folder / "archive" / "words").write_text("in the way", "utf-8")
    with desk_at(folder) as desk:
        with pytest.raises(InputError, match="cannot be"):
            issue_all(desk)
        assert remembered(desk) == ()
