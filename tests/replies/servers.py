"""Writes reports in the forms that mail servers give them; those of ``reports/`` are kept as files."""

from __future__ import annotations

from replies.mail import InboundMail, parse_mail
from tests.replies.samples import clock

TO = "bounce@replies.example.int"
COPY = "From: circulars@example.int\nTo: {to}\nSubject: Invitation to the forum\nMessage-ID: <abc@example.int>\n"


def plain(sender: str, subject: str, text: str, *, null: bool = True, extra: str = "") -> str:
    """Write a report that is one plain text."""
    path = "Return-Path: <>\n" if null else ""
    return (
        f"{path}From: {sender}\nTo: {TO}\nSubject: {subject}\nDate: Fri, 8 Apr 2022 09:00:00 +0000\n"
        "Message-ID: <report@mx.example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"{extra}\n{text}\n"
    )


def enclosing(sender: str, subject: str, text: str, *, to: str, null: bool = True, extra: str = "") -> str:
    """Write a report in plain text that encloses the mail."""
    return plain(sender, subject, "", null=null, extra=extra).replace(
        "text/plain; charset=utf-8\n", 'multipart/mixed; boundary="b"\n'
    ) + (
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n--b\nContent-Type: message/rfc822\n\n"
        f"{COPY.format(to=to)}\nExcellency,\n--b--\n"
    )


def standard(
    text: str, *groups: str, sender: str = "MAILER-DAEMON@mx.example.org", subject: str = "Undelivered Mail"
) -> str:
    """Write a report as RFC 3464 has it: its words, and a group of fields for each recipient."""
    fields = "\n\n".join(groups)
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: {TO}\nSubject: {subject}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example.org\n\n{fields}\n\n--b\nContent-Type: message/rfc822\n\n"
        f"{COPY.format(to='ana@example.org')}\nExcellency,\n--b--\n"
    )


def group(address: str, status: str, diagnostic: str = "", *, action: str = "failed", more: str = "") -> str:
    """Write the fields of one recipient."""
    said = f"\nDiagnostic-Code: {diagnostic}" if diagnostic else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{said}{more}"


def parsed(raw: str | bytes) -> InboundMail:
    """Read a mail."""
    return parse_mail(raw.encode() if isinstance(raw, str) else raw, clock=clock)
