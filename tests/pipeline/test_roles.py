"""Roles by accounts of the operating system: who may plan, approve and send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from office.errors import RefusedError
from office.model import Roles
from pipeline.approving import approve, decisions
from pipeline.desk import Desk
from pipeline.doubting import settle_doubt
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.reminding import queue_reminders, remind
from pipeline.retrying import retry
from pipeline.scheduling import choose_days, schedule
from pipeline.sending import outgoing, send
from pipeline.stopping import hold, resume, withdraw
from pipeline.ticking import tick
from tests.pipeline.offices import MORNING, SLUG, desk_at, dump, fixed_clock

ROLES = Roles(author=("adela", "ana"), approver=("bela",), sender=("carl", "circulars"))
VERBS: dict[str, tuple[Callable[[Desk], object], str]] = {
    "plan": (lambda desk: plan(desk, SLUG), "adela, ana"),
    "approve": (lambda desk: approve(desk, SLUG, "0" * 64), "bela"),
    "issue": (lambda desk: issue(desk, SLUG, "0" * 64), "carl, circulars"),
    "outgoing": (lambda desk: outgoing(desk, SLUG), "carl, circulars"),
    "send": (lambda desk: send(desk, SLUG), "carl, circulars"),
    "send --at": (lambda desk: schedule(desk, SLUG, "2031-04-01 09:00"), "carl, circulars"),
    "send --working-days": (lambda desk: choose_days(desk, SLUG, local=True), "carl, circulars"),
    "retry": (lambda desk: retry(desk, SLUG, refused=True), "carl, circulars"),
    "doubt": (lambda desk: settle_doubt(desk, SLUG, "", sent=False), "carl, circulars"),
    "remind": (lambda desk: remind(desk, SLUG), "carl, circulars"),
    "queue": (lambda desk: queue_reminders(desk, SLUG), "carl, circulars"),
    "hold": (lambda desk: hold(desk, SLUG), "carl, circulars"),
    "resume": (lambda desk: resume(desk, SLUG), "carl, circulars"),
    "withdraw": (lambda desk: withdraw(desk, SLUG), "carl, circulars"),
}


@pytest.mark.parametrize(("verb", "accounts"), VERBS.values(), ids=VERBS.keys())
def test_who_may_not_is_told_who_may(sent_folder: Path, verb: Callable[[Desk], object], accounts: str) -> None:
    with desk_at(sent_folder, account="mallory", roles=ROLES) as desk:
        before = dump(desk.store)
        with pytest.raises(RefusedError) as caught:
            verb(desk)
        assert dump(desk.store) == before
    assert "«mallory»" in caught.value.message
    assert caught.value.message.endswith(f"these may: {accounts}.")
    assert "[roles]" in caught.value.hint


def test_the_road_with_a_person_for_each_role(folder: Path) -> None:
    with desk_at(folder, account="ana", roles=ROLES) as desk:
        digest = plan(desk, SLUG).digest
        with pytest.raises(RefusedError, match="may not approve"):
            approve(desk, SLUG, digest)
    with desk_at(folder, account="bela", roles=ROLES) as desk:
        approve(desk, SLUG, digest, by="Bela M.")
        with pytest.raises(RefusedError, match="may not issue"):
            issue(desk, SLUG, digest)
    with desk_at(folder, account="carl", roles=ROLES) as desk:
        issue(desk, SLUG, digest)
        assert send(desk, SLUG).remaining == 0
        (decision,) = decisions(desk, SLUG)
    assert (decision.by.account, decision.by.name, decision.role) == ("bela", "Bela M.", "approver")


def test_an_author_takes_a_plan_back_but_nobody_elses(folder: Path) -> None:
    with desk_at(folder, account="ana", roles=ROLES) as desk:
        plan(desk, SLUG)
        approve(desk, SLUG, "", reject=True, note="The room is wrong.")
        (decision,) = decisions(desk, SLUG)
        assert (decision.decision, decision.role) == ("rejected", "author")
    with (
        desk_at(folder, account="adela", roles=ROLES) as desk,
        pytest.raises(RefusedError, match="may not approve"),
    ):
        approve(desk, SLUG, "", reject=True, note="No.")


def test_a_timer_sends_under_an_account_that_may(folder: Path) -> None:
    with desk_at(folder) as desk:
        digest = plan(desk, SLUG).digest
        approve(desk, SLUG, digest)
        issue(desk, SLUG, digest)
        schedule(desk, SLUG, "2031-03-05 08:00")
    later = fixed_clock(MORNING + timedelta(days=1))
    with desk_at(folder, account="mallory", clock=later, roles=ROLES) as desk:
        (step,) = [step for step in tick(desk) if step.what == "send"]
        assert step.state == "failed"
        assert "carl, circulars" in step.message
    with desk_at(folder, account="circulars", clock=later, roles=ROLES) as desk:
        (step,) = [step for step in tick(desk) if step.what == "send"]
        assert step.state == "done"
        assert step.counts["sent"]


@pytest.mark.parametrize("account", ["author", "mallory"])
def test_a_role_without_accounts_is_anybodys(folder: Path, account: str) -> None:
    with desk_at(folder, account=account, roles=Roles(sender=("carl",))) as desk:
        approve(desk, SLUG, plan(desk, SLUG).digest)
