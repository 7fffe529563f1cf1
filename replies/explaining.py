"""What a mail is and why, as `circulars explain` tells it: inside an office, or of a mail alone."""

from __future__ import annotations

from office.clock import Clock, system_clock
from replies.classifying import HUMAN_KINDS, classify
from replies.forwards import original
from replies.mail import InboundMail, parse_mail
from replies.matching import Matcher
from replies.quoted import new_text
from replies.reported import Reported
from replies.verdicts import Verdict


def explain(
    raw: bytes, *, file: str = "", matcher: Matcher | None = None, clock: Clock = system_clock
) -> dict[str, object]:
    """Return the JSON object of one mail; nothing is stored. Without a ``matcher`` only the mail itself speaks.

    ``confidence`` is of the kind, and of the match where there is one. Beyond the agreed keys: ``party``,
    ``rung``, ``triage``, ``reason``, ``candidates``, ``sender``, ``subject``, ``attachments``.
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
        "rung": verdict.rung,
        "evidence": list(verdict.evidence),
        "recipients": [_recipient(reported) for reported in verdict.recipients],
        "text": matcher.said(mail, verdict) if matcher is not None else new_text(mail.text),
        "forwarded_from": str(original(mail).sender) if verdict.kind == "forward" else "",
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
