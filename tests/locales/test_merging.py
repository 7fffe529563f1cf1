from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from locales.catalogue import read_catalogue, release
from locales.merging import Merged, update_catalogue

FIRST = [
    ("body", "The Forum will be held in Geneva {{ events.forum | range }}.", "letters/forum/body.md:3"),
    ("body", "I have the honour to invite you.", "letters/forum/body.md:5"),
    ("annex-1", "I have the honour to invite you.", "letters/forum/annex-1.md:1"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "locales" / "fr" / "letters" / "forum.po"


def translate(path: Path, words: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for msgid, msgstr in words.items():
        text = text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def translated(path: Path) -> Path:
    update_catalogue(path, "fr", FIRST)
    translate(
        path, {FIRST[0][1]: "Le Forum se tiendra à Genève {{ events.forum | range }}.", FIRST[1][1]: "J'ai l'honneur."}
    )
    return path


def test_a_new_catalogue_has_every_segment_with_its_place(path: Path) -> None:
    assert update_catalogue(path, "fr", [*FIRST, ("body", " ", "x:1")]) == Merged(new=3)
    text = path.read_text()
    assert '"Language: fr\\n"' in text
    assert "#: letters/forum/body.md:3" in text
    catalogue = read_catalogue(path)
    assert catalogue.findings == ()
    assert [(entry.context, entry.msgid) for entry in catalogue.entries] == [(a, b) for a, b, _ in FIRST]


def test_equal_segments_share_an_entry(path: Path) -> None:
    update_catalogue(
        path, "fr", [("body", "Yes", "body.md:1"), ("body", "Yes", "body.md:9"), ("body", " Yes", "body.md:11")]
    )
    assert len(read_catalogue(path).entries) == 1
    assert "body.md:1 body.md:9" in path.read_text()


def test_an_update_that_changes_nothing_leaves_the_file_alone(translated: Path) -> None:
    update_catalogue(translated, "fr", FIRST)
    before = (translated.read_bytes(), translated.stat().st_mtime_ns)
    assert update_catalogue(translated, "fr", FIRST) == Merged(kept=3)
    assert (translated.read_bytes(), translated.stat().st_mtime_ns) == before


def test_a_changed_segment_gets_the_old_translation_to_revise(translated: Path) -> None:
    changed = "The Forum will be held in Vienna {{ events.forum | range }}."
    merged = update_catalogue(translated, "fr", [("body", changed, "body.md:3"), *FIRST[1:]])
    assert merged == Merged(kept=2, to_revise=1, obsolete=1)
    entry = read_catalogue(translated).find("body", changed)
    assert entry is not None
    assert entry.to_revise
    assert entry.msgstr.startswith("Le Forum se tiendra")
    assert entry.previous == FIRST[0][1]


def test_the_source_of_a_translation_to_revise_stays_the_one_it_was_made_for(translated: Path) -> None:
    for place in ("Vienna", "Nairobi"):
        segment = f"The Forum will be held in {place} {{{{ events.forum | range }}}}."
        update_catalogue(translated, "fr", [("body", segment, "body.md:3")])
    entry = read_catalogue(translated).find("body", segment)
    assert entry is not None
    assert entry.previous == FIRST[0][1]


def test_a_quite_different_segment_is_new(translated: Path) -> None:
    merged = update_catalogue(translated, "fr", [*FIRST, ("body", "Rooms are few.", "body.md:9")])
    assert merged == Merged(kept=3, new=1)


def test_an_equal_segment_of_another_context_shares_the_translation(translated: Path) -> None:
    merged = update_catalogue(translated, "fr", [*FIRST, ("body.missions", FIRST[0][1], "body.missions.md:3")])
    assert merged == Merged(kept=4)
    catalogue = read_catalogue(translated)
    entry, first = catalogue.find("body.missions", FIRST[0][1]), catalogue.find("body", FIRST[0][1])
    assert entry is not None
    assert first is not None
    assert (entry.msgstr, entry.to_revise) == (first.msgstr, False)


def test_what_left_the_letter_comes_back_with_its_translation(translated: Path) -> None:
    assert update_catalogue(translated, "fr", FIRST[1:]) == Merged(kept=2, obsolete=1)
    assert read_catalogue(translated).find("body", FIRST[0][1]) is None
    assert update_catalogue(translated, "fr", FIRST) == Merged(kept=3)
    entry = read_catalogue(translated).find("body", FIRST[0][1])
    assert entry is not None
    assert not entry.to_revise


def test_the_release_header_stays_and_its_digest_tells_whether_it_holds(translated: Path) -> None:
    assert release(translated, "Aba Mensah", date(2022, 3, 1), facts={}).is_released
    update_catalogue(translated, "fr", [(context, msgid, "body.md:99") for context, msgid, _ in FIRST])
    assert read_catalogue(translated).is_released
    update_catalogue(translated, "fr", [*FIRST, ("body", "One more.", "body.md:9")])
    catalogue = read_catalogue(translated)
    assert (catalogue.is_released, catalogue.released_by) == (False, "Aba Mensah")


def test_translators_comments_stay(translated: Path) -> None:
    text = translated.read_text().replace("#: letters/forum/body.md:5", "# as last year\n#: letters/forum/body.md:5")
    translated.write_text(text)
    update_catalogue(translated, "fr", [FIRST[0], ("body", "A new one.", "body.md:4"), *FIRST[1:]])
    assert "# as last year" in translated.read_text()
