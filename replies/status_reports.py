"""Delivery reports as RFC 3464 has them: groups of fields in a part of their own, one for each recipient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from replies.addresses import find_addresses
from replies.daemons import is_from_a_daemon
from replies.mail import InboundMail
from replies.mime import Part
from replies.passages import words_about
from replies.reported import Action, Report, Reported, reported
from replies.returned import LONGEST_REPORT, STATUS_TYPES, after_copy_line, returned_text

Group = dict[str, str]

_ACTIONS: dict[str, Action] = {
    "failed": "failed", "failure": "failed", "error": "failed", "delayed": "delayed", "delivered": "delivered",
    "relayed": "relayed", "expanded": "expanded", "deliverable": "delivered",
}  # fmt: skip
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
_MOST_RECIPIENTS = 1_000


def read_status_report(mail: InboundMail) -> Report | None:
    """Return what the groups of fields say; None if the mail has none that names a recipient."""
    groups = [group for part in mail.root.leaves() if _is_status(part, mail) for group in field_groups(part.text)]
    own = after_copy_line(mail.text)[0]
    alone = sum("final-recipient" in group or "original-recipient" in group for group in groups) == 1
    found: dict[tuple[str, str], Reported] = {}
    for group in groups[:_MOST_RECIPIENTS]:
        recipient = _reported(group, own, alone)
        if recipient is not None:
            found.setdefault((recipient.address.casefold(), recipient.action), recipient)
    if not found:
        return None
    envelope_id = next((group["original-envelope-id"] for group in groups if "original-envelope-id" in group), "")
    return Report(
        recipients=tuple(found.values()), standard=True, envelope_id=envelope_id, returned=returned_text(mail)
    )


def field_groups(text: str) -> Iterator[Group]:
    """Yield the groups of fields (RFC 3464 section 2.1), also where the empty lines between them are missing."""
    group: Group = {}
    for name, value in fields(text):
        if not name:
            if group:
                yield group
            group = {}
            continue
        if name in group and name in {"final-recipient", "original-recipient"}:
            yield group
            group = {}
        group.setdefault(name, value)
    if group:
        yield group


def fields(text: str) -> Iterable[tuple[str, str]]:
    """Return the fields of a text in order, names in lower case, folding undone; ("", "") for an empty line."""
    found: list[tuple[str, str]] = []
    for line in text[:LONGEST_REPORT].splitlines():
        match = _FIELD.match(line)
        if line[:1] in {" ", "\t"} and found and found[-1][0] and line.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        elif match is not None:
            found.append((match[1].lower(), match[2].strip()))
        elif not line.strip():
            found.append(("", ""))
    return found


def _is_status(part: Part, mail: InboundMail) -> bool:
    if part.type in STATUS_TYPES:
        return True
    loose = part.type.startswith(("text/plain", "multipart/"))  # a multipart without parts has lost its boundary
    stray = loose and not part.is_attachment and is_from_a_daemon(mail)
    return stray and "\nfinal-recipient:" in part.text[:LONGEST_REPORT].lower()


def _reported(group: Group, own: str, alone: bool) -> Reported | None:
    final = _typed_address(group.get("final-recipient", ""))
    original = _typed_address(group.get("original-recipient", ""))
    actual = _typed_address(group.get("x-actual-recipient", ""))  # sendmail: where an alias ended
    action = _ACTIONS.get(re.split(r"[\s(;]", group.get("action", "").lower())[0])
    if not (final or original) or (action is None and "status" not in group):
        return None
    diagnostic = group.get("diagnostic-code", "")
    if action is None:
        action = "delayed" if group["status"].startswith("4") else "failed"
    return reported(
        original or final,
        final=actual or final,
        action=action,
        stated=group.get("status", ""),
        diagnostic=diagnostic.partition(";")[2].strip() or diagnostic,
        words=words_about(own, final or original) or (own if alone else group.get("status", "")),
        session=own if alone else "",
    )


def _typed_address(value: str) -> str:
    """Return the address of «rfc822; address» (RFC 3464 section 2.1.2)."""
    text = value.partition(";")[2] if ";" in value else value
    found = find_addresses(text)
    return found[0] if found else ""
