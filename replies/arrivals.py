"""What comes back proves that a letter arrived: only who got a message can answer it, or confirm that it was read.

That settles messages in doubt. A message's own name proves it, whoever writes; the address for answers stands in every
message to an addressee, and proves something only where there was one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from office.tokens import Tokens
from replies.addresses import message_ids
from replies.mail import InboundMail
from replies.status_reports import fields
from replies.verdicts import Verdict
from store.doubts import prove_arrived, prove_only_arrived

_RECEIPT = "message/disposition-notification"  # RFC 8098 section 3.1
_ANSWERING = frozenset({"reply", "forward", "auto-reply", "calendar"})
_MOST_IDS = 20


def answered_messages(mail: InboundMail, tokens: Tokens) -> tuple[str, ...]:
    """Return the Message-IDs that a mail answers, or is a receipt for; nothing for a mail of this office itself.

    The references beside them do not count: a reminder names the letter too, which may never have arrived.
    """
    if tokens.find(mail.message_id):
        return ()
    named = (*mail.in_reply_to, *_receipted(mail))
    return tuple(dict.fromkeys(spelt for name in named[:_MOST_IDS] for spelt in (name, name.lower())))


def record_arrival(
    connection: Connection, verdict: Verdict, answered: tuple[str, ...], *, inbound_id: int, now: datetime
) -> None:
    """Count as sent what a mail proves to have arrived, if nobody knew."""
    to_message = verdict.owner.outbox_id if verdict.owner is not None and verdict.rung == "token" else None
    answering = verdict.kind in _ANSWERING and not verdict.recipients
    rows = (to_message,) if to_message is not None and answering else ()
    if prove_arrived(connection, message_ids=answered, rows=rows, inbound_id=inbound_id, now=now):
        return
    owner = verdict.via or verdict.owner
    if owner is not None and verdict.rung == "token" and answering and not verdict.triage:
        prove_only_arrived(connection, owner.addressee_id, inbound_id=inbound_id, now=now)


def _receipted(mail: InboundMail) -> Iterator[str]:
    for part in mail.root.leaves():
        if part.type == _RECEIPT:
            for name, value in fields(part.text):
                if name == "original-message-id":
                    yield from message_ids(value)
