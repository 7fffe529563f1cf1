"""The relay: reachable, trusted, willing; and what it means that it announces or lacks an extension."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

from delivery.headers import with_token
from delivery.transports.probing import Address, Answer, Certificate, Probed, addresses_of, probe
from delivery.transports.relay import Relay, Timeouts, make_relay
from delivery.transports.verdicts import UnavailableError
from office.errors import sentence
from office.model import Office, SmtpTransport
from office.tokens import stand_in
from pipeline.doctor.refusals import refused_us
from pipeline.doctor.results import Results, Visit, error, good, note, skipped, warning

_SOON = timedelta(days=21)  # time to get a certificate renewed; automatic ones are renewed 30 days before their end
_SMALL = 10_000_000  # bytes: a letter with attachments may have as many

# What an extension is for, and what its absence means (IANA's registry of SMTP service extensions).
_LACKING = {
    "PIPELINING": "each command waits for its answer: on a long line sending is several times slower (RFC 2920)",
    "SIZE": "a message that is too large is refused only after it was sent whole (RFC 1870)",
    "8BITMIME": "our messages are 7-bit anyway (RFC 6152)",
    "SMTPUTF8": "mailboxes whose local part is not ASCII are refused before sending (RFC 6531)",
    "DSN": "delivery reports come as the receiving servers please, and none is asked for (RFC 3461)",
    "ENHANCEDSTATUSCODES": "reasons of refusals are told by words alone (RFC 2034)",
}
_NOT_PIPELINED = (
    "Sending does without PIPELINING, which the relay does not announce, dies of (Dovecot), or is not to be sent"
)


def look_at_relay(office: Office, visit: Visit) -> Results:
    """Look at the relay that letters are handed to, as far as it goes without sending."""
    settings = office.transports[office.mail.transport]
    if not isinstance(settings, SmtpTransport):
        yield skipped("no-relay", "Letters are written as files: there is no relay to look at.")
        return
    relay = make_relay(settings, office.folder, os.environ, short(visit))
    try:
        found = addresses_of(relay, seconds=visit.seconds)
    except OSError as fault:
        yield error(
            "no-host", f"The relay's name {relay.host} has no address: {fault.strerror or fault}.",
            f"Check host in [transports.{settings.key}], and this machine's DNS (/etc/resolv.conf).",
        )  # fmt: skip
        return
    yield from _reachable(relay, found)
    if all(address.fault for address in found):
        return
    sender, recipient = envelope(office)
    try:
        probed = asyncio.run(probe(relay, sender=sender, recipient=recipient))
    except UnavailableError as fault:
        hint = fault.hint or "Try again; if it stays so, ask who runs the relay."
        yield error("relay-unwilling", sentence(str(fault)), hint)
        return
    yield from _in(relay, probed, visit)
    yield from _extensions(probed)
    yield from _envelope(office, relay, probed, sender, recipient)


def short(visit: Visit) -> Timeouts:
    """Return the patience of a visit: nobody waits minutes for a look."""
    wait = visit.seconds
    return Timeouts(connect=wait, silence=wait / 2, command=wait, data=wait, block=wait, ending=max(wait, 30))


def envelope(office: Office) -> tuple[str, str]:
    """Return an envelope like that of a letter, from the bounce to the reply address.

    What stands in the place of a token is as long as one, and cannot be taken for one when it comes back.
    """
    if not office.mail.plus_addressing:
        return office.mail.bounce, office.mail.reply
    mark = stand_in()
    return with_token(office.mail.bounce, mark), with_token(office.mail.reply, mark)


def _reachable(relay: Relay, found: tuple[Address, ...]) -> Results:
    reached = [address.host for address in found if not address.fault]
    for address in found:
        if address.fault and reached:
            yield warning(
                "address-dead",
                f"The relay's address {address.host} does not answer ({address.fault}): connections may wait for it.",
                "Take it out of DNS, or let it through the firewall.",
            )
        elif address.fault:
            yield error(
                "unreachable", f"The relay {relay.name} cannot be reached at {address.host}: {address.fault}.",
                "Check port in office.toml and the firewall; ask who runs the relay.",
            )  # fmt: skip
    if reached:
        yield good("reachable", f"The relay {relay.name} answers at {', '.join(reached)}.")


def _in(relay: Relay, probed: Probed, visit: Visit) -> Results:
    if probed.tls:
        yield good("tls", f"The connection is protected by {probed.tls}.")
    else:
        yield note("no-tls", f"The connection to {relay.host} is in the clear; it is this machine.")
    if probed.certificate is not None:
        yield from _certificate(probed.certificate, visit)
    if relay.login is not None:
        yield good("login", "The relay accepts the login.")
    elif probed.mechanisms and relay.security != "none":
        yield note("no-login", f"The relay offers a login ({', '.join(probed.mechanisms)}); none is used.")


def _certificate(certificate: Certificate, visit: Visit) -> Results:
    left = certificate.ends_at - visit.clock()
    told = (
        f"The certificate of {certificate.subject}, from {certificate.issuer}, ends on {certificate.ends_at:%Y-%m-%d}, "
        f"in {left.days} days"
    )
    if left < _SOON:
        yield warning("certificate-ends", f"{told}.", "Ask who runs the relay to renew it: without it nothing is sent.")
    else:
        yield good("certificate", f"{told}.")


def _extensions(probed: Probed) -> Results:
    announced = [name for name in _LACKING if name in probed.extensions]
    if probed.mechanisms:
        announced.append(f"AUTH {' '.join(probed.mechanisms)}")
    yield good("extensions", f"The relay announces {', '.join(announced) or 'no extensions'}.")
    for name, meaning in _LACKING.items():
        if name not in probed.extensions:
            lacking = _NOT_PIPELINED if name == "PIPELINING" else f"The relay does not announce {name}"
            yield note(f"no-{name.lower()}", f"{lacking}: {meaning}.")
    size = probed.extensions.get("SIZE", "").strip()
    if size.isdigit() and 0 < int(size) < _SMALL:
        yield warning(
            "small-messages", f"The relay takes messages of at most {int(size) / 1e6:.1f} MB.",
            "Keep attachments small, or ask who runs the relay for more.",
        )  # fmt: skip


def _envelope(office: Office, relay: Relay, probed: Probed, sender: str, recipient: str) -> Results:
    answer = probed.recipient or probed.sender
    said = f"{answer.code} {answer.text}"
    about_us = refused_us(answer, office, relay, sender, at_sender=probed.recipient is None)
    if about_us is not None:
        yield about_us
    elif probed.recipient is None:
        yield warning(
            "sender-deferred", f"The relay puts off mail from {sender}: {said}",
            "Try again; if it stays so, ask who runs the relay.",
        )  # fmt: skip
    else:
        yield good("sender", f"The relay takes mail from {sender}.")
        yield from _recipient(office, answer, recipient, said)


def _recipient(office: Office, answer: Answer, recipient: str, said: str) -> Results:
    if answer.accepted:
        yield good("recipient", f"The relay takes mail to {recipient}.")
    elif answer.code // 100 == 4:
        yield note("recipient-deferred", f"The relay puts off mail to {recipient}: {said}")
    else:
        yield warning(
            "recipient-refused", f"The relay refuses mail to {recipient}: {said}",
            "Answers would not arrive: let the mail server take [mail] reply"
            + (" with any +token, or set plus_addressing = false." if office.mail.plus_addressing else "."),
        )  # fmt: skip
