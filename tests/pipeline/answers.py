"""Answers that come by mail or by hand, to the letter of the small office."""

from __future__ import annotations

import json
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from mailbox import Maildir
from typing import Any

from sqlalchemy import select

from pipeline.answering import Given, answer
from pipeline.desk import Desk
from pipeline.reporting import report
from store.schema import addressees, outbox
from tests.pipeline.offices import MORNING, SLUG

LATER = MORNING + timedelta(days=10)


def reply(desk: Desk, key: str, text: str = "We shall come.", *, sender: str = "", **fields: str) -> EmailMessage:
    query = select(outbox.c.message_id, outbox.c.mailbox, addressees.c.token).join(addressees)
    with desk.store.read() as connection:
        row = connection.execute(query.where(addressees.c.key == key, outbox.c.role == "to")).first()
    assert row is not None
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender or row.mailbox
    mail["To"] = f"reply+{row.token}@replies.example.int"
    mail["Subject"] = "Re: LU-31/001 – Census of coastal lights"
    mail["In-Reply-To"] = f"<{row.message_id}>"
    mail["Message-ID"] = f"<{key}-{len(text)}@example.org>"
    mail["Date"] = LATER - timedelta(hours=1)
    for name, value in fields.items():
        field = name.replace("_", "-")
        del mail[field]
        mail[field] = value
    mail.set_content(text + "\n")
    return mail


def deliver(desk: Desk, *mails: EmailMessage) -> None:
    inbox = Maildir(desk.office.folder / "inbox", create=True)
    for mail in mails:
        inbox.add(mail.as_bytes())


def states(desk: Desk, party: str) -> dict[str, str]:
    rows = json.loads(report(desk, SLUG, "json"))
    return {row["ask"]: row["state"] for row in rows if row["party"] == party}


def give(desk: Desk, party: str, ask: str, *, ref: str = SLUG, **given: Any) -> str:
    """Record an answer by hand; by phone, unless it is said otherwise."""
    return answer(desk, ref, party, ask, Given(**({"by": "phone"} | given)))
