"""Reports of servers that do not keep to RFC 3464: known by their sender, their subject, and how they begin."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from replies.addresses import domain_of, find_addresses
from replies.daemons import (
    has_failure_subject,
    has_null_path,
    is_from_a_program,
    is_named_like_a_daemon,
    opens_like_a_report,
    says_delayed,
    says_final,
)  # fmt: skip
from replies.diagnostics import has_code, is_hard, is_telling
from replies.mail import InboundMail
from replies.passages import Passage, read_local_names, read_passages, words_about
from replies.reported import Action, Report, Reported, reported
from replies.returned import LONGEST_REPORT, after_copy_line, enclosed, returned_text

_SENDERS = ("from", "sender", "return-path", "reply-to")  # fields of the mail that is returned
_TO_FIELD = re.compile(r"^to:[ \t]*(.+(?:\n[ \t].+){0,20})", re.IGNORECASE | re.MULTILINE)
_MOST_RECIPIENTS = 1_000
_SHORT = 1_000  # characters
# A gateway that writes in a person's name: a line of stars, one sentence, and an address alone on the next line.
_BARE_STATEMENT = re.compile(
    r"\s{0,9}[*=_#-]{8,100}\s{1,9}[^\n@]{10,120}\n[ \t]{0,9}<?[^\s<>@]{1,64}@[^\s<>@]{1,255}>?\s*\n"
)


def read_plain_report(mail: InboundMail, *, certain: bool = False) -> Report | None:
    """Return what a report in a form of its own says, or None for other mail.

    ``certain`` says that it is known to be a report, because a part of it has the type of one.
    """
    own, copy = after_copy_line(mail.text)
    own = own[:LONGEST_REPORT]
    if not certain and not _is_report(mail, own, copy):
        return None
    passages = _passages(mail, own, copy)
    action: Action = "delayed" if _is_delayed(mail.subject, own, passages) else "failed"
    told = any(is_telling(passage.words) for passage in passages)
    explicit = told or "x-failed-recipients" in mail.headers or has_code(own)
    return Report(
        recipients=tuple(
            _judged(passage, own, action, alone=len(passages) == 1) for passage in passages[:_MOST_RECIPIENTS]
        ),
        standard=False,
        returned=returned_text(mail),
        general=reported("", action=action, diagnostic=own) if explicit else None,
    )


def _is_report(mail: InboundMail, own: str, copy: str) -> bool:
    """Weigh who sends against what it says: people write about failures too, programs about other things."""
    if "x-failed-recipients" in mail.headers:
        return True
    if mail.headers.first("auto-submitted").lower() == "no":
        return False
    if len(own) <= _SHORT and _BARE_STATEMENT.match(own) and opens_like_a_report(own):
        return True
    named, null_path = is_named_like_a_daemon(mail), has_null_path(mail)
    program = is_from_a_program(mail)
    if not (named or null_path or program):
        return False
    subject, opening, code = has_failure_subject(mail.subject), opens_like_a_report(own), has_code(own)
    returns = bool(copy) or next(enclosed(mail), None) is not None
    evidence = sum((named, null_path, subject, opening, code, returns))
    return evidence >= 3 or (subject and (named or null_path or (program and opening)))


def _passages(mail: InboundMail, own: str, copy: str) -> tuple[Passage, ...]:
    """Return whom it is about: named in a field, in its own words, or the one to whom the returned mail went."""
    named = find_addresses(" ".join(mail.headers.all("x-failed-recipients"))[:LONGEST_REPORT])
    if named:
        return tuple(Passage(address=address, words=words_about(own, address)) for address in named)
    found = read_passages(own, (mail.sender.address, *mail.delivered_to, *_returned_senders(mail)))
    if found:
        return found
    sent_to = [value for headers in enclosed(mail) for value in headers.all("to")] or _TO_FIELD.findall(copy or own)[:1]
    addresses = find_addresses("\n".join(sent_to)[:LONGEST_REPORT]) or _local_addresses(mail, own)
    return tuple(Passage(address=address, words="") for address in addresses) if len(addresses) == 1 else ()


def _local_addresses(mail: InboundMail, own: str) -> tuple[str, ...]:
    """Return the mailboxes that a server names without its own domain."""
    domain = domain_of(mail.sender.address)
    names = islice(read_local_names(own), _MOST_RECIPIENTS)
    return tuple(dict.fromkeys(f"{name}@{domain}" for name in names)) if domain and is_named_like_a_daemon(mail) else ()


def _returned_senders(mail: InboundMail) -> tuple[str, ...]:
    values = (value for headers in enclosed(mail) for name in _SENDERS for value in headers.all(name))
    return find_addresses("\n".join(values)[:LONGEST_REPORT])


def _is_delayed(subject: str, own: str, passages: tuple[Passage, ...]) -> bool:
    if says_delayed(subject):
        return True
    if not says_delayed(own) or says_final(own):
        return False
    words = [passage.words for passage in passages] or [own]
    return not any(is_hard(text) for text in words)


def _judged(passage: Passage, own: str, action: Action, *, alone: bool) -> Reported:
    telling = is_telling(passage.words)
    found = reported(
        passage.first_meant or passage.address,
        final=passage.address,
        action=action,
        diagnostic=passage.words if telling else "",
        words=passage.words if telling else own,
        session=own if alone else "",
    )
    return replace(found, final="" if found.final == found.address else found.final)
