"""`new --corrects` and `new --adds-to`: what is drafted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from office.errors import CircularsError, RefusedError
from pipeline.checking import check
from pipeline.continuing import continue_letter
from pipeline.deadlines import extend
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.stopping import withdraw
from pipeline.translating import translation_status
from tests.pipeline.answers import LATER
from tests.pipeline.continuations import CORR, corrigendum, facts
from tests.pipeline.offices import SLUG, desk_at, fixed_clock, issue_all


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, a few days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_the_draft_has_the_first_letters_facts_and_its_first_words_in_all_languages(desk: Desk) -> None:
    made = continue_letter(desk, CORR, "LU-31/001", relation="corrects")
    assert (made.reference, made.first, made.addressees) == ("LU-31/001 Corr.1", "LU-31/001", 8)
    assert (made.languages, made.deadlines) == (("en", "fr"), ("reply",))
    said = facts(desk)
    assert (said["kind"], said["reference"], said["date"]) == ("corrigendum", "LU-31/001 Corr.1", date(2031, 3, 14))
    assert said["relates"] == [{"to": "LU-31/001", "as": "corrects"}]
    assert said["facts"] == {"first_letter": "LU-31/001", "first_letter_date": date(2031, 3, 3)}
    assert said["deadlines"] == {"reply": {"date": date(2031, 4, 30), "rule": "by"}}
    assert not {"asks", "series", "to_confirm"} & said.keys()
    assert [audience["class"] for audience in said["audience"]] == ["governments", "academia"]  # type: ignore[attr-defined]
    assert (desk.office.folder / "letters" / CORR / "body.md").read_text("utf-8") == (
        "# Corrigendum to {{ facts.first_letter }}\n"
        "# Census of coastal lights\n"
        "\nWe refer to our circular letter {{ facts.first_letter }} of {{ facts.first_letter_date | date }}.\n"
        "\nReplies are to reach us by {{ deadlines.reply | date }}.\n"
        "\nEverything else in that letter remains unchanged.\n"
    )
    (french,) = translation_status(desk, CORR)
    assert (french.segments, french.done, french.released) == (5, 5, False)
    assert [finding for finding in check(desk, CORR) if finding.level.value == "error"] == []


def test_what_the_first_says_of_itself_above_its_facts_is_not_taken_over(desk: Desk) -> None:
    path = desk.office.folder / "letters" / SLUG / "letter.toml"
    path.write_text("# Sent every four years.\n\n" + path.read_text("utf-8"), "utf-8")
    continue_letter(desk, CORR, SLUG, relation="corrects")
    said = (desk.office.folder / "letters" / CORR / "letter.toml").read_text("utf-8")
    assert "four years" not in said
    assert said.startswith("# It goes to those who got LU-31/001, in the same conversation;")


def test_a_reply_form_stays_with_the_asks_that_it_is_made_of(desk: Desk) -> None:
    path = desk.office.folder / "letters" / SLUG / "letter.toml"
    path.write_text("reply_form = true\n" + path.read_text("utf-8"), "utf-8")
    continue_letter(desk, CORR, SLUG, relation="corrects")
    assert "reply_form" not in facts(desk)
    assert [finding for finding in check(desk, CORR) if finding.level.value == "error"] == []


def test_an_addendum_by_a_series(desk: Desk) -> None:
    made = continue_letter(desk, "more", SLUG, relation="adds-to", series="LU")
    assert made.reference == ""
    said = facts(desk, "more")
    assert (said["kind"], said["series"]) == ("addendum", "LU")
    assert said["relates"] == [{"to": "LU-31/001", "as": "adds-to"}]
    assert plan(desk, "more").reference == "LU-31/002"


def test_numbers_go_on_and_a_moved_deadline_is_drafted_as_it_stands(desk: Desk) -> None:
    corrigendum(desk)
    assert continue_letter(desk, "second", SLUG, relation="corrects").reference == "LU-31/001 Corr.2"
    assert continue_letter(desk, "third", SLUG, relation="adds-to").reference == "LU-31/001 Add.1"
    for ask in ("census", "meeting"):
        extend(desk, SLUG, ask, date(2031, 6, 1), for_all=True)
    continue_letter(desk, "fourth", SLUG, relation="corrects")
    assert facts(desk, "fourth")["deadlines"] == {"reply": {"date": date(2031, 6, 1), "rule": "by"}}
    assert plan(desk, "fourth").moves == ()


@pytest.mark.parametrize("slug", [SLUG, "Census Corr"])
def test_a_folder_that_cannot_be_made(desk: Desk, slug: str) -> None:
    with pytest.raises(CircularsError):
        continue_letter(desk, slug, SLUG, relation="corrects")


def test_nothing_continues_a_letter_that_nobody_has(folder: Path) -> None:
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        with pytest.raises(RefusedError, match="LU-31/001 has not been issued"):
            continue_letter(desk, CORR, SLUG, relation="corrects")
        issue_all(desk)
        withdraw(desk, SLUG)
        with pytest.raises(RefusedError, match="Nobody got LU-31/001"):
            continue_letter(desk, CORR, SLUG, relation="corrects")
    assert not (folder / "letters" / CORR).exists()
