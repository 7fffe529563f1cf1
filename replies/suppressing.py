"""What a mail says against writing to a mailbox again: it bounced for good, its owner complained, or left the list.

Only what is proved by a token of ours counts, so that nobody can silence an addressee by writing a report. A server
that refused for a policy, took the letter for spam or found it too large has said nothing against the mailbox: that is
our fault, and suppresses nobody. Neither does a full mailbox, which is emptied some day.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from office.domains import comparable_address
from office.tokens import TokenKind
from replies.addresses import same_address
from replies.automatic import asks_to_leave
from replies.classifying import Classified
from replies.clues import Clue, Clues, Rung
from replies.mail import InboundMail
from replies.reported import Reported
from replies.server_words import server_words
from replies.verdicts import Verdict
from store.owners import Owner
from store.suppressions import Kind, Suppression, listed_message, suppress

BY = "track"
GROUPS = ("address", "mailbox")  # of permanent failures that are about the mailbox
_PROVED: frozenset[Rung] = frozenset({"token", "message-id", "copy"})
_ABOUT_US = ("bounce", "delay", "complaint")  # such mail returns our fields, and asks for nothing
_LONGEST_REASON = 500  # characters
_MAILBOX_FULL = "2.2"  # RFC 3463 section 3.3


def wish_to_leave(mail: InboundMail, classified: Classified, clues: Clues) -> Clue | None:
    """Return the clue that a mail went to the address which List-Unsubscribe names, or bears its subject."""
    if classified.kind in _ABOUT_US or not asks_to_leave(mail.subject):
        return None
    ours = (clue for clue in clues.valid if clue.token.kind is TokenKind.ROW)
    return next((clue for clue in ours if clue.rung == "token" or clue.found == "in the subject"), None)


def take_off_list(connection: Connection, owner: Owner, inbound_id: int, now: datetime) -> str:
    """Record that the owner of a mailbox left its list; return why staff must look, or an empty string."""
    message = listed_message(connection, owner.circular_id, owner.outbox_id or 0)
    if message is None or not message[1]:
        return "it asks to be taken off the list, but the letter went to a government"
    mailbox, list_name = message
    said = "left the list by mail"
    one = _entry(mailbox, Kind.OPT_OUT, said, inbound_id=inbound_id, now=now, list_name=list_name)
    suppress(connection, one)
    return ""


def suppress_bounced(
    connection: Connection, verdict: Verdict, reported: Reported, inbound_id: int, now: datetime
) -> bool:
    """Suppress a mailbox of which a report says that it is not there, or out of use; returns whether it does."""
    owner = verdict.owner
    gone = reported.action == "failed" and reported.permanent and reported.group in GROUPS
    if owner is None or not gone or verdict.rung not in _PROVED or _is_full(reported):
        return False
    if reported.final and not same_address(reported.final, owner.mailbox):
        return False  # it was passed on, and failed there
    said = reported.diagnostic or f"the report says {reported.status}"
    return suppress(connection, _entry(owner.mailbox, Kind.BOUNCE, said, inbound_id=inbound_id, now=now))


def suppress_complaining(connection: Connection, verdict: Verdict, inbound_id: int, now: datetime) -> str:
    """Suppress a mailbox whose provider passed on a complaint; return what staff are told, or an empty string.

    Of a letter to a government staff decide, and of a feedback report that does not say that the letter is spam.
    """
    owner = verdict.owner
    if verdict.confidence == "unsure" or owner is None or owner.outbox_id is None or verdict.rung not in _PROVED:
        return ""
    message = listed_message(connection, owner.circular_id, owner.outbox_id)
    if message is None or not message[1]:
        return ""
    said = "its provider passed on a complaint"
    suppress(connection, _entry(message[0], Kind.COMPLAINT, said, inbound_id=inbound_id, now=now))
    return f"a complaint: nothing more is sent to {message[0]}; circulars unsuppress undoes that"


def _is_full(reported: Reported) -> bool:
    return reported.status[2:] == _MAILBOX_FULL or bool(server_words("full").search(reported.diagnostic.lower()))


def _entry(mailbox: str, kind: Kind, said: str, *, inbound_id: int, now: datetime, list_name: str = "") -> Suppression:
    reason = " ".join("".join(c if c.isprintable() else " " for c in said).split())[:_LONGEST_REASON]
    return Suppression(
        address=comparable_address(mailbox),
        list_name=list_name,
        kind=kind,
        reason=reason,
        since=now,
        by=BY,
        inbound_id=inbound_id,
    )
