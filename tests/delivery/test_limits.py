"""Limits of a relay: daily caps, warm-up, rates and back-off, shared by all runs and senders of a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from delivery.daily_caps import DailyCap, Exhausted, forecast
from delivery.limits import BUSY, RECOVERY, UNCAPPED, Limits, blamed
from delivery.transports.verdicts import Verdict
from office.model import DomainLimit, SmtpTransport
from store.database import Store
from store.messages import State
from store.schema import pauses, traffic
from store.traffic import RATE, count, first_use, pauses_of, recent, take_turns
from tests.delivery.samples import open_sample_store

START = datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)
SENT = Verdict(state=State.SENT, code=250, text="2.0.0 ok")
RELAY = "relay.example.int"


class Bench:
    """A store, a clock that is moved by hand, and senders on them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START

    def limits(self, **settings: object) -> Limits:
        transport = SmtpTransport(key="relay", host="Relay.example.int", **settings)  # type: ignore[arg-type]
        return Limits(self.store, transport, lambda: self.now, expected=1_000_000)

    def pass_on(self, **time: float) -> None:
        self.now += timedelta(**time)

    def counted(self) -> int:
        with self.store.read() as connection:
            return sum(messages for _, messages in recent(connection, RELAY, self.now))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for all tests here: what they leave in it is swept out."""
    store = open_sample_store(tmp_path_factory.mktemp("limits"))
    yield store
    store.close()


@pytest.fixture
def bench(store: Store) -> Bench:
    with store.write() as connection:
        for table in (traffic, pauses):
            connection.execute(table.delete())
    return Bench(store)


def send(limits: Limits, most: int, domain: str = "example.org", verdict: Verdict = SENT) -> int:
    """Send up to ``most`` messages, as long as none must wait; returns how many went."""
    for number in range(most):
        if limits.delay() or limits.delay_of(domain):
            return number
        limits.took(domain)
        limits.heard(domain, verdict)
    return most


# Daily caps


def test_a_daily_cap_holds_for_runs_that_follow_each_other(bench: Bench) -> None:
    first = bench.limits(per_day=100)
    assert send(first, 60) == 60
    first.close()
    assert bench.counted() == 60
    bench.pass_on(hours=23)
    second = bench.limits(per_day=100)
    assert send(second, 60) == 40
    assert second.delay() == float("inf")
    # The first sixty leave the last 24 hours when the minute of the last of them does.
    assert second.exhausted == Exhausted(cap=100, room_at=START.replace(second=0) + timedelta(days=1, minutes=1))
    second.close()
    bench.now = START + timedelta(hours=24)
    assert send(bench.limits(per_day=100), 60) == 0
    bench.now = START + timedelta(hours=24, minutes=1)
    assert send(bench.limits(per_day=100), 100) == 60


def test_a_daily_cap_holds_for_senders_at_the_same_time(bench: Bench) -> None:
    senders = [bench.limits(per_day=1000) for _ in range(3)]
    sent = [0, 0, 0]
    while any(limits.exhausted is None for limits in senders):
        for number, limits in enumerate(senders):
            sent[number] += send(limits, 7)
    assert sum(sent) == 1000
    assert min(sent) > 250  # nobody sits on what others could use


def test_without_a_cap_messages_are_counted_and_nothing_waits(bench: Bench) -> None:
    limits = bench.limits()
    assert send(limits, 2 * UNCAPPED - 7) == 2 * UNCAPPED - 7
    assert limits.connections() == 4
    limits.close()
    limits.close()
    assert bench.counted() == 2 * UNCAPPED - 7


@pytest.mark.parametrize("state", [State.REFUSED, State.DEFERRED, State.QUEUED])
def test_what_the_relay_did_not_take_does_not_count(bench: Bench, state: State) -> None:
    limits = bench.limits(per_day=50)
    assert send(limits, 200, verdict=Verdict(state=state, code=450, text="4.2.0 later")) == 200
    assert send(limits, 200, verdict=Verdict(state=State.IN_DOUBT)) == 50
    limits.close()
    assert bench.counted() == 50


def test_what_waits_long_is_counted_when_it_goes(bench: Bench) -> None:
    limits = bench.limits(per_day=1000)
    assert send(limits, 10) == 10
    bench.pass_on(minutes=30)
    assert send(limits, 10) == 10
    limits.close()
    with bench.store.read() as connection:
        assert [messages for _, messages in recent(connection, RELAY, bench.now)] == [10, 10]


def test_a_warm_up_grows_from_day_to_day(bench: Bench) -> None:
    went = []
    for day in range(5):
        bench.now = START + timedelta(days=day, minutes=2 * day)
        limits = bench.limits(per_day=40, warm_up=(10, 20, 100))
        went.append(send(limits, 1000))
        limits.close()
    assert went == [10, 20, 40, 40, 40]


def test_the_first_day_of_a_relay_is_not_forgotten(bench: Bench) -> None:
    for day in range(9):
        with bench.store.write() as connection:
            count(connection, RELAY, 1, START + timedelta(days=day))
    with bench.store.read() as connection:
        assert first_use(connection, RELAY) == START.replace(second=0)
        slots = connection.exec_driver_sql("SELECT count(*) FROM traffic").scalar()
    assert slots == 3  # of the first day and the last two
    bench.now = START + timedelta(days=9)
    assert send(bench.limits(warm_up=(10, 20)), 1000) == 1000


def test_room_comes_sooner_with_the_next_day_of_the_warm_up(bench: Bench) -> None:
    limits = bench.limits(warm_up=(10, 20, 30))
    assert send(limits, 99) == 10
    limits.close()
    bench.now = START + timedelta(hours=23, minutes=30)
    assert send(bench.limits(warm_up=(10, 20, 30)), 99) == 0
    tomorrow = START.replace(second=0) + timedelta(days=1)
    with bench.store.read() as connection:
        settings = bench.limits(warm_up=(10, 20, 30)).settings
        assert DailyCap.read(connection, settings, bench.now).room_at(bench.now) == tomorrow


# Forecasts


@pytest.mark.parametrize(
    ("settings", "messages", "used", "days"),
    [
        ({}, 140_000, 0, 1),
        ({"per_day": 10_000}, 10_000, 0, 1),
        ({"per_day": 10_000}, 10_001, 0, 2),
        ({"per_day": 10_000}, 140_000, 0, 14),
        ({"per_day": 10_000}, 1_500, 9_000, 1),  # the rest goes within the same 24 hours, when there is room again
        ({"per_day": 10_000}, 11_500, 9_000, 2),
        ({"per_day": 10_000, "warm_up": (100, 1_000, 5_000)}, 16_000, 0, 4),
        ({"warm_up": (100, 1_000)}, 50_000, 0, 3),
        ({"rate": 30}, 30 * 60 * 24 - 1, 0, 1),
        ({"rate": 30}, 30 * 60 * 24 * 3, 0, 4),
        ({"domains": {"example.org": DomainLimit(rate=1)}}, 5_000, 0, 4),
        ({"per_day": 10_000}, 0, 10_000, 1),
    ],
)
def test_how_many_days_an_issue_needs(
    bench: Bench, settings: dict[str, object], messages: int, used: int, days: int
) -> None:
    if used:
        with bench.store.write() as connection:
            count(connection, RELAY, used, START - timedelta(hours=6))
    transport = bench.limits(**settings).settings
    with bench.store.read() as connection:
        told = forecast(connection, transport, messages=messages, by_domain={"example.org": messages}, now=bench.now)
    assert told.days == days
    assert told.used == used
    assert told.as_json()["days"] == days


@pytest.mark.parametrize(
    ("messages", "hours"),
    [(9_000, 5), (10_000, 5.6), (15_000, 24 + 2.8), (20_000, 24 + 5.6), (140_000, 13 * 24 + 5.6)],
)
def test_under_a_cap_and_a_rate_the_last_day_takes_its_hours_too(bench: Bench, messages: int, hours: float) -> None:
    transport = bench.limits(rate=30, per_day=10_000).settings
    with bench.store.read() as connection:
        told = forecast(connection, transport, messages=messages, by_domain={}, now=bench.now)
    assert abs(told.ends_at - bench.now - timedelta(hours=hours)) < timedelta(minutes=15)
    assert told.days == hours // 24 + 1


# Rates


def test_a_rate_is_kept_in_every_minute(bench: Bench) -> None:
    limits, went = bench.limits(rate=120), []
    while bench.now < START + timedelta(minutes=5):
        wait = limits.delay()
        if not wait:
            limits.took("")
            limits.heard("", SENT)
            went.append(bench.now)
        bench.pass_on(seconds=max(wait, 0.001))
    assert 590 <= len(went) <= 602
    assert max(sum(moment <= one < moment + timedelta(minutes=1) for one in went) for moment in went) <= 121


def test_a_rate_holds_for_several_senders_together(bench: Bench) -> None:
    senders = [bench.limits(rate=300) for _ in range(3)]
    went = [0, 0, 0]
    while bench.now < START + timedelta(minutes=2):
        for number, limits in enumerate(senders):
            went[number] += send(limits, 1)
        bench.pass_on(seconds=0.01)
    assert 570 <= sum(went) <= 620
    assert min(went) > 150


def test_a_clock_that_was_wrong_does_not_stop_the_rate(bench: Bench) -> None:
    with bench.store.write() as connection:
        ahead = START + timedelta(days=400)
        take_turns(connection, RELAY, "", turns=1, interval=timedelta(seconds=2), now=ahead)
    assert bench.limits(rate=30).delay() == 0
    with bench.store.read() as connection:
        assert pauses_of(connection, RELAY) == {}
        (stored,) = connection.exec_driver_sql("SELECT domain FROM pauses").scalars()
    assert stored == RATE


def test_a_domain_has_its_own_rate_and_connections(bench: Bench) -> None:
    limits = bench.limits(domains={"example.org": DomainLimit(connections=2, rate=60)})
    assert limits.delay() == limits.delay_of("example.org") == 0
    limits.took("example.org")
    assert limits.delay_of("example.org") == pytest.approx(1)
    assert (limits.delay(), limits.delay_of("example.net")) == (0, 0)
    bench.pass_on(seconds=1)
    assert limits.delay_of("example.org") == 0
    limits.took("example.org")
    bench.pass_on(seconds=1)
    assert limits.delay_of("example.org") == BUSY  # two are under way
    limits.heard("example.org", SENT)
    assert limits.delay_of("example.org") == 0


# Back-off


@pytest.mark.parametrize(
    ("code", "text", "at_recipient", "who"),
    [
        (421, "4.3.2 too many connections", False, ""),
        (421, "4.7.0 example.org has too much from you", False, "example.org"),
        (451, "4.3.0 later", False, ""),
        (451, "4.7.500 Server busy", True, "example.org"),
        (450, "4.7.1 slow down", True, "example.org"),
        (452, "4.7.28 unusual rate", False, ""),
        (450, "4.2.0 mailbox busy", True, None),
        (452, "4.2.2 mailbox full", True, None),
        (451, "4.7.1 Greylisting in action, please come back later", True, None),
        (450, "4.7.1 graylisted", True, None),
        (550, "5.7.1 no", True, None),
        (None, "", False, None),
    ],
)
def test_who_asks_for_less(code: int | None, text: str, at_recipient: bool, who: str | None) -> None:
    state = State.REFUSED if code == 550 else State.DEFERRED
    assert blamed(Verdict(state=state, code=code, text=text, at_recipient=at_recipient), "example.org") == who


BUSY_RELAY = Verdict(state=State.DEFERRED, code=421, text="4.7.0 slow down")


def test_pauses_double_and_load_grows_again_step_by_step(bench: Bench) -> None:
    limits = bench.limits(connections=16, rate=600)
    pauses = []
    for _ in range(4):
        send(limits, 1, verdict=BUSY_RELAY)
        limits.heard("", BUSY_RELAY)  # another connection hears the same: that is one fault
        limits.took("")
        pauses.append(limits.delay())
        bench.pass_on(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8]
    assert limits.connections() == 16 // 9
    assert limits.slowed[""].reason == "421 4.7.0 slow down"
    grown = []
    while limits.connections() < 16:
        for _ in range(RECOVERY):
            limits.took("")
            limits.heard("", SENT)
        grown.append(limits.connections())
    assert grown == [2, 2, 2, 3, 4, 5, 8, 16]


def test_after_a_pause_the_rate_is_lower(bench: Bench) -> None:
    limits = bench.limits(rate=60)
    send(limits, 1, verdict=BUSY_RELAY)
    bench.pass_on(seconds=1)
    assert limits.delay() == 0
    limits.took("")
    assert limits.delay() == pytest.approx(2)


def test_other_senders_and_later_runs_hear_of_a_pause(bench: Bench) -> None:
    first, second = bench.limits(connections=8), bench.limits(connections=8)
    assert second.delay() == 0
    first.first_pause = 5.0
    send(first, 1, verdict=BUSY_RELAY)
    bench.pass_on(seconds=1)
    assert second.delay() == pytest.approx(4)
    assert second.connections() == 4
    second.slow_down("", "421 4.7.0 slow down")  # while it pauses: the same fault
    assert bench.limits(connections=8).delay() == pytest.approx(4)


def test_a_domain_that_asks_for_less_holds_up_no_other(bench: Bench) -> None:
    limits = bench.limits()
    busy = Verdict(state=State.DEFERRED, code=450, text="4.7.1 too fast", at_recipient=True)
    assert send(limits, 5, "example.org", busy) == 1
    assert send(limits, 5, "example.net") == 5
    bench.pass_on(seconds=1)
    assert send(limits, 1, "example.org") == 1
    assert limits.slowed["example.org"].level == 1
    assert limits.connections() == 4


def test_after_a_pause_a_domain_has_fewer_connections(bench: Bench) -> None:
    limits = bench.limits(connections=8)
    busy = Verdict(state=State.DEFERRED, code=451, text="4.7.1 one at a time", at_recipient=True)

    def fill() -> int:
        taken = 0
        while not limits.delay_of("example.org"):
            limits.took("example.org")
            taken += 1
        assert limits.delay_of("example.org") == BUSY
        assert limits.delay_of("example.net") == 0
        return taken

    taken = 8
    for _ in range(taken):
        limits.took("example.org")
    allowed = []
    for pause in (1, 2, 4, 8):
        for _ in range(taken):
            limits.heard("example.org", busy)
        bench.pass_on(seconds=pause)
        taken = fill()
        allowed.append(taken)
    assert allowed == [8 // 2, 8 // 3, 8 // 5, 1]
    limits.heard("example.org", SENT)
    assert limits.delay_of("example.org") == 0


def test_a_domain_with_connections_of_its_own_gets_fewer_of_these(bench: Bench) -> None:
    limits = bench.limits(connections=8, domains={"example.org": DomainLimit(connections=4)})
    limits.slow_down("example.org", "451 4.7.1 slower")
    bench.pass_on(seconds=1)
    limits.took("example.org")
    assert limits.delay_of("example.org") == 0
    limits.took("example.org")
    assert limits.delay_of("example.org") == BUSY
