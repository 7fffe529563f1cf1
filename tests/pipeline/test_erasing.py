"""`erase`: nothing of the person is left in the files, what proves the sending is, and all else goes on working."""

from __future__ import annotations

import hashlib
import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update

from delivery.verifying import Standing
from office.errors import InputError, NotFoundError, RefusedError
from pipeline.answering import Given, answer, delegation, note
from pipeline.archiving import show
from pipeline.correcting import corrections
from pipeline.desk import Desk
from pipeline.doubting import settle_doubt
from pipeline.erasing import erase, to_erase
from pipeline.planning import plan
from pipeline.registering import status
from pipeline.reporting import report
from pipeline.sending import send
from pipeline.stopping import withdraw
from pipeline.suppressing import suppress_address
from pipeline.surveying import PlanOptions
from pipeline.tracking import track
from pipeline.triage import decide, to_decide
from pipeline.verifying import verify
from store.messages import State
from store.schema import addressees, answers, delegates, erasures, inbound, notes, outbox
from tests.pipeline.answers import deliver, reply
from tests.pipeline.offices import SLUG, desk_at, issue_all
from tests.pipeline.reminders import Year, parties

NOTE = "request 2031/17"
TRACES = (b"Rosa", b"Lindqvist", b"rosa@lens", b"Institute of Lenses", b"Dear Madam")


def traces(folder: Path) -> dict[str, list[bytes]]:
    """Return in which files of the office something of the person stands; its lists and inbox are not the product's."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] not in {"recipients", "inbox"}:
            content = path.read_bytes()
            if seen := [trace for trace in TRACES if trace in content]:
                found[path.relative_to(folder).as_posix()] = seen
    return found


def bounce(desk: Desk, key: str = "lens") -> EmailMessage:
    """A delivery report to the bounce address of a letter, as mail servers write them."""
    query = select(outbox.c.token).join(addressees).where(addressees.c.key == key, outbox.c.role == "to")
    with desk.store.read() as connection:
        token = connection.scalar(query)
    raw = f"""\
From: MAILER-DAEMON@lens.example.com
To: bounce+{token}@replies.example.int
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{token}@lens.example.com>
Date: Thu, 06 Mar 2031 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

The mail to Rosa Lindqvist could not be delivered.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.lens.example.com

