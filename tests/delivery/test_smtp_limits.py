"""Sending over SMTP within limits: what waits, what goes on meanwhile, and what a run says that ends for them."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from delivery.daily_caps import Forecast, forecast
from delivery.feed import CHUNK, MOST_ASIDE
from delivery.relaying import LONGEST_PAUSE, MOST_TRIES, PATIENCE
from delivery.sending import SendSummary, send
from office.model import DomainLimit
from store.circulars import set_held
from store.database import open_store
from store.schema import outbox
from tests.delivery.relays import QUICK, Setup, at, sink_with
from tests.delivery.samples import NOW, REFERENCE, Routes, issue_sample, plain_routes
from tests.delivery.sink import DROP, HANG, USUAL, Sink, _Session
from tests.postgresql import Server


def routes_to(domain: str, count: int) -> list[Routes]:
    return [[(f"person{number}@{domain}", "to")] for number in range(count)]


def domain_of(rcpt: str) -> str:
    return rcpt.partition("@")[2].partition(">")[0]


def test_a_daily_cap_ends_the_run_and_says_when_it_goes_on(setup: Callable[..., Setup]) -> None:
    here = setup(30, per_day=20, connections=3)
    with sink_with() as sink:
        first = here.send(sink)
        assert (first.sent, first.remaining) == (20, 10)
        assert first.stopped == (
            "The 20 recipients that 127.0.0.1 takes in 24 hours are used up; it goes on tomorrow at 10:31."
        )
        assert 'circulars send CL-22/010 --at "2022-03-22 10:32"' in first.hint
        assert here.states() == {"sent": 20, "queued": 10}
        opened = sink.connections
        here.now += timedelta(hours=23)
        again = here.send(sink)
        assert (again.sent, again.remaining) == (0, 10)
        assert "today at 10:31" in again.stopped
        assert sink.connections == opened  # the relay was not even asked
        here.now = NOW + timedelta(hours=24, minutes=1)
        assert here.send(sink).sent == 10
    assert set(sink.seen.values()) == {1}


def test_what_is_queued_already_takes_from_the_same_cap(setup: Callable[..., Setup]) -> None:
    domains = {"example.org": DomainLimit(rate=2), "else.example": DomainLimit(rate=1)}
    waiting = [*routes_to("example.org", 12), [("b@else.example", "to"), ("", "paper")]]
    here = setup(routes=waiting, per_day=10, domains=domains)

    def told(messages: int, **by_domain: int) -> Forecast:
        with here.store.read() as connection:
            return forecast(connection, here.settings, messages=messages, by_domain=by_domain, now=NOW)

    both = told(5, **{"example.org": 1})
    assert (both.messages, both.waiting, both.days) == (18, 13, 2)
    assert (both.rate, both.domain) == (2, "example.org")  # 13 take longer there than 1 at the other
    with here.store.write() as connection:
        set_held(connection, here.circular_id, held=True)
    assert (told(5).messages, told(5).waiting, told(5).minutes) == (5, 0, 0)


def test_a_rate_is_kept(setup: Callable[..., Setup]) -> None:
    here = setup(15, rate=1200, connections=4)
    begun = time.monotonic()
    with sink_with() as sink:
        assert here.send(sink).sent == 15
    assert time.monotonic() - begun >= 14 * 0.05


def test_a_domain_with_a_rate_holds_up_no_other(setup: Callable[..., Setup]) -> None:
    routes = [*routes_to("slow.example.org", CHUNK + 3 * MOST_ASIDE), *routes_to("example.net", CHUNK)]
    here = setup(routes=routes, connections=2, domains={"slow.example.org": DomainLimit(rate=1)})
    claimed = []

    def look(step: str, argument: str) -> str:
        if step == "rcpt" and "person100@example.net" in argument:
            with here.store.read() as connection:
                slow = (outbox.c.domain == "slow.example.org", outbox.c.state == "claimed")
                claimed.append(len(connection.execute(outbox.select().where(*slow)).all()))
        return ""

    with sink_with(look) as sink:
        run = Sending(lambda: here.send(sink))
        wait_for(sink, CHUNK + 1)
        with here.store.write() as connection:
            set_held(connection, here.circular_id, held=True)
        assert run.ended().sent == CHUNK + 1
    domains = Counter(domain_of(message.rcpt) for message in sink.received)
    assert domains == {"example.net": CHUNK, "slow.example.org": 1}
    assert claimed[0] <= CHUNK + MOST_ASIDE


def test_a_relay_that_starts_anew_has_the_time_for_it(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.001)
    here = setup(5)
    opened = [0]

    def script(step: str, argument: str) -> str:
        opened[0] += step == "connect"
        away = step == "connect" and 1 < opened[0] <= 8
        return DROP if away or (opened[0] == 1 and step == "rcpt" and "minister2" in argument) else ""

    pauses = [min(0.5 * 2**n, LONGEST_PAUSE) for n in range(MOST_TRIES - 1)]
    assert 30 < sum(pauses) < PATIENCE
    with sink_with(script) as sink:
        assert here.send(sink).sent == 5


def test_connections_to_a_domain(setup: Callable[..., Setup]) -> None:
    routes = [*routes_to("shy.example.org", 10), *routes_to("example.net", 30)]
    here = setup(routes=routes, connections=4, domains={"shy.example.org": DomainLimit(connections=1)})
    busy, most = [0], [0]

    def look(step: str, argument: str) -> str:
        if "@shy.example.org" in argument:
            busy[0] += {"rcpt": 1, "dot": -1}.get(step, 0)
            most[0] = max(most[0], busy[0])
        return ""

    with sink_with(look, delay=0.01) as sink:
        assert here.send(sink).sent == 40
    assert most == [1]


def test_a_domain_that_asks_for_less_is_left_alone_and_told(setup: Callable[..., Setup]) -> None:
    routes = [*routes_to("busy.example.org", 30), *routes_to("example.net", 30)]
    here = setup(routes=routes, connections=2)
    with sink_with(at("rcpt", "450 4.7.1 too much at once", match="@busy")) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, pause=500))
    assert summary.sent == 30
    assert 1 <= summary.deferred <= 2  # both connections may have asked before the first reply
    assert here.states() == {"sent": 30, "deferred": summary.deferred, "queued": 30 - summary.deferred}
    assert summary.stopped.startswith("What is left must wait for busy.example.org; it goes on today at 10:3")
    assert "450 4.7.1 too much at once" in summary.stopped
    assert summary.slowed == ("busy.example.org asked for less, so it went slower: 450 4.7.1 too much at once",)


def test_a_relay_that_asks_for_less_gets_less_and_all_arrives(setup: Callable[..., Setup]) -> None:
    here = setup(20, connections=4)
    with sink_with(at("mail", "421 4.7.0 slow down", times=3)) as sink:
        summary = here.send(sink)
    assert (summary.sent, summary.deferred, summary.stopped) == (17, 3, "")
    assert summary.slowed == ("127.0.0.1 asked for less, so it went slower: 421 4.7.0 slow down",)
    with sink_with() as later:
        here.now += timedelta(hours=1)
        assert here.send(later).sent == 3
    assert later.connections <= 2  # it begins as slowly as the run before has ended


def test_a_run_ends_where_the_relay_asks_for_less_when_the_first_connection_has_ended(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other one then has left goes over a single connection: it is that one."""
    here = setup(12, connections=2)
    sessions: list[_Session] = []
    other_began, first_ended = asyncio.Event(), asyncio.Event()
    carry_out = _Session.carry_out

    async def in_turn(session: _Session, reply: str) -> None:
        if session not in sessions:
            sessions.append(session)
        is_first, is_dot = session is sessions[0], reply == USUAL["dot"]
        if is_first and is_dot:
            await other_began.wait()
        elif not is_first and reply == USUAL["data"]:
            other_began.set()
        elif is_dot and session is sessions[1]:
            await first_ended.wait()
            reply = "421 4.7.0 slow down"
        await carry_out(session, reply)

    def look(step: str, _argument: str) -> str:
        if step == "quit":
            first_ended.set()
        return ""

    monkeypatch.setattr(_Session, "carry_out", in_turn)
    with sink_with(look) as sink:
        summary = Sending(lambda: here.send(sink)).ended()
    assert (summary.sent, summary.deferred, summary.stopped) == (11, 1, "")
    assert len(sessions) == 3


