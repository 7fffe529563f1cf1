"""Reports on what became of a mail: delivery reports (RFC 3464) and the older forms, and complaints (RFC 5965)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from replies.addresses import find_addresses, same_address
from replies.diagnostics import STATUS, Group, best_status, is_permanent, reason_group, reply_code
from replies.mail import InboundMail
from replies.mime import Headers, Part

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
_ACTIONS: dict[str, Action] = {
    "failed": "failed", "failure": "failed", "error": "failed", "delayed": "delayed", "delivered": "delivered",
    "relayed": "relayed", "expanded": "expanded", "deliverable": "delivered",
}  # fmt: skip
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail[ _-]?delivery|mail administrator|mdaemon|mail system", re.IGNORECASE
)
_FAILURE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|report|has failed|notification)|mail delivery|failure notice|returned mail"
    r"|could not (?:be )?deliver|non[- ]?remis|недоставлен|не доставлено|no se puede entregar|无法投递|退信|تعذر",
    re.IGNORECASE,
)
_DELAY_WORDS = re.compile(
    r"delay|will (?:continue to )?(?:be )?retr|still trying|no action is required|warning message", re.IGNORECASE
)
_COPY_BEGINS = re.compile(
    r"^(?:-+ *(?:this is a copy|below this line|original message|message header|returned message|undelivered message"
    r"|the header|unsent message|your original|start of|the body of your)"
    r"|original message follows|received: |return-path: )",
    re.IGNORECASE | re.MULTILINE,
)
_NAMED_RECIPIENT = re.compile(
    r"^[ \t>*]*+(?:(?:(?:final-|original-|failed )?recipients?(?: address)?:|to:|rcpt to:)[ \t]*+)?(?:rfc822;[ \t]*+)?"
    r"<?([^\s<>()\",;:]{1,64}@[^\s<>()\",;:]{1,255})>?[ \t]*(?::|\.\.\.|$|[ \t]+(?:on|\(|:))",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_REPORT = 200_000  # characters that are searched
_MOST_RECIPIENTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a report says of one recipient.

    ``address`` is the one the mail was first meant for, as far as the report tells; ``final`` the one it ended at.
    ``status`` is an RFC 3463 code or empty; ``diagnostic`` the server's own words.
    """

    address: str
    final: str = ""
    action: Action
    status: str = ""
    diagnostic: str = ""
    permanent: bool
    group: Group = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: ``standard`` tells whether it keeps to RFC 3464; ``returned`` is the text that it sends back.

    ``envelope_id`` is the ENVID of the mail it is about (RFC 3461). ``general`` is what a report in a form of its
    own says of the mail, whether or not it names a recipient; it is there only if a code or a field says so.
    """

    recipients: tuple[Reported, ...]
    standard: bool
    complaint: bool = False
    envelope_id: str = ""
    returned: str = ""
    general: Reported | None = None


def read_report(mail: InboundMail) -> Report | None:
    """Return what a mail reports on another mail, or None if it is no report."""
    feedback = next((part for part in mail.root.leaves() if part.type == "message/feedback-report"), None)
    if feedback is not None:
        return _complaint(mail, feedback)
    groups = [group for part in mail.root.leaves() if _is_status(part, mail) for group in _groups(part.text)]
    recipients = tuple(reported for group in groups if (reported := _reported(group, mail)))[:_MOST_RECIPIENTS]
    if recipients:
        envelope_id = next((group["original-envelope-id"] for group in groups if "original-envelope-id" in group), "")
        return Report(recipients=recipients, standard=True, envelope_id=envelope_id, returned=returned_text(mail))
    report = _plain_report(mail)
    if report is None and any(part.type in _STATUS_TYPES for part in mail.root.leaves()):
        return Report(recipients=(), standard=False, returned=returned_text(mail))  # of a server that names nobody
    return report


def enclosed(mail: InboundMail) -> Iterator[Headers]:
    """Yield the headers of every message that a mail encloses: returned, attached or forwarded."""
    for part in mail.root.walk():
        if part.type in _RETURNED_TYPES:
            for child in part.children:
                yield child.headers


def returned_text(mail: InboundMail) -> str:
    """Return the text of enclosed messages and their headers, and what follows a line like «copy of the message»."""
    pieces = [_after_copy_line(mail.text)[1]]
    length = 0
    for part in mail.root.walk():
        if part.type in _RETURNED_TYPES or part.type in _STATUS_TYPES:
            piece = part.text
            pieces.append(piece)
            length += len(piece)
            if length > _LONGEST_REPORT:
                break
    return "\n".join(pieces)[:_LONGEST_REPORT]


def is_from_a_daemon(mail: InboundMail) -> bool:
    """Tell whether a mail comes from a mail system: null return path, or the names that such systems use."""
    return mail.return_path == "" or is_named_like_a_daemon(mail)


def is_named_like_a_daemon(mail: InboundMail) -> bool:
    """Tell whether the sender's name or address is one that mail systems use."""
    local = mail.sender.address.partition("@")[0]
    return bool(_DAEMON.search(local) or _DAEMON.search(mail.sender.name))


