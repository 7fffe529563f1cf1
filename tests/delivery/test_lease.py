"""A sender that was taken for dead, in the middle of its work."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from delivery.lease import LostError, Sender, sending
from store.database import Store
from store.schema import senders
from store.senders import bury
from tests.delivery.relays import Setup, sink_with
from tests.delivery.samples import NOW, issue_sample, open_sample_store, plain_routes, sample_office


def take_for_dead(store: Store) -> None:
    """Do what another sender of a PostgreSQL store does when this one has slept for too long."""
    with store.write() as connection:
        bury(connection, NOW, alone=True)


def test_it_stops_says_so_and_changes_nothing_any_more(setup: Callable[..., Setup]) -> None:
    here = setup(100, connections=2)
    arrived = [0]

    def steal(step: str, _argument: str) -> str:
        arrived[0] += step == "dot"
        if step == "dot" and arrived[0] == 10:
            take_for_dead(here.store)
        return ""

    with sink_with(steal) as sink:
        summary = here.send(sink)
        assert "the store no longer knows this process" in summary.stopped
        assert "send again" in summary.hint
        went = len(sink.seen)
        states = here.states()
        assert states["in-doubt"] <= 2
        assert states["sent"] + states["in-doubt"] == went
        assert states["queued"] == 100 - went
        assert sink.connections < 10  # it did not try all that it had claimed
        assert here.send(sink).stopped == ""
    assert set(sink.seen.values()) == {1}
    assert len(sink.seen) == 100


def test_a_sender_that_waits_is_told_too(setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch) -> None:
    here = setup(1)
    monkeypatch.setattr("delivery.ledger.BEAT", 0.01)
    monkeypatch.setattr("delivery.lease.BEAT", 0.01)

    async def slow(_: object) -> None:
        take_for_dead(here.store)
        await asyncio.sleep(0.2)

    monkeypatch.setattr("delivery.transports.smtp.SmtpConnection.open", slow)
    with sink_with() as sink:
        assert "no longer knows this process" in here.send(sink).stopped
    assert here.states() == {"queued": 1}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_sample_store(tmp_path)
    issue_sample(opened, sample_office(tmp_path), plain_routes(1))
    return opened


def shown(store: Store) -> list[tuple[object, bool]]:
    with store.read() as connection:
        return [(row.seen_at, row.ended_at is None) for row in connection.execute(select(senders))]


def test_whoever_leaves_says_so(store: Store, tmp_path: Path) -> None:
    with sending(store, tmp_path, 1, lambda: NOW) as sender:
        ((_, lives),) = shown(store)
        assert lives
        with sender.transaction(is_claim=True):
            pass
    ((_, lives),) = shown(store)
    assert not lives
    with pytest.raises(LostError), sender.transaction(is_claim=True):
        pass
    store.close()


def test_a_sign_that_was_rolled_back_is_none(store: Store, tmp_path: Path) -> None:
    def fail(sender: Sender) -> None:
        with sender.transaction(is_claim=True):
            raise ZeroDivisionError

    with sending(store, tmp_path, 1, lambda: NOW) as sender:
        with pytest.raises(ZeroDivisionError):
            fail(sender)
        with sender.transaction(is_claim=True):
            pass
    store.close()


def test_a_store_put_back_under_the_hands_of_a_sender(store: Store, tmp_path: Path) -> None:
    with sending(store, tmp_path, 1, lambda: NOW) as sender:
        ((before, _),) = shown(store)
        with sender.transaction(is_claim=True):
            pass
        ((after, _),) = shown(store)
        assert isinstance(before, type(after))
        with store.write() as connection:
            connection.execute(update(senders).values(seen_at=after - timedelta(milliseconds=1)))  # type: ignore[operator]
        with pytest.raises(LostError), sender.transaction(is_claim=True):
            pass
    store.close()


@pytest.mark.sqlite("a store in a file")
def test_a_file_that_was_put_back_under_its_hands_ends_it(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    office = sample_office(tmp_path)
    circular_id = issue_sample(store, office, plain_routes(3))
    with sending(store, office.folder, circular_id, lambda: NOW) as sender:
        with sender.transaction(is_claim=True):
            pass
        copy = tmp_path / "backup.db"
        shutil.copy(tmp_path / "circulars.db", copy)
        copy.replace(tmp_path / "circulars.db")
        with pytest.raises(LostError, match="put back"), sender.transaction(is_claim=True):
            pass
    store.close()