def test_the_only_connection_that_a_relay_allows_is_soon_open_again(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is closed after some messages and not let in again at once, while another one asks more and more seldom."""
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.3)
    monkeypatch.setattr("delivery.relaying.GLANCE", 0.05)
    here = setup(12, connections=2, per_connection=6)
    opened = [0]
    asked_at: list[float] = []

    def script(step: str, _argument: str) -> str:
        if step == "quit":
            sink.delay = 0.0
            asked_at.append(time.monotonic())
        if step != "connect":
            return ""
        opened[0] += 1
        if asked_at:
            asked_at.append(time.monotonic())
        return "421 too many connections" if opened[0] > 1 and len(asked_at) < 3 else ""

    with sink_with(script, delay=0.4) as sink:
        assert here.send(sink).sent == 12
    assert asked_at[2] - asked_at[0] < 1.2  # the pause of the other one goes on for twice as long


def test_a_run_does_not_wait_for_a_greeting_when_all_is_sent(setup: Callable[..., Setup]) -> None:
    """A relay whose processes are all busy takes a connection, and says nothing."""
    here = setup(20, connections=2)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return HANG if step == "connect" and opened[0] > 1 else ""

    begun = time.monotonic()
    with sink_with(script) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, command=60))
    assert (summary.sent, summary.stopped) == (20, "")
    assert time.monotonic() - begun < 30


def test_a_hold_is_heard_while_no_greeting_comes(setup: Callable[..., Setup]) -> None:
    here = setup(20)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        if step == "connect" and opened[0] > 1:
            with here.store.write() as connection:
                set_held(connection, here.circular_id, held=True)
            return HANG
        return DROP if step == "mail" else ""

    begun = time.monotonic()
    with sink_with(script) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, command=60))
    assert (summary.sent, summary.stopped) == (0, "The circular was held.")
    assert time.monotonic() - begun < 30


class Sending(threading.Thread):
    """A run in a thread of its own, as in another terminal."""

    def __init__(self, run: Callable[[], SendSummary]) -> None:
        super().__init__(daemon=True)
        self._run = run
        self.summary: SendSummary | None = None
        self.start()

    def run(self) -> None:
        self.summary = self._run()

    def ended(self) -> SendSummary:
        self.join(timeout=30)
        assert self.summary is not None, "the run goes on"
        return self.summary


def wait_for(sink: Sink, messages: int) -> None:
    for _ in range(1000):
        if len(sink.seen) >= messages:
            return
        time.sleep(0.01)
    raise AssertionError("the messages did not come")


@pytest.mark.parametrize("settings", [{"rate": 1}, {"domains": {"example.org": DomainLimit(rate=1)}}])
def test_holding_is_heard_in_a_long_pause(setup: Callable[..., Setup], settings: dict[str, Any]) -> None:
    here = setup(3, **settings)  # the second message has its turn after a minute
    with sink_with() as sink:
        run = Sending(lambda: here.send(sink))
        wait_for(sink, 1)
        with here.store.write() as connection:
            set_held(connection, here.circular_id, held=True)
        summary = run.ended()
    assert (summary.stopped, summary.sent) == ("The circular was held.", 1)
    assert here.states() == {"sent": 1, "queued": 2}


@pytest.mark.packages
def test_several_senders_share_a_rate_and_are_held_together(postgresql: Server, tmp_path: Path) -> None:
    here = Setup(tmp_path, routes=[], rate=3000, connections=2)
    here.store.close()
    url = postgresql.url(postgresql.create())
    stores = [open_store(url, tmp_path) for _ in range(3)]
    circular_id = issue_sample(stores[0], here.office, plain_routes(1000))
    with sink_with() as sink:
        settings = replace(here.settings, port=sink.port)
        office = replace(here.office, transports={"relay": settings}, store_url=url)

        def start() -> list[Sending]:
            def run(number: int) -> Callable[[], SendSummary]:
                return lambda: send(
                    stores[number], office, circular_id=circular_id, reference=REFERENCE, clock=lambda: NOW,
                    timeouts=QUICK,
                )  # fmt: skip

            return [Sending(run(number)) for number in range(3)]

        def hold(*, held: bool) -> None:
            with stores[0].write() as connection:
                set_held(connection, circular_id, held=held)

        begun = time.monotonic()
        runs = start()
        wait_for(sink, 60)
        hold(held=True)
        summaries = [one.ended() for one in runs]
        went = len(sink.seen)
        assert sum(summary.sent for summary in summaries) == went < 1000
        assert {summary.stopped for summary in summaries} == {"The circular was held."}
        # Of all three together, no faster than the rate; turns that were reserved for a second may be used late.
        assert went <= 50 * (time.monotonic() - begun) + 3 * 50
        hold(held=False)
        office = replace(office, transports={"relay": replace(settings, rate=0)})
        for one in start():  # who ends first tells what the others still have
            assert re.fullmatch(r"|Other processes have \d+ of the messages\.", one.ended().stopped)
    for store in stores:
        store.close()
    assert len(sink.seen) == 1000
    assert set(sink.seen.values()) == {1}
