"""What a relay is like, found out without sending anything: its addresses, certificate, extensions, and manners."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from delivery.headers import one_line
from delivery.transports.faults import fault_of, reason_of, said
from delivery.transports.greeting import greeted, hang_up
from delivery.transports.relay import Relay

if TYPE_CHECKING:
    from aiosmtplib import SMTP, SMTPResponse, SMTPResponseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address of the relay's name, and why it cannot be connected to; empty if it can."""

    host: str
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate that the relay showed, already found to be trustworthy."""

    subject: str
    issuer: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to one command."""

    code: int
    text: str

    @property
    def accepted(self) -> bool:
        """Whether the server agreed."""
        return self.code // 100 == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a relay announces after the login, in upper case with parameters, and what it says to an envelope of ours.

    ``recipient`` is None where the sender was refused. ``tls`` is the version of TLS, empty without.
    """

    extensions: dict[str, str]
    mechanisms: tuple[str, ...]
    tls: str
    certificate: Certificate | None
    sender: Answer
    recipient: Answer | None


def addresses_of(relay: Relay, *, seconds: float) -> tuple[Address, ...]:
    """Try every address of the relay, each for some seconds; raises `OSError` if the name has none."""
    found = socket.getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM)
    places = dict.fromkeys((family, str(place[0]), place) for family, _, _, _, place in found)
    return tuple(Address(host=host, fault=_fault(family, place, seconds)) for family, host, place in places)


def _fault(family: int, place: tuple[object, ...], seconds: float) -> str:
    """Return why an address cannot be connected to; empty if it can."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(seconds)
            probe.connect(place)
    except OSError as error:
        return reason_of(error)
    return ""


async def probe(relay: Relay, *, sender: str, recipient: str) -> Probed:
    """Get in, ask whether the relay would take an envelope, take it back (RSET), and leave.

    Raises `RelayError` for what will not mend itself, `UnavailableError` for what may pass.
    """
    from aiosmtplib import SMTPException

    client = await greeted(relay)
    transport = client.transport
    try:
        found = await _asked(client, relay, sender, recipient)
        with suppress(SMTPException, OSError):
            await client.execute_command(b"QUIT", timeout=2)
    except Exception as error:
        raise fault_of(error, relay) from error
    finally:
        hang_up(client, transport)
        await asyncio.sleep(0)  # the loop closes the socket in its next turn
    return found


async def hand_over(relay: Relay, *, sender: str, recipient: str, message: bytes) -> Answer:
    """Send one message, and return what the relay answers at the end or where it refuses; raises as `probe`."""
    from aiosmtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

    client = await greeted(relay)
    transport = client.transport
    try:
        _, words = await client.sendmail(sender, [recipient], message)
        answer = Answer(code=250, text=said(words, relay))
        with suppress(SMTPException, OSError):
            await client.execute_command(b"QUIT", timeout=2)
    except SMTPRecipientsRefused as refused:
        answer = _answer(refused.recipients[0], relay)
    except SMTPResponseException as refused:
        answer = _answer(refused, relay)
    except Exception as error:
        raise fault_of(error, relay) from error
    finally:
        hang_up(client, transport)
        await asyncio.sleep(0)
    return answer


async def _asked(client: SMTP, relay: Relay, sender: str, recipient: str) -> Probed:
    tls = client.get_transport_info("ssl_object")
    mail = await client.execute_command(b"MAIL", b"FROM:<" + sender.encode("ascii") + b">")
    rcpt = None
    if mail.code // 100 == 2:
        rcpt = await client.execute_command(b"RCPT", b"TO:<" + recipient.encode("ascii") + b">")
    await client.execute_command(b"RSET")
    return Probed(
        extensions={name.upper(): parameters for name, parameters in client.esmtp_extensions.items()},
        mechanisms=tuple(sorted(said(name, relay).upper() for name in client.server_auth_methods)),
        tls=str(tls.version() or "") if isinstance(tls, ssl.SSLObject) else "",
        certificate=_certificate(tls) if isinstance(tls, ssl.SSLObject) else None,
        sender=_answer(mail, relay),
        recipient=None if rcpt is None else _answer(rcpt, relay),
    )


def _answer(reply: SMTPResponse | SMTPResponseException, relay: Relay) -> Answer:
    return Answer(code=reply.code, text=said(reply.message, relay))


def _certificate(tls: ssl.SSLObject) -> Certificate | None:
    shown = tls.getpeercert() or {}
    ends = shown.get("notAfter")
    if not isinstance(ends, str):
        return None
    return Certificate(
        subject=_name(shown.get("subject")),
        issuer=_name(shown.get("issuer")),
        ends_at=datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC),
    )


def _name(distinguished: object) -> str:
    """Return the most telling part of a distinguished name, as `ssl.SSLSocket.getpeercert` gives it."""
    parts = distinguished if isinstance(distinguished, tuple) else ()
    known = {key: str(value) for part in parts for key, value in part}
    return one_line(known.get("commonName") or known.get("organizationName") or "somebody unnamed")
