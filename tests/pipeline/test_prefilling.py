"""`translate prefill`: what was issued before fills the next letter, to be revised, and nothing is overwritten."""

from __future__ import annotations

import subprocess
from pathlib import Path

import polib
import pytest

from locales.memory.suggesting import Found
from office.errors import InputError, NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.prefilling import Prefilled, prefill
from pipeline.remembering import export_tmx, import_tmx, look_up
from pipeline.translating import release_languages
from tests.pipeline.offices import LETTER, SLUG, copy_office, desk_at, edit, write_letter

NEXT = "census-2032"
BODY = """\
# Census of inland lights

The Union keeps count of {{ facts.lamps | number }} lights, those of {{ recipient.country }} among them. \
Nobody else has ever done this, neither on the coast nor inland, and nobody will.

Please answer **by {{ deadlines.answer | date }}**.

The weather has been fine.
"""
FACTS = LETTER.replace("[deadlines.reply]", "[deadlines.answer]").replace('deadline = "reply"', 'deadline = "answer"')


def next_letter(folder: Path) -> Path:
    write_letter(folder, NEXT, letter=FACTS.replace("lights = 1240", "lamps = 1300"), body=BODY)
    return folder / "locales" / "fr" / "letters" / f"{NEXT}.po"


def french(desk: Desk, ref: str = NEXT, *, also: tuple[str, ...] = (), dry_run: bool = False) -> Prefilled:
    (prefilled,) = prefill(desk, ref, also=also, dry_run=dry_run)
    return prefilled


def counts(prefilled: Prefilled) -> dict[str, int]:
    return {found.value: prefilled.count(found) for found in Found} | {"left": prefilled.left}


def test_the_next_letter_is_filled_from_the_last(sent_folder: Path) -> None:
    path = next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        prefilled = french(desk)
        assert counts(prefilled) == {"exact": 1, "similar": 1, "in part": 1, "left": 1}
        assert (prefilled.open, prefilled.open_words) == (4, 37)
    entries = {entry.msgid: entry for entry in polib.pofile(str(path))}
    answer = entries["Please answer **by {{ deadlines.answer | date }}**."]
    assert answer.msgstr == "Veuillez répondre **au plus tard le {{ deadlines.answer | date }}**."
    assert answer.flags == ["fuzzy"]
    assert answer.previous_msgid == "Please answer **by {{ deadlines.reply | date }}**."
    assert answer.tcomment == "memory: LU-31/001, 100 %"
    heading = entries["Census of inland lights"]
    assert heading.comment == "Heading"
    assert (heading.msgstr, heading.previous_msgid) == ("Recensement des feux côtiers", "Census of coastal lights")
    part = entries[BODY.split("\n")[2]]
    assert (part.msgstr, part.flags) == ("", [])  # half a paragraph is no translation
    assert "L'Union tient le compte de {{ facts.lamps | number }} feux" in part.tcomment
    assert entries["The weather has been fine."].tcomment == ""


def test_what_is_filled_cannot_be_released_before_it_is_revised(sent_folder: Path) -> None:
    next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        french(desk)
        with pytest.raises(RefusedError, match="2 to revise"):
            release_languages(desk, NEXT, ["fr"], by="R. Reviser")


def test_a_dry_run_tells_the_same_and_writes_nothing(sent_folder: Path) -> None:
    path = next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        told = french(desk, dry_run=True)
        assert not path.exists()
        assert french(desk) == told


def test_no_translation_is_touched_and_twice_is_once(sent_folder: Path) -> None:
    path = next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        french(desk)
        edit(path, "Recensement des feux côtiers", "Recensement des feux intérieurs")
        edit(
            path,
            'msgid "The weather has been fine."\nmsgstr ""',
            'msgid "The weather has been fine."\nmsgstr "Il fait beau."',
        )
        before = path.read_text("utf-8")
        again = french(desk)
        assert (again.open, counts(again)["in part"]) == (1, 1)
    assert path.read_text("utf-8") == before


