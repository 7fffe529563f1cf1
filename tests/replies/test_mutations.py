"""Spoilt mails: none raises, none is lost, none reaches the screen with what would move the cursor."""

from __future__ import annotations

import json
from random import Random

import pytest

from cli.output import plain
from replies.explaining import explain
from replies.matching import Matcher
from store import inbound
from tests.replies.mutations import MUTATIONS, mutate
from tests.replies.samples import House, clock, mail
from tests.replies.test_filing import HOSTILE
from tests.replies.test_reports import report

PER_SEED = 60


def originals(house: House) -> list[bytes]:
    ours = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    boundary = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    enclosed = f"Content-Type: message/rfc822\n\nX-Circulars-Token: {house.reply_token('minister-fr')}\n\nExcellency,"
    attached = 'Content-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjc='
    calendar = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example"
    texts = [
        mail("We accept.\n\n> Will you come?", To=house.reply_address("minister-ke")),
        mail("<p>Oui</p><blockquote>x</blockquote>", Content_Type="text/html; charset=utf-8", In_Reply_To="<a@b>"),
        mail("رد", Subject="=?utf-8?B?2LHYryDYqtmE2YLYp9im2Yo=?=", Auto_Submitted="auto-replied"),
        mail(f"{calendar}\nEND:VEVENT\nEND:VCALENDAR", Content_Type="text/calendar; method=REPLY"),
        mail("See.\n\n---------- Forwarded message ---------\nFrom: x@y.example\nDate: z\nSubject: CL-22/010\n\nYes."),
        f"From: minister@ict.example.org\n{boundary}--b\n\nOui.\n--b\n{enclosed}\n--b\n{attached}\n--b--\n",
        report("failed", "5.1.1", "550 5.1.1 User unknown", extra=ours),
        report("delayed", "4.4.1", extra=ours),
    ]
    return [text.encode() for text in texts] + [raw[:20_000] for raw in HOSTILE.values()]


@pytest.mark.parametrize("seed", range(8))
def test_no_spoilt_mail_raises_or_is_lost(house: House, seed: int) -> None:
    random = Random(seed)
    mails = originals(house)
    for number in range(PER_SEED):
        raw = mutate(random.choice(mails), random)
        if number % 4 == 0:
            with house.store.read() as connection:
                found = explain(raw, matcher=Matcher(connection, house.tokens, house.office.mail), clock=clock)
            json.dumps(found, ensure_ascii=False).encode("utf-8")
            assert not set(plain(found["text"])) & set("\x1b\x07\u202e\u2066")
        filed = house.file(raw)
        with house.store.read() as connection:
            assert filed.state == "known" or inbound.raw_mail(connection, filed.inbound_id) == raw


@pytest.mark.parametrize("mutation", MUTATIONS, ids=range(len(MUTATIONS)))
def test_every_mutation_can_spoil_anything(mutation: object) -> None:
    assert callable(mutation)
    for raw in (b"", b"x", b"a: b\n\nc\n"):
        assert isinstance(mutation(raw, Random(1)), bytes)
