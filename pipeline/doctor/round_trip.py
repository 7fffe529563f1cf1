"""A test mail: handed to the relay like a letter, and looked for in the inbox to which answers come."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from delivery.headers import AddressError, address_field, mailbox, one_line
from delivery.transports.probing import hand_over
from delivery.transports.relay import make_relay
from delivery.transports.verdicts import UnavailableError
from office.errors import sentence
from office.model import Office, SmtpTransport
from pipeline.doctor.refusals import refused_us
from pipeline.doctor.relay import envelope, short
from pipeline.doctor.results import Level, Results, Visit, error, good, note, skipped, warning
from replies.sources import Source, SourceMail
from replies.sources.opening import open_source
from store.fetching import Known

OWN = "reply"  # as the address: to the office's own reply address
_PAUSE = 1.0  # seconds between looks
_VERDICT = re.compile(r"\b(spf|dkim|dmarc)=(\w+)", re.IGNORECASE)  # RFC 8601 section 2.2
_TEXT = """\
This is a test message. `circulars doctor` sent it to see whether mail leaves {name} and arrives.
Nothing needs to be done with it.
"""


def look_at_round_trip(office: Office, visit: Visit) -> Results:
    """Send a test mail, and wait for it if it goes to the office's own reply address."""
    settings = office.transports[office.mail.transport]
    if not isinstance(settings, SmtpTransport):
        yield skipped("no-test-mail", "No test mail was sent: letters are written as files.")
        return
    if visit.offline:
        yield skipped("no-test-mail", "No test mail was sent, as --offline was given.")
        return
    sender, own = envelope(office)
    recipient = own if visit.to == OWN else visit.to
    try:
        message, message_id = _message(office, recipient, visit.clock())
    except AddressError:
        yield error("bad-address", f"«{one_line(visit.to)}» is not a mail address.", "Write it like me@example.org.")
        return
    if visit.to != OWN:
        yield from _sent(office, settings, visit, envelope_of=(sender, recipient), message=message)
        yield note("test-mail-sent", f"Look there for Message-ID {message_id}: also among spam, and at its headers.")
        return
    # Nothing in the mailbox is moved or remembered by this.
    unmoved = replace(office, inbox=replace(office.inbox, moved_to=""))
    with closing(open_source(unmoved, "", clock=visit.clock)) as inbox:
        before = inbox.present()
        sent = tuple(_sent(office, settings, visit, envelope_of=(sender, recipient), message=message))
        yield from sent
        if all(result.level is Level.GOOD for result in sent):
            yield from _returned(office, visit, inbox, before, message_id)


def _sent(
    office: Office, settings: SmtpTransport, visit: Visit, *, envelope_of: tuple[str, str], message: bytes
) -> Results:
    relay = make_relay(settings, office.folder, os.environ, short(visit))
    sender, recipient = envelope_of
    try:
        answer = asyncio.run(hand_over(relay, sender=sender, recipient=recipient, message=message))
    except UnavailableError as fault:
        hint = fault.hint or "See the relay above, and try again."
        yield error("test-mail", sentence(f"The test mail was not sent: {fault}"), hint)
        return
    if answer.accepted:
        yield good("test-mail", f"The relay took the test mail to {recipient}: {answer.text}")
    else:
        about_us = refused_us(answer, office, relay, sender)
        yield error(
            "test-mail", f"The relay refuses the test mail to {recipient}: {answer.code} {answer.text}",
            about_us.hint if about_us is not None else "See what it says, and [mail] in office.toml.",
        )  # fmt: skip


def _message(office: Office, recipient: str, now: datetime) -> tuple[bytes, str]:
    """Return a plain message and its Message-ID; raises `AddressError` for an address that is none."""
    message_id = f"doctor-{secrets.token_hex(8)}@{office.mail.domain}"
    body = EmailMessage(policy=SMTP_POLICY)
    body["Date"] = now
    body["Message-ID"] = f"<{message_id}>"
    body["Subject"] = "Test message of circulars doctor"
    body["Auto-Submitted"] = "auto-generated"  # RFC 3834: nothing that answers by itself is to answer
    body.set_content(_TEXT.format(name=one_line(office.name)))
    people = address_field("From", office.name, office.mail.sender) + address_field("To", "", mailbox(recipient))
    return people + body.as_bytes(), message_id


def _returned(office: Office, visit: Visit, inbox: Source, before: Known, message_id: str) -> Results:
    begun = time.monotonic()
    raw = _wait(inbox, before, message_id, begun + visit.wait)
    if raw is None:
        yield warning(
            "test-mail-lost",
            f"The test mail did not come into the inbox within {visit.wait:.0f} seconds.",
            "Look at the log of the mail server, and whether [mail] reply and [inbox] source are the same mailbox"
            + (", also for +token." if office.mail.plus_addressing else "."),
        )
        return
    token = ", with its +token" if office.mail.plus_addressing else ""
    yield good("test-mail-back", f"The test mail came back after {time.monotonic() - begun:.0f} seconds{token}.")
    yield from _judged(raw, office)


def _wait(inbox: Source, known: Known, message_id: str, end: float) -> bytes | None:
    """Look for a mail until the time is over."""
    wanted = f"<{message_id}>".encode()
    while True:
        for mail in inbox.mails(known):
            if isinstance(mail, SourceMail):
                if wanted in mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]:
                    return mail.raw
                known.names.add(mail.mark)
        left = end - time.monotonic()
        if left <= 0:
            return None
        inbox.wait(min(_PAUSE, left), lambda: False)


def _judged(raw: bytes, office: Office) -> Results:
    """Tell what the receiving server found (RFC 8601), and whether somebody signed as the office."""
    header = message_from_bytes(raw.partition(b"\r\n\r\n")[0])
    found = dict(_VERDICT.findall(str(header.get("Authentication-Results", ""))))
    told = ", ".join(f"{name.lower()} {verdict.lower()}" for name, verdict in found.items())
    if not told:
        yield note("not-judged", "The receiving server says nothing of SPF, DKIM and DMARC.")
    elif {verdict.lower() for verdict in found.values()} <= {"pass", "none"}:
        yield good("judged", f"The receiving server found: {told}.")
    else:
        yield warning("judged", f"The receiving server found: {told}.", "See the records of the domains above.")
    signed = [str(value) for value in header.get_all("DKIM-Signature", [])]
    domain = office.mail.domain.lower()
    if any(re.search(rf"\bd={re.escape(domain)}\s*(?:;|$)", value.lower()) for value in signed):
        yield good("signed", f"The mail bears a DKIM signature of {domain}.")
    else:
        yield note("unsigned", f"The mail bears no DKIM signature of {domain}.")
