"""`send --at` and `tick`: what is due is done, each step on its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.lease import sending_lease, ticking_lease
from office.errors import BusyError, InputError, RefusedError
from pipeline.registering import status
from pipeline.sending import send
from pipeline.stopping import hold
from pipeline.ticking import Step, schedule, tick
from store.schedule import send_at
from tests.pipeline.answers import deliver, give, reply
from tests.pipeline.offices import SLUG, copy_office, issue_all
from tests.pipeline.reminders import FIRST, SECOND, Year, write_reminding_office

AUTOMATIC = "\n[reminders]\nautomatic = true\n"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_reminding_office(tmp_path_factory.mktemp("ticking") / "office")
    with Year(folder).desk(3, 4) as desk:
        issue_all(desk)
    return folder


@pytest.fixture
def year(issued: Path, tmp_path: Path) -> Year:
    folder = copy_office(issued, tmp_path / "office")
    office = folder / "office.toml"
    office.write_text(office.read_text("utf-8") + AUTOMATIC, "utf-8")
    return Year(folder)


def ticked(year: Year, month: int, day: int, hour: int = 8) -> dict[str, Step]:
    with year.desk(month, day, hour) as desk:
        return {f"{step.what} {step.slug}".strip(): step for step in tick(desk)}


def test_a_letter_goes_at_its_moment(year: Year) -> None:
    with year.desk(3, 4) as desk:
        assert schedule(desk, SLUG, "2031-03-10 09:00") == datetime(2031, 3, 10, 8, tzinfo=UTC)
    assert list(ticked(year, 3, 10, 7)) == ["track"]
    steps = ticked(year, 3, 10, 8)
    assert list(steps) == ["track", f"send {SLUG}"]
    assert steps[f"send {SLUG}"].counts == {"sent": 9, "printed": 2}
    assert ticked(year, 3, 10, 9)[f"send {SLUG}"].counts == {}


def test_a_moment_can_be_taken_back(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10T09:00+00:00")
        assert schedule(desk, SLUG, "never") is None
        with desk.store.read() as connection:
            assert send_at(connection, 1) is None
    assert list(ticked(year, 3, 11)) == ["track"]


@pytest.mark.parametrize(
    ("text", "error"), [("soon", InputError), ("2031-13-01", InputError), ("2031-03-01 09:00", RefusedError)]
)
def test_a_moment_that_is_none_or_has_passed(year: Year, text: str, error: type[Exception]) -> None:
    with year.desk(3, 4) as desk, pytest.raises(error):
        schedule(desk, SLUG, text)


def test_a_held_letter_is_not_sent_by_itself(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10")
        hold(desk, SLUG)
    assert list(ticked(year, 3, 11)) == ["track"]


def test_an_office_does_not_remind_by_itself_until_told_so(year: Year) -> None:
    with year.desk(3, 4) as desk:
        send(desk, SLUG)
    assert ticked(year, *FIRST)[f"remind {SLUG}"].counts == {"sent": 8, "printed": 2, "parties": 7, "missed": 0}
    year.edit("office.toml", "automatic = true", "automatic = false")
    assert list(ticked(year, *SECOND)) == ["track"]


def test_mail_is_read_before_anybody_is_reminded(year: Year) -> None:
    with year.desk(3, 4) as desk:
        send(desk, SLUG)
        deliver(desk, reply(desk, "lens"))
        give(desk, "Kenya", "census", state="accepted", by="phone")
    steps = ticked(year, *FIRST)
    assert steps["track"].counts["filed"] == 1
    assert steps[f"remind {SLUG}"].counts["parties"] == 5


def test_days_without_a_rule_are_not_looked_at(year: Year) -> None:
    with year.desk(3, 4) as desk:
        send(desk, SLUG)
    assert list(ticked(year, 3, 20)) == ["track"]
    assert list(ticked(year, 12, 1)) == ["track"]


def test_what_was_missed_is_told(year: Year) -> None:
    with year.desk(3, 4) as desk:
        send(desk, SLUG)
    assert ticked(year, 4, 16)[f"remind {SLUG}"].counts == {"parties": 0, "missed": 7}
    with year.desk(4, 16) as desk:
        assert status(desk, SLUG).reminders["expired"] == 7


def test_a_step_that_fails_stops_no_other(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10")
    year.edit("office.toml", "[reminders]", '[inbox]\nsource = "nowhere/"\n\n[reminders]')
    steps = ticked(year, 3, 11)
    assert (steps["track"].state, steps[f"send {SLUG}"].state) == ("failed", "done")
    assert steps["track"].message
    assert steps["track"].hint


def test_nobody_is_reminded_while_answers_may_lie_in_a_mailbox_that_cannot_be_read(year: Year) -> None:
    with year.desk(3, 4) as desk:
        send(desk, SLUG)
    year.edit("office.toml", "[reminders]", '[inbox]\nsource = "nowhere/"\n\n[reminders]')
    step = ticked(year, *FIRST)[f"remind {SLUG}"]
    assert step.state == "stopped"
    assert "answers may lie in it" in step.message
    with year.desk(*FIRST) as desk:
        assert status(desk, SLUG).reminders["queued"] == status(desk, SLUG).reminders["sent"] == 0


def test_a_fault_of_ours_stops_no_other(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("pipeline.ticking.track", fail)
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10")
    steps = ticked(year, 3, 11)
    assert steps["track"].message == "ZeroDivisionError: a fault"
    assert steps[f"send {SLUG}"].state == "done"


def test_somebody_who_sends_is_waited_for(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10")
    with year.desk(3, 11) as desk, sending_lease(desk.office.folder, desk.clock):
        steps = {step.what: step for step in tick(desk)}
    assert steps["send"].state == "stopped"
    assert "sending already" in steps["send"].message


def test_one_tick_at_a_time(year: Year) -> None:
    with year.desk(3, 4) as desk, ticking_lease(desk.office.folder, desk.clock), pytest.raises(BusyError, match="tick"):
        tick(desk)
