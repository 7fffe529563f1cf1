from __future__ import annotations

import mailbox
import os
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from replies.fetching import TrackSummary, track
from replies.filing import file_source_mail
from replies.matching import SentLetter
from replies.sources import SourceMail
from replies.sources.files import FileSource
from store import inbound
from store.fetching import Known
from store.owners import Owner
from store.schema import answers, delivery_events
from tests.replies.samples import DUE, House, clock, mail
from tests.replies.test_reports import report


def track_all(house: House, source: str) -> TrackSummary:
    return track(house.store, house.office, house.tokens, source=source, clock=clock)


def test_reply_makes_every_expected_open_ask_received(house: House) -> None:
    filed = house.file(mail(To=house.reply_address("minister-ke")))
    assert (filed.state, filed.kind) == ("filed", "reply")
    assert house.answers("KE") == {"attendance": "received", "statement": "received"}
    assert house.answers("FR") == {}


def test_reply_is_dated_by_when_it_was_received(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    with house.store.read() as connection:
        moments = set(connection.execute(select(answers.c.answered_at)).scalars())
    assert [moment.isoformat() for moment in moments] == ["2022-04-08T06:00:00+00:00"]


def test_same_mail_is_filed_once(house: House) -> None:
    raw = mail(To=house.reply_address("minister-ke"))
    assert house.file(raw).state == "filed"
    again = f"Received: from mx2.example.int; Sat, 9 Apr 2022 01:00:00 +0000\nX-Spam-Score: 3\n{raw}"
    assert house.file(again).state == "known"
    assert house.file(raw.replace("\n", "\r\n")).state == "known"
    assert len(house.mails()) == 1


def test_second_reply_before_a_decision_adds_no_state(house: House) -> None:
    house.file(mail(To=house.reply_address("minister-ke")))
    second = house.file(mail("Again.", To=house.reply_address("mission-ke"), Message_ID="<two@x.example>"))
    assert second.state == "triage"  # or nobody would read it: the first stands for the party
    assert "further reply" in second.reason
    with house.store.read() as connection:
        assert len(connection.execute(select(answers.c.id)).all()) == 2


def test_reply_after_a_decision_goes_to_triage_and_changes_nothing_decided(house: House) -> None:
    house.decide("KE", "attendance", "accepted")
    filed = house.file(mail("Sorry, no.", To=house.reply_address("minister-ke")))
    assert filed.state == "triage"
    assert "answered already" in filed.reason
    assert house.answers("KE") == {"attendance": "accepted", "statement": "received"}


def test_acknowledged_becomes_received(house: House) -> None:
    house.decide("KE", "attendance", "acknowledged")
    house.file(mail(To=house.reply_address("minister-ke")))
    assert house.answers("KE") == {"attendance": "received", "statement": "received"}


def test_late_reply_is_recorded(house: House) -> None:
    late = mail(To=house.reply_address("minister-ke"), Date=f"{DUE:%a, %d %b %Y} 08:00:00 +0000")
    assert house.file(late).state == "filed"
    assert house.answers("KE")["attendance"] == "received"


def test_automatic_reply_is_filed_and_never_counts(house: House) -> None:
    away = mail("I am away.", To=house.reply_address("minister-ke"), Subject="Automatic reply: Invitation")
    filed = house.file(away)
    assert (filed.state, filed.kind) == ("filed", "auto-reply")
    assert house.answers("KE") == {}


@pytest.mark.parametrize(
    ("action", "status", "state"),
    [
        ("failed", "5.1.1", "bounced"),
        ("delayed", "4.4.1", "sent"),
        ("delivered", "2.0.0", "delivered"),
        ("relayed", "2.0.0", "sent"),
    ],
)
def test_delivery_report_brings_its_message_up_to_date(house: House, action: str, status: str, state: str) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    assert house.file(report(action, status, extra=extra)).state == "filed"
    assert house.state("minister@ict.example.org") == state
    assert house.state("pa@ict.example.org") == "sent"
    with house.store.read() as connection:
        (event,) = connection.execute(select(delivery_events)).all()
    assert (event.action, event.status) == (action, status)
    assert house.answers("KE") == {}


def test_report_about_a_mailbox_to_which_ours_forwards_counts_for_ours(house: House) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    house.file(report("failed", "5.1.1", to="private@elsewhere.example", extra=extra))
    assert house.state("minister@ict.example.org") == "bounced"


def test_delivered_after_failed_stays_bounced(house: House) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    house.file(report("failed", "5.1.1", extra=extra))
    house.file(report("delivered", "2.0.0", extra=extra))
    assert house.state("minister@ict.example.org") == "bounced"


def test_forged_and_unknown_mails_change_nothing(house: House) -> None:
    house.file(mail(To="reply+" + "a" * 31 + "@replies.example.int"))
    house.file(mail(From="x@nowhere.example", Message_ID="<x@nowhere.example>"))
    house.file(report("failed", "5.1.1"))
    assert {row.state for row in house.mails()} == {"triage"}
    assert house.answers("KE") == {}
    assert house.state("minister@ict.example.org") == "sent"


def test_track_counts_what_it_finds_and_a_second_run_finds_nothing_new(house: House) -> None:
    box = mailbox.Maildir(house.office.folder / "inbox")
    box.add(mail(To=house.reply_address("minister-ke")))
    box.add(mail(From="x@nowhere.example"))
    box.add(mail(Auto_Submitted="auto-replied", To=house.reply_address("minister-fr")))
    before = {path: path.read_bytes() for path in (house.office.folder / "inbox").rglob("*") if path.is_file()}
    seen: list[str] = []
    summary = track(
        house.store, house.office, house.tokens, source=house.office.inbox.source, clock=clock, progress=seen.append
    )
    assert (summary.filed, summary.triage, summary.already_known, summary.problems) == (2, 1, 0, ())
    assert summary.kinds == {"reply": 1, "unknown": 1, "auto-reply": 1}
    assert len(seen) == 3
    again = track_all(house, house.office.inbox.source)
    assert (again.filed, again.triage, again.already_known) == (0, 0, 0)
    assert {path: path.read_bytes() for path in before} == before


def test_too_large_mail_goes_to_triage_with_the_reason(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.files.LARGEST_MAIL", 100_000)
    raw = mail("x" * 200_000, To=house.reply_address("minister-ke"))
    (house.office.folder / "big.eml").write_text(raw)
    assert track_all(house, "big.eml").triage == 1
    (row,) = house.mails()
    assert "larger than" in row.reason
    assert house.answers("KE") == {}
    with house.store.read() as connection:
        assert len(inbound.raw_mail(connection, row.id)) < 100_000


def test_unreadable_file_is_a_problem_and_the_rest_is_filed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = house.office.folder / "mails"
    folder.mkdir()
    (folder / "a.eml").write_text(mail(To=house.reply_address("minister-ke")))
    (folder / "b.eml").write_text("never read")
    whole = Path.open

    def refusing(path: Path, mode: str) -> BinaryIO:
        assert mode == "rb"
        if path.name == "b.eml":
            raise PermissionError(13, "Permission denied")
        return whole(path, "rb")

    monkeypatch.setattr(Path, "open", refusing)
    summary = track_all(house, "mails")
    assert (summary.filed, summary.problems) == (1, ("b.eml: Permission denied",))


HOSTILE = {
    "empty": b"",
    "nuls": b"\0" * 5000,
    "only-newlines": b"\r\n" * 5000,
    "header-of-2-mb": b"Subject: " + b"x" * 2_000_000 + b"\n\nhi",
    "addresses-2-mb": b"To: " + b"a@b.example, " * 150_000 + b"\n\nhi",
    "encoded-words-unfinished": b"Subject: =?utf-8?B?" + b"=?utf-8?Q?" * 5000 + b"\n\nhi",
    "base64-garbage": b"Content-Transfer-Encoding: base64\n\n!!!!====%%%%\xff\xfe",
    "multipart-without-boundary": b"Content-Type: multipart/mixed\n\n--\n--x\n",
    "boundary-never-closed": b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n",
    "unknown-charset": b"Content-Type: text/plain; charset=klingon\n\nqapla' \xe9",
    "charset-zlib": b"Content-Type: text/plain; charset=zlib\n\nx\x9cK",
    "charset-idna": b"Content-Type: text/plain; charset=idna\n\n\xe9" + b"." * 5000,
    "utf7-half-surrogate": b"Content-Type: text/plain; charset=utf-7\nSubject: =?utf-7?Q?+2AA-?=\n\n+2AA-",
    "date-in-the-year-9999": b"Date: Fri, 31 Dec 9999 23:59:59 -1200\n\nhi",
    "date-nonsense": b"Date: Fri, 99 Foo 20222222222 99:99:99 +9999999999\n\nhi",
    "received-nonsense": b"Received: ;;;;; 1\n\nhi",
    "message-id-huge": b"Message-ID: <" + b"a" * 100_000 + b"@x>\n\nhi",
    "message-id-of-many-letters": f"Message-ID: <{''.join(map(chr, range(0x4E00, 0x5200)))}@x>\n\nhi".encode(),
    "nul-everywhere": b'Message-ID: <a\0b@x>\nSubject: a\0b\nFrom: "a\0b" <a@x.example>\n\nhi\0',
    "report-of-nothing": b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n",
    "report-garbled": b"Content-Type: message/delivery-status\n\nFinal-Recipient: ;;;\nAction: \nStatus: 9.9.9\n :",
    "html-unclosed": b"Content-Type: text/html\n\n" + b"<script><!--<a <" * 50_000,
    "parameters-mad": b"Content-Type: text/plain; " + b"a*0*=''; a*999=\"; " * 2000 + b"\n\nhi",
    "no-header": b"just some text\nand more",
    "binary": bytes(range(256)) * 200,
    "from-only-brackets": b"From: <<<<>>>>,,,;;;\nTo: (((((\n\nhi",
    "date-without-zone": b"Date: Fri, 8 Apr 2022 09:00:00\n\nhi",
}


def nested(depth: int) -> bytes:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))
    return (opening + "\nWe accept.\n" + "".join(f"\n--b{n}--\n" for n in reversed(range(depth)))).encode()


