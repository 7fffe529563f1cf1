"""`new --from`: next year's letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError, RefusedError
from office.findings import Level
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.planning import plan
from pipeline.renewing import renew_letter
from pipeline.translating import release_languages, translation_status
from tests.pipeline.offices import SLUG, desk_at, edit, issue_all

NEXT = "census-2032"


def draft(folder: Path) -> Path:
    return folder / "letters" / NEXT / "letter.toml"


def filled_in(folder: Path) -> None:
    """Do what the secretariat does with a draft."""
    edit(draft(folder), "# date = 2031-04-30", "date = 2032-04-30")
    text = draft(folder).read_text("utf-8")
    before, _, rest = text.partition("to_confirm = [")
    draft(folder).write_text(before + rest.partition("]")[2], "utf-8")


def test_an_issued_letter_becomes_a_draft_in_all_its_languages(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        renewed = renew_letter(desk, NEXT, "LU-31/001")
    assert renewed.folder == folder / "letters" / NEXT
    assert (renewed.earlier, renewed.was_issued, renewed.languages) == ("LU-31/001", True, ("fr",))
    with desk_at(folder) as desk:
        (french,) = translation_status(desk, NEXT)
        assert (french.segments, french.done, french.released, french.outdated) == (3, 3, False, False)
        assert (folder / "letters" / NEXT / "body.md").read_text() == (
            folder / "letters" / SLUG / "body.md"
        ).read_text()
        assert f"letters/{NEXT}/body.md" in (folder / "locales/fr/letters" / f"{NEXT}.po").read_text("utf-8")


def test_check_lists_what_is_to_be_filled_in_and_nothing_else(folder: Path) -> None:
    with desk_at(folder) as desk:
        renew_letter(desk, NEXT, SLUG)
        errors = [finding for finding in check(desk, NEXT) if finding.level is Level.ERROR]
    assert {(finding.code, finding.file) for finding in errors} == {
        ("unconfirmed", f"letters/{NEXT}/letter.toml"),
        ("missing-key", f"letters/{NEXT}/letter.toml"),
    }
    assert {finding.message.split("»")[0] for finding in errors} == {
        "«facts.lights", "«contacts", "the deadline «reply",
    }  # fmt: skip


def test_nothing_unconfirmed_goes_out(folder: Path) -> None:
    with desk_at(folder) as desk:
        renew_letter(desk, NEXT, SLUG)
        edit(draft(folder), "# date = 2031-04-30", "date = 2032-04-30")
        with pytest.raises(InputError):
            plan(desk, NEXT)


def test_a_draft_filled_in_is_a_letter(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        renew_letter(desk, NEXT, SLUG)
        filled_in(folder)
        release_languages(desk, NEXT, ["fr"], by="R. Reviser")
        planned = plan(desk, NEXT)
        assert (planned.reference, planned.letters) == ("LU-31/002", 8)
        assert "30 April 2032" in preview(desk, NEXT).content.decode()


def test_one_word_changed_is_one_segment_to_revise(folder: Path) -> None:
    with desk_at(folder) as desk:
        renew_letter(desk, NEXT, SLUG)
        edit(folder / "letters" / NEXT / "body.md", "Please answer", "Kindly answer")
        (french,) = translation_status(desk, NEXT)
        assert (french.done, french.to_revise, french.new) == (2, 1, 0)


def test_a_year_that_was_typed_is_pointed_out(folder: Path) -> None:
    with desk_at(folder) as desk:
        edit(folder / "letters" / SLUG / "body.md", "# Census of coastal lights", "# Census 2031 of coastal lights")
        renew_letter(desk, NEXT, SLUG)
        edit(draft(folder), f"date = {desk.today}", "date = 2032-03-03")
        (said,) = [finding for finding in check(desk, NEXT) if finding.code == "year-of-renewed"]
    assert (said.file, said.line) == (f"letters/{NEXT}/body.md", 1)
    assert "2031" in said.message


def test_a_year_in_a_confirmed_fact_is_pointed_out(folder: Path) -> None:
    facts = folder / "letters" / SLUG / "letter.toml"
    facts.write_text(
        facts.read_text("utf-8")
        + '\n[links]\npage = "https://www.example.int/2031/lights"\n[texts]\ntheme = "Lights of 2031"\n',
        "utf-8",
    )
    with desk_at(folder) as desk:
        renew_letter(desk, NEXT, SLUG)
        edit(draft(folder), f"date = {desk.today}", "date = 2032-03-03")
        assert "year-of-renewed" not in {finding.code for finding in check(desk, NEXT)}  # they are to be confirmed
        filled_in(folder)
        found = [finding for finding in check(desk, NEXT) if finding.code == "year-of-renewed"]
    assert [finding.message.split(" ")[0] for finding in found] == ["«links.page»", "«texts.theme»"]
    assert all(finding.line for finding in found)


@pytest.mark.parametrize(
    ("slug", "earlier", "series", "error"),
    [
        (SLUG, SLUG, "", RefusedError),
        ("No Name", SLUG, "", InputError),
        (NEXT, "nothing", "", NotFoundError),
        (NEXT, SLUG, "XX", NotFoundError),
    ],
)
def test_what_cannot_be_renewed(desk: Desk, slug: str, earlier: str, series: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        renew_letter(desk, slug, earlier, series=series)
    assert not (desk.office.folder / "letters" / NEXT).exists()


def test_translations_in_the_way_are_left_alone(folder: Path) -> None:
    path = folder / "locales" / "fr" / "letters" / f"{NEXT}.po"
    path.write_text('msgid "a"\nmsgstr "b"\n', "utf-8")
    with desk_at(folder) as desk, pytest.raises(RefusedError):
        renew_letter(desk, NEXT, SLUG)
    assert path.read_text("utf-8") == 'msgid "a"\nmsgstr "b"\n'
    assert not (folder / "letters" / NEXT).exists()


def test_translations_that_cannot_be_read_stop_it(folder: Path) -> None:
    (folder / "locales" / "fr" / "letters" / f"{SLUG}.po").write_text("this is no catalogue", "utf-8")
    with desk_at(folder) as desk, pytest.raises(InputError):
        renew_letter(desk, NEXT, SLUG)
    assert not (folder / "letters" / NEXT).exists()
