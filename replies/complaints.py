"""Complaints about a mail: feedback reports (RFC 5965), and the older form that Outlook.com's loop still sends."""

from __future__ import annotations

import re

from replies.addresses import find_addresses
from replies.mail import InboundMail
from replies.reported import COMPLAINT, Report, Reported
from replies.returned import LONGEST_REPORT, enclosed, returned_text
from replies.status_reports import fields

# Where the recipient stands: in the report, else in the returned mail, else whom that was addressed to.
_REPORTED_FIELDS = frozenset({"original-rcpt-to", "original-recipient", "removal-recipient", "final-recipient"})
_OUTLOOK_FIELD = "x-hmxmroriginalrecipient"
_RETURNED_FIELDS = ("to", "x-original-to", "delivered-to", "envelope-to")
_MOST_RECIPIENTS = 1_000
_COMMENT = re.compile(r"\([^()]*\)")
_LONGEST_TYPE = 200  # characters


def read_complaint(mail: InboundMail) -> Report | None:
    """Return the feedback report that a mail is, of whatever type, or None."""
    feedback = next((part for part in mail.root.leaves() if part.type == "message/feedback-report"), None)
    outlook = [value for headers in enclosed(mail) for value in headers.all(_OUTLOOK_FIELD)]
    if feedback is None and not outlook:
        return None
    stated_fields = fields(feedback.text) if feedback else ()
    stated = [value for name, value in stated_fields if name in _REPORTED_FIELDS]
    types = dict.fromkeys(feedback_type(value) for name, value in stated_fields if name == "feedback-type")
    addresses = _addresses(stated) or _addresses(outlook) or _returned_addresses(mail)
    recipients = tuple(
        Reported(address=address, action="delivered", permanent=False) for address in addresses[:_MOST_RECIPIENTS]
    )
    return Report(
        recipients=recipients,
        standard=True,
        feedback=", ".join(types) if feedback else COMPLAINT,  # two types that differ are none that is known
        returned=returned_text(mail),
    )


def feedback_type(value: str) -> str:
    """Return the type that a field states, in small letters, without comments and white space around it."""
    bare, before = value[:_LONGEST_TYPE], ""
    while bare != before:  # comments may stand in comments
        bare, before = _COMMENT.sub(" ", bare), bare
    return " ".join(bare.split()).lower()


def _returned_addresses(mail: InboundMail) -> tuple[str, ...]:
    for name in _RETURNED_FIELDS:
        found = _addresses([value for headers in enclosed(mail) for value in headers.all(name)])
        if found:
            return found
    return ()


def _addresses(values: list[str]) -> tuple[str, ...]:
    return find_addresses("\n".join(values)[:LONGEST_REPORT])