HOSTILE |= {"nested-200-deep": nested(200), "nested-5000-deep": nested(5000)}
HOSTILE["messages-in-messages"] = b"Content-Type: message/rfc822\n\n" * 3000 + b"\nhi"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_goes_to_triage_and_changes_nothing(house: House, name: str) -> None:
    for newline in (b"\n", b"\r\n", b"\r"):
        house.file(HOSTILE[name].replace(b"\r\n", b"\n").replace(b"\n", newline))
    rows = house.mails()
    assert len(rows) == 1
    assert rows[0].state in {"triage", "filed"}
    assert rows[0].state == "triage" or rows[0].kind in {"auto-reply", "delay"}
    assert house.answers("KE") == {}
    assert {house.state(box) for box in ("minister@ict.example.org", "office@mcit.example.com")} == {"sent"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_random_bytes_never_raise(house: House, raw: bytes) -> None:
    house.file(raw)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_mails_never_raise(house: House, data: st.DataObject) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    base = data.draw(
        st.sampled_from([mail(Content_Type="text/plain; charset=utf-8"), report("failed", "5.1.1", extra=extra)])
    )
    raw = bytearray(base.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
        raw = raw or bytearray(b"x")
    house.file(bytes(raw))


def test_file_name_that_is_no_text_can_be_shown(house: House) -> None:
    folder = house.office.folder / "mails"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/\xff\x1b[2J.eml", "w") as file:
        file.write(mail())
    (item,) = FileSource(folder, office=house.office.folder).mails(Known(names=set()))
    assert isinstance(item, SourceMail)
    assert item.name == "\ufffd\ufffd[2J.eml"


def test_a_mail_at_which_the_program_fails_is_for_staff_and_stops_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_mail: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("replies.matching.classify", failing)
    filed = house.file(mail("We accept.", To=house.reply_address("minister-ke")))
    assert (filed.state, filed.kind) == ("triage", "unknown")
    (row,) = house.mails()
    assert "ZeroDivisionError" in row.reason
    assert row.details["text"] == "We accept."


def test_filing_keeps_the_new_text_and_the_rung(house: House) -> None:
    house.file(mail("We accept.\n\n> Will you come?", To=house.reply_address("minister-ke")))
    (row,) = house.mails()
    assert (row.details["text"], row.details["rung"]) == ("We accept.", "token")


def test_what_was_sent_is_taken_out_of_the_new_text(house: House) -> None:
    letter = "Your Excellency is invited to tell us by 15 April whether your Government will take part in the Forum."
    raw = mail(f"Yes.\n\n{letter}", To=house.reply_address("minister-ke"))

    def letters(_connection: object, owner: Owner) -> list[SentLetter]:
        return [SentLetter(subject=owner.reference, text=letter)]

    item = SourceMail(name="mail", raw=raw.encode())
    file_source_mail(house.store, house.office, house.tokens, item, clock, letters=letters)
    assert [row.details["text"] for row in house.mails()] == ["Yes."]


def test_what_is_sent_on_is_kept_with_the_note_above_it(house: House) -> None:
    block = "From: Samira Fathy <office@mcit.example.com>\nSent: Friday, 8 April 2022 09:00\nTo: x\nSubject: y\n"
    text = f"See below.\n\n---------- Forwarded message ---------\n{block}\nWe accept."
    house.file(mail(text, From="staff@elsewhere.example", Subject="FW: y"))
    (row,) = house.mails()
    assert row.details["text"] == "See below.\n\nSamira Fathy <office@mcit.example.com>:\nWe accept."
