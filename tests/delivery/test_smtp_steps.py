"""Sending over SMTP: every fault at every step of the protocol, pipelined and not, in the clear and over TLS."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from delivery.mail_form import MailForm
from delivery.transports.relay import Timeouts
from delivery.transports.verdicts import Parcel
from office.ziplayout import store as stored
from templates.docxform import DocxForm
from tests.delivery.certificates import make_certificate
from tests.delivery.conversing import converse, cut_short
from tests.delivery.relays import QUICK, Setup, at, sink_with
from tests.delivery.samples import REFERENCE, sample_forms
from tests.delivery.sink import CUT, DROP, HALF, HANG, Script

MAIL = b"Message-ID: <a@example.org>\r\n\r\ntext\r\n"
IMPATIENT = Timeouts(connect=10, command=0.4, data=0.4, block=10, ending=0.4, pause=0.01)
NO = {"450 4.2.0 later": "deferred", "550 5.1.1 nobody": "refused", "421 4.3.2 closing": "deferred"}
BROKEN = (DROP, HALF, HANG, "what?", "250-a line of another\r\n550 reply", "777 hm", "x" * 20_000)
BEFORE_THE_DOT = dict.fromkeys(BROKEN, "sent") | NO
EXPECTED = {
    # 5xx to MAIL means us, and is tested with the faults of a relay
    "mail": {fault: state for fault, state in BEFORE_THE_DOT.items() if state != "refused"},
    "rcpt": BEFORE_THE_DOT,
    "data": BEFORE_THE_DOT,
    "body": {CUT: "in-doubt"},
    "dot": dict.fromkeys(BROKEN, "in-doubt") | NO,
}


def sample_parcel(name: str, text: bytes) -> Parcel:
    half = len(text) // 2
    pieces = (text[:half], text[half:])
    return Parcel(1, name, "a@example.org", f"{name}@example.org", pieces, len(text))


def by_row(here: Setup, step: str, faults: dict[int, str]) -> Script:
    """Return a script with a fault, once, at a step of the rows numbered."""
    left = {}
    for number, fault in faults.items():
        row = here.rows()[number]
        left[f"<{row.mailbox}>"] = left[f"+{row.token}@"] = (number, fault)
    done: set[int] = set()

    def script(happening: str, argument: str) -> str:
        if happening != step:
            return ""
        for words, (number, fault) in left.items():
            if words in argument and number not in done:
                done.add(number)
                return fault
        return ""

    return script


@pytest.mark.parametrize(
    ("security", "pipelining"), [("none", True), ("none", False), ("starttls", True), ("tls", False)]
)
@pytest.mark.parametrize("step", EXPECTED)
def test_every_fault_at_a_step(
    setup: Callable[..., Setup], tmp_path: Path, step: str, pipelining: bool, security: str
) -> None:
    expected = EXPECTED[step]
    faults = {3 * place + 1: fault for place, fault in enumerate(expected)}
    context: dict[str, Any] = {}
    settings: dict[str, Any] = {"security": security}
    if security != "none":
        context = {security: make_certificate(tmp_path)[1]}
        settings["ca_file"] = "relay.pem"
    here = setup(3 * len(expected), **settings)
    extensions = ("8BITMIME", "SIZE 10000000", "DSN", *(["PIPELINING"] if pipelining else []))
    with sink_with(by_row(here, step, faults), extensions=extensions, **context) as sink:
        summary = here.send(sink, timeouts=IMPATIENT)
        assert summary.stopped == ""
    rows = here.rows()
    found = {expected_fault: rows[number].state for number, expected_fault in faults.items()}
    assert found == expected
    assert all(row.state == "sent" for number, row in enumerate(rows) if number not in faults)
    counted = {row.message_id for row in rows if row.state == "sent"}
    assert counted <= set(sink.seen) <= counted | {row.message_id for row in rows if row.state == "in-doubt"}
    assert set(sink.seen.values()) == {1}
    assert sink.empty == []


@pytest.mark.parametrize("seed", range(3))
def test_faults_at_random_lose_nothing_and_double_nothing(setup: Callable[..., Setup], seed: int) -> None:
    here = setup(150, connections=3)
    chance = random.Random(seed)

    def script(step: str, _argument: str) -> str:
        if step in ("mail", "rcpt", "data", "dot", "rset") and chance.random() < 0.03:
            clear = ["450 4.2.0 later"] if step == "mail" else ["450 4.2.0 later", "550 5.1.1 nobody"]
            return chance.choice([DROP, HALF, "what?", "250 one\r\n250 too many", *clear])
        return CUT if step == "body" and chance.random() < 0.02 else ""

    with sink_with(script) as sink:
        summary = here.send(sink, timeouts=IMPATIENT)
    rows = here.rows()
    assert summary.stopped == ""
    assert {row.state for row in rows} >= {"sent", "in-doubt"}
    assert set(sink.seen.values()) == {1}
    sent = {row.message_id for row in rows if row.state == "sent"}
    assert sent <= set(sink.seen) <= sent | {row.message_id for row in rows if row.state == "in-doubt"}


def test_one_round_trip_for_a_message(setup: Callable[..., Setup]) -> None:
    here = setup(10)
    with sink_with(withhold=9) as sink:  # and would wait for ever, if the next envelope did not come along
        here.send(sink)
    assert here.states() == {"sent": 10}
    assert (sink.connections, len(sink.seen)) == (1, 10)


def test_one_command_at_a_time_where_pipelining_is_not_announced(setup: Callable[..., Setup]) -> None:
    here = setup(3)
    with sink_with(strict=True, extensions=("DSN",)) as sink:
        here.send(sink)
        assert (sink.hasty, len(sink.seen)) == (0, 3)
    again = setup(3)
    with sink_with(strict=True) as sink:
        again.send(sink)
        assert sink.hasty >= 3  # the test can tell


def test_one_command_at_a_time_where_pipelining_is_not_wanted(setup: Callable[..., Setup]) -> None:
    here = setup(3, pipelining=False)
    with sink_with(strict=True) as sink:
        here.send(sink)
    assert (sink.hasty, here.states()) == (0, {"sent": 3})


@pytest.mark.parametrize("greeting", ["220 mail.example.int Dovecot ready.", "220 example.int Dovecot (Debian) ready."])
def test_a_server_that_dies_of_pipelining_is_spared_it(setup: Callable[..., Setup], greeting: str) -> None:
    here = setup(3)
    with sink_with(at("connect", greeting), strict=True) as sink:
        here.send(sink)
    assert (sink.hasty, here.states()) == (0, {"sent": 3})


@pytest.mark.parametrize("reply", ["554 no valid recipients", "250 accepted", "what?", DROP])
def test_a_text_asked_for_after_a_refusal_is_ended_empty(setup: Callable[..., Setup], reply: str) -> None:
    here = setup(4)

    def script(step: str, argument: str) -> str:
        if "minister1@" in argument:
            return {"rcpt": "550 5.1.1 nobody", "data": "354 go on", "dot": reply}.get(step, "")
        return ""

    with sink_with(script) as sink:
        here.send(sink)
    assert [row.state for row in here.rows()] == ["sent", "refused", "sent", "sent"]
    assert here.rows()[1].reply_text == "5.1.1 nobody"
    assert set(sink.empty) <= {b""}
    assert sink.connections == (1 if reply.startswith("554") else 2)
    assert len(sink.seen) == 3


def test_what_was_refused_is_reset_in_the_open_connection(setup: Callable[..., Setup]) -> None:
    here = setup(4)

    def script(step: str, argument: str) -> str:
        if step == "rset":
            return DROP
        return "550 5.1.1 nobody" if step == "rcpt" and "minister1@" in argument else ""

    with sink_with(script) as sink:
        here.send(sink)
    assert [row.state for row in here.rows()] == ["sent", "refused", "sent", "sent"]
    assert sink.connections == 2


def test_a_reply_too_many_is_not_taken_for_the_next_one(setup: Callable[..., Setup]) -> None:
    here = setup(4)
    refuse = {"rcpt": "250 ok\r\n250 and ok"}

    def script(step: str, argument: str) -> str:
        return refuse.pop(step, "") if "minister1@" in argument else ""

    with sink_with(script) as sink:
        here.send(sink)
    assert here.states() == {"sent": 4}
    assert set(sink.seen.values()) == {1}
    assert sink.connections == 2


def test_a_relay_that_spoils_everything_is_left_alone(setup: Callable[..., Setup]) -> None:
    here = setup(40, connections=2)
    with sink_with(lambda step, _argument: DROP if step == "dot" else "") as sink:
        summary = here.send(sink)
    assert "broke off" in summary.stopped
    assert here.states()["in-doubt"] <= 2 * 2 + 2
    assert summary.remaining == here.states()["queued"]


def test_messages_per_connection(setup: Callable[..., Setup]) -> None:
    here = setup(25, per_connection=10)
    with sink_with() as sink:
        assert here.send(sink).sent == 25
    assert sink.connections == 3


def test_lines_that_begin_with_a_full_stop_arrive_as_they_are() -> None:
    text = b"Message-ID: <a@example.org>\r\n\r\n.\r\n..\r\n.a\r\na.\r\n.\r\nno end"
    parcel = sample_parcel("b", text)
    with sink_with() as sink:
        verdicts = converse(sink, [parcel, parcel])
    assert [verdict.state for verdict in verdicts] == ["sent", "sent"]
    assert [message.content for message in sink.received] == [text + b"\r\n"] * 2


def test_a_message_given_up_before_its_end_has_not_left() -> None:
    small, large = (
        sample_parcel(name, text)
        for name, text in (("small", MAIL), ("large", MAIL + b"0123456789abcde\r\n" * 1_000_000))
    )
    with sink_with(lambda step, argument: HANG if step == "body" and "large" in argument else "") as sink:
        verdict = cut_short(sink, [small, large], after=0.5)
        assert [message.rcpt for message in sink.received] == ["TO:<small@example.org>"]
    assert (verdict.state, verdict.code) == ("queued", None)  # not the «250» that the one before it got


def test_an_accepted_message_stays_so_while_the_next_one_is_refused() -> None:
    first, second = (sample_parcel(name, MAIL) for name in ("first", "second"))

    def script(step: str, argument: str) -> str:
        if "second" in argument:
            return {"rcpt": "550 5.1.1 nobody", "data": "354 go on", "dot": HANG}.get(step, "")
        return ""

    with sink_with(script) as sink:
        verdict = cut_short(sink, [first, second], after=0.5)
        assert len(sink.received) == 1
    assert (verdict.state, verdict.code) == ("sent", 250)


def test_a_message_larger_than_announced_is_not_tried(setup: Callable[..., Setup]) -> None:
    here = setup(2)
    with sink_with(extensions=("SIZE 1000", "PIPELINING")) as sink:
        summary = here.send(sink)
    assert here.states() == {"refused": 2}
    assert sink.received == []
    assert "takes at most 1000 bytes" in summary.problems[0].text


def test_delivery_reports_are_asked_for_where_announced(setup: Callable[..., Setup]) -> None:
    here = setup(routes=[[("a+b=c@example.org", "to")], [("министр@example.org", "to")]])
    with sink_with(extensions=("DSN", "SMTPUTF8", "PIPELINING")) as sink:
        here.send(sink)
        first, second = here.rows()
        assert sink.received[0].mail.endswith(f"> RET=HDRS ENVID={first.token}")
        assert sink.received[0].rcpt == (
            "TO:<a+b=c@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@example.org"
        )
        assert sink.received[1].mail.endswith(f"> BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID={second.token}")
        assert sink.received[1].rcpt.endswith(
            r" ORCPT=utf-8;\x{43C}\x{438}\x{43D}\x{438}\x{441}\x{442}\x{440}@example.org"
        )


def test_no_reports_where_they_are_not_wanted(setup: Callable[..., Setup]) -> None:
    here = setup(1, dsn=False)
    with sink_with(extensions=("DSN",)) as sink:
        here.send(sink)
    assert "ENVID" not in sink.received[0].mail
    assert "NOTIFY" not in sink.received[0].rcpt


def test_large_messages_over_tls(setup: Callable[..., Setup], tmp_path: Path) -> None:
    _, context = make_certificate(tmp_path)
    document = DocxForm(packed=(stored("a.xml", bytes(6_000_000)),), open_parts=(), styles=())
    form = MailForm(replace(sample_forms(), docx=document), reference=REFERENCE, zone="Europe/Zurich")
    here = setup(4, form=form, security="starttls", ca_file="relay.pem")
    cuts = [CUT]

    def script(step: str, argument: str) -> str:
        return cuts.pop() if step == "body" and "minister1@" in argument and cuts else ""

    with sink_with(script, starttls=context, extensions=("SIZE 40000000", "PIPELINING")) as sink:
        here.send(sink, timeouts=QUICK)
    assert here.states() == {"sent": 4}  # cut within the text, long before its dot was handed over
    assert set(sink.seen.values()) == {1}
