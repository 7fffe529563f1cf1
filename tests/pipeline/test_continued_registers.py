"""What the register makes of a corrigendum or an addendum, and of what is answered to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from pipeline.continuing import continue_letter
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.registering import status
from pipeline.sending import send
from pipeline.tracking import track
from pipeline.translating import release_languages
from tests.pipeline.answers import LATER, deliver, reply, states
from tests.pipeline.continuations import CORR, corrigendum, first_mail, message, rows
from tests.pipeline.offices import SLUG, desk_at, edit, fixed_clock, issue_all


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, a few days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_the_register_follows(desk: Desk) -> None:
    corrigendum(desk)
    assert status(desk, SLUG).continued_by == ()
    issue_all(desk, CORR)
    found = status(desk, SLUG)
    assert [ask.due for ask in found.asks] == [datetime(2031, 5, 15, 22, 0, tzinfo=UTC)] * 2 + [None]
    (after,) = found.continued_by
    assert after.moved == ("census", "meeting")
    assert (after.reference, after.slug, after.relation, after.state) == (
        "LU-31/001 Corr.1",
        CORR,
        "corrects",
        "issued",
    )
    assert found.as_json()["continued_by"][0]["reference"] == "LU-31/001 Corr.1"  # type: ignore[index]
    own = status(desk, CORR)
    assert own.continues is not None
    assert (own.continues.reference, own.continued_by, own.asks) == ("LU-31/001", (), ())


def test_an_addendum_moves_a_deadline_but_not_by_what_it_asks_itself(desk: Desk) -> None:
    continue_letter(desk, "more", SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / "more" / "letter.toml"
    edit(path, "2031-04-30", "2031-05-15")
    release_languages(desk, "more", ["fr"], by="R. Reviser")
    assert {move.deadline for move in plan(desk, "more").moves} == {"reply"}
    path.write_text(path.read_text("utf-8") + '\n[[asks]]\nid = "lamps"\nwhat = "information"\ndeadline = "reply"\n')
    assert plan(desk, "more").moves == ()


def answer_corrigendum(desk: Desk, key: str, **fields: str) -> None:
    """Bring a reply to the corrigendum, as a mail program writes it: with the Message-IDs of the whole conversation."""
    mail, first = first_mail(desk, CORR, key), first_mail(desk, SLUG, key)
    headers = {
        "To": mail["Reply-To"],
        "Subject": f"Re: {mail['Subject']}",
        "In_Reply_To": mail["Message-ID"],
        "References": f"{first['Message-ID']} {mail['Message-ID']}",
        "Thread_Index": mail["Thread-Index"],
    }
    deliver(desk, reply(desk, key, **{name: str(value) for name, value in (headers | fields).items()}))


@pytest.mark.parametrize("fields", [{}, {"To": "reply@replies.example.int"}])
def test_a_reply_to_the_corrigendum_counts_for_what_the_first_asked(desk: Desk, fields: dict[str, str]) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    answer_corrigendum(desk, "ke-minister", **fields)
    assert dict(track(desk).kinds) == {"reply": 1}
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    assert status(desk, SLUG).triage == 0


def test_a_new_mail_under_the_subject_of_the_corrigendum_counts_too(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "minister@ke.example.org", "circulars@example.int"
    mail["Subject"] = first_mail(desk, CORR, "ke-minister")["Subject"]  # which names both letters
    mail["Message-ID"] = "<new@ke.example.org>"
    mail.set_content("Voici notre réponse.\n")
    deliver(desk, mail)
    assert dict(track(desk).kinds) == {"reply": 1}
    assert states(desk, "KE")["census"] == "received"


def test_a_reply_to_the_first_alone_counts_for_it_still(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    deliver(desk, reply(desk, "lens"))
    track(desk)
    assert states(desk, "lens")["census"] == "received"


def test_a_reply_to_an_addendum_with_asks_of_its_own_is_an_answer_to_it(desk: Desk) -> None:
    continue_letter(desk, CORR, SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / CORR / "letter.toml"
    path.write_text(path.read_text("utf-8") + '\n[[asks]]\nid = "lamps"\nwhat = "information"\n')
    release_languages(desk, CORR, ["fr"], by="R. Reviser")
    issue_all(desk, CORR)
    answer_corrigendum(desk, "lens")
    track(desk)
    assert states(desk, "lens")["census"] == "silent"
    assert status(desk, CORR).asks[0].received == 1


def test_a_bounce_of_the_corrigendum_is_the_corrigendums(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    send(desk, CORR)
    row = next(row for row in rows(desk, CORR, "lens") if row.mailbox)
    returned = message(desk, row).partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To" in returned
    report = (
        b"From: Mail Delivery System <MAILER-DAEMON@lens.example.com>\r\nTo: bounce+" + row.token.encode()
        + b"@bounces.example.int\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nMessage-ID: <x@example.com>\r\n"
        b"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; lens.example.com\r\n\r\n"
        b"Final-Recipient: rfc822; rosa@lens.example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + returned + b"\r\n\r\n--b--\r\n"
    )  # fmt: skip
    (desk.office.folder / "inbox" / "new" / "bounce").write_bytes(report)
    assert dict(track(desk).kinds) == {"bounce": 1}
    assert (status(desk, CORR).delivery["bounced"], status(desk, SLUG).delivery["bounced"]) == (1, 0)