Final-Recipient: rfc822; rosa@lens.example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <rosa@lens.example.com> Rosa Lindqvist is unknown
--cut--
"""
    mail = message_from_bytes(raw.encode(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.sqlite("looks into the file")
def test_nothing_is_left_of_the_person(sent_desk: Desk) -> None:
    folder = sent_desk.office.folder
    plan(sent_desk, SLUG, PlanOptions(keys=("lens",)))  # a plan that names the person in what it was limited to
    assert {"circulars.db", "outgoing/LU-31-001/0000009-lens.eml"} <= traces(folder).keys()
    wanted = to_erase(sent_desk, "lens")
    assert [(person.reference, person.key) for person in wanted.persons] == [("LU-31/001", "lens")]
    done = erase(sent_desk, "Rosa Lindqvist", note=NOTE)
    assert (done.is_wiped, done.files, list(done.stand_ins)) == (True, 1, ["LU-31/001"])
    assert traces(folder) == {}
    with sent_desk.store.read() as connection:
        kept = connection.execute(select(erasures)).one()
    assert (kept.erased_by, kept.note, kept.erased_at) == ("author", NOTE, sent_desk.clock())
    assert "lens" not in kept.key_hash


def test_a_file_that_cannot_be_deleted_leaves_all_as_it_was(sent_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(RefusedError, match="cannot be deleted"):
            erase(sent_desk, "lens", note=NOTE)
    assert show(sent_desk, SLUG, "lens", "eml").standing is Standing.VERIFIED
    assert erase(sent_desk, "lens", note=NOTE).files == 1
    assert traces(sent_desk.office.folder) == {}


def test_the_proof_stays(sent_desk: Desk) -> None:
    path = sent_desk.office.folder / "outgoing" / "LU-31-001" / "0000009-lens.eml"
    sent = path.read_bytes()
    with sent_desk.store.read() as connection:
        before = connection.execute(
            select(outbox.c.message_id, outbox.c.state, outbox.c.sha256, addressees.c.values_hash, addressees.c.country)
            .join(addressees).where(addressees.c.key == "lens")
        ).one()  # fmt: skip
    done = erase(sent_desk, "lens", note=NOTE)
    stand_in = done.stand_ins["LU-31/001"]
    with sent_desk.store.read() as connection:
        after = connection.execute(
            select(outbox.c.message_id, outbox.c.state, outbox.c.sha256, addressees.c.values_hash, addressees.c.country)
            .join(addressees).where(addressees.c.key == stand_in)
        ).one()  # fmt: skip
    assert after == before
    for name in ("lens", "LENS ", stand_in):
        for kind in ("eml", "txt", "docx"):
            with pytest.raises(RefusedError, match="was erased on 2031-03-04 09:00 by author") as caught:
                show(sent_desk, SLUG, name, kind)
            assert hashlib.sha256(sent).hexdigest() in caught.value.hint
    (found,) = verify(sent_desk)
    assert (found.faults, found.standings) == (0, {Standing.VERIFIED: 10, Standing.ERASED: 1})


def test_everything_else_goes_on(sent_desk: Desk) -> None:
    before = json.loads(report(sent_desk, SLUG, "json"))
    counted = status(sent_desk, SLUG).as_json()
    stand_in = erase(sent_desk, "lens", note=NOTE).stand_ins["LU-31/001"]
    assert status(sent_desk, SLUG).as_json() == counted
    after = json.loads(report(sent_desk, SLUG, "json"))
    assert len(after) == len(before)
    assert {row["party"] for row in after} == {row["party"] for row in before} - {"lens"} | {stand_in}
    assert not any(trace.decode() in json.dumps(after, ensure_ascii=False) for trace in TRACES)
    for kind in ("csv", "xlsx", "ics", "svg", "history"):
        report(sent_desk, SLUG, kind)
    assert send(sent_desk, SLUG).sent == 0


def test_the_letter_does_not_go_to_the_person_again(sent_desk: Desk) -> None:
    erase(sent_desk, "lens", note=NOTE)
    planned = plan(sent_desk, SLUG)
    assert planned.letters == 0
    assert planned.excluded["already-issued"] == 8
    assert planned.successors == ()


def test_a_later_bounce_still_finds_its_message(sent_desk: Desk) -> None:
    report_mail = bounce(sent_desk)
    erase(sent_desk, "lens", note=NOTE)
    deliver(sent_desk, report_mail)
    track(sent_desk)
    with sent_desk.store.read() as connection:
        assert connection.scalar(select(outbox.c.state).where(outbox.c.id == 9)) == "bounced"
    to_decide(sent_desk)
    assert corrections(sent_desk, SLUG) == ()
    assert status(sent_desk, SLUG).delivery["bounced"] == 1


def test_a_reply_that_comes_later_is_still_filed(sent_desk: Desk) -> None:
    mail = reply(sent_desk, "lens")
    stand_in = erase(sent_desk, "lens", note=NOTE).stand_ins["LU-31/001"]
    deliver(sent_desk, mail)
    track(sent_desk)
    waiting = to_decide(sent_desk)
    assert [one.party for one in waiting.replies] == [stand_in]


def test_reports_go_and_replies_stay_unless_they_are_to_go(sent_desk: Desk) -> None:
    deliver(sent_desk, bounce(sent_desk), reply(sent_desk, "lens", "Rosa Lindqvist will come."))
    track(sent_desk)
    with sent_desk.store.read() as connection:
        assert connection.scalars(select(inbound.c.kind).order_by(inbound.c.kind)).all() == ["bounce", "reply"]
    done = erase(sent_desk, "lens", note=NOTE)
    assert (done.mails, [mail.kind for mail in done.replies_left]) == (1, ["reply"])
    with pytest.raises(RefusedError, match="was erased from LU-31/001"):
        to_erase(sent_desk, "lens")


def test_replies_too(sent_desk: Desk) -> None:
    deliver(sent_desk, bounce(sent_desk), reply(sent_desk, "lens", "Rosa Lindqvist will come."))
    track(sent_desk)
    with pytest.raises(RefusedError, match="Nobody has decided") as caught:
        erase(sent_desk, "lens", note=NOTE, replies=True)
    number = to_decide(sent_desk).replies[0].inbound_id
    assert f"triage {number}" in caught.value.hint
    decide(sent_desk, number, asks=["census", "meeting"], state="accepted")
    done = erase(sent_desk, "lens", note=NOTE, replies=True)
    assert (done.mails, done.replies_left) == (2, ())
    assert traces(sent_desk.office.folder) == {}
    assert to_decide(sent_desk).replies == ()
    assert track(sent_desk).filed == 0  # the same mails are not filed again
    with sent_desk.store.read() as connection:
        assert set(connection.scalars(select(inbound.c.state))) == {"settled"}
    stand_in = done.stand_ins["LU-31/001"]
    rows = [row for row in json.loads(report(sent_desk, SLUG, "json")) if row["party"] == stand_in]
    assert {row["ask"]: row["state"] for row in rows}["meeting"] == "accepted"


@pytest.mark.parametrize("state", [State.QUEUED, State.DEFERRED, State.IN_DOUBT, State.SENDING])
def test_what_is_still_to_go_is_settled_first(desk: Desk, state: State) -> None:
    issue_all(desk)
    send(desk, SLUG)
    with desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == 9).values(state=state))
    with pytest.raises(RefusedError, match="nothing was erased") as caught:
        erase(desk, "lens", note=NOTE)
    if state in {State.QUEUED, State.DEFERRED}:
        assert f"circulars withdraw {SLUG} lens" in caught.value.hint
        withdraw(desk, SLUG, ["lens"])
    else:
        assert f"circulars doubt {SLUG} lens" in caught.value.hint
        with desk.store.write() as connection:
            connection.execute(update(outbox).where(outbox.c.id == 9).values(state=State.IN_DOUBT))
        settle_doubt(desk, SLUG, "lens", sent=True)
    assert erase(desk, "lens", note=NOTE).is_wiped


def test_a_shared_party_keeps_its_name_and_its_other_addressees(sent_desk: Desk) -> None:
    erase(sent_desk, "no-minister", note=NOTE)
    rows = json.loads(report(sent_desk, SLUG, "json"))
    assert "Mission of Norway" in {row["names"].split(";")[-1].strip() for row in rows if row["party"] == "NO"}.pop()
    assert show(sent_desk, SLUG, "no-mission", "txt").standing is Standing.VERIFIED


def test_what_staff_wrote_of_a_party_that_others_share(sent_desk: Desk) -> None:
    named = delegation(["Ingrid Moe; Minister"], [])
    said = Given(state="accepted", by="phone", note="said by Ingrid Moe.", delegates=named)
    answer(sent_desk, SLUG, "NO", "meeting", said)
    note(sent_desk, SLUG, "NO", "INGRID MOE telephoned")
    note(sent_desk, SLUG, "NO", "Ingrid Moers telephoned")
    note(sent_desk, SLUG, "lens", "Ask minister@no.example.org")
    erase(sent_desk, "no-minister", note=NOTE)
    with sent_desk.store.read() as connection:
        assert set(connection.scalars(select(notes.c.text))) == {"[erased]", "Ingrid Moers telephoned"}
        assert connection.scalars(select(answers.c.note)).all() == ["[erased]"]
        assert connection.execute(select(delegates.c.name, delegates.c.function)).all() == [("[erased]", "")]


def test_who_is_meant_must_be_certain(sent_desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="Norway"):
        to_erase(sent_desk, "Norway")
    with pytest.raises(NotFoundError, match="aide@"):
        to_erase(sent_desk, "aide@no.example.org")
    with pytest.raises(NotFoundError, match="nobody"):
        to_erase(sent_desk, "nobody", ref=SLUG)
    with pytest.raises(InputError, match="names the person"):
        erase(sent_desk, "lens", note="Rosa Lindqvist asked")
    with pytest.raises(InputError, match="why"):
        erase(sent_desk, "lens", note=" ")
    assert to_erase(sent_desk, "ROSA@lens.example.com").key == "lens"
    edit_name = update(addressees).where(addressees.c.key == "prism").values(name="Rosa Lindqvist")
    with sent_desk.store.write() as connection:
        connection.execute(edit_name)
    with pytest.raises(NotFoundError, match="lens, prism"):
        to_erase(sent_desk, "Rosa Lindqvist")


@pytest.mark.sqlite("looks into the file")
def test_a_suppressed_address_stays_so(sent_desk: Desk) -> None:
    suppress_address(sent_desk, "rosa@lens.example.com", "asked to")
    done = erase(sent_desk, "lens", note=NOTE)
    assert done.suppressed == ("rosa@lens.example.com",)
    assert traces(sent_desk.office.folder) == {"circulars.db": [b"rosa@lens"]}


@pytest.mark.sqlite("its log beside the file")
def test_another_reader_keeps_traces_and_it_is_said(sent_folder: Path) -> None:
    with desk_at(sent_folder) as desk, desk_at(sent_folder) as other, other.store.read() as connection:
        connection.execute(select(outbox.c.id)).first()
        assert not erase(desk, "lens", note=NOTE).is_wiped


def test_nobody_reminds_who_was_erased(year: Year) -> None:
    year.remind(4, 8)
    with year.desk(4, 9) as desk:
        done = erase(desk, "lens", note=NOTE)
        assert (done.files, traces(desk.office.folder)) == (2, {})
        with pytest.raises(RefusedError, match="erased"):
            show(desk, SLUG, "lens", "eml", reminder=1)
        stand_in = done.stand_ins["LU-31/001"]
    found = year.remind(4, 25)
    assert "prism" in parties(found)
    assert {"lens", stand_in}.isdisjoint(parties(found))
