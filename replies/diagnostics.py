"""What a receiving server's words mean: status codes (RFC 3463), reply codes (RFC 5321), and common phrases."""

from __future__ import annotations

import re
from typing import Literal

Group = Literal["address", "mailbox", "size", "temporary", "policy", ""]

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?:^|[\s:;(>#«\"'])([45]\d\d)(?=[\s\-:;,.)]|$)", re.MULTILINE)
_GENERIC_STATUS = frozenset({"0.0", "0.1"})  # subject.detail that say nothing

# The first that matches decides; searched in the diagnostic in lower case.
_PHRASES: tuple[tuple[Group, re.Pattern[str]], ...] = (
    (
        "size",
        re.compile(
            r"message (?:is |size )?(?:too (?:big|large)|exceeds)|size limit"
            r"|exceed\w* .{0,30}(?:size|maximum)|too large"
        ),
    ),
    (
        "mailbox",
        re.compile(
            r"quota|(?:mailbox|inbox|mail box|mailfolder) .{0,40}(?:full|disabled|inactive|suspended|locked)"
            r"|full mailbox"
            r"|account .{0,40}(?:disabled|suspended|inactive|locked|deactivated)|not enough (?:disk )?space"
            r"|insufficient .{0,20}(?:storage|space)|(?:user|recipient) .{0,20}(?:disabled|suspended|inactive)"
        ),
    ),
    (
        "address",
        re.compile(
            r"(?:user|recipient|mailbox|address|account|host|domain|name) .{0,40}(?:unknown|not found"
            r"|(?:does|do) ?n[o']t exist"
            r"|not exist|invalid|not (?:a )?(?:valid|listed|known|recognized)|unavailable)"
            r"|(?:unknown|invalid|no such|bad|nonexistent|non-existent) (?:local |virtual |destination )?"
            r"(?:user|recipient|mailbox|address|account|person|host|domain|local)|no mailbox here|unrouteable"
            r"|unroutable|user not|not our customer"
            r"|doesn't have an? .{0,60}account|nxdomain|null mx|has moved|no longer|does not exist|not listed in"
            r"|bad destination"
            r"|no mx|mx record"
        ),
    ),
    (
        "policy",
        re.compile(
            r"spam|block|black ?list|blocklist|dnsbl|policy|dmarc|\bspf\b|dkim|reputation|denied|relay|virus|malware"
            r"|reverse dns|\bptr\b|not (?:allowed|permitted|accepted|authori[sz]ed)|prohibited|refused to accept|banned"
            r"|reject"
            r"|authenticat|restricted|security|unsolicited|content"
        ),
    ),
    (
        "temporary",
        re.compile(
            r"time[ds]?[ -]?out|connection (?:refused|reset|lost|dropped)|temporar|try again|later|too many"
            r"|greylist|grey-list"
            r"|expired|undeliverable for|could not be delivered for|delayed|unreachable|no route|retry|deferred"
            r"|overload|busy"
            r"|loop|hop count|configuration error|system error|lost connection"
        ),
    ),
)
_BY_STATUS: dict[str, Group] = {
    "1.8": "policy",  # the sender's address or host is doubted, not the recipient's
    "1.7": "policy",
    "2.0": "mailbox",
    "2.1": "mailbox",
    "2.2": "mailbox",
    "2.3": "size",
    "2.4": "mailbox",
    "3.1": "temporary",
    "3.4": "size",
    "4.4": "address",
}
_BY_SUBJECT: dict[str, Group] = {"1": "address", "3": "temporary", "4": "temporary", "6": "policy", "7": "policy"}


def best_status(stated: str, diagnostic: str) -> str:
    """Return the more telling of the stated status and one within the diagnostic; empty if there is none."""
    stated_match = STATUS.search(stated)
    status = stated_match[1] if stated_match else ""
    if status and status[2:] not in _GENERIC_STATUS:
        return status
    inner = [found for found in STATUS.findall(diagnostic) if found[0] != "2"]
    return next((found for found in inner if found[2:] not in _GENERIC_STATUS), status or next(iter(inner), ""))


def reply_code(diagnostic: str) -> int | None:
    """Return the last SMTP reply code of a transcript, 400 to 599."""
    found = _REPLY_CODE.findall(diagnostic)
    return int(found[-1]) if found else None


def is_permanent(status: str, diagnostic: str, *, failed: bool) -> bool:
    """Tell whether trying again is pointless: by the status, else the reply code, else whether the server gave up."""
    if status:
        return status.startswith("5")
    code = reply_code(diagnostic)
    return failed if code is None else code >= 500


def reason_group(status: str, diagnostic: str) -> Group:
    """Return why a mail was not delivered, as far as code and words tell; empty if they do not.

    ``address`` the mailbox or its domain does not exist; ``mailbox`` it is full or suspended; ``size`` the mail
    is too large; ``temporary`` nothing is wrong with the address, the server could not; ``policy`` it would not.
    """
    words = diagnostic.lower()
    detail = status[2:]
    if detail in {"1.1", "2.2", "3.4", "2.3"}:  # these four are used as they are meant
        return _BY_STATUS.get(detail, "address")
    for group, phrases in _PHRASES:
        if phrases.search(words):
            return group
    if not status:
        code = reply_code(diagnostic)
        return "" if code is None else ("temporary" if code < 500 else "policy")
    return _BY_STATUS.get(detail) or _BY_SUBJECT.get(detail[:1]) or ("temporary" if status.startswith("4") else "")
