"""Reports as JSON: what Amazon's mail service writes to a mailbox that is subscribed to its notifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from replies.complaints import feedback_type
from replies.daemons import is_from_a_daemon, is_from_a_program
from replies.mail import InboundMail
from replies.reported import COMPLAINT, Report, Reported, reported
from replies.returned import LONGEST_REPORT

_MOST_RECIPIENTS = 1_000
_KINDS = ("notificationType", "eventType")  # of a topic, of a configuration set


def read_notification(mail: InboundMail) -> Report | None:
    """Return what a notification says of a mail (Amazon SES, «Notification contents»), or None for other mail."""
    start = mail.text.find("{") if is_from_a_daemon(mail) or is_from_a_program(mail) else -1
    if start < 0 or not any(f'"{name}"' in mail.text[start : start + LONGEST_REPORT] for name in _KINDS):
        return None
    content = _json(mail.text[start : start + LONGEST_REPORT])
    kind = next((str(content[name]).lower() for name in _KINDS if name in content), "")
    about = content.get(kind)
    if kind not in {"bounce", "complaint", "delivery"} or not isinstance(about, dict):
        return None
    recipients = list(_recipients(kind, about))[:_MOST_RECIPIENTS]
    # Its service passes on the type of the provider's report; where there was none, it says itself that it is one.
    feedback = feedback_type(str(about.get("complaintFeedbackType") or COMPLAINT)) if kind == "complaint" else None
    return Report(recipients=tuple(recipients), standard=True, feedback=feedback)


def _recipients(kind: str, about: dict[str, Any]) -> Iterator[Reported]:
    key = {"bounce": "bouncedRecipients", "complaint": "complainedRecipients"}.get(kind, "recipients")
    listed = about.get(key)
    for entry in listed if isinstance(listed, list) else ():
        fields = entry if isinstance(entry, dict) else {"emailAddress": entry}
        address = str(fields.get("emailAddress", "")).strip()
        if "@" not in address:
            continue
        if kind == "bounce":
            diagnostic = str(fields.get("diagnosticCode", ""))
            transient = about.get("bounceType") == "Transient"
            stated = str(fields.get("status", "")) or ("4.0.0" if transient else "")
            yield reported(address, action="failed", stated=stated, diagnostic=diagnostic.removeprefix("smtp;"))
        else:
            yield reported(address, action="delivered", diagnostic=str(about.get("smtpResponse", "")))


def _json(text: str) -> dict[str, Any]:
    """Return the JSON object that a text begins with, also if its lines were wrapped; empty if there is none."""
    for candidate in (text, text.replace("\n", "")):
        try:
            content, _ = json.JSONDecoder().raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return content if isinstance(content, dict) else {}
    return {}
