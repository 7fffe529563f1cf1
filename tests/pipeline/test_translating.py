"""`translate status`, `release`, and the catalogues that they go by."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError, RefusedError
from pipeline.catalogues import export_catalogues
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.letter_folders import open_letter, released_languages
from pipeline.translating import Progress, release_languages, translation_status
from tests.pipeline.offices import FRENCH, LETTER, SLUG, desk_at, edit, write_letter


def french(desk: Desk) -> Progress:
    (version,) = translation_status(desk, SLUG)
    return version


def catalogue(folder: Path) -> Path:
    return folder / "locales" / "fr" / "letters" / f"{SLUG}.po"


def test_a_complete_and_released_version(desk: Desk) -> None:
    version = french(desk)
    assert (version.language, version.segments, version.done) == ("fr", 3, 3)
    assert (version.to_revise, version.new, version.words_left) == (0, 0, 0)
    assert (version.released, version.released_by) == (True, "R. Reviser")
    assert {"reference", "language", "segments", "done", "to_revise", "new", "released", "words_left"} <= set(
        version.as_json()
    )


def test_all_letters_that_can_be_read(folder: Path) -> None:
    write_letter(folder, "second", letter=LETTER)
    write_letter(folder, "broken", letter="this is = no [toml")
    with desk_at(folder) as desk:
        assert [(version.slug, version.done) for version in translation_status(desk)] == [(SLUG, 3), ("second", 0)]
        with pytest.raises(InputError):
            translation_status(desk, "broken")
        with pytest.raises(NotFoundError):
            translation_status(desk, "nothing")


def test_export_keeps_translations_and_marks_what_changed(folder: Path) -> None:
    body = folder / "letters" / SLUG / "body.md"
    edit(body, "Please answer **by", "Please answer all questions **by")
    edit(body, "# Census", "# Second census")
    body.write_text(body.read_text("utf-8") + "\nThe lamps thank you for your care.\n", "utf-8")
    with desk_at(folder) as desk:
        before = french(desk)
        assert (before.segments, before.done, before.to_revise, before.new) == (4, 1, 2, 1)
        assert not before.released
        words = {left.source: left.previous for left in before.left}
        assert words["Second census of coastal lights"] == "Census of coastal lights"
        (path,) = export_catalogues(desk, SLUG, ["fr"])
        assert path == catalogue(folder)
        after = french(desk)
    assert after.left == before.left
    assert (after.segments, after.done, after.to_revise, after.new, after.released) == (4, 1, 2, 1, False)
    assert after.words_left > 0
    text = path.read_text("utf-8")
    assert FRENCH["Census of coastal lights"] in text  # kept, to be revised
    assert "#, fuzzy" in text
    assert '#| msgid "Census of coastal lights"' in text


def test_exporting_twice_changes_nothing(desk: Desk) -> None:
    (path,) = export_catalogues(desk, SLUG)
    once = path.read_bytes()
    export_catalogues(desk, SLUG, ["fr", "fr"])
    assert path.read_bytes() == once
    assert french(desk).released


def test_a_new_letter_is_exported_empty_and_released_when_done(folder: Path) -> None:
    write_letter(folder, "second", letter=LETTER)
    with desk_at(folder) as desk:
        (path,) = export_catalogues(desk, "second")
        assert path == folder / "locales" / "fr" / "letters" / "second.po"
        with pytest.raises(RefusedError, match="3 not translated") as caught:
            release_languages(desk, "second", ["fr"], by="R. Reviser")
        assert "locales/fr/letters/second.po" in caught.value.hint
        path.write_bytes(catalogue(folder).read_bytes())
        assert release_languages(desk, "second", [], by="R. Reviser") == ("fr",)
        assert translation_status(desk, "second")[0].released


@pytest.mark.parametrize("by", ["", "  "])
def test_a_release_has_a_name(desk: Desk, by: str) -> None:
    with pytest.raises(RefusedError, match="somebody's name"):
        release_languages(desk, SLUG, ["fr"], by=by)


def test_languages_that_are_none(desk: Desk) -> None:
    for language in ("ru", "en", "french"):
        with pytest.raises(NotFoundError, match=language):
            export_catalogues(desk, SLUG, [language])
        with pytest.raises(NotFoundError, match=language):
            release_languages(desk, SLUG, [language], by="R. Reviser")


def test_an_edit_takes_the_release_back(folder: Path) -> None:
    edit(catalogue(folder), "Veuillez répondre", "Prière de répondre")
    with desk_at(folder) as desk:
        version = french(desk)
        assert (version.done, version.released) == (3, False)
        assert "release-outdated" in {finding.code for finding in check(desk, SLUG)}
        release_languages(desk, SLUG, ["fr"], by="S. Second")
        assert french(desk).released_by == "S. Second"
        assert {finding.code for finding in check(desk, SLUG)} & {"release-outdated", "not-released"} == set()


def test_a_segment_more_in_the_source_takes_the_release_back(folder: Path) -> None:
    body = folder / "letters" / SLUG / "body.md"
    body.write_text(body.read_text("utf-8") + "\nThe lamps thank you.\n", "utf-8")
    with desk_at(folder) as desk:
        assert not french(desk).released
        with pytest.raises(RefusedError, match="of its 4 segments, 1 not translated"):
            release_languages(desk, SLUG, ["fr"], by="R. Reviser")


def test_a_version_that_loses_a_fact_is_not_released(folder: Path) -> None:
    text = catalogue(folder).read_text("utf-8")
    catalogue(folder).write_text(text.replace("le {{ deadlines.reply | date }}", "le 30 avril 2031"), "utf-8")
    with desk_at(folder) as desk:
        with pytest.raises(InputError) as caught:
            release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        assert {finding.code for finding in caught.value.findings} == {"placeholders"}
        assert not french(desk).released


def test_a_spoilt_catalogue_says_where(folder: Path) -> None:
    path = catalogue(folder)
    lines = path.read_text("utf-8").splitlines()
    lines.append('msgid "unfinished')
    path.write_text("\n".join(lines), "utf-8")
    before = path.read_bytes()
    with desk_at(folder) as desk:
        for act in (
            lambda: release_languages(desk, SLUG, ["fr"], by="R. Reviser"),
            lambda: export_catalogues(desk, SLUG, ["fr"]),
        ):
            with pytest.raises(InputError) as caught:
                act()
            assert any(finding.file.endswith(f"{SLUG}.po") and finding.line for finding in caught.value.findings)
        assert not french(desk).released
    assert path.read_bytes() == before


def test_names_that_would_break_the_file(desk: Desk) -> None:
    release_languages(desk, SLUG, ["fr"], by='R. "Quote"\nX-Released-Digest: forged\\n Reviser')
    version = french(desk)
    assert version.released
    assert "\n" not in version.released_by


def test_a_fact_that_moves_takes_the_release_back_and_leaves_nothing_to_revise(folder: Path) -> None:
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        assert french(desk).released
    edit(folder / "letters" / SLUG / "letter.toml", "date = 2031-04-30", "date = 2031-05-07")
    with desk_at(folder) as desk:
        moved = french(desk)
        assert (moved.done, moved.to_revise, moved.new) == (3, 0, 0)
        assert (moved.released, moved.outdated, moved.changed) == (False, True, ("deadlines.reply",))
        assert released_languages(desk, open_letter(desk, SLUG).letter) == ("en",)
        (said,) = [finding for finding in check(desk, SLUG) if finding.code == "release-outdated"]
        assert "deadlines.reply" in said.message
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        assert french(desk).released


def test_a_fact_that_no_text_states_leaves_the_release(folder: Path) -> None:
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
    letter = folder / "letters" / SLUG / "letter.toml"
    letter.write_text(letter.read_text("utf-8") + "\n[events.unsaid]\nstart = 2031-09-01\n", "utf-8")
    with desk_at(folder) as desk:
        assert french(desk).released


def test_another_gender_of_the_signatory_takes_every_release_back(folder: Path) -> None:
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
    edit(folder / "office.toml", 'gender = "f"', 'gender = "m"')
    with desk_at(folder) as desk:
        assert "signatory.gender" in french(desk).changed
        (said,) = [finding for finding in check(desk, SLUG) if finding.code == "release-outdated"]
        assert "gender" in said.message


def test_a_text_for_a_class_begins_with_what_is_translated_of_the_other(folder: Path) -> None:
    letter = folder / "letters" / SLUG
    body = (letter / "body.md").read_text("utf-8")
    (letter / "body.academia.md").write_text(body.replace("Please answer", "Please answer us"), "utf-8")
    with desk_at(folder) as desk:
        before = french(desk)
        assert (before.segments, before.done, before.to_revise, before.new) == (6, 5, 1, 0)
        export_catalogues(desk, SLUG)
        assert french(desk) == before


def test_what_is_released_stands_in_the_file(folder: Path) -> None:
    letter = folder / "letters" / SLUG
    (letter / "body.academia.md").write_text((letter / "body.md").read_text("utf-8"), "utf-8")
    with desk_at(folder) as desk:
        release_languages(desk, SLUG, ["fr"], by="R. Reviser")
        assert french(desk).released
    assert 'msgctxt "body.academia"' in catalogue(folder).read_text("utf-8")
