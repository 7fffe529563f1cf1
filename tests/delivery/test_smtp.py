"""Sending over SMTP: what each answer, and each silence, of the relay makes of a row."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from delivery.mail_form import MailForm
from delivery.sending import SendSummary, send
from delivery.transports.relay import Timeouts
from office.errors import InputError
from office.model import Office, SmtpTransport
from office.ziplayout import store as stored
from store.circulars import set_held
from store.database import Store
from store.messages import OutboxRow, State, counts, rows_in
from store.outbox import withdraw_rows
from store.suppressions import suppress
from templates.docxform import DocxForm
from tests.delivery.certificates import make_certificate
from tests.delivery.samples import (
    NOW,
    REFERENCE,
    issue_sample,
    open_sample_store,
    plain_routes,
    sample_forms,
    sample_office,
)
from tests.delivery.sink import CUT, DROP, HANG, Script, Sink

QUICK = Timeouts(connect=10, command=10, data=10, block=10, ending=10)


class Setup:
    """An office with an issued circular, whose relay is a sink."""

    def __init__(
        self,
        folder: Path,
        *,
        routes: list[Any],
        connections: int = 1,
        form: MailForm | None = None,
        **settings: Any,
    ) -> None:
        self.settings = SmtpTransport(key="relay", host="127.0.0.1", port=1, security="none", connections=connections)
        self.settings = replace(self.settings, **settings)
        self.office: Office = sample_office(folder, self.settings)
        self.store: Store = open_sample_store(folder)
        self.circular_id = issue_sample(self.store, self.office, routes, form=form)
        self.now = NOW

    def send(self, sink: Sink | None, **arguments: Any) -> SendSummary:
        if sink is not None:
            self.settings = replace(self.settings, port=sink.port)
            self.office = replace(self.office, transports={"relay": self.settings})
        return send(
            self.store,
            self.office,
            circular_id=self.circular_id,
            reference=REFERENCE,
            clock=lambda: self.now,
            timeouts=arguments.pop("timeouts", QUICK),
            **arguments,
        )

    def states(self) -> dict[str, int]:
        with self.store.read() as connection:
            return {state.value: number for state, number in counts(connection, self.circular_id).items() if number}

    def rows(self) -> list[OutboxRow]:
        with self.store.read() as connection:
            return list(rows_in(connection, self.circular_id))


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Callable[..., Setup]]:
    made: list[Setup] = []

    def make(count: int = 1, **arguments: Any) -> Setup:
        made.append(Setup(tmp_path, **({"routes": plain_routes(count)} | arguments)))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


def at(step: str, reply: str, *, match: str = "", times: int = 10**9) -> Script:
    """Return a script that answers one step with ``reply``, for arguments that contain ``match``."""
    left = [times]

    def script(happening: str, argument: str) -> str:
        if happening == step and match in argument and left[0]:
            left[0] -= 1
            return reply
        return ""

    return script


@contextmanager
def sink_with(script: Script | None = None, **settings: Any) -> Iterator[Sink]:
    sink = Sink(**settings)
    sink.script = script or sink.script
    with sink.running():
        yield sink


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
    assert (row.next_attempt_at == NOW + timedelta(minutes=15)) == (state == "deferred")


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
    with sink_with(at("body", CUT, times=1)) as sink:
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
    assert waits[:6] == [timedelta(minutes=m) for m in (15, 30, 60, 120, 240, 240)]
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


def test_relaying_denied_is_our_fault_unless_something_goes_through(setup: Callable[..., Setup]) -> None:
    here = setup(12)
    with sink_with(at("rcpt", "554 5.7.1 Relay access denied")) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 12}
    assert "does not relay for this office" in summary.stopped
    with sink_with(at("rcpt", "554 5.7.1 Relay access denied", match="minister0@")) as sink:
        summary = here.send(sink)
    assert here.states() == {"sent": 11, "refused": 1}
    assert summary.stopped == ""


def test_a_few_denials_at_the_end_do_not_become_refusals(setup: Callable[..., Setup]) -> None:
    here = setup(2)
    with sink_with(at("rcpt", "550 5.7.54 Unable to relay")) as sink:
        summary = here.send(sink)
    assert here.states() == {"queued": 2}
    assert "does not relay" in summary.stopped


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (at("connect", "554 go away"), "turns us away: 554 go away"),
        (at("connect", "421 too busy"), "turns us away: 421 too busy"),
        (at("connect", "hello"), "hello"),
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


def test_nobody_listens(setup: Callable[..., Setup]) -> None:
    here = setup(2)
    with sink_with() as sink:
        pass
    summary = here.send(sink)
    assert "cannot be reached" in summary.stopped
    assert here.states() == {"queued": 2}


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


def test_suppressed_withdrawn_and_held_rows_do_not_go(setup: Callable[..., Setup]) -> None:
    here = setup(4)
    with here.store.write() as connection:
        suppress(connection, "Minister1@example.org", reason="left", by="tester", now=NOW)
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_starttls_with_login(setup: Callable[..., Setup], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    _, context = make_certificate(tmp_path)
    seen: list[str] = []

    class Handler:
        async def handle_DATA(self, server: object, session: Any, envelope: Any) -> str:  # noqa: N802
            seen.extend(envelope.rcpt_tos)
            return "250 ok"

    def authenticate(_server: object, _session: object, _envelope: object, _mechanism: object, data: Any) -> AuthResult:
        known = (data.login, data.password) == (b"office", "pässword".encode())
        return AuthResult(success=known, handled=known)

    controller = Controller(
        Handler(), hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        auth_required=True, authenticator=authenticate,
    )  # fmt: skip
    controller.start()
    try:
        here = setup(
            2,
            port=controller.port,
            security="starttls",
            ca_file="relay.pem",
            user_env="TEST_USER",
            password_env="TEST_PASSWORD",
        )
        with pytest.raises(InputError, match="TEST_USER and TEST_PASSWORD"):
            here.send(None)
        monkeypatch.setenv("TEST_USER", "office")
        monkeypatch.setenv("TEST_PASSWORD", "wrong")
        summary = here.send(None)
        assert "refuses the login: 535" in summary.stopped
        assert here.states() == {"queued": 2}
        monkeypatch.setenv("TEST_PASSWORD", "pässword")
        assert here.send(None).sent == 2
    finally:
        controller.stop()
    assert seen == ["minister0@example.org", "minister1@example.org"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_needs_a_certificate_that_is_known(setup: Callable[..., Setup], tmp_path: Path, security: str) -> None:
    _, context = make_certificate(tmp_path)
    here = setup(2, security=security)
    with sink_with(None, **{security: context}) as sink:
        summary = here.send(sink)
        assert "cannot be trusted" in summary.stopped
        assert here.states() == {"queued": 2}
        here.settings = replace(here.settings, ca_file="relay.pem")
        assert here.send(sink).sent == 2


def test_a_certificate_for_another_host(setup: Callable[..., Setup], tmp_path: Path) -> None:
    _, context = make_certificate(tmp_path, host="other.example.org")
    here = setup(1, security="tls", ca_file="relay.pem")
    with sink_with(tls=context) as sink:
        assert "cannot be trusted" in here.send(sink).stopped


def test_tls_where_there_is_none(setup: Callable[..., Setup]) -> None:
    here = setup(1, security="starttls")
    with sink_with() as sink:
        assert "does not offer STARTTLS" in here.send(sink).stopped
        here.settings = replace(here.settings, security="tls")
        assert "does not speak TLS" in here.send(sink).stopped
    assert here.states() == {"queued": 1}


def test_a_login_where_none_is_offered(setup: Callable[..., Setup], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_USER", "office")
    here = setup(1, user_env="TEST_USER")
    with sink_with() as sink:
        assert "AUTH" in here.send(sink).stopped


def test_no_encryption_is_for_this_machine_only(setup: Callable[..., Setup]) -> None:
    here = setup(1, host="relay.example.org")
    with pytest.raises(InputError, match="without encryption"):
        here.send(None)


def test_a_certificate_file_that_is_not_there(setup: Callable[..., Setup]) -> None:
    here = setup(1, security="tls", ca_file="missing.pem")
    with pytest.raises(InputError, match=r"missing\.pem"):
        here.send(None)
    assert here.states() == {"queued": 1}


def test_all_states_are_known() -> None:
    assert all(len(state.value) <= 10 for state in State)  # the column's width
