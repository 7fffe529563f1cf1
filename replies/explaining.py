"""What a mail is and why, as `circulars explain` tells it: inside an office, or of a mail alone."""

from __future__ import annotations

from office.clock import Clock, system_clock
from replies.addresses import Mailbox
from replies.classifying import HUMAN_KINDS, classify
from replies.mail import InboundMail, parse_mail
from replies.matching import Matcher, Verdict
from replies.mime import Part
from replies.quoted import forwarded_from, new_text
from replies.reports import Reported


def explain(
    raw: bytes, *, file: str = "", matcher: Matcher | None = None, clock: Clock = system_clock
) -> dict[str, object]:
    """Return the JSON object of one mail; nothing is stored. Without a ``matcher`` only the mail itself speaks.

    ``confidence`` is of the kind, and of the match where there is one. Beyond the agreed keys: ``party``,
    ``triage``, ``reason``, ``candidates``, ``sender``, ``subject``, ``attachments``.
    """
    mail = parse_mail(raw, clock=clock)
    verdict = matcher.match(mail) if matcher is not None else _alone(mail)
    return {
        "file": file,
        "kind": verdict.kind,
        "confidence": verdict.confidence,
        "reference": verdict.owner.reference if verdict.owner else "",
        "addressee": verdict.owner.key if verdict.owner else "",
        "party": verdict.party,
        "evidence": list(verdict.evidence),
        "recipients": [_recipient(reported) for reported in verdict.recipients],
        "text": new_text(mail.text),
        "forwarded_from": str(original_sender(mail)) if verdict.kind == "forward" else "",
        "triage": verdict.triage,
        "reason": verdict.reason,
        "candidates": [
            {"reference": owner.reference, "party": owner.party, "addressee": owner.key} for owner in verdict.candidates
        ],
        "sender": str(mail.sender),
        "subject": mail.subject,
        "attachments": [
            {"name": attachment.name, "type": attachment.type, "size": attachment.size}
            for attachment in mail.attachments
        ],
    }


def original_sender(mail: InboundMail) -> Mailbox:
    """Return whom a forwarded mail was from: by the message enclosed, else by the header block in its text."""
    for part in mail.root.walk():
        if part.type == "message/rfc822" and part.children:
            return _first_sender(part.children[0])
    name, address = forwarded_from(mail.text)
    return Mailbox(address, name)


def _first_sender(part: Part) -> Mailbox:
    from replies.addresses import mailboxes

    found = (mailbox for value in part.headers.raw("from") for mailbox in mailboxes(value))
    return next(found, Mailbox())


def _alone(mail: InboundMail) -> Verdict:
    classified = classify(mail)
    return Verdict(
        kind=classified.kind,
        confidence=classified.confidence,
        triage=classified.kind in HUMAN_KINDS or classified.kind == "unknown",
        reason="judged by itself, without an office's register",
        evidence=classified.evidence,
        recipients=classified.recipients,
    )


def _recipient(reported: Reported) -> dict[str, object]:
    return {
        "address": reported.address,
        "permanent": reported.permanent,
        "status": reported.status,
        "reason": reported.diagnostic,
        "group": reported.group,
        "action": reported.action,
    }
