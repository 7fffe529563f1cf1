"""What kind of mail a mail is, from itself alone: no office, no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replies.automatic import Confidence, read_signs
from replies.daemons import is_named_like_a_daemon
from replies.machine_text import has_automatic_subject
from replies.mail import InboundMail
from replies.reported import COMPLAINT, Report, Reported
from replies.reports import read_report

Kind = Literal["bounce", "delay", "auto-reply", "complaint", "reply", "forward", "calendar", "unsubscribe", "unknown"]
MACHINE_KINDS: frozenset[Kind] = frozenset({"bounce", "delay", "auto-reply", "complaint"})
HUMAN_KINDS: frozenset[Kind] = frozenset({"reply", "forward"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A mail's kind, how sure that is, and why. ``report`` is there for delivery reports and complaints."""

    kind: Kind
    confidence: Confidence
    evidence: tuple[str, ...]
    report: Report | None = None

    @property
    def recipients(self) -> tuple[Reported, ...]:
        """Whom a report is about."""
        return self.report.recipients if self.report else ()


def classify(mail: InboundMail) -> Classified:
    """Return what kind of mail this is; a person's mail is a reply where it has anything to reply to."""
    report = read_report(mail)
    if report is not None and (report.standard or not has_automatic_subject(mail.subject)):
        return _classify_report(report)
    signs = read_signs(mail)
    if signs is not None:
        named = is_named_like_a_daemon(mail) and not has_automatic_subject(mail.subject)
        if named and signs.kind == "auto-reply":
            evidence = (*signs.evidence, "but its sender is named like a mail system")
            return Classified(kind="auto-reply", confidence="unsure", evidence=evidence)
        return Classified(kind=signs.kind, confidence=signs.confidence, evidence=signs.evidence)
    if mail.in_reply_to or mail.references:
        return Classified(
            kind="reply", confidence="likely", evidence=("it answers another mail (In-Reply-To, References)",)
        )
    return Classified(kind="unknown", confidence="unsure", evidence=())


def _classify_report(report: Report) -> Classified:
    if report.feedback is not None:
        return _classify_feedback(report, report.feedback)
    general = [report.general] if report.general else []
    actions = {reported.action for reported in report.recipients or general}
    form = "a delivery report (RFC 3464)" if report.standard else "a mail system's report in a form of its own"
    told = ", ".join(sorted(actions)) if report.recipients else "no recipient named"
    kind: Kind = "bounce"
    if "failed" not in actions and actions:
        kind = "delay" if "delayed" in actions else "auto-reply"
    confidence: Confidence = "certain" if report.standard else ("likely" if report.recipients else "unsure")
    return Classified(kind=kind, confidence=confidence, evidence=(f"{form}: {told}",), report=report)


def _classify_feedback(report: Report, stated: str) -> Classified:
    """Only a complaint of spam is certain to be one: of the other types, and of a report without one, staff decide."""
    evidence = (f"a feedback report (RFC 5965), {f'of the type «{stated[:60]}»' if stated else 'without a type'}",)
    if not report.complaint:
        return Classified(kind="auto-reply", confidence="certain", evidence=evidence)
    confidence: Confidence = "certain" if stated == COMPLAINT else "unsure"
    return Classified(kind="complaint", confidence=confidence, evidence=evidence, report=report)
