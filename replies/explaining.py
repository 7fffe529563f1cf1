"""What a mail is and why, as `circulars explain` tells it: inside an office, or of a mail alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from office.clock import Clock, system_clock
from replies.absence import returns_on
from replies.classifying import HUMAN_KINDS, classify
from replies.forwards import original
from replies.invitations import read_calendar_answer
from replies.mail import InboundMail, parse_mail
from replies.matching import Matcher
from replies.quoted import new_text
from replies.reported import Reported
from replies.suggesting import suggest, suggest_from_calendar
from replies.verdicts import Verdict


def explain(
    raw: bytes, *, file: str = "", matcher: Matcher | None = None, clock: Clock = system_clock
) -> dict[str, object]:
    """Return the JSON object of one mail; nothing is stored. Without a ``matcher`` only the mail itself speaks.

    ``confidence`` is of the kind, and of the match where there is one; ``rung`` is of the ladder of
    `replies.matching`. ``returns_on`` is the day on which somebody who is away is back, ``suggestion`` what a person's
    mail seems to say; both null where nothing is stated.
    """
    mail = parse_mail(raw, clock=clock)
    verdict = matcher.match(mail) if matcher is not None else _alone(mail)
    text = matcher.said(mail, verdict) if matcher is not None else new_text(mail.text)
    back = returns_on(mail) if verdict.kind == "auto-reply" else None
    return {
        "file": file,
        "kind": verdict.kind,
        "confidence": verdict.confidence,
        "reference": verdict.owner.reference if verdict.owner else "",
        "addressee": verdict.owner.key if verdict.owner else "",
        "party": verdict.party,
        "rung": verdict.rung,
        "colleague": verdict.colleague,
        "triage": verdict.triage,
        "reason": verdict.reason,
        "evidence": list(verdict.evidence),
        "candidates": [
            {"reference": owner.reference, "party": owner.party, "addressee": owner.key} for owner in verdict.candidates
        ],
        "recipients": [_recipient(reported) for reported in verdict.recipients],
        "text": text,
        "forwarded_from": str(original(mail).sender) if verdict.kind == "forward" else "",
        "returns_on": back.isoformat() if back else None,
        "suggestion": _suggestion(mail, verdict, text, matcher.asks(verdict) if matcher is not None else ()),
        "sender": str(mail.sender),
        "subject": mail.subject,
        "attachments": [
            {"name": attachment.name, "type": attachment.type, "size": attachment.size}
            for attachment in mail.attachments
        ],
    }


def _suggestion(mail: InboundMail, verdict: Verdict, text: str, asks: Sequence[str]) -> dict[str, object] | None:
    if verdict.kind == "calendar":
        calendar = read_calendar_answer(mail)
        found = suggest_from_calendar(calendar) if calendar else None
    elif verdict.kind in HUMAN_KINDS or verdict.kind == "unknown":
        found = suggest(text, asks=asks, has_attachments=bool(mail.attachments))
    else:
        return None
    return asdict(found) if found else None


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
        "final": reported.final,
    }
