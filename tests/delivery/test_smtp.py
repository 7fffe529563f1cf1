"""Sending over SMTP: what each answer, and each silence, of the relay makes of a row."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from delivery.mail_form import MailForm
from delivery.pace import next_attempt
from office.ziplayout import store as stored
from store.messages import State
from templates.docxform import DocxForm
from tests.delivery.relays import QUICK, Setup, at, sink_with
from tests.delivery.samples import (
    NOW,
    REFERENCE,
    sample_forms,
)
from tests.delivery.sink import CUT, DROP, HANG, Script


def test_every_row_is_a_message_of_its_own(setup: Callable[..., Setup]) -> None:
    routes = [[("a@example.org", "to"), ("b@example.org", "to"), ("c@example.org", "cc")], [("d@example.org", "to")]]
    here = setup(routes=routes, connections=3)
    with sink_with() as sink:
        summary = here.send(sink)
    assert (summary.sent, summary.remaining, summary.stopped) == (4, 0, "")
    assert sorted(message.rcpt for message in sink.received) == [f"TO:<{x}@example.org>" for x in "abcd"]
    assert len(sink.seen) == 4
    rows = {f"TO:<{row.mailbox}>": row for row in here.rows()}
    for message in sink.received:
        row = rows[message.rcpt]
        assert message.message_id == row.message_id
        assert message.mail.startswith(f"FROM:<bounce+{row.token}@replies.example.int> SIZE={len(message.content)}")
        assert (row.state, row.reply_code, row.reply_text, row.attempts) == ("sent", 250, "2.0.0 accepted", 1)
        others = {other for other in "abcd" if f"TO:<{other}@example.org>" != message.rcpt}
        hidden = others - {"a"} if row.role == "cc" else others
        assert not any(f"{other}@example.org".encode() in message.content for other in hidden)


def test_connections_are_kept_open(setup: Callable[..., Setup]) -> None:
    here = setup(60, connections=4)
    with sink_with() as sink:
        here.send(sink)
    assert sink.connections == 4
    assert len(sink.seen) == 60


@pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
@pytest.mark.parametrize(("reply", "state"), [("550 5.1.1 nobody", "refused"), ("451 4.3.0 later", "deferred")])
def test_a_clear_no_concerns_one_row(setup: Callable[..., Setup], step: str, reply: str, state: str) -> None:
    here = setup(3)
    with sink_with(at(step, reply, times=1)) as sink:
        summary = here.send(sink)
    assert here.states() == {"sent": 2, state: 1}
    assert sink.connections == 1  # reset, not reopened
    (problem,) = summary.problems
    assert (problem.mailbox, problem.code, problem.text) == ("minister0@example.org", int(reply[:3]), reply[4:])
    assert problem.hint
    row = here.rows()[0]
    assert (row.reply_code, row.attempts) == (int(reply[:3]), 1)
    later = next_attempt(attempts=0, first_attempt_at=None, now=NOW, row_id=row.id)
    assert row.next_attempt_at == (later if state == "deferred" else None)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_421_defers_and_closes(setup: Callable[..., Setup], step: str) -> None:
    here = setup(2)
    with sink_with(at(step, "421 4.3.2 shutting down", times=1)) as sink:
        here.send(sink)
    assert here.states() == {"sent": 1, "deferred": 1}
    assert sink.connections == 2


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("reply", [DROP, HANG, "no number", "999 what", "250", "1xx"])
def test_before_the_dot_a_broken_connection_means_not_sent(setup: Callable[..., Setup], step: str, reply: str) -> None:
    if reply == "250" and step != "data":
        reply = "354 go on"  # an answer to another question
    here = setup(2)
    with sink_with(at(step, reply, times=1)) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, command=1, data=1) if reply == HANG else QUICK)
    assert here.states() == {"sent": 2}
    assert summary.sent == 2
    assert sink.connections == 2
    assert set(sink.seen.values()) == {1}


def test_a_connection_cut_within_a_large_message_means_not_sent(setup: Callable[..., Setup]) -> None:
    document = DocxForm(packed=(stored("a.xml", bytes(15_000_000)),), open_parts=(), styles=())
    forms = replace(sample_forms(), docx=document)
    form = MailForm(forms, reference=REFERENCE, zone="Europe/Zurich")
    here = setup(2, form=form)
    with sink_with(at("body", CUT, times=1), extensions=("SIZE 40000000",)) as sink:
        here.send(sink, timeouts=replace(QUICK, block=20, ending=20))
    assert here.states() == {"sent": 2}
    assert set(sink.seen.values()) == {1}
    assert sink.connections == 2


def test_a_connection_cut_within_a_small_message_may_be_in_doubt(setup: Callable[..., Setup]) -> None:
    here = setup(1)
    with sink_with(at("body", CUT, times=1)) as sink:
        here.send(sink)
    # It fits the socket's buffer, so that its final dot was handed over before the cut could be seen.
    assert here.states() == {"in-doubt": 1}
    assert not sink.seen


@pytest.mark.parametrize("reply", [DROP, HANG, "no number", "354 go on", "199 hm", "612 hm"])
def test_after_the_dot_only_a_clear_answer_counts(setup: Callable[..., Setup], reply: str) -> None:
    here = setup(3)
    with sink_with(at("dot", reply, times=1)) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, ending=1) if reply == HANG else QUICK)
    assert here.states() == {"sent": 2, "in-doubt": 1}
    assert summary.in_doubt == 1
    assert "circulars doubt" in summary.problems[0].hint
    assert here.send(sink).sent == 0  # never by itself
    assert set(sink.seen.values()) == {1}


def test_a_message_that_always_breaks_the_connection_is_deferred(setup: Callable[..., Setup]) -> None:
    here = setup(3)
    with sink_with(at("rcpt", DROP, match="minister1@")) as sink:
        here.send(sink)
    assert here.states() == {"sent": 2, "deferred": 1}


def test_deferred_rows_are_tried_later_and_given_up_after_five_days(setup: Callable[..., Setup]) -> None:
    here = setup(1)
    waits = []
    with sink_with(at("rcpt", "450 4.2.0 greylisted")) as sink:
        while here.states() != {"refused": 1}:
            here.send(sink)
            row = here.rows()[0]
            if row.next_attempt_at is not None:
                waits.append(row.next_attempt_at - here.now)
                again = here.send(sink)
                assert again.deferred == 0  # not before its time
                assert (again.remaining, again.next_try) == (1, row.next_attempt_at)
                here.now = row.next_attempt_at
    least = [timedelta(minutes=m) for m in (15, 30, 60, 120, 240, 240)]
    assert all(base <= waited < base * 1.25 for base, waited in zip(least, waits[:6], strict=True))
    assert timedelta(days=5) <= here.now - NOW < timedelta(days=5, hours=5)
    assert here.rows()[0].reply_text == "Given up after 5 days. Last: 4.2.0 greylisted"


def test_a_refused_sender_stops_the_run(setup: Callable[..., Setup]) -> None:
    here = setup(5, connections=2)
    with sink_with(at("mail", "550 5.7.1 sender not allowed")) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 5}
    assert "refuses the sender bounce+" in summary.stopped
    assert summary.hint
    assert summary.remaining == 5


@pytest.mark.parametrize(
    "refusal",
    [
        "554 5.7.1 Relay access denied",
        "554 5.7.1 <m@example.org>: Recipient address rejected: Access denied",  # Postfix's submission, without a login
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
    ],
)
def test_relaying_denied_is_our_fault_unless_something_goes_through(setup: Callable[..., Setup], refusal: str) -> None:
    here = setup(12)
    with sink_with(at("rcpt", refusal)) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 12}
    assert "does not relay for this office" in summary.stopped
    with sink_with(at("rcpt", refusal, match="minister0@")) as sink:
        summary = here.send(sink)
    assert here.states() == {"sent": 11, "refused": 1}
    assert summary.stopped == ""


def test_a_few_denials_at_the_end_do_not_become_refusals(setup: Callable[..., Setup]) -> None:
    here = setup(2)
    with sink_with(at("rcpt", "550 5.7.54 Unable to relay")) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 2}
    assert "does not relay" in summary.stopped


@pytest.mark.parametrize("count", [2, 12])
def test_a_sender_that_is_refused_at_the_recipient_is_our_fault(setup: Callable[..., Setup], count: int) -> None:
    """As Postfix does it: it judges the sender only when it knows for whom."""
    here = setup(count)
    refusal = "553 5.7.1 <bounce@example.int>: Sender address rejected: not owned by user office"
    with sink_with(at("rcpt", refusal)) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": count}
    assert "refuses the sender bounce+" in summary.stopped
    assert "not owned by user office" in summary.stopped
    assert "with any +token" in summary.hint
    with sink_with(at("rcpt", refusal, match="minister0@")) as sink:
        here.send(sink)
    assert here.states() == {"sent": count - 1, "refused": 1}, "one that takes others means this addressee"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (at("connect", "554 go away"), "turns us away: 554 go away"),
        (at("connect", "421 too busy"), "turns us away: 421 too busy"),
        (at("connect", "hello"), "does not speak SMTP: Malformed SMTP response line: hello"),
        (at("connect", DROP), "cannot be reached"),
        (at("ehlo", "502 no"), "turns us away: 502 no"),
    ],
)
def test_a_relay_that_cannot_be_used(setup: Callable[..., Setup], script: Script, words: str) -> None:
    here = setup(2)
    with sink_with(script) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 2}
    assert words in summary.stopped
    assert ("host and port" in summary.hint) == ("421" not in words), "one that answers is there"


def test_nobody_listens(setup: Callable[..., Setup]) -> None:
    here = setup(2)
    with sink_with() as sink:
        pass
    summary = here.send(sink)
    assert "cannot be reached" in summary.stopped
    assert here.states() == {"queued": 2}


def test_a_host_that_does_not_answer_is_not_waited_for_as_long_as_a_greeting(setup: Callable[..., Setup]) -> None:
    here = setup(1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        port = busy.getsockname()[1]
        others = [socket.socket() for _ in range(4)]
        for other in others:  # which fill the queue of those who wait to be let in
            other.setblocking(False)
            other.connect_ex(("127.0.0.1", port))
        here.settings = replace(here.settings, port=port)
        here.office = replace(here.office, transports={"relay": here.settings})
        summary = here.send(None, timeouts=replace(QUICK, connect=0.2))
        for other in others:
            other.close()
    assert "cannot be reached: no answer within 0.2 seconds" in summary.stopped


def test_a_greeting_that_does_not_come(setup: Callable[..., Setup]) -> None:
    here = setup(1)
    with sink_with(at("connect", HANG)) as sink:
        summary = here.send(sink, timeouts=replace(QUICK, connect=0.1, command=0.4))
    assert "Timed out waiting for server" in summary.stopped


def test_a_host_that_is_not_there(setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch) -> None:
    here = setup(1, host="relay.example.invalid", security="starttls")
    summary = here.send(None)
    assert "relay.example.invalid" in summary.stopped
    assert here.states() == {"queued": 1}


def test_a_relay_that_allows_few_connections(setup: Callable[..., Setup]) -> None:
    here = setup(30, connections=4)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return "421 too many connections" if step == "connect" and opened[0] > 2 else ""

    with sink_with(script, delay=0.01) as sink:
        summary = here.send(sink)
    assert (summary.sent, summary.stopped) == (30, "")


def test_a_relay_that_allows_few_connections_is_not_hammered_by_the_others(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.02)
    here = setup(100, connections=32)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return "421 too many connections" if step == "connect" and opened[0] > 4 else ""

    with sink_with(script, delay=0.01) as sink:
        assert here.send(sink).sent == 100
    assert opened[0] < 32 + 10, "each once, and then one for all, more and more seldom"


def test_a_connection_that_takes_its_time_is_enough(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.002)
    here = setup(2, connections=2)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return "421 too many connections" if step == "connect" and opened[0] > 1 else ""

    with sink_with(script, delay=0.3) as sink:
        assert here.send(sink).sent == 2
    assert opened[0] > 6, "the other one asked often, and in vain"


def test_a_relay_that_goes_away_is_looked_for_by_one_connection(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.01)
    here = setup(100, connections=8)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        gone = opened[0] > 8 if step == "connect" else opened[0] >= 8 and step in ("mail", "rcpt", "dot")
        return DROP if gone else ""

    with sink_with(script, delay=0.01) as sink:
        summary = here.send(sink)
    assert "cannot be reached" in summary.stopped
    assert opened[0] < 8 + 8 + 10, "each once, and then one for all"


def test_a_relay_that_comes_back_is_used_again_by_all(
    setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.01)
    here = setup(200, connections=8)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return "421 closing for now" if step == "connect" and 2 < opened[0] <= 10 else ""

    with sink_with(script, delay=0.02) as sink:
        assert here.send(sink).sent == 200
    assert opened[0] == 8 + 8, "as many as were turned away, and as many as are to be open"


def test_the_relay_goes_away_for_good(setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.relaying.FIRST_PAUSE", 0.01)
    here = setup(10, connections=2)
    opened = [0]

    def script(step: str, _argument: str) -> str:
        opened[0] += step == "connect"
        return DROP if (step == "connect" and opened[0] > 2) or (step == "mail" and opened[0] > 1) else ""

    with sink_with(script) as sink:
        summary = here.send(sink)
    assert "cannot be reached" in summary.stopped
    assert set(here.states()) <= {"queued", "sent"}
    assert summary.remaining == here.states()["queued"]


def test_international_addresses(setup: Callable[..., Setup]) -> None:
    routes = [[("министр@пример.example", "to")], [("bureau@exämple.org", "to")]]
    here = setup(routes=routes)
    with sink_with() as sink:
        assert here.send(sink).sent == 2
    first, second = sink.received
    assert first.rcpt == "TO:<министр@xn--e1afmkfd.example>"
    assert first.mail.endswith(" BODY=8BITMIME SMTPUTF8")
    assert "<министр@xn--e1afmkfd.example>".encode() in first.content
    assert second.rcpt == "TO:<bureau@xn--exmple-cua.org>"
    assert "SMTPUTF8" not in second.mail
    assert second.content.isascii()


def test_international_addresses_where_the_relay_cannot(setup: Callable[..., Setup]) -> None:
    here = setup(routes=[[("министр@пример.example", "to")], [("b@example.org", "to")]])
    with sink_with(extensions=("8BITMIME",)) as sink:
        here.send(sink)
    assert here.states() == {"sent": 1, "refused": 1}
    assert "SMTPUTF8" in here.rows()[0].reply_text
    assert "SIZE" not in sink.received[0].mail


def test_a_mailbox_that_is_no_address_is_refused_before_sending(setup: Callable[..., Setup]) -> None:
    here = setup(routes=[[("a@example.org>\r\nRCPT TO:<b@example.org", "to")], [("b@example.org", "to")]])
    with sink_with() as sink:
        here.send(sink)
    assert here.states() == {"sent": 1, "refused": 1}
    assert [message.rcpt for message in sink.received] == ["TO:<b@example.org>"]


def test_all_states_are_known() -> None:
    assert all(len(state.value) <= 10 for state in State)  # the column's width
