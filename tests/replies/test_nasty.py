"""Ten cases in which replies and reports are usually misread, in a real office: what `explain` says, what is filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.desk import Desk
from pipeline.registering import status
from pipeline.sending import send
from pipeline.tracking import explain, track
from pipeline.triage import decide, to_decide
from store.schema import addressees, circulars, outbox
from tests.pipeline.offices import (
    LETTER,
    MORNING,
    SLUG,
    copy_office,
    desk_at,
    fixed_clock,
    issue_all,
    write_letter,
    write_office,
)

SECOND = "second"
CENSUS = '[[asks]]\nid = "census"\nwhat = "information"\ndeadline = "reply"\n\n'
FRENCH_LETTER = (
    LETTER.replace(CENSUS, "")
    .replace('source = "en"', 'source = "fr"')
    .replace('languages = ["en", "fr"]', 'languages = ["fr"]')
)
FRENCH_BODY = """\
# Suite de la lettre LU-31/001

Nous prions {{ recipient.country }} d'accepter ou de décliner l'invitation de l'Union à sa réunion des phares.

Merci de répondre **au plus tard le {{ deadlines.reply | date }}**.
"""
LATER = MORNING + timedelta(days=10)
TOO_LATE = MORNING + timedelta(days=70)


@dataclass(frozen=True)
class Sent:
    """A letter as it reached one mailbox."""

    message_id: str
    mailbox: str
    reply_to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Place:
    """An office that has sent two letters, and mails that come to it."""

    desk: Desk
    folder: Path

    def sent(self, key: str, slug: str = SLUG) -> Sent:
        query = (
            select(outbox.c.message_id, outbox.c.mailbox)
            .join(addressees, addressees.c.id == outbox.c.addressee_id)
            .join(circulars, circulars.c.id == outbox.c.circular_id)
        )
        with self.desk.store.read() as connection:
            row = connection.execute(
                query.where(addressees.c.key == key, circulars.c.slug == slug, outbox.c.role == "to")
            ).first()
        assert row is not None
        (path,) = [path for path in (self.desk.office.folder / "outgoing").rglob("*.eml") if _has(path, row.message_id)]
        message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        assert body is not None
        return Sent(
            message_id=row.message_id,
            mailbox=row.mailbox,
            reply_to=str(message["Reply-To"]),
            subject=str(message["Subject"]),
            text=str(body.get_content()).replace("\r\n", "\n"),
        )

    def explain(self, raw: str) -> dict[str, Any]:
        file = self.folder / "mail.eml"
        file.write_bytes(raw.encode())
        (found,) = explain(self.desk, [file])
        return found

    def track(self, raw: str) -> int:
        """File a mail; return how many went to triage."""
        file = self.folder / "mail.eml"
        file.write_bytes(raw.encode())
        return track(self.desk, source=str(file)).triage


def _has(path: Path, message_id: str) -> bool:
    return message_id.encode() in path.read_bytes()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that has sent LU-31/001 in two languages, and LU-31/002 in French; do not change it."""
    folder = write_office(tmp_path_factory.mktemp("nasty") / "office")
    write_letter(folder, SECOND, letter=FRENCH_LETTER, body=FRENCH_BODY)
    with desk_at(folder) as desk:
        for slug in (SLUG, SECOND):
            issue_all(desk, slug)
            assert send(desk, slug).remaining == 0
    return folder


@pytest.fixture
def place(office: Path, tmp_path: Path) -> Iterator[Place]:
    with desk_at(copy_office(office, tmp_path / "office"), clock=fixed_clock(LATER)) as desk:
        yield Place(desk=desk, folder=tmp_path)


