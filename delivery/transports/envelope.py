"""The commands that give a message's envelope, and what keeps a message from being tried at a relay at all.

RFC 5321 section 4.1.1, with SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531) and DSN (RFC 3461, 6533).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from delivery.transports.verdicts import Parcel, Verdict
from store.messages import State

DATA = b"DATA\r\n"
RESET = b"RSET\r\n"
_XCHAR = re.compile(r"[!-*,-<>-~]+")  # RFC 3461 section 4: printable ASCII without «+» and «=»
_QCHAR = re.compile(r"[!-*,-<>-\[\]-~]")  # RFC 6533 section 3: neither «\\»


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a relay offers (EHLO). ``size`` is the largest message that it takes, 0 for any, None if it does not say."""

    pipelining: bool = False
    smtputf8: bool = False
    eight_bit: bool = False
    dsn: bool = False
    size: int | None = None


def announced(extensions: Mapping[str, str]) -> Announced:
    """Read the extensions that a relay announces, in lower case with their parameters."""
    size = extensions.get("size")
    return Announced(
        pipelining="pipelining" in extensions,
        smtputf8="smtputf8" in extensions,
        eight_bit="8bitmime" in extensions,
        dsn="dsn" in extensions,
        size=None if size is None else int(size) if size.isascii() and size.isdigit() else 0,
    )


def refusal(parcel: Parcel, offer: Announced, relay: str) -> Verdict | None:
    """Return why a message cannot go by a relay of this name; None if nothing is known against it."""
    text = ""
    if parcel.utf8 and not offer.smtputf8:
        text = f"The relay {relay} cannot carry addresses in this script (SMTPUTF8)."
    elif offer.size and parcel.size > offer.size:
        size, most = _megabytes(parcel.size), _megabytes(offer.size)
        text = f"The message has {size}, but the relay {relay} takes at most {most}. Leave an attachment out."
    elif not offer.eight_bit and not parcel.utf8 and not parcel.plain and not parcel.message.isascii():
        text = f"The relay {relay} cannot carry 8-bit text (8BITMIME)."
    elif not (parcel.recipient.isprintable() and parcel.sender.isprintable() and parcel.envid.isprintable()):
        text = "An address or a token has a control character in it."
    return Verdict(state=State.REFUSED, text=text) if text else None


def mail_command(parcel: Parcel, offer: Announced, *, dsn: bool) -> bytes:
    """Return MAIL: reports are to carry the header of the message alone, and its ``envid``, where ``dsn``."""
    size = f" SIZE={parcel.size}" if offer.size is not None else ""
    body = ""
    if parcel.utf8:
        body = " BODY=8BITMIME SMTPUTF8"
    elif offer.eight_bit and not parcel.plain and not parcel.message.isascii():
        body = " BODY=8BITMIME"
    reports = ""
    if dsn and offer.dsn:
        reports = f" RET=HDRS ENVID={xtext(parcel.envid)}" if parcel.envid else " RET=HDRS"
    return f"MAIL FROM:<{parcel.sender}>{size}{body}{reports}\r\n".encode()


def recipient_command(parcel: Parcel, offer: Announced, *, dsn: bool) -> bytes:
    """Return RCPT: failures and delays are to be reported, successes not, where ``dsn``."""
    recipient = parcel.recipient
    reports = f" NOTIFY=FAILURE,DELAY ORCPT={original_recipient(recipient)}" if dsn and offer.dsn else ""
    return f"RCPT TO:<{recipient}>{reports}\r\n".encode()


def original_recipient(address: str) -> str:
    """Return an address as ORCPT has it: its type, and the address in the encoding of that type, all in ASCII."""
    if address.isascii():
        return f"rfc822;{xtext(address)}"
    return "utf-8;" + "".join(c if _QCHAR.fullmatch(c) else f"\\x{{{ord(c):02X}}}" for c in address)


def xtext(text: str) -> str:
    """Return ASCII text as xtext (RFC 3461 section 4)."""
    if (text.isascii() and text.isalnum()) or _XCHAR.fullmatch(text):
        return text
    return "".join(c if _XCHAR.fullmatch(c) else f"+{ord(c):02X}" for c in text)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"
