"""`plan` and `approve`: counts, exclusions, numbers, changes, and who may agree."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from office.errors import CircularsError, InputError, NotFoundError, RefusedError
from pipeline.approving import approve
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.surveying import PlanOptions
from store.circulars import asks_of, find_circular
from store.schema import numbers
from tests.pipeline.offices import (
    ENGLISH_LETTER,
    LETTER,
    LIST,
    MORNING,
    SLUG,
    copy_office,
    desk_at,
    dump,
    edit,
    fixed_clock,
    issue_all,
    write_letter,
)


def numbers_of(desk: Desk) -> list[tuple[str, int, int]]:
    query = select(numbers.c.series, numbers.c.year, numbers.c.number).order_by(numbers.c.number)
    with desk.store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_counts_add_up(desk: Desk) -> None:
    planned = plan(desk, SLUG, by="Adela Q.")
    assert planned.letters == 8
    assert planned.by_language == {"en": 5, "fr": 3}
    assert planned.by_class == {"governments": 5, "academia": 3}
    assert planned.by_channel == {"email": 6, "both": 1, "paper": 1}
    assert planned.by_rule == {"country": 6, "addressee": 2}
    assert planned.excluded == {"no-audience": 1, "faulty-row": 1}
    assert planned.letters + sum(planned.excluded.values()) == len(LIST.splitlines()) - 1
    assert (planned.reference, planned.slug, planned.author) == ("LU-31/001", SLUG, "Adela Q.")
    assert planned.changed is None
    assert len(planned.digest) == 64
    assert json.loads(json.dumps(planned.as_json(), default=str))["by_class"] == {"governments": 5, "academia": 3}


def test_the_register_knows_the_plan(desk: Desk) -> None:
    plan(desk, SLUG)
    with desk.store.read() as connection:
        circular = find_circular(connection, "LU-31/001")
        assert circular is not None
        assert (circular.slug, circular.subject, circular.state) == (SLUG, "Census of coastal lights", "planned")
        asks = asks_of(connection, circular.id)
    assert [(ask.ask, ask.expected) for ask in asks] == [("census", True), ("meeting", True), ("photos", False)]
    assert asks[0].due_at is not None
    assert asks[0].due_at.isoformat() == "2031-04-30T22:00:00+00:00"  # 1 May, 00:00 in Zurich
    assert asks[2].due_at is None


def test_faulty_rows_come_back_and_their_file_goes_when_they_are_mended(folder: Path) -> None:
    written = folder / "recipients" / "faulty" / "keepers.csv"
    with desk_at(folder) as desk:
        planned = plan(desk, SLUG)
        assert planned.faulty_files == ("recipients/faulty/keepers.csv",)
        rows = list(csv.DictReader(written.read_text("utf-8-sig").splitlines()))
        assert len(rows) == 1
        assert rows[0]["email"] == "no-address"
        assert "Atlantys" in rows[0]["reason"]
        assert "@" in rows[0]["reason"]
        (exclusion,) = planned.exclusions
        assert (exclusion.list_name, exclusion.row, exclusion.reason) == ("keepers", 11, "faulty-row")
        edit(folder / "recipients" / "keepers.csv", "Atlantys,,no-address", "IE,,nobody@example.org")
        mended = plan(desk, SLUG)
    assert mended.faulty_files == ()
    assert mended.letters == 9
    assert not written.exists()
    assert mended.changed is not None
    assert (mended.changed.added, mended.changed.removed, mended.changed.changed) == (1, 0, 0)


def test_the_same_again_is_the_same(desk: Desk) -> None:
    first, second = plan(desk, SLUG), plan(desk, SLUG)
    assert first.digest == second.digest
    assert second.as_json()["changed"] == {
        "since": first.digest, "same": True, "added": 0, "removed": 0, "changed": 0, "fields": {}, "forms": [],
        "parts": {}, "terms": [], "examples": {"added": [], "removed": [], "changed": []}, "letters": [],
    }  # fmt: skip


def test_what_changed_since_the_last_plan(folder: Path) -> None:
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        edit(folder / "recipients" / "keepers.csv", "minister@ke.example.org", "office@ke.example.org")
        moved = plan(desk, SLUG).as_json()["changed"]
        assert isinstance(moved, dict)
        assert moved["examples"]["changed"] == ["ke-minister"]
        assert moved["fields"] == {"mailbox": 1}
        assert moved["letters"] == [{"key": "ke-minister", "change": "changed", "fields": ["mailbox"]}]
        edit(folder / "letters" / SLUG / "letter.toml", "lights = 1240", "lights = 1241")
        changed = plan(desk, SLUG).changed
    assert changed is not None
    assert list(changed.forms) == ["en/academia", "en/governments", "fr/academia", "fr/governments"]
    assert (changed.changed, changed.differing, changed.fields) == (8, 0, {})


def test_the_digest_is_the_same_in_another_place_with_another_key_and_at_another_time(
    small_office: Path, tmp_path: Path
) -> None:
    copies = [copy_office(small_office, tmp_path / name / "office") for name in ("here", "elsewhere")]
    (copies[1] / "office.key").write_text("ab" * 32 + "\n")
    digests = []
    for number, copy in enumerate(copies):
        with desk_at(copy, clock=fixed_clock(MORNING + timedelta(days=30 * number)), account=f"user{number}") as desk:
            digests.append(plan(desk, SLUG).digest)
    assert digests[0] == digests[1]


def test_the_order_of_rows_does_not_matter(folder: Path) -> None:
    with desk_at(folder) as desk:
        before = plan(desk, SLUG).digest
        heading, *rows = LIST.splitlines()
        (folder / "recipients" / "keepers.csv").write_text("\n".join([heading, *reversed(rows)]) + "\n", "utf-8")
        assert plan(desk, SLUG).digest == before


# Numbers


def test_a_number_is_reserved_once_and_stays(folder: Path) -> None:
    write_letter(folder, "second", letter=ENGLISH_LETTER)
    write_letter(
        folder, "third", letter=ENGLISH_LETTER.replace("2031-03-03", "2032-03-03").replace("2031-04", "2032-04")
    )
    with desk_at(folder) as desk:
        assert [plan(desk, slug).reference for slug in (SLUG, "second", SLUG, "third", "second")] == [
            "LU-31/001", "LU-31/002", "LU-31/001", "LU-32/001", "LU-31/002",
        ]  # fmt: skip
        assert numbers_of(desk) == [("LU", 2031, 1), ("LU", 2032, 1), ("LU", 2031, 2)]
        approve(desk, SLUG, plan(desk, SLUG).digest)


def test_a_number_that_is_not_issued_goes_with_the_letter_into_another_year(folder: Path) -> None:
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        edit(folder / "letters" / SLUG / "letter.toml", "2031-03-03", "2032-03-03")
        edit(folder / "letters" / SLUG / "letter.toml", "2031-04-30", "2032-04-30")
        assert plan(desk, SLUG).reference == "LU-32/001"
        assert numbers_of(desk) == [("LU", 2032, 1)]


def test_a_number_taken_by_hand_is_passed_over(folder: Path) -> None:
    by_hand = ENGLISH_LETTER.replace('series = "LU"', 'reference = "LU-31/001"')
    write_letter(folder, "by-hand", letter=by_hand)
    with desk_at(folder) as desk:
        assert plan(desk, "by-hand").reference == "LU-31/001"
        assert plan(desk, SLUG).reference == "LU-31/002"
        assert plan(desk, SLUG).reference == "LU-31/002"


def test_a_reference_that_another_letter_has_is_refused(folder: Path) -> None:
    write_letter(folder, "second", letter=ENGLISH_LETTER.replace('series = "LU"', 'reference = "LU-31/001"'))
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        before = dump(desk.store)
        with pytest.raises(RefusedError, match=f"taken by the letter in letters/{SLUG}"):
            plan(desk, "second")
        assert dump(desk.store) == before


def test_a_reference_that_reads_like_anothers_folder(folder: Path) -> None:
    """Nobody of the letter in the folder «label» is taken to have the letter labelled so."""
    write_letter(folder, "first", letter=ENGLISH_LETTER.replace('series = "LU"', 'reference = "label"'))
    write_letter(folder, "label", letter=ENGLISH_LETTER)
    with desk_at(folder) as desk:
        assert issue_all(desk, "first").addressees == 8
        assert plan(desk, "label").letters == 8
        assert plan(desk, "label").reference == "LU-31/001"


def test_an_issued_reference_stays(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        before = dump(desk.store)
        edit(folder / "letters" / SLUG / "letter.toml", "2031-03-03", "2032-03-03")
        edit(folder / "letters" / SLUG / "letter.toml", "2031-04-30", "2032-04-30")
        with pytest.raises(RefusedError, match="issued as LU-31/001"):
            plan(desk, SLUG)
        assert dump(desk.store) == before


# Limits


def test_one_language_only(desk: Desk) -> None:
    planned = plan(desk, SLUG, PlanOptions(languages=("fr",)))
    assert planned.by_language == {"fr": 3}
    assert planned.excluded["not-chosen"] == 5


@pytest.mark.parametrize("name", ["ke-minister", "KE", "minister@ke.example.org", "Kenya", "juma odhiambo"])
def test_some_addressees_only(desk: Desk, name: str) -> None:
    planned = plan(desk, SLUG, PlanOptions(keys=(name,)))
    assert (planned.letters, planned.by_language) == (1, {"fr": 1})


def test_names_that_mean_nobody_or_several(desk: Desk) -> None:
    for keys, message in (
        (("nobody",), "nobody"),
        (("  ",), "«  »"),
        (("Norway",), "no-minister, no-mission"),
        (("club",), "no-audience"),
    ):
        with pytest.raises(NotFoundError, match=message) as caught:
            plan(desk, SLUG, PlanOptions(keys=keys))
        assert caught.value.hint
    with pytest.raises(NotFoundError, match="«ru»"):
        plan(desk, SLUG, PlanOptions(languages=("ru",)))
    assert dump(desk.store)["plans"] == []


def test_a_language_that_is_not_released_waits_or_falls_back(folder: Path) -> None:
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    edit(catalogue, "Veuillez répondre", "Prière de répondre")  # takes the release back
    with desk_at(folder) as desk:
        waiting = plan(desk, SLUG)
        assert waiting.by_language == {"en": 5}
        assert waiting.excluded["language-not-released"] == 3
        assert {exclusion.key for exclusion in waiting.exclusions if exclusion.detail == "fr"} == {
            "fr-minister", "ke-minister", "optique",
        }  # fmt: skip
        falling = plan(desk, SLUG, PlanOptions(fall_back=True))
        assert falling.by_language == {"en": 8}
        assert falling.digest != waiting.digest


@pytest.mark.parametrize("spoil", ["new-segment", "no-file", "spoilt-file"])
def test_a_language_in_progress_holds_up_nobody_else(folder: Path, spoil: str) -> None:
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    if spoil == "new-segment":
        edit(folder / "letters" / SLUG / "body.md", "Please answer", "We count anew.\n\nPlease answer")
    elif spoil == "no-file":
        catalogue.unlink()
    else:
        catalogue.write_text('msgid "unfinished\nmsgstr', "utf-8")
    with desk_at(folder) as desk:
        planned = plan(desk, SLUG)
        assert planned.by_language == {"en": 5}
        assert planned.excluded["language-not-released"] == 3
        assert plan(desk, SLUG, PlanOptions(keys=("no-minister",))).letters == 1


def test_a_letter_with_errors_is_not_planned(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "facts.lights", "facts.lihgts")
    with desk_at(folder) as desk:
        with pytest.raises(InputError, match="cannot be planned") as caught:
            plan(desk, SLUG)
        assert any("lights" in finding.hint for finding in caught.value.findings)
        assert dump(desk.store)["circulars"] == []


def test_a_list_that_is_gone(folder: Path) -> None:
    (folder / "recipients" / "keepers.csv").unlink()
    with desk_at(folder) as desk, pytest.raises(InputError) as caught:
        plan(desk, SLUG)
    assert any(finding.code == "list-unusable" for finding in caught.value.findings)


def test_letters_are_found_by_folder_reference_and_loosely_written_reference(desk: Desk) -> None:
    plan(desk, "LU-31/001")  # not reserved yet: the number that it would get
    for name in (SLUG, "LU-31/001", "lu 31-001", "LU–31/001"):
        assert plan(desk, name).slug == SLUG
    for name in ("", " ", "censsus", "../census", "LU-31/002", f"letters/{SLUG}"):
        with pytest.raises(NotFoundError) as caught:
            plan(desk, name)
        assert caught.value.hint or name != "censsus"


def test_a_folder_that_went_is_told(folder: Path) -> None:
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        shutil.rmtree(folder / "letters" / SLUG)
        with pytest.raises(NotFoundError, match="no longer there"):
            plan(desk, SLUG)


# Audiences


def test_a_list_named_by_two_audiences_apart_from_each_other(folder: Path) -> None:
    """Rows that the first audience leaves to a later one are neither excluded nor counted twice."""
    (folder / "recipients" / "others.csv").write_text(
        "key,organisation,category,email\nharbour,Harbour,academia,h@harbour.example.com\n"
        "prism,Prism again,academia,again@prism.example.com\n", "utf-8",
    )  # fmt: skip
    head, governments, academia = LETTER.split("[[audience]]")
    academia, rest = academia.split("[deadlines.reply]")
    others = academia.replace('"keepers"', '"others"')
    letter = "[[audience]]".join([head, governments, others, academia]) + "[deadlines.reply]" + rest
    (folder / "letters" / SLUG / "letter.toml").write_text(letter, "utf-8")
    with desk_at(folder) as desk:
        planned = plan(desk, SLUG)
    assert planned.letters == 9
    assert planned.excluded == {"faulty-row": 1, "no-audience": 1, "repeated": 1}
    assert [(e.list_name, e.key) for e in planned.exclusions if e.reason == "repeated"] == [("keepers", "prism")]


def test_a_withdrawn_letter_is_not_planned_again(desk: Desk) -> None:
    from pipeline.stopping import withdraw

    issue_all(desk)
    withdraw(desk, SLUG)
    before = dump(desk.store)
    with pytest.raises(RefusedError, match="withdrawn") as caught:
        plan(desk, SLUG)
    assert isinstance(caught.value, CircularsError)
    assert dump(desk.store) == before


def test_what_was_asked_stays_asked_in_later_batches(desk: Desk) -> None:
    issue_all(desk, languages=("fr",))
    letter = desk.office.folder / "letters" / SLUG / "letter.toml"
    before = letter.read_text()
    edit(letter, 'what = "information"', 'what = "contribution"')
    with pytest.raises(RefusedError, match="what it asks") as caught:
        plan(desk, SLUG)
    assert "corrigendum" in caught.value.hint
    letter.write_text(before)
    assert plan(desk, SLUG).by_language == {"en": 5}
