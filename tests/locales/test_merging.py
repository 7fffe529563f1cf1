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


LONG = "The Forum will be held in Geneva, at the headquarters of the Union. Its programme was prepared by many."


def by_hand(path: Path, words: dict[str, str]) -> None:
    """Translate as a PO editor would."""
    import polib

    catalogue = polib.pofile(str(path), wrapwidth=0)
    for entry in catalogue:
        entry.msgstr = words.get(entry.msgid, entry.msgstr)
    catalogue.save(str(path))


def test_a_divided_paragraph_gives_its_translation_to_both_parts(path: Path) -> None:
    update_catalogue(path, "fr", [("body", LONG, "body.md:3")])
    by_hand(path, {LONG: "Le Forum se tiendra à Genève. Son programme a été établi ensemble."})
    first, second = LONG[:67], LONG[68:]
    assert update_catalogue(path, "fr", [("body", first, "body.md:3"), ("body", second, "body.md:5")]).to_revise == 2
    catalogue = read_catalogue(path)
    for part in (first, second):
        entry = catalogue.find("body", part)
        assert entry is not None
        assert (entry.to_revise, entry.previous) == (True, LONG)
        assert entry.msgstr.endswith("ensemble.")
    # Joined again, the old translation is the right one.
    assert update_catalogue(path, "fr", [("body", LONG, "body.md:3")]) == Merged(kept=1, obsolete=2)


@pytest.mark.parametrize(("language", "joined"), [("fr", "Un. Deux."), ("zh", "Un.Deux.")])
def test_joined_paragraphs_join_their_translations(path: Path, language: str, joined: str) -> None:
    first, second = LONG[:67], LONG[68:]
    update_catalogue(path, language, [("body", first, "body.md:3"), ("body", second, "body.md:5")])
    by_hand(path, {first: "Un.", second: "Deux."})
    assert update_catalogue(path, language, [("body", LONG, "body.md:3")]).to_revise == 1
    entry = read_catalogue(path).find("body", LONG)
    assert entry is not None
    assert (entry.msgstr, entry.previous) == (joined, LONG)


def test_several_changed_segments_keep_their_own_translations(path: Path) -> None:
    old = [("body", f"The {word} session opens on Monday in the large hall.", "body.md:1") for word in "ABC"]
    update_catalogue(path, "fr", old)
    by_hand(path, {msgid: msgid[4] for _, msgid, _ in old})
    new = [(context, msgid.replace("Monday", "Tuesday"), place) for context, msgid, place in reversed(old)]
    assert update_catalogue(path, "fr", new).to_revise == 3
    assert [entry.msgstr for entry in read_catalogue(path).entries] == ["C", "B", "A"]


def test_of_two_entries_for_one_segment_no_wording_is_lost(path: Path) -> None:
    update_catalogue(path, "fr", FIRST[:1])
    twice = "".join(
        f'msgctxt "body"\nmsgid "{msgid}"\nmsgstr "{msgstr}"\n\n'
        for msgid, msgstr in (("One  more.", "Un de plus."), ("One more.", "Encore un."))
    )
    path.write_text(path.read_text("utf-8") + "\n" + twice, "utf-8")
    update_catalogue(path, "fr", [*FIRST[:1], ("body", "One more.", "body.md:9")])
    text = path.read_text("utf-8")
    assert 'msgstr "Un de plus."' in text
    assert "# other wording: Encore un." in text
    assert read_catalogue(path).findings == ()


def test_what_an_obsolete_entry_was_made_for_is_not_forgotten(translated: Path) -> None:
    changed = "The Forum will be held in Vienna {{ events.forum | range }}."
    update_catalogue(translated, "fr", [("body", changed, "body.md:3")])
    update_catalogue(translated, "fr", [])
    once = translated.read_text("utf-8")
    assert "#~| msgid" in once
    update_catalogue(translated, "fr", [])
    assert translated.read_text("utf-8") == once


def test_notes_tell_translators_where_a_segment_stands(path: Path) -> None:
    update_catalogue(path, "fr", FIRST, notes={("body", FIRST[1][1]): "A paragraph."})
    assert path.read_text("utf-8").count("#. A paragraph.") == 1
    update_catalogue(path, "fr", FIRST)
    assert path.read_text("utf-8").count("#. A paragraph.") == 1
    update_catalogue(path, "fr", FIRST, notes={})
    assert "#." not in path.read_text("utf-8")