def _is_status(part: Part, mail: InboundMail) -> bool:
    if part.type in _STATUS_TYPES:
        return True
    stray = part.type.startswith("text/plain") and not part.is_attachment and is_from_a_daemon(mail)
    return stray and "\nfinal-recipient:" in part.text[:_LONGEST_REPORT].lower()


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Yield the groups of fields (RFC 3464 section 2.1), also where the empty lines between them are missing."""
    group: dict[str, str] = {}
    last = ""
    for line in text[:_LONGEST_REPORT].splitlines():
        match = _FIELD.match(line)
        if line[:1] in {" ", "\t"} and last and line.strip():
            group[last] += " " + line.strip()
        elif match is not None:
            last = match[1].lower()
            if last in group and last in {"final-recipient", "original-recipient"}:
                yield group
                group = {}
            group.setdefault(last, match[2].strip())
        elif not line.strip() and group:
            yield group
            group, last = {}, ""
    if group:
        yield group


def _reported(group: dict[str, str], mail: InboundMail) -> Reported | None:
    final = _typed_address(group.get("final-recipient", ""))
    original = _typed_address(group.get("original-recipient", "")) or _typed_address(
        group.get("x-actual-recipient", "")
    )
    action = _ACTIONS.get(re.split(r"[\s(;]", group.get("action", "").lower())[0])
    if not (final or original) or (action is None and "status" not in group):
        return None
    diagnostic = group.get("diagnostic-code", "")
    if action is None:
        action = "delayed" if group["status"].startswith("4") else "failed"
    return _judged(
        original or final,
        final=final,
        action=action,
        stated=group.get("status", ""),
        diagnostic=diagnostic,
        words=diagnostic.partition(";")[2] or diagnostic or _after_copy_line(mail.text)[0][:4_000],
    )


def _judged(
    address: str, *, final: str = "", action: Action, stated: str = "", diagnostic: str, words: str
) -> Reported:
    status = best_status(stated, diagnostic)
    undelivered = action in {"failed", "delayed"}
    return Reported(
        address=address,
        final=final,
        action=action,
        status=status,
        diagnostic=" ".join(diagnostic.split())[:1_000],
        permanent=action == "failed" and is_permanent(status, diagnostic, failed=True),
        group=reason_group(status, words) if undelivered else "",
    )


def _typed_address(value: str) -> str:
    """Return the address of «rfc822; address» (RFC 3464 section 2.1.2)."""
    text = value.partition(";")[2] if ";" in value else value
    found = find_addresses(text)
    return found[0] if found else ""


def _complaint(mail: InboundMail, feedback: Part) -> Report:
    named = [value for group in _groups(feedback.text) for key, value in group.items() if key == "original-rcpt-to"]
    returned = [value for headers in enclosed(mail) for value in headers.all("to")]
    addresses = find_addresses("\n".join(named)) or find_addresses("\n".join(returned)[:_LONGEST_REPORT])
    recipients = tuple(
        Reported(address=address, action="delivered", permanent=False, group="")
        for address in addresses[:_MOST_RECIPIENTS]
    )
    return Report(recipients=recipients, standard=True, complaint=True, returned=returned_text(mail))


def _plain_report(mail: InboundMail) -> Report | None:
    """Recognise reports of servers that do not keep to RFC 3464: by their sender, subject, and what they say."""
    own, copy = _after_copy_line(mail.text)
    own = own[:_LONGEST_REPORT]
    named = "x-failed-recipients" in mail.headers
    suspicious = named or is_from_a_daemon(mail)
    if not suspicious or not (named or _FAILURE_SUBJECT.search(mail.subject) or _has_code(own)):
        return None
    code = reply_code(own)
    status = best_status("", own)
    soft = status.startswith("4") if status else code is not None and code < 500
    delayed = bool(_DELAY_WORDS.search(mail.subject)) or (soft and bool(_DELAY_WORDS.search(own)))
    if not (named or delayed or _has_code(own) or copy or reason_group("", own)):
        return None
    action: Action = "delayed" if delayed else "failed"
    judged = _judged("", action=action, diagnostic=own[-4_000:], words=own[:4_000])
    recipients = tuple(replace(judged, address=address) for address in _failed_addresses(mail, own))
    explicit = named or _has_code(own)
    return Report(
        recipients=recipients, standard=False, returned=returned_text(mail), general=judged if explicit else None
    )


def _has_code(text: str) -> bool:
    return bool(STATUS.search(text)) or reply_code(text) is not None


def _failed_addresses(mail: InboundMail, own: str) -> tuple[str, ...]:
    """Return whom a non-standard report is about: named in a field, on a line of its own, in the text or the copy."""
    excluded = (mail.sender.address, *mail.delivered_to)

    def others(addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            address
            for address in dict.fromkeys(addresses)
            if not any(same_address(address, known) for known in excluded) and not _DAEMON.search(address)
        )[:_MOST_RECIPIENTS]

    named = others(find_addresses(" ".join(mail.headers.all("x-failed-recipients"))))
    alone = others(tuple(_NAMED_RECIPIENT.findall(own)))
    returned = tuple(value for headers in enclosed(mail) for value in headers.all("to"))
    return (
        named or alone or others(find_addresses(own)) or others(find_addresses("\n".join(returned)[:_LONGEST_REPORT]))
    )


def _after_copy_line(text: str) -> tuple[str, str]:
    """Split a report's text into its own words and the copy of the mail it returns, if there is one."""
    match = _COPY_BEGINS.search(text)
    return (text, "") if match is None else (text[: match.start()], text[match.start() :])