def answer(text: str, **fields: str) -> str:
    given = {
        "From": "Juma Odhiambo <minister@ke.example.org>", "To": "circulars@example.int", "Subject": "Our answer",
        "Date": f"{LATER - timedelta(hours=1):%a, %d %b %Y %H:%M:%S} +0000", "Message-ID": "<a@ke.example.org>",
    }  # fmt: skip
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return (
        f"{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    )


def report(sent: Sent, *, recipient: str, action: str, status_code: str, diagnostic: str, subject: str) -> str:
    return (
        f"From: MAILER-DAEMON@mx.example.org\nTo: bounce@replies.example.int\nSubject: {subject}\nReturn-Path: <>\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nThis is the mail system at host mx.example.org.\n\n{diagnostic}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status_code}\n"
        f"Diagnostic-Code: smtp; {diagnostic}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{sent.message_id}>\nSubject: {sent.subject}\n\n--b--\n"
    )


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def test_1_colleague_with_our_token_from_another_domain(place: Place) -> None:
    raw = answer("We shall take part.", To=place.sent("ke-minister").reply_to, From="Grace <grace@harbour.example.com>")
    found = place.explain(raw)
    assert (found["kind"], found["reference"], found["addressee"]) == ("reply", "LU-31/001", "ke-minister")
    assert (found["rung"], found["confidence"], found["colleague"], found["triage"]) == ("token", "likely", True, False)
    assert any("no mailbox of «KE»" in sentence for sentence in found["evidence"])
    assert place.track(raw) == 0
    (waiting,) = to_decide(place.desk).replies
    assert (waiting.party, waiting.colleague) == ("KE", True)


def test_2_headers_and_plus_part_stripped(place: Place) -> None:
    sent = place.sent("ke-minister")
    raw = answer("Nous participerons.", To="reply@replies.example.int", Subject="TR : LU 31-001 Recensement")
    found = place.explain(raw)
    assert (found["reference"], found["addressee"], found["rung"]) == ("LU-31/001", "ke-minister", "reference")
    assert (found["confidence"], found["triage"]) == ("likely", False)
    bare = place.explain(answer(f"Nous participerons.\n\n{sent.text}", Subject="Notre réponse"))
    assert (bare["reference"], bare["addressee"], bare["text"]) == ("LU-31/001", "ke-minister", "Nous participerons.")
    stranger = place.explain(answer("We come.", Subject="LU-31/001", From="x@nowhere.example.net"))
    assert (stranger["reference"], stranger["triage"]) == ("", True)


def test_3_token_upper_cased_or_forged(place: Place) -> None:
    address = place.sent("ke-minister").reply_to
    found = place.explain(answer("Yes.", To=address.upper()))
    assert (found["addressee"], found["rung"], found["confidence"], found["triage"]) == (
        "ke-minister", "token", "certain", False,
    )  # fmt: skip
    at = address.index("+") + 12
    forged = address[:at] + ("b" if address[at] == "a" else "a") + address[at + 1 :]
    raw = answer("Yes.", To=forged, Subject="Re: LU-31/001")
    found = place.explain(raw)
    assert (found["addressee"], found["triage"], found["confidence"]) == ("", True, "unsure")
    assert "forged" in found["reason"]
    assert place.track(raw) == 1
    assert to_decide(place.desk).replies == ()


def test_4_report_about_a_stranger_to_whom_it_was_passed_on(place: Place) -> None:
    sent = place.sent("lens")
    diagnostic = "550 5.1.1 <private@home.example.net>: Recipient address rejected: User unknown"
    found = place.explain(
        report(sent, recipient="private@home.example.net", action="failed", status_code="5.1.1", diagnostic=diagnostic,
               subject="Undelivered Mail Returned to Sender")
    )  # fmt: skip
    assert (found["kind"], found["reference"], found["addressee"]) == ("bounce", "LU-31/001", "lens")
    assert found["triage"] is False
    (recipient,) = found["recipients"]
    assert (recipient["address"], recipient["final"]) == ("rosa@lens.example.com", "private@home.example.net")
    assert (recipient["permanent"], recipient["group"]) == (True, "address")


def test_5_delayed_is_not_dead(place: Place) -> None:
    sent = place.sent("lens")
    raw = report(
        sent, recipient=sent.mailbox, action="delayed", status_code="4.4.1", subject="Delayed Mail (still retried)",
        diagnostic="connect to mx.lens.example.com[192.0.2.1]:25: Connection timed out",
    )  # fmt: skip
    found = place.explain(raw)
    assert (found["kind"], found["addressee"], found["recipients"][0]["permanent"]) == ("delay", "lens", False)
    assert place.track(raw) == 0
    with place.desk.store.read() as connection:
        state = connection.execute(select(outbox.c.state).where(outbox.c.message_id == sent.message_id)).scalar_one()
    assert state == "sent"


def test_6_policy_is_not_a_wrong_address(place: Place) -> None:
    sent = place.sent("lens")
    found = place.explain(
        report(sent, recipient=sent.mailbox, action="failed", status_code="5.7.1", subject="Undeliverable: census",
               diagnostic="550 5.7.1 Message rejected as spam by content filter")
    )  # fmt: skip
    (recipient,) = found["recipients"]
    assert (found["kind"], found["addressee"]) == ("bounce", "lens")
    assert (recipient["address"], recipient["status"], recipient["group"]) == (sent.mailbox, "5.7.1", "policy")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("رد تلقائي: LU-31/001", "أنا خارج المكتب حتى 20 مارس 2031."),
        ("Automatic reply: LU-31/001", "I am out of the office until 19 March 2031 inclusive."),
    ],
)
def test_7_out_of_office_without_headers(place: Place, subject: str, text: str) -> None:
    raw = answer(text, Subject=subject, To=place.sent("ke-minister").reply_to)
    found = place.explain(raw)
    assert (found["kind"], found["addressee"], found["returns_on"]) == ("auto-reply", "ke-minister", "2031-03-20")
    assert place.track(raw) == 0
    assert to_decide(place.desk).replies == ()  # it never counts as an answer


