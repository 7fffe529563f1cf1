from __future__ import annotations

import json

from replies.explaining import explain
from replies.matching import Matcher
from tests.replies.samples import House, clock, mail
from tests.replies.test_reports import report

KEYS = {"file", "kind", "confidence", "reference", "addressee", "evidence", "recipients", "text", "forwarded_from"}


def test_bounce_without_an_office() -> None:
    found = explain(report("failed", "5.1.1", "550 5.1.1 User unknown").encode(), file="a.eml", clock=clock)
    assert found.keys() >= KEYS
    assert (found["file"], found["kind"], found["confidence"], found["reference"]) == ("a.eml", "bounce", "certain", "")
    assert found["recipients"] == [
        {
            "address": "minister@ict.example.org",
            "permanent": True,
            "status": "5.1.1",
            "reason": "550 5.1.1 User unknown",
            "group": "address",
            "action": "failed",
            "final": "minister@ict.example.org",
        }
    ]
    json.dumps(found)


def test_reply_within_an_office(house: House) -> None:
    raw = mail("We accept.\n\n> Will you come?", To=house.reply_address("minister-ke")).encode()
    with house.store.read() as connection:
        found = explain(raw, matcher=Matcher(connection, house.tokens, house.office.mail), clock=clock)
    assert (found["kind"], found["reference"], found["addressee"], found["party"]) == (
        "reply",
        "CL-22/010",
        "minister-ke",
        "KE",
    )
    assert found["text"] == "We accept."
    assert found["evidence"]


def test_forward_names_the_original_sender() -> None:
    block = "From: Samira Fathy <s@mcit.example.com>\nDate: x\nSubject: y\nTo: z\n"
    text = f"Please see.\n\n---------- Forwarded message ---------\n{block}\nYes."
    found = explain(mail(text, Subject="Fwd: Invitation").encode(), clock=clock)
    assert (found["kind"], found["forwarded_from"]) == ("forward", "Samira Fathy <s@mcit.example.com>")


def test_forward_as_an_attachment_names_the_original_sender() -> None:
    raw = (
        "From: x@y.example\nSubject: Fwd: reply\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee.\n--b\n"
        "Content-Type: message/rfc822\n\nFrom: Li <li@mii.example>\nSubject: reply\n\nYes.\n--b--\n"
    )
    assert explain(raw.encode(), clock=clock)["forwarded_from"] == "Li <li@mii.example>"


def test_anything_can_be_explained() -> None:
    for raw in (b"", b"\0\xff" * 100, b"Content-Type: multipart/report; boundary=\n\n"):
        assert explain(raw, clock=clock).keys() >= KEYS
