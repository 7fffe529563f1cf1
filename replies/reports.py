"""Reports on what became of a mail: delivery reports (RFC 3464) and the older forms, and complaints (RFC 5965)."""

from __future__ import annotations

from collections.abc import Iterator

from replies.complaints import read_complaint
from replies.mail import InboundMail, parse_mail
from replies.notifications import read_notification
from replies.plain_reports import read_plain_report
from replies.reported import Report
from replies.returned import STATUS_TYPES
from replies.status_reports import read_status_report


def read_report(mail: InboundMail) -> Report | None:
    """Return what a mail reports on another mail, or None if it is no report."""
    report = _read(mail)
    if report is None or report.recipients:
        return report
    inner = (found for wrapped in _wrapped(mail) if (found := _read(wrapped)) is not None and found.recipients)
    return next(inner, report)


def _read(mail: InboundMail) -> Report | None:
    declared = mail.root.parameters.get("report-type", "").lower() == "delivery-status"
    certain = declared or any(part.type in STATUS_TYPES for part in mail.root.leaves())
    return (
        read_complaint(mail)
        or read_status_report(mail)
        or read_notification(mail)
        or read_plain_report(mail, certain=certain)
    )


def _wrapped(mail: InboundMail) -> Iterator[InboundMail]:
    """Yield the messages that a report encloses: a gateway may have put the report that it got into one of its own."""
    for part in mail.root.walk():
        if part.type == "message/rfc822":
            yield parse_mail(part.content, clock=lambda: mail.received_at)
