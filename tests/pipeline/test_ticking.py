"""`send --at` and `tick`: what is due is done, each step on its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from delivery.lease import sending_lease, ticking_lease
from office.errors import BusyError, InputError, RefusedError
from pipeline.registering import status
from pipeline.retrying import retry
from pipeline.scheduling import choose_days, schedule
from pipeline.sending import send
from pipeline.stopping import hold, resume
from pipeline.ticking import Step, tick
from store.schedule import Schedule
from tests.delivery.relays import at, sink_with
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
        assert schedule(desk, SLUG, "2031-03-10 09:00").send_at == datetime(2031, 3, 10, 8, tzinfo=UTC)
    assert list(ticked(year, 3, 10, 7)) == ["track"]
    steps = ticked(year, 3, 10, 8)
    assert list(steps) == ["track", f"send {SLUG}"]
    assert steps[f"send {SLUG}"].counts == {"sent": 9, "printed": 2}
    assert ticked(year, 3, 10, 9)[f"send {SLUG}"].counts == {}


def test_a_moment_can_be_taken_back(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10T09:00+00:00")
        assert schedule(desk, SLUG, "never") == Schedule()
    assert list(ticked(year, 3, 11)) == ["track"]


@pytest.mark.parametrize(
    ("text", "error"), [("soon", InputError), ("2031-13-01", InputError), ("2031-03-01 09:00", RefusedError)]
)
def test_a_moment_that_is_none_or_has_passed(year: Year, text: str, error: type[Exception]) -> None:
    with year.desk(3, 4) as desk, pytest.raises(error):
        schedule(desk, SLUG, text)


def test_a_held_letter_is_not_sent_by_itself(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-11 08:00")
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
        schedule(desk, SLUG, "2031-03-11 08:00")
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
        schedule(desk, SLUG, "2031-03-11 08:00")
    steps = ticked(year, 3, 11)
    assert steps["track"].message == "ZeroDivisionError: a fault"
    assert steps[f"send {SLUG}"].state == "done"


def test_somebody_who_sends_is_waited_for(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-11 08:00")
    with year.desk(3, 11) as desk, sending_lease(desk.office.folder, desk.clock):
        steps = {step.what: step for step in tick(desk)}
    assert steps["send"].state == "stopped"
    assert "sending already" in steps["send"].message


def with_relay(year: Year, port: int, more: str = "") -> None:
    year.edit("office.toml", 'transport = "files"', 'transport = "relay"')
    office = year.folder / "office.toml"
    relay = f'kind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n{more}'
    office.write_text(f"{office.read_text('utf-8')}\n[transports.relay]\n{relay}", "utf-8")


def test_a_refusal_is_not_hidden_behind_a_daily_cap(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-11 08:00")
    with sink_with(at("rcpt", "550 5.1.1 no such mailbox", times=1)) as sink:
        with_relay(year, sink.port, "per_day = 3\n")
        told = ticked(year, 3, 11)[f"send {SLUG}"]
    assert (told.state, told.counts["refused"]) == ("failed", 1)
    assert "used up" in told.message
    assert told.hint.endswith(f"See: circulars status {SLUG}")


@pytest.mark.parametrize(
    ("step", "reply", "state", "cause"),
    [
        ("connect", "554 5.7.1 no service for you", "failed", "turns us away: 554"),
        ("mail", "550 5.7.1 sender not allowed", "failed", "refuses the sender"),
        ("rcpt", "554 5.7.1 Relay access denied", "failed", "does not relay for this office"),
        ("connect", "421 too busy", "stopped", "turns us away: 421"),
    ],
)
def test_a_relay_that_must_be_mended_is_a_failure_and_one_that_is_away_is_not(
    year: Year, step: str, reply: str, state: str, cause: str
) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-11 08:00")
    with sink_with(at(step, reply)) as sink:
        with_relay(year, sink.port)
        told = ticked(year, 3, 11)[f"send {SLUG}"]
    assert told.state == state
    assert cause in told.message
    assert told.hint


def test_one_tick_at_a_time(year: Year) -> None:
    with year.desk(3, 4) as desk, ticking_lease(desk.office.folder, desk.clock), pytest.raises(BusyError, match="tick"):
        tick(desk)


# Schedules that expire


def test_what_did_not_begin_in_time_does_not_go_late(year: Year) -> None:
    with year.desk(3, 4) as desk:
        assert schedule(desk, SLUG, "2031-03-10 09:00").send_until == datetime(2031, 3, 10, 12, tzinfo=UTC)
    for day in (10, 11):  # told as long as nobody decides
        step = ticked(year, 3, day, 12)[f"send {SLUG}"]
        assert (step.state, step.counts) == ("failed", {})
        assert "from 2031-03-10 09:00 on, and did not begin by 2031-03-10 13:00" in step.message
        assert f"circulars send {SLUG}" in step.hint
        assert "circulars doctor" in step.hint
    with year.desk(3, 11) as desk:
        told = status(desk, SLUG)
        assert told.schedule.expired
        assert told.delivery["queued"] == 11
        assert send(desk, SLUG, limit=2).sent == 2  # by hand it goes, and so it has begun
        assert not status(desk, SLUG).schedule.expired
    assert ticked(year, 3, 12)[f"send {SLUG}"].counts == {"sent": 7, "printed": 2}
    assert ticked(year, 3, 13)[f"send {SLUG}"].counts == {}


def test_what_has_begun_in_time_goes_on(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10 09:00", "2031-03-10 09:30")
    with year.desk(3, 10, 8) as desk:
        assert send(desk, SLUG, limit=1).remaining == 10
    assert ticked(year, 3, 20)[f"send {SLUG}"].counts == {"sent": 8, "printed": 2}


def test_a_try_before_the_moment_is_not_its_beginning(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10 09:00")
        assert send(desk, SLUG, limit=1).remaining == 10
    assert ticked(year, 3, 11)[f"send {SLUG}"].state == "failed"


def test_what_went_by_hand_before_has_not_expired(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10 09:00")
        assert send(desk, SLUG).remaining == 0
    assert list(ticked(year, 3, 11)) == ["track"]


def test_a_letter_held_over_its_moment_expires(year: Year) -> None:
    with year.desk(3, 4) as desk:
        schedule(desk, SLUG, "2031-03-10 09:00")
        hold(desk, SLUG)
    with year.desk(3, 11) as desk:
        resume(desk, SLUG)
    assert "did not begin" in ticked(year, 3, 11)[f"send {SLUG}"].message


@pytest.mark.parametrize(
    ("at", "until"), [("2031-03-10 09:00", "2031-03-10 09:00"), ("2031-03-10", "noon"), ("never", "2031-03-10")]
)
def test_a_last_moment_that_makes_no_sense(year: Year, at: str, until: str) -> None:
    with year.desk(3, 4) as desk, pytest.raises(InputError):
        schedule(desk, SLUG, at, until)


# Working days of the addressee's country


def test_messages_wait_for_a_working_day_of_the_country(year: Year) -> None:
    with year.desk(3, 4) as desk:
        assert choose_days(desk, SLUG, local=True) == 0
    with year.desk(3, 9) as desk:  # a Sunday
        first = send(desk, SLUG)
        assert (first.sent, first.printed, first.remaining) == (0, 2, first.postponed)
        assert first.postponed == 9
        assert first.next_day is not None
        assert datetime(2031, 3, 9, 20, tzinfo=UTC) <= first.next_day <= datetime(2031, 3, 9, 23, tzinfo=UTC)
        assert status(desk, SLUG).delivery["deferred"] == 9
        assert send(desk, SLUG).sent == 0
        assert retry(desk, SLUG, deferred=True).deferred == 0
    with year.desk(3, 10) as desk:
        assert send(desk, SLUG).sent == 9


def test_any_day_will_do_again(year: Year) -> None:
    with year.desk(3, 9) as desk:
        choose_days(desk, SLUG, local=True)
        assert send(desk, SLUG).postponed == 9
        assert choose_days(desk, SLUG, local=False) == 9
        assert send(desk, SLUG).sent == 9
