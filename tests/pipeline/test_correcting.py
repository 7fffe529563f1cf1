"""`corrections`: what failed for good or has moved, and the lines that correct it."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline.correcting import Correction, corrections, write_corrections
from pipeline.desk import Desk
from pipeline.tracking import track
from recipients.lists import find_list, read_list
from store.inbound import add_delivery_event
from store.schema import outbox
from tests.pipeline.answers import LATER, deliver, reply
from tests.pipeline.offices import SLUG, desk_at, edit, fixed_clock

KENYA = "minister@ke.example.org"


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The sent small office, ten days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def fail(desk: Desk, mailbox: str, said: str, *, group: str = "address", permanent: bool = True) -> None:
    with desk.store.write() as connection:
        row_id = connection.execute(select(outbox.c.id).where(outbox.c.mailbox == mailbox)).scalar_one()
        add_delivery_event(
            connection, row_id, inbound_id=None, action="failed", status="", diagnostic=said, at=LATER,
            reason_group=group, permanent=permanent,
        )  # fmt: skip


def away(desk: Desk, key: str, text: str) -> EmailMessage:
    return reply(desk, key, text, Auto_Submitted="auto-replied", Subject="Automatic reply")


def one(desk: Desk) -> Correction:
    (found,) = corrections(desk, SLUG)
    return found


def written(desk: Desk) -> str:
    return (desk.office.folder / "recipients" / "corrections.csv").read_text("utf-8-sig")


def test_a_mailbox_that_failed_for_good_is_proposed_for_filling_in(desk: Desk) -> None:
    assert corrections(desk, SLUG) == ()
    assert write_corrections(desk, SLUG) == 0
    fail(desk, KENYA, "550 5.1.1 no\x1b[31m such\nuser")
    found = one(desk)
    assert (found.key, found.party, found.mailbox, found.group) == ("ke-minister", "KE", KENYA, "address")
    assert (found.said, found.new, found.email, found.state) == ("550 5.1.1 no [31m such user", "", "", "open")
    assert write_corrections(desk, SLUG) == 1
    assert "ke-minister,,2031-03-14 minister@ke.example.org: 550 5.1.1 no [31m such user" in written(desk)
    assert one(desk).state == "proposed"
    assert write_corrections(desk, SLUG) == 0


def test_what_staff_fill_in_takes_effect(desk: Desk) -> None:
    fail(desk, KENYA, "550 no such user")
    write_corrections(desk, SLUG)
    edit(desk.office.folder / "recipients" / "corrections.csv", "ke-minister,,", "ke-minister,new@ke.example.org,")
    assert one(desk).state == "corrected"
    path = find_list(desk.office.folder / "recipients", "keepers")
    rows = read_list(path, corrections=path.with_name("corrections.csv"))
    assert {row.recipient.key: row.recipient.to for row in rows if row.recipient}["ke-minister"] == (
        "new@ke.example.org",
    )


def test_a_list_that_was_mended_needs_no_line(desk: Desk) -> None:
    fail(desk, KENYA, "550 no such user")
    edit(desk.office.folder / "recipients" / "keepers.csv", KENYA, "office@ke.example.org")
    assert one(desk).state == "corrected"
    assert write_corrections(desk, SLUG) == 0


@pytest.mark.parametrize(
    ("group", "permanent"), [("policy", True), ("size", True), ("temporary", False), ("mailbox", False)]
)
def test_what_no_correction_would_mend(desk: Desk, group: str, permanent: bool) -> None:
    fail(desk, KENYA, "no", group=group, permanent=permanent)
    assert corrections(desk, SLUG) == ()


def test_what_a_server_refused_at_once_is_judged_by_its_words(desk: Desk) -> None:
    for mailbox, said in ((KENYA, "550 5.1.1 User unknown"), ("rosa@lens.example.com", "550 5.7.1 spam refused")):
        with desk.store.write() as connection:
            connection.execute(
                update(outbox).where(outbox.c.mailbox == mailbox).values(state="refused", reply_text=said)
            )
    assert (one(desk).mailbox, one(desk).group) == (KENYA, "address")


def test_the_address_that_a_server_states_is_proposed_beside_the_others(desk: Desk) -> None:
    fail(desk, "mission@no.example.org", "551 User not local; please try <new@mission.example.com>")
    found = one(desk)
    assert (found.new, found.email) == ("new@mission.example.com", "new@mission.example.com; second@no.example.org")
    write_corrections(desk, SLUG)
    assert "no-mission,new@mission.example.com; second@no.example.org," in written(desk)


def test_an_automatic_reply_tells_where_somebody_moved(desk: Desk) -> None:
    deliver(desk, away(desk, "ke-minister", "Our office has moved to harbours@ke.example.com."))
    deliver(desk, away(desk, "lens", "In my absence write to other@lens.example.com."))
    track(desk)
    found = one(desk)
    assert (found.key, found.group, found.mailbox, found.new) == (
        "ke-minister", "moved", KENYA, "harbours@ke.example.com",
    )  # fmt: skip
    fail(desk, KENYA, "550 no such user")
    failed = one(desk)  # told once, with the address that the reply stated
    assert (failed.group, failed.new, failed.mail) == ("address", "harbours@ke.example.com", found.mail)
    write_corrections(desk, SLUG)
    assert "ke-minister,harbours@ke.example.com," in written(desk)


REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.ke.example.org>
To: bounce+{token}@replies.example.int
Subject: Undelivered Mail Returned to Sender
Date: Tue, 11 Mar 2031 09:00:00 +0300
Message-ID: <b1@mx.ke.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered. The user has moved to <office@harbours.example.com>.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ke.example.org

Final-Recipient: rfc822; minister@ke.example.org
Action: failed
Status: 5.1.6
Diagnostic-Code: smtp; 551 5.1.6 Mailbox has moved

--b--
"""


def test_a_report_that_came_by_mail_proposes_the_address_that_it_states(desk: Desk, tmp_path: Path) -> None:
    with desk.store.read() as connection:
        token = connection.execute(select(outbox.c.token).where(outbox.c.mailbox == KENYA)).scalar_one()
    path = tmp_path / "report.eml"
    path.write_text(REPORT.format(token=token))
    track(desk, source=str(path))
    found = one(desk)
    assert (found.key, found.group, found.new) == ("ke-minister", "address", "office@harbours.example.com")
    assert (found.email, found.mail is not None) == ("office@harbours.example.com", True)


def test_our_own_addresses_in_a_returned_letter_are_no_new_mailbox(desk: Desk) -> None:
    with desk.store.read() as connection:
        message_id = connection.scalar(select(outbox.c.message_id).where(outbox.c.mailbox == KENYA))
    mail = desk.office.mail
    fail(desk, KENYA, f"550 The mailbox has moved to nowhere: {message_id}, {mail.sender}")
    assert one(desk).new == ""
    deliver(desk, away(desk, "ke-minister", f"My new address is not {mail.reply} but keeper@ke.example.org."))
    track(desk)
    assert one(desk).new == "keeper@ke.example.org"
