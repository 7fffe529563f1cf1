"""remind and tick at the keyboard. The system's clock is ahead of no letter of 2031: nothing is due yet."""

from __future__ import annotations

import pytest

from cli.output import err, out
from cli.reminding import REASONS, print_reminding, print_step
from cli.sending import print_summary
from delivery.tally import SendSummary
from pipeline.due_reminders import Why
from pipeline.reminding import queue_reminders
from pipeline.ticking import Step
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG
from tests.pipeline.reminders import FIRST, Year

SMTP = """transport = "relay"

[transports.relay]
kind = "smtp"
host = "127.0.0.1"
port = 9
security = "none"
"""


def test_every_reason_has_words() -> None:
    assert set(REASONS) == {why.value for why in Why}


@pytest.mark.parametrize("end", ["", "."])
def test_what_a_server_said_and_what_to_do_are_two_sentences(end: str) -> None:
    said, hint = f"Connect call failed (4999){end}", "Check host."
    with err.capture() as told:
        print_step(Step(what="send", slug="a", state="stopped", message=said, hint=hint))
    assert "Connect call failed (4999). Check host." in " ".join(told.get().split())
    summary = SendSummary(
        sent=0, refused=0, deferred=0, in_doubt=0, suppressed=0, printed=0, remaining=1, stopped=said, hint=hint
    )
    with out.capture() as told:
        print_summary("a", summary)
    assert "Connect call failed (4999). Check host." in " ".join(told.get().split())


def test_nothing_is_due(run: Run, year: Year) -> None:
    ended = run("remind", SLUG, "--dry-run", at=year.folder)
    assert ended.code == 0
    assert "reminders to 0 parties" in ended.out
    assert "7 are not due yet" in ended.out
    assert "The next reminders are due on 2031-04-08." in ended.out
    assert run("remind", SLUG).code == 0
    assert year.rows() == []


def test_names_on_request(run: Run, year: Year) -> None:
    assert "optique" not in run("remind", SLUG, "--dry-run", at=year.folder).out
    assert "optique, BT, FR, prism, KE, NO, lens" in run("remind", SLUG, "--dry-run", "--names").out


def test_json(run: Run, year: Year) -> None:
    shape = run("remind", SLUG, "--json", at=year.folder).json
    assert shape["not_reminded"] == {"not-yet": 7}
    assert shape["next_day"] == "2031-04-08"
    assert shape["sent"]["sent"] == 0
    assert set(run("remind", SLUG, "--json", "--dry-run").json) == set(shape) - {"sent"}


def test_a_letter_changed_since_is_told(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    """Then today's list is not used: whoever corrected a mailbox must know."""
    year.edit(f"letters/{SLUG}/letter.toml", 'closing = "distinguished"', 'closing = "high"')
    found = year.look(*FIRST)
    with year.desk(*FIRST) as desk:
        print_reminding(found, desk.office.zone, names=True)
    shown = " ".join(capsys.readouterr().out.split())
    assert "3 addressees written to as the letter was sealed" in shown
    assert found.as_json()["as_sealed"] == ["lens", "optique", "prism"]


def test_what_is_shown_of_a_day_of_reminding(
    year: Year, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    found = year.look(*FIRST)
    with year.desk(*FIRST) as desk:
        print_reminding(found, desk.office.zone, names=True)
    shown = capsys.readouterr().out
    assert "reminders to 7 parties" in shown
    for words in ("Ingrid Moe", "census 2031-04-30, meeting 2031-04-30", "-14d", "mission@no.example.org", "paper"):
        assert words in " ".join(shown.split()), words


def test_for_real_only_when_asked(run: Run, year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
    year.edit("office.toml", 'transport = "files"\n', SMTP)
    ended = run("remind", SLUG, at=year.folder)
    assert ended.code == 1
    assert "would be sent for real" in ended.err
    assert {row.state for row in year.rows()} == {"queued"}


def test_a_letter_that_is_not_issued(run: Run, year: Year) -> None:
    ended = run("remind", "nothing", at=year.folder)
    assert ended.code == 1
    assert "There is no letter" in ended.err


def test_tick(run: Run, year: Year) -> None:
    ended = run("tick", at=year.folder)
    assert ended.code == 0
    assert ended.out.startswith("track:")
    assert [step["what"] for step in run("tick", "--json").json] == ["track"]


def test_tick_tells_what_failed(run: Run, year: Year) -> None:
    year.edit("office.toml", "[transports.files]", '[inbox]\nsource = "nowhere/"\n\n[transports.files]')
    ended = run("tick", at=year.folder)
    assert ended.code == 1
    assert "track: failed." in ended.err


def test_a_letter_is_scheduled(run: Run, year: Year) -> None:
    ended = run("send", SLUG, "--at", "2150-12-01 09:00", at=year.folder)
    assert ended.code == 0
    assert "-12-01 09:00 on" in ended.out
    assert run("send", SLUG, "--at", "yesterday").code == 1
    assert "by hand only" in run("send", SLUG, "--at", "never").out


def test_a_reminder_is_shown(run: Run, year: Year) -> None:
    year.remind(*FIRST)
    ended = run("show", SLUG, "--to", "lens", "--reminder", 1, at=year.folder)
    assert "Reminder: LU-31/001" in ended.out
    assert run("show", SLUG, "--to", "lens", "--reminder", 2).code == 1
    assert run("preview", SLUG, "--to", "lens", "--reminder").out.count("Reminder: LU-31/001") == 1
    assert "reminders: sent 8" in run("status", SLUG).out
