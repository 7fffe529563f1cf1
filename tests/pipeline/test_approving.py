"""`approve`: which plan is agreed to, and by whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import NotFoundError, RefusedError
from pipeline.approving import approve
from pipeline.desk import Desk
from pipeline.planning import plan
from store.circulars import find_circular
from store.plans import latest_plan
from tests.pipeline.offices import (
    BODY,
    SLUG,
    desk_at,
    dump,
    edit,
    plan_and_approve,
)


def test_approval_by_the_beginning_of_the_digest(desk: Desk) -> None:
    digest = plan(desk, SLUG).digest
    assert approve(desk, SLUG, f" {digest[:8].upper()} ", by="Bela M.").digest == digest


def test_a_plan_is_rejected_without_its_digest(desk: Desk) -> None:
    digest = plan(desk, SLUG).digest
    assert approve(desk, SLUG, "", reject=True, note="The room is wrong.").digest == digest
    with desk.store.read() as connection:
        circular = find_circular(connection, SLUG)
        assert circular is not None
        latest = latest_plan(connection, circular.id)
    assert latest is not None
    assert latest.decision == "rejected"


@pytest.mark.parametrize("digest", ["", "1234567", "0" * 64, "not a digest"])
def test_a_digest_that_is_not_the_plans(desk: Desk, digest: str) -> None:
    plan(desk, SLUG)
    before = dump(desk.store)
    with pytest.raises(RefusedError) as caught:
        approve(desk, SLUG, digest)
    assert caught.value.hint
    assert dump(desk.store) == before


def test_the_digest_of_an_older_plan(folder: Path) -> None:
    with desk_at(folder) as desk:
        old = plan(desk, SLUG).digest
        edit(folder / "letters" / SLUG / "body.md", BODY.split("\n", 1)[0], "# Census of all lights")
        edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "coastal lights", "all lights")
        plan(desk, SLUG)
        with pytest.raises(RefusedError, match="latest plan"):
            approve(desk, SLUG, old)


def test_nothing_planned(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="not been planned"):
        approve(desk, SLUG, "0" * 64)
    with pytest.raises(NotFoundError):
        approve(desk, "nothing", "0" * 64)


def test_two_persons_where_the_office_says_so(folder: Path) -> None:
    with desk_at(folder, two_person_rule=True, account="adela") as desk:
        digest = plan(desk, SLUG, by="Somebody Else").digest
        with pytest.raises(RefusedError, match="another account"):
            approve(desk, SLUG, digest, by="Yet Another")
        approve(desk, SLUG, digest, reject=True, note="No.")  # who planned may take it back
    with desk_at(folder, two_person_rule=True, account="bela") as desk:
        assert approve(desk, SLUG, digest).digest == digest


def test_one_person_where_it_does_not(desk: Desk) -> None:
    assert approve(desk, SLUG, plan(desk, SLUG).digest).decision == ""  # as it was before


def test_a_plan_made_again_must_be_approved_again(desk: Desk) -> None:
    from pipeline.issuing import issue

    planned = plan_and_approve(desk)
    plan(desk, SLUG)
    with pytest.raises(RefusedError, match="not approved yet"):
        issue(desk, SLUG, planned.digest)