def test_8_bottom_posted_and_one_word_above_our_own_words(place: Place) -> None:
    sent = place.sent("fr-minister", SECOND)
    assert "décliner" in sent.text
    sender = {"From": "ministre@fr.example.org", "To": sent.reply_to, "Subject": f"Re: {sent.subject}"}
    attributed = "Le mar. 4 mars 2031 à 09:00, Example Lighthouse Union <circulars@example.int> a écrit :"
    header = (
        "De : Example Lighthouse Union <circulars@example.int>\nEnvoyé : mardi 4 mars 2031 09:00\n"
        f"À : ministre@fr.example.org\nObjet : {sent.subject}\n"
    )
    for text in (
        f"{attributed}\n{quoted(sent.text)}\n\nOui.",
        f"Oui.\n\n{attributed}\n\n{quoted(sent.text)}",
        f"Oui.\n\n{header}\n{sent.text}",
        f"Oui.\n\n{sent.text}",
    ):
        found = place.explain(answer(text, **sender))
        assert (found["reference"], found["addressee"], found["text"]) == ("LU-31/002", "fr-minister", "Oui.")
        assert found["suggestion"]["state"] == "accepted"


def test_9_contradicting_late_and_delegated_answers(place: Place, office: Path, tmp_path: Path) -> None:
    sent = place.sent("ke-minister")
    fields = {"To": sent.reply_to, "In_Reply_To": f"<{sent.message_id}>", "Subject": f"RE: {sent.subject}"}
    assert place.track(answer("We accept.", **fields)) == 0
    decide(place.desk, to_decide(place.desk).replies[0].inbound_id, state="accepted")
    assert place.track(answer("We regret that we must decline.", Message_ID="<b@ke>", **fields)) == 1
    (unclear,) = to_decide(place.desk).unclear
    assert (unclear.party, unclear.reason.startswith("answered already")) == ("KE", True)
    assert status(place.desk, SLUG).asks[1].accepted == 1  # nothing is undone by a mail

    delegated = place.explain(
        answer("I regret that I cannot attend. Ms Achieng Otieno will represent our Ministry.", **fields)
    )
    assert (delegated["addressee"], delegated["triage"]) == ("ke-minister", False)
    assert delegated["suggestion"] is None or delegated["suggestion"]["state"] != "declined"

    with desk_at(copy_office(office, tmp_path / "late"), clock=fixed_clock(TOO_LATE)) as desk:
        after = Place(desk=desk, folder=tmp_path)
        late = answer("We accept.", Date=f"{TOO_LATE:%a, %d %b %Y %H:%M:%S} +0000", **fields)
        assert after.track(late) == 0
        decide(desk, to_decide(desk).replies[0].inbound_id, asks=["meeting"], state="accepted")
        meeting = status(desk, SLUG).asks[1]
        assert (meeting.accepted, meeting.late) == (1, 1)


def test_10_reference_quoted_in_the_subject_of_another_letter(place: Place) -> None:
    sent = place.sent("fr-minister", SECOND)
    assert sent.subject == "LU-31/002 – Suite de la lettre LU-31/001"
    fields = {"From": "ministre@fr.example.org", "Subject": f"Re: {sent.subject}"}
    for stripped in ({"To": sent.reply_to}, {}):
        found = place.explain(answer("Oui.", **fields, **stripped))
        assert (found["reference"], found["addressee"], found["triage"]) == ("LU-31/002", "fr-minister", False)
    named = place.explain(answer("Oui.", **fields | {"Subject": "Re: LU-31/001", "To": sent.reply_to}))
    assert (named["reference"], named["triage"], named["confidence"]) == ("LU-31/002", True, "unsure")
    assert "names LU-31/001" in named["reason"]
