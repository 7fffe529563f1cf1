"""`plan` says how many days an issue needs, with the limits of the relay."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.planning import plan
from store.traffic import count
from tests.pipeline.offices import MORNING, SLUG, desk_at, fixed_clock


def limited(folder: Path, limits: str) -> None:
    path = folder / "office.toml"
    text = path.read_text("utf-8").replace('transport = "files"', 'transport = "relay"')
    path.write_text(f'{text}\n[transports.relay]\nkind = "smtp"\nhost = "relay.example.int"\n{limits}\n', "utf-8")


@pytest.mark.parametrize(
    ("limits", "used", "days"),
    [
        ("", 0, 1),
        ("per_day = 9", 0, 1),  # nine messages, and two on paper
        ("per_day = 8", 0, 2),
        ("per_day = 8", 8, 2),
        ("per_day = 4\nwarm_up = [1, 2]", 0, 4),
        ("rate = 1", 0, 1),
    ],
)
def test_days(folder: Path, limits: str, used: int, days: int) -> None:
    limited(folder, limits)
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        if used:
            with desk.store.write() as connection:
                count(connection, "relay.example.int", used, MORNING - timedelta(hours=2))
        planned = plan(desk, SLUG)
    assert planned.pace is not None
    assert (planned.pace.days, planned.pace.used) == (days, used)
    shape = json.loads(json.dumps(planned.as_json(), default=str))
    assert (shape["days"], shape["pace"]["used"]) == (days, used)


def test_domains_with_a_rate(folder: Path) -> None:
    limited(folder, '[transports.relay.domains."lens.example.com"]\nrate = 1')
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        planned = plan(desk, SLUG)
    assert planned.pace is not None
    assert planned.pace.ends_at == MORNING + timedelta(minutes=1)


def test_files_take_no_time(folder: Path) -> None:
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        planned = plan(desk, SLUG)
    assert planned.pace is None
    assert planned.as_json()["days"] is None


def test_limits_are_no_part_of_what_is_approved(folder: Path) -> None:
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        before = plan(desk, SLUG).digest
    limited(folder, "per_day = 2")
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        assert plan(desk, SLUG).digest == before
