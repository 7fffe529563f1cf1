"""kill -9 while reminders go: nobody is reminded twice, nobody is forgotten, and doubt is named."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from store.messages import State
from store.schema import outbox
from tests.delivery.sink import Sink
from tests.pipeline.offices import LIST, issue_all
from tests.pipeline.reminders import EVERYBODY, FIRST, Year, parties, write_reminding_office

ROOT = Path(__file__).parents[2]
PEOPLE = 60


@pytest.fixture
def year(tmp_path: Path) -> Year:
    """The office with sixty more addressees, whose letters have gone."""
    year = Year(write_reminding_office(tmp_path / "office"))
    more = (f"p{n},,Person {n},,f,Org {n},academia,SE,en,p{n}@x{n}.example.com,,email\n" for n in range(PEOPLE))
    (year.folder / "recipients" / "keepers.csv").write_text(LIST + "".join(more), "utf-8")
    with year.desk(3, 4) as desk:
        issue_all(desk)
        with desk.store.write() as connection:
            connection.execute(update(outbox).values(state="sent", first_attempt_at=desk.clock()))
    return year


@pytest.mark.sqlite("a lock tells at once who is dead")
def test_killed_while_reminding(year: Year) -> None:
    sink = Sink(delay=0.02)
    with sink.running():
        relay = f'transport = "relay"\n\n[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {sink.port}\n'
        year.edit("office.toml", 'transport = "files"\n', f'{relay}security = "none"\nconnections = 4\n')
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.pipeline.reminding_child", str(year.folder)], cwd=ROOT, stderr=subprocess.PIPE
        )
        while len(sink.received) < PEOPLE // 3 and child.poll() is None:
            time.sleep(0.01)
        child.kill()
        _, errors = child.communicate()
        assert child.returncode != 0, errors
        found, summary = year.run(*FIRST, hour=9)
    assert parties(found) == set()  # all were queued before the first one went
    assert summary.remaining == 0
    rows = {row.message_id: row for row in year.rows() if row.role != "paper"}
    arrived = Counter(message.message_id for message in sink.received)
    assert set(arrived.values()) == {1}
    assert {row.state for row in rows.values()} <= {State.SENT, State.IN_DOUBT}
    assert all(message_id in arrived for message_id, row in rows.items() if row.state == State.SENT)
    assert len({row.key for row in year.rows()}) == PEOPLE + len(EVERYBODY) + 1  # Norway has two addressees
