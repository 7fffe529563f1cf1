"""Signed tokens that tie a reply or a bounce to what was sent.

A token is 31 characters of base32 in lower case; it survives being upper-cased by a gateway. It carries, in
19 bytes: one byte of version and kind, three of the circular, five of the addressee or outbox row, and 80 bits
of HMAC-SHA256 over these. Forging one for a given circular takes 2**79 tries on average.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from office.errors import InputError, NotFoundError

LENGTH = 31
PATTERN = re.compile(r"(?<![a-z2-7])[a-z2-7]{31}(?![a-z2-7])", re.IGNORECASE)
KEY_BYTES = 32
_VERSION = 1
_SIGNATURE_BYTES = 10
_PADDING = "="  # 31 characters are 19 bytes and 3 spare bits


class TokenKind(IntEnum):
    """What the number in a token counts."""

    ADDRESSEE = 1  # reply addresses
    ROW = 2  # bounce addresses and Message-IDs


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature held: ``number`` is an addressee's or an outbox row's id."""

    kind: TokenKind
    circular: int
    number: int


class Tokens:
    """Makes and reads tokens with the office's key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, kind: TokenKind, *, circular: int, number: int) -> str:
        """Return the token; raises OverflowError beyond 2**24 circulars or 2**40 rows."""
        payload = bytes([_VERSION << 4 | kind]) + circular.to_bytes(3) + number.to_bytes(5)
        return base64.b32encode(payload + self._sign(payload)).decode("ascii").rstrip(_PADDING).lower()

    def read(self, text: str) -> Token | None:
        """Return what a token says, or None for anything that this office did not sign."""
        if len(text) != LENGTH:
            return None
        try:
            raw = base64.b32decode(text.upper() + _PADDING)
        except ValueError:
            return None
        payload, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        if payload[0] >> 4 != _VERSION or not hmac.compare_digest(signature, self._sign(payload)):
            return None
        try:
            kind = TokenKind(payload[0] & 0x0F)
        except ValueError:
            return None
        return Token(kind, int.from_bytes(payload[1:4]), int.from_bytes(payload[4:]))

    def find(self, text: str) -> tuple[Token, ...]:
        """Return every valid token that occurs in ``text``, in order, once each."""
        found = (self.read(match.group()) for match in PATTERN.finditer(text))
        return tuple(dict.fromkeys(token for token in found if token is not None))

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"circulars token" + payload, "sha256")[:_SIGNATURE_BYTES]


def create_key(path: Path) -> None:
    """Write a new secret to ``path``, readable by its owner only; an existing one is left alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


def load_tokens(path: Path) -> Tokens:
    """Read the office's key; raises `NotFoundError` if it is missing, `InputError` if it is not one."""
    try:
        text = path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise NotFoundError(
            f"The office's key {path.name} is missing.",
            hint="Restore it from the backup: without it, replies to letters already sent cannot be recognised.",
        ) from None
    except PermissionError:
        raise NotFoundError(
            f"Your account may not read the office's key {path.name}.",
            hint="Let the account that owns it run this, or let it give your group the right to read the file.",
        ) from None
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise InputError(f"{path.name} is not an office key.", hint="Restore it from the backup.")
    return Tokens(key)
