"""Messages in doubt, settled by the log that a real Postfix has written (needs Debian's packages, as test_postfix)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.doubting import consult_log
from store.message_rows import rows_in
from store.messages import State
from store.schema import outbox
from tests.cli.conftest import Run
from tests.end_to_end.dovecot import Dovecot
from tests.end_to_end.postfix import UNKNOWN, Postfix, running_postfix
from tests.pipeline.offices import SLUG, desk_at, edit, issue_all, write_office

pytestmark = pytest.mark.packages

_WAIT = 20.0  # seconds


@pytest.fixture
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    with running_postfix(dovecot, {}) as server:
        yield server


def test_the_log_tells_what_went(run: Run, tmp_path: Path, postfix: Postfix) -> None:
    folder = write_office(tmp_path / "office")
    edit(folder / "office.toml", 'transport = "files"', 'transport = "relay"')
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(f'[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {postfix.port}\nsecurity = "none"\n')
    with desk_at(folder, clock=system_now) as desk:
        issue_all(desk)
    with desk_at(folder) as desk, desk.store.read() as connection:
        mails = [row for row in rows_in(connection, 1) if row.mailbox]
    (postfix.folder / "etc" / "world").write_text(f"{mails[1].mailbox} {UNKNOWN}\n")
    sent = run("send", SLUG, "--yes", "--limit", mails[-1].id - 1, "--json", at=folder)
    assert sent.json["sent"] == len(mails) - 1, sent.err
    wait_for(postfix, mails[1].mailbox, "status=bounced")
    chosen = [mails[0].id, mails[1].id, mails[-1].id]  # arrived, came back, never left
    with desk_at(folder, clock=system_now) as desk:
        with desk.store.write() as connection:
            change = update(outbox).where(outbox.c.id.in_(chosen))
            connection.execute(change.values(state=State.IN_DOUBT, reply_code=None, changed_at=desk.clock()))
        report = consult_log(desk, SLUG, "", [str(whole_day(postfix, tmp_path))])
        assert [one.found for one in report.judged] == ["accepted", "bounced", "missing"]
        assert report.judged[1].trace is not None
        assert report.judged[1].trace.status == "5.1.1"
        with desk.store.read() as connection:
            states = {row.id: row.state for row in rows_in(connection, 1)}
        assert [states[number] for number in chosen] == ["sent", "bounced", "in-doubt"]


def system_now() -> datetime:
    return datetime.now().astimezone()


def whole_day(postfix: Postfix, folder: Path) -> Path:
    """Copy the log, with a line before it and one after, as if the server had run for longer."""
    written = postfix.log
    lines = [
        f"{datetime.now() + difference:%b %e %H:%M:%S} relay postfix/master[1]: alive"  # noqa: DTZ005 - as syslog has it
        for difference in (timedelta(minutes=-30), timedelta(minutes=30))
    ]
    copy = folder / "mail.log"
    copy.write_text(f"{lines[0]}\n{written}{lines[1]}\n", "utf-8")
    return copy


def wait_for(postfix: Postfix, mailbox: str, words: str) -> None:
    end = time.monotonic() + _WAIT
    while not any(mailbox in line and words in line for line in postfix.log.splitlines()):
        assert time.monotonic() < end, postfix.log
        time.sleep(0.1)