def test_only_what_was_issued_and_released_counts(folder: Path) -> None:
    next_letter(folder)
    with desk_at(folder) as desk:
        assert french(desk, dry_run=True).fillings == ()  # not issued
        named = french(desk, also=(SLUG,), dry_run=True)
        assert counts(named)["exact"] == 1
        assert "(not released)" not in named.fillings[0].suggestion.origins[0]
        edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Recensement des feux", "Recensement de feux")
        changed = french(desk, also=(SLUG,), dry_run=True)
        assert "(not released)" in changed.fillings[0].suggestion.origins[0]
        with pytest.raises(NotFoundError):
            prefill(desk, NEXT, also=["nothing"])
        with pytest.raises(NotFoundError):
            prefill(desk, NEXT, ["ru"])


def test_a_letter_does_not_remember_itself(sent_folder: Path) -> None:
    (sent_folder / "locales" / "fr" / "letters" / f"{SLUG}.po").unlink()
    with desk_at(sent_folder) as desk:
        assert french(desk, SLUG, also=(SLUG,), dry_run=True).fillings == ()


def test_what_was_issued_counts_not_what_became_of_it(sent_folder: Path) -> None:
    next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        before = french(desk, dry_run=True).fillings
        edit(sent_folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Recensement des feux", "Recensement de feux")
        assert before
        assert french(desk, dry_run=True).fillings == before


def test_a_catalogue_that_cannot_be_read_stays_as_it_is(sent_folder: Path) -> None:
    path = next_letter(sent_folder)
    path.write_text("<<<<<<< HEAD\n")
    with desk_at(sent_folder) as desk, pytest.raises(InputError):
        prefill(desk, NEXT)
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_the_memory_goes_out_and_comes_in(sent_folder: Path, small_office: Path, tmp_path: Path) -> None:
    other = copy_office(small_office, tmp_path / "other")
    with desk_at(sent_folder) as desk:
        content, count = export_tmx(desk, ["en", "fr"])
        assert count == 3
        with pytest.raises(InputError):
            export_tmx(desk, ["en", "ru"])
        with pytest.raises(InputError) as alone:
            export_tmx(desk, ["fr"])
        assert alone.value.hint == "Name a second language beside it: --lang en,fr."
        with pytest.raises(NotFoundError):
            export_tmx(desk, ["en", "frr"])
    file = tmp_path / "bureau.TMX"
    file.write_bytes(content)
    next_letter(other)
    with desk_at(other) as desk:
        imported = import_tmx(desk, file)
        assert (imported.file, imported.units, imported.languages) == (
            "locales/memory/bureau.tmx", 3, {"en": 3, "fr": 3},
        )  # fmt: skip
        assert import_tmx(desk, file) == imported  # the same again
        assert counts(french(desk))["exact"] == 1
        (match,) = look_up(desk, "Veuillez répondre **au plus tard le 3 mai 2033**.", "fr", "en", limit=1)
        assert match.origin == "LU-31/001"
        file.write_bytes(content.replace(b"Census", b"Count"))
        with pytest.raises(RefusedError):
            import_tmx(desk, file)


@pytest.mark.parametrize("content", [b"", b"<tmx/>", b'<!DOCTYPE tmx [<!ENTITY a "b">]><tmx>&a;</tmx>'])
def test_a_bad_file_is_refused_whole(desk: Desk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.tmx"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        import_tmx(desk, file)
    assert caught.value.findings[0].code == "tmx-unreadable"
    assert not (desk.office.folder / "locales" / "memory").exists()
    with pytest.raises(NotFoundError):
        import_tmx(desk, tmp_path / "none.tmx")


@pytest.mark.packages
def test_msgfmt_accepts_what_was_filled(sent_folder: Path) -> None:
    path = next_letter(sent_folder)
    with desk_at(sent_folder) as desk:
        french(desk)
    subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(path)], check=True)


def test_the_guide_tells_how_much_of_2022_the_letter_of_2018_fills(sample_office: Path, tmp_path: Path) -> None:
    folder = copy_office(sample_office, tmp_path / "samples")
    for path in folder.glob("locales/*/letters/forum-2022.po"):
        path.unlink()
    with desk_at(folder) as desk:
        measured = prefill(desk, "forum-2022", also=["forum-2018"])
    guide = (Path(__file__).parents[2] / "docs" / "translators.md").read_text("utf-8")
    for prefilled in measured:
        cells = (prefilled.open, *counts(prefilled).values(), f"{prefilled.filled_words} of {prefilled.open_words}")
        assert f"| {prefilled.language} | {' | '.join(map(str, cells))} |" in guide
    assert len(measured) == 5
