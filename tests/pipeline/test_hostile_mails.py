"""Spoilt mails, and whatever somebody types: triage or a refusal, and what was stored before is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office.errors import CircularsError
from pipeline.approving import approve
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.reporting import report
from pipeline.tracking import explain, track
from pipeline.triage import open_mail, to_decide
from tests.pipeline.offices import SLUG, desk_at
from tests.pipeline.spoiling import history, outcome

# Mails

HEAD = b"From: eve@stranger.example.net\r\nTo: circulars@example.int\r\n"
MAILS: dict[str, bytes] = {
    "empty": b"",
    "nul": b"\x00" * 500,
    "random": bytes(range(256)) * 50,
    "no-body": HEAD,
    "no-header": b"\r\n\r\nhello",
    "bare-cr": b"From: a@example.org\rSubject: x\r\rhello\r",
    "endless-line": HEAD + b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nhello",
    "many-headers": HEAD + b"X-A: b\r\n" * 20_000 + b"\r\nhello",
    "many-parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 3000 + b"--b--",
    "deep-parts": HEAD + b"".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(300)
    ),
    "deep-messages": (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 200 + b"hello",
    "boundary-missing": HEAD + b"Content-Type: multipart/mixed\r\n\r\nhello",
    "boundary-empty": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nhello',
    "charset-unknown": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe9\xff\xfe",
    "charset-hostile": HEAD + b'Content-Type: text/plain; charset="idna"\r\n\r\n' + b"." * 2000,
    "base64-broken": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!====abc",
    "encoded-word-broken": HEAD + b"Subject: =?utf-8?b?!!!?= =?x?q?=ZZ?= =?utf-8?q?=?=\r\n\r\nhello",
    "date-hostile": HEAD + b"Date: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nhello",
    "date-year-1": HEAD + b"Date: Mon, 1 Jan 0001 00:00:00 +1400\r\n\r\nhello",
    "address-hostile": b'From: "=?utf-8?q?=00=0D=0ABcc:?=" <<<@@@>>>\r\nTo: ,,;:;,\r\n\r\nhello',
    "message-id-hostile": HEAD + b"Message-ID: <" + b"a" * 5000 + b"\r\nIn-Reply-To: <><><>\r\nReferences: "
    + b"<x> " * 5000 + b"\r\n\r\nhello",
    "token-forged": b"From: a@example.org\r\nTo: reply+" + b"a" * 31 + b"@replies.example.int\r\n\r\nhello",
    "report-hostile": HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;" + b"x" * 5000 + b"\r\nAction: exploded\r\n"
    b"Status: 99999.x.y\r\n\r\n\r\n\r\nStatus: 5.1.1\r\n--b--",
    "html-hostile": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000 + b"<script>x&#x110000;&#0;<![CDATA[",
    "calendar-broken": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
    "quotes-deep": HEAD + b"\r\n" + b">" * 3000 + b" x\r\n" * 3,
    "winmail": HEAD + b"Content-Type: application/ms-tnef\r\n\r\n" + bytes(range(256)),
    "half-a-pair": HEAD + "Subject: \ud800\r\n\r\n\udfff".encode("utf-8", "surrogatepass"),
}  # fmt: skip


@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS.keys())
def test_mails(office: Path, tmp_path: Path, raw: bytes) -> None:
    before = history(office)
    source = tmp_path / "mails"
    source.mkdir()
    (source / "hostile.eml").write_bytes(raw)
    with desk_at(office) as desk:
        summary = outcome(lambda: track(desk, source=str(source)))
        assert not isinstance(summary, CircularsError), summary
        assert summary.filed + summary.triage + len(summary.problems) <= 2
        for row in to_decide(desk).unclear:
            outcome(lambda row=row: open_mail(desk, row.id))  # type: ignore[misc]
        assert to_decide(desk).replies == ()
        outcome(lambda: explain(desk, [source / "hostile.eml"]))
        again = outcome(lambda: track(desk, source=str(source)))
        assert sum(again.kinds.values()) == 0
    assert history(office) == before


def test_all_mails_in_one_mailbox(office: Path, tmp_path: Path) -> None:
    """One spoilt mail does not keep the others from being filed."""
    mbox = tmp_path / "all.mbox"
    mbox.write_bytes(
        b"".join(
            b"From eve@example.org Mon Mar  3 09:00:00 2031\n" + raw.replace(b"\nFrom ", b"\n>From ") + b"\n\n"
            for raw in MAILS.values()
        )
    )
    before = history(office)
    with desk_at(office) as desk:
        summary = outcome(lambda: track(desk, source=str(mbox)))
        assert not isinstance(summary, CircularsError), summary
        assert sum(summary.kinds.values()) > 10
    assert history(office) == before


# Whatever somebody types

anything = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.fixture(scope="module")
def typed_at(sent_small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.pipeline.offices import copy_office

    with desk_at(copy_office(sent_small_office, tmp_path_factory.mktemp("typed") / "office")) as desk:
        yield desk


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ref=anything, name=anything, word=anything)
def test_words_at_the_keyboard(typed_at: Desk, ref: str, name: str, word: str) -> None:
    from pipeline.answering import Given, answer, excuse, note
    from pipeline.party_history import history
    from pipeline.stopping import withdraw
    from pipeline.suppressing import suppress_address, unsubscribe, unsuppress_address

    for act in (
        lambda: show(typed_at, ref, name, "txt"),
        lambda: show(typed_at, SLUG, name, word),
        lambda: answer(typed_at, SLUG, name, word, Given(state=word, by=word)),
        lambda: excuse(typed_at, SLUG, name, word, note=word),
        lambda: note(typed_at, ref, name, word),
        lambda: history(typed_at, SLUG, name),
        lambda: withdraw(typed_at, SLUG, [f"{name}?"]),
        lambda: approve(typed_at, SLUG, word),
        lambda: report(typed_at, SLUG, word),
        lambda: suppress_address(typed_at, name, word),
        lambda: suppress_address(typed_at, "rosa@lens.example.com", word, list_name=name),
        lambda: unsuppress_address(typed_at, name, list_name=word),
        lambda: unsubscribe(typed_at, word),
    ):
        outcome(act)
