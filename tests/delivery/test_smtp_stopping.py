"""Sending over SMTP: rows that do not go, and runs that end before the list does."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from store.circulars import set_held
from store.outbox import withdraw_rows
from store.suppressions import Suppression, suppress
from tests.delivery.relays import QUICK, Setup, sink_with
from tests.delivery.samples import (
    NOW,
)
from tests.delivery.sink import HANG


def test_suppressed_withdrawn_and_held_rows_do_not_go(setup: Callable[..., Setup]) -> None:
    here = setup(4)
    with here.store.write() as connection:
        suppress(connection, Suppression(address="minister1@example.org", reason="left", by="tester", since=NOW))
        assert withdraw_rows(connection, here.circular_id, keys=["key-2"], at=NOW) == 1
        set_held(connection, here.circular_id, held=True)
    with sink_with() as sink:
        assert here.send(sink).sent == 0
        with here.store.write() as connection:
            set_held(connection, here.circular_id, held=False)
        summary = here.send(sink)
    assert here.states() == {"sent": 2, "suppressed": 1, "withdrawn": 1}
    assert (summary.sent, summary.suppressed) == (2, 1)


def test_holding_stops_a_run(setup: Callable[..., Setup]) -> None:
    here = setup(50)
    held: list[bool] = []

    def hold(step: str, _argument: str) -> str:
        if step == "data" and not held:
            held.append(True)
            with here.store.write() as connection:
                set_held(connection, here.circular_id, held=True)
        return ""

    with sink_with(hold) as sink:
        summary = here.send(sink)
    assert summary.stopped == "The circular was held."
    assert 1 <= summary.sent < 10
    assert here.states() == {"sent": summary.sent, "queued": 50 - summary.sent}


def test_withdrawn_between_claim_and_intent(setup: Callable[..., Setup]) -> None:
    here = setup(3)

    def withdraw(step: str, argument: str) -> str:
        if step == "rcpt" and "minister1" in argument:
            with here.store.write() as connection:
                withdraw_rows(connection, here.circular_id, keys=["key-1"], at=NOW)
        return ""

    with sink_with(withdraw) as sink:
        here.send(sink)
    assert here.states() == {"sent": 2, "withdrawn": 1}
    assert len(sink.seen) == 2


def test_limit(setup: Callable[..., Setup]) -> None:
    here = setup(10, connections=3)
    with sink_with() as sink:
        summary = here.send(sink, limit=4)
    assert (summary.sent, summary.remaining, summary.stopped) == (4, 6, "")
    assert len(sink.seen) == 4


def test_progress(setup: Callable[..., Setup]) -> None:
    here = setup(30)
    seen: list[Any] = []
    with sink_with() as sink:
        here.send(sink, progress=seen.append)
    assert (seen[-1].done, seen[-1].total) == (30, 30)
    assert seen[-1].rate > 0
    assert [event.done for event in seen] == sorted(event.done for event in seen)


def test_ctrl_c_finishes_what_is_under_way(setup: Callable[..., Setup]) -> None:
    here = setup(200, connections=2)
    arrived = [0]

    def interrupt(step: str, _argument: str) -> str:
        arrived[0] += step == "dot"
        if step == "dot" and arrived[0] == 20:
            os.kill(os.getpid(), signal.SIGINT)
        return ""

    with sink_with(interrupt, delay=0.005) as sink:
        summary = here.send(sink)
    assert summary.stopped == "Stopped as asked."
    assert 20 <= summary.sent < 200
    assert here.states() == {"sent": summary.sent, "queued": 200 - summary.sent}
    with sink_with() as again:
        here.send(again)
    assert len(sink.seen) + len(again.seen) == 200


@pytest.mark.parametrize("way", ["Ctrl-C", "hold"])
def test_a_run_whose_relay_does_not_greet_is_stopped_at_once(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("delivery.relaying.GLANCE", 0.05)
    here = setup(3)
    asked: list[str] = []

    def stop(step: str, _argument: str) -> str:
        asked.append(step)
        if len(asked) == 1 and way == "hold":
            with here.store.write() as connection:
                set_held(connection, here.circular_id, held=True)
        elif len(asked) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return HANG

    with sink_with(stop) as sink:
        begun = time.monotonic()
        summary = here.send(sink)
    assert time.monotonic() - begun < 0.8 * QUICK.command
    assert summary.stopped == ("The circular was held." if way == "hold" else "Stopped as asked.")
    assert here.states() == {"queued": 3}


def test_a_closed_terminal_finishes_what_is_under_way_however_often_it_is_told(setup: Callable[..., Setup]) -> None:
    here = setup(50)
    arrived = [0]

    def close(step: str, _argument: str) -> str:
        arrived[0] += step == "dot"
        if step == "dot" and arrived[0] == 5:
            for _ in range(3):
                os.kill(os.getpid(), signal.SIGHUP)
                time.sleep(0.02)  # so that they are not taken for one
        return ""

    with hanging_up(signal.default_int_handler), sink_with(close) as sink:
        summary = here.send(sink)
    assert summary.stopped == "Stopped as asked."
    assert 5 <= summary.sent < 50
    assert here.states() == {"sent": summary.sent, "queued": 50 - summary.sent}


def test_who_wants_no_terminal_goes_on_without(setup: Callable[..., Setup]) -> None:
    here = setup(5)

    def close(step: str, _argument: str) -> str:
        if step == "dot":
            os.kill(os.getpid(), signal.SIGHUP)
        return ""

    with hanging_up(signal.SIG_IGN), sink_with(close) as sink:
        assert here.send(sink).sent == 5


@contextmanager
def hanging_up(handler: Any) -> Iterator[None]:
    """Let SIGHUP mean something before a run; a run that does not hear it is not killed, but fails."""
    before = signal.signal(signal.SIGHUP, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_ctrl_c_does_not_wait(setup: Callable[..., Setup]) -> None:
    here = setup(5)

    def interrupt(step: str, _argument: str) -> str:
        if step == "dot":
            for delay in (0.0, 0.3):
                threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
        return HANG if step == "dot" else ""

    with sink_with(interrupt) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, ending=60))
    assert summary.stopped == "Stopped as asked."
    assert here.states() == {"in-doubt": 1, "queued": 4}
