"""Whom a corrigendum or an addendum goes to, at once and in later batches, and who would be left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from office.errors import CircularsError, RefusedError
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.stopping import withdraw
from pipeline.surveying import PlanOptions
from tests.pipeline.answers import LATER
from tests.pipeline.continuations import CORR, corrigendum, first_mail
from tests.pipeline.offices import SLUG, add_addressee, desk_at, edit, fixed_clock, issue_all, keys, plan_and_approve


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, a few days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_it_goes_to_those_who_got_the_first_in_the_language_of_then(desk: Desk) -> None:
    corrigendum(desk)
    add_addressee(desk.office.folder)
    edit(desk.office.folder / "recipients" / "keepers.csv", "government,KE,fr,", "government,KE,en,")
    planned = plan(desk, CORR)
    assert (planned.letters, dict(planned.by_language)) == (8, {"en": 5, "fr": 3})
    assert dict(planned.by_rule) == {"first-letter": 8}
    assert planned.excluded["not-an-addressee-of-the-first"] == 2  # the new one, and the club
    assert planned.left_behind == ()
    said = planned.as_json()["continues"]
    assert said == {
        "circular_id": 1, "reference": "LU-31/001", "slug": SLUG, "relation": "corrects", "addressees": 8,
        "everybody": False,
    }  # fmt: skip
    assert json.dumps(planned.as_json(), default=str)


def test_who_would_be_left_behind_is_named_with_the_reason(desk: Desk) -> None:
    corrigendum(desk)
    path = desk.office.folder / "recipients" / "keepers.csv"
    edit(path, "ke-minister,KE,Juma Odhiambo", "ke-cabinet,KE,Juma Odhiambo")
    edit(path, "minister@no.example.org,aide", "not an address,aide")
    edit(path, "Institute of Lenses,academia", "Institute of Lenses,industry")
    planned = plan(desk, CORR)
    assert planned.letters == 5
    assert [(one.key, one.name) for one in planned.left_behind] == [
        ("ke-minister", "Juma Odhiambo"),
        ("lens", "Rosa Lindqvist"),
        ("no-minister", "Ingrid Moe"),
    ]
    gone, lens, faulty = planned.left_behind
    assert gone.reason == "no longer on the lists of this letter under that key"
    assert lens.reason == "no audience of this letter is for them any more"
    assert faulty.reason.startswith("row 2 of the list «keepers» is faulty: ")
    assert all(one.hint for one in planned.left_behind)
    assert [one["key"] for one in planned.as_json()["left_behind"]] == ["ke-minister", "lens", "no-minister"]  # type: ignore[attr-defined]


def test_to_everybody_on_the_lists_if_the_office_says_so(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'kind = "corrigendum"', 'kind = "corrigendum"\naddressees = "lists"')
    add_addressee(desk.office.folder)
    planned = plan_and_approve(desk, CORR)
    assert planned.letters == 9
    issue(desk, CORR, planned.digest)
    assert first_mail(desk, CORR, "new")["In-Reply-To"] is None
    assert first_mail(desk, CORR, "lens")["In-Reply-To"] is not None


def test_the_same_as_whom(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'kind = "corrigendum"', 'kind = "circular"\naddressees = "same"')
    edit(path, '"corrects"', '"refers-to"')
    (found,) = [finding for finding in check(desk, CORR) if finding.code == "same-as-whom"]
    assert (found.level.value, found.file) == ("error", f"letters/{CORR}/letter.toml")
    assert found.line is not None


def test_those_whose_first_letter_was_withdrawn_are_not_written_to(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        withdraw(desk, SLUG, ["lens"])
        corrigendum(desk)
        planned = plan(desk, CORR)
        assert (planned.letters, planned.left_behind) == (7, ())


def test_a_letter_that_was_withdrawn_after_it_went_can_be_corrected(desk: Desk) -> None:
    withdraw(desk, SLUG)
    corrigendum(desk)
    assert plan(desk, CORR).letters == 8


def test_check_says_that_the_first_is_not_issued_and_plan_refuses(folder: Path) -> None:
    from tests.pipeline.test_corrigenda import corrigendum as write

    with desk_at(folder) as desk:
        plan(desk, SLUG)
        path = write(desk)
        (found,) = [finding for finding in check(desk, "census-corr") if finding.code == "first-not-issued"]
        lines = path.read_text("utf-8").splitlines()
        assert found.line is not None
        assert lines[found.line - 1].startswith("relates")
        with pytest.raises(RefusedError, match="LU-31/001 has not been issued"):
            plan(desk, "census-corr")


def test_check_says_whose_addressees_are_meant_where_several_letters_are_continued(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'as = "corrects"}', 'as = "corrects"}, {to = "LU-30/777", as = "adds-to"}')
    assert [finding.code for finding in check(desk, CORR) if finding.code == "continues-several"]


# Batches


def test_a_batch_of_the_first_after_its_corrigendum_then_one_of_the_corrigendum(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    add_addressee(desk.office.folder)
    further = plan(desk, SLUG)
    assert (further.letters, further.continued_by) == (1, ("LU-31/001 Corr.1",))
    issue_all(desk)
    again = plan_and_approve(desk, CORR)
    assert (again.letters, again.moves, again.left_behind) == (1, (), ())
    assert issue(desk, CORR, again.digest).addressees == 1
    mail = first_mail(desk, CORR, "new")
    assert mail["In-Reply-To"] == first_mail(desk, SLUG, "new")["Message-ID"]


def test_a_new_addressee_of_the_first_is_no_longer_what_was_approved(desk: Desk) -> None:
    corrigendum(desk)
    approved = plan_and_approve(desk, CORR)
    add_addressee(desk.office.folder)
    issue_all(desk)
    with pytest.raises(RefusedError, match="no longer what was approved"):
        issue(desk, CORR, approved.digest)


def test_a_batch_for_some_and_nobody_unknown_to_the_first(desk: Desk) -> None:
    corrigendum(desk)
    assert issue_all(desk, CORR, keys=("lens",)).addressees == 1
    planned = plan(desk, CORR, PlanOptions(keys=("Kenya",)))
    assert (planned.letters, planned.left_behind) == (1, ())
    add_addressee(desk.office.folder)
    with pytest.raises(CircularsError, match="gets no letter: not-an-addressee-of-the-first"):
        plan(desk, CORR, PlanOptions(keys=("new",)))


def test_keys_of_a_later_batch(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR, languages=("fr",))
    assert keys(desk, CORR) == ["fr-minister", "ke-minister", "optique"]
    assert issue_all(desk, CORR).addressees == 5
