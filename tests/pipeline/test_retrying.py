"""`retry`: refused messages are queued again under their Message-ID, and go once; deferred ones are tried now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from office.errors import NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.registering import status
from pipeline.retrying import Retried, retry
from pipeline.sending import send
from pipeline.stopping import withdraw
from pipeline.suppressing import suppress_address
from store.message_rows import rows_in
from tests.delivery.relays import at, sink_with
from tests.delivery.sink import Sink
from tests.pipeline.offices import MORNING, SLUG, desk_at, fixed_clock, issue_all

REFUSED = "550 5.1.1 no such user"


@pytest.fixture
def refused(folder: Path) -> Iterator[Desk]:
    """An office whose letter one mailbox has refused."""
    with sink_with(at("rcpt", REFUSED, match="@lens.")) as sink, over(folder, sink) as desk:
        issue_all(desk)
        assert send(desk, SLUG).refused == 1
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        yield desk


def over(folder: Path, sink: Sink) -> AbstractContextManager[Desk]:
    """Let the office's mail leave through a sink."""
    path = folder / "office.toml"
    text = path.read_text("utf-8").split("[transports.relay]")[0].replace('transport = "files"', 'transport = "relay"')
    relay = f'[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {sink.port}\nsecurity = "none"\n'
    path.write_text(text + relay, "utf-8")
    return desk_at(folder, clock=fixed_clock(MORNING))


def message_id(desk: Desk, key: str) -> str:
    with desk.store.read() as connection:
        return next(row.message_id for row in rows_in(connection, 1) if row.key == key)


def test_what_was_refused_goes_when_the_mailbox_is_mended(refused: Desk) -> None:
    before = message_id(refused, "lens")
    assert retry(refused, SLUG, refused=True) == Retried(reference="LU-31/001", refused=1, deferred=0, suppressed=0)
    assert status(refused, SLUG).delivery["queued"] == 1
    with sink_with() as sink, over(refused.office.folder, sink) as desk:
        summary = send(desk, SLUG)
        assert (summary.sent, summary.doubtful) == (1, 0)  # the journal agrees that it has not gone
        assert retry(desk, SLUG, refused=True).refused == 0
        assert send(desk, SLUG).sent == 0
    assert list(sink.seen) == [before]


def test_a_retried_message_is_given_five_days_again(refused: Desk) -> None:
    later = MORNING + timedelta(days=30)
    with desk_at(refused.office.folder, clock=fixed_clock(later)) as desk:
        retry(desk, SLUG, refused=True)
    with sink_with(at("rcpt", "450 4.2.0 busy")) as sink, over(refused.office.folder, sink):
        with desk_at(refused.office.folder, clock=fixed_clock(later)) as desk:
            assert (send(desk, SLUG).deferred, status(desk, SLUG).delivery["refused"]) == (1, 0)
        with desk_at(refused.office.folder, clock=fixed_clock(later + timedelta(minutes=1))) as desk:
            assert send(desk, SLUG).deferred == 0  # not before its time
            assert retry(desk, SLUG, ["lens"], deferred=True).deferred == 1
            assert send(desk, SLUG).deferred == 1


def test_only_some_addressees(refused: Desk) -> None:
    assert retry(refused, SLUG, ["Kenya"], refused=True).refused == 0
    with pytest.raises(NotFoundError):
        retry(refused, SLUG, ["lens", "nobody"], refused=True)
    assert status(refused, SLUG).delivery["refused"] == 1
    assert retry(refused, SLUG, ["rosa@lens.example.com"], refused=True).refused == 1


def test_a_suppressed_mailbox_stays_refused(refused: Desk) -> None:
    suppress_address(refused, "rosa@lens.example.com", reason="no such user")
    assert retry(refused, SLUG, refused=True) == Retried(reference="LU-31/001", refused=0, deferred=0, suppressed=1)
    assert status(refused, SLUG).delivery["refused"] == 1


def test_nothing_of_a_withdrawn_letter_is_tried_again(refused: Desk) -> None:
    withdraw(refused, SLUG)
    with pytest.raises(RefusedError, match="withdrawn"):
        retry(refused, SLUG, refused=True)
