"""Signed tokens that tie a reply or a bounce to what was sent.

A token is 31 characters of base32 in lower case; it survives being upper-cased by a gateway. It carries, in
19 bytes: one byte of version and kind, three of the circular, five of the addressee or outbox row, and 80 bits
of HMAC-SHA256 over these. Forging one for a given circular takes 2**79 tries on average.

The first 16 of these bytes also serve as the GUID of a Thread-Index (MS-OXOMSG 2.2.1.3), by which Outlook and Exchange
keep a conversation together even where a gateway strips In-Reply-To and References. 56 bits of the signature are
left there: 2**55 tries on average, each of them a mail. Weaker than a token, and treated so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from office.errors import InputError, NotFoundError

LENGTH = 31
KEY_BYTES = 32
THREAD_HEADER = 22  # bytes of a Thread-Index before what each answer adds
_VERSION = 1
_PAYLOAD_BYTES = 9
_SIGNATURE_BYTES = 10
_GUID_BYTES = 16
_AFTER_GUID = 5 * LENGTH - 8 * _GUID_BYTES  # bits of a token
_BLOCK_BYTES = 64  # of SHA-256
_STAND_IN = "test"  # a token begins with «c»
_PADDING = "="  # 31 characters are 19 bytes and 3 spare bits
# From the alphabet of RFC 4648 to the digits that `int` knows; what is in neither makes it raise ValueError.
_BASE32 = bytes.maketrans(
    b"abcdefghijklmnopqrstuvwxyz234567ABCDEFGHIJKLMNOPQRSTUVWXYZ0189",
    b"0123456789abcdefghijklmnopqrstuv" + b"0123456789abcdefghijklmnop" + b"!" * 4,
)
_EPOCH_OF_FILETIME = 11_644_473_600  # seconds from 1601 to 1970
# Where a line was broken inside a token: folded, soft line breaks of quoted-printable, marks of quoting; or a mere hint
# that it may be broken.
_BREAK = r"(?:[ \t]{0,3}=?[ \t]{0,3}\r?\n[\s>|*]{0,20}|[\u00ad\u200b\u2060])?"
# Version and kind make the first two letters. What stands before and after does not matter: the «2B» of a plus sign in
# percent-encoding is in the alphabet too, and only the signature proves a token.
_ANYWHERE = re.compile(rf"(?=(c[e-l](?:{_BREAK}[a-z2-7]){{29}}))", re.IGNORECASE)
_NOT_TOKEN = re.compile(r"[^a-z2-7]", re.IGNORECASE)


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
        # HMAC-SHA256 (RFC 2104), keyed once: `hide` runs for every message, and looking the hash up takes longer.
        block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + b"circulars hidden")
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

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
        return self._read(raw)

    def read_thread_index(self, text: str) -> Token | None:
        """Return what a Thread-Index that began with a message of ours says, or None."""
        index = thread_header(text)
        return self._read(index[-_GUID_BYTES:]) if index else None

    def find(self, text: str) -> tuple[Token, ...]:
        """Return every valid token in ``text``, in order, once each: in any case, broken over lines, run into words."""
        shaped = (_NOT_TOKEN.sub("", match[1]) for match in _ANYWHERE.finditer(text))
        found = (self.read(candidate) for candidate in shaped)
        return tuple(dict.fromkeys(token for token in found if token is not None))

    def hide(self, text: str) -> str:
        """Return a hash of ``text`` that nobody can test a guess against who has not the office's key: 64 digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.hexdigest()

    def _read(self, raw: bytes) -> Token | None:
        payload, signature = raw[:_PAYLOAD_BYTES], raw[_PAYLOAD_BYTES:]
        if payload[0] >> 4 != _VERSION or not hmac.compare_digest(signature, self._sign(payload)[: len(signature)]):
            return None
        try:
            kind = TokenKind(payload[0] & 0x0F)
        except ValueError:
            return None
        return Token(kind, int.from_bytes(payload[1:4]), int.from_bytes(payload[4:]))

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, b"circulars token" + payload, "sha256")[:_SIGNATURE_BYTES]


def stand_in() -> str:
    """Return what a test mail bears in the place of a token: as long as one, always another, and a token of nobody."""
    return f"{_STAND_IN}{secrets.token_hex(LENGTH)}"[:LENGTH]


def is_stand_in(text: str) -> bool:
    """Tell whether a text is one that `stand_in` makes."""
    return len(text) == LENGTH and text.lower().startswith(_STAND_IN)


def thread_index(token: str, moment: datetime) -> str:
    """Return the Thread-Index of a new conversation, in base64: six bytes of time, and a token's first 16 as GUID."""
    if len(token) != LENGTH or not token.isascii() or not token.isalnum():
        raise ValueError("not a token")
    guid = int(token.encode().translate(_BASE32), 32) >> _AFTER_GUID  # a tenth of what b32decode takes
    return binascii.b2a_base64(_thread_time(moment) + guid.to_bytes(_GUID_BYTES), newline=False).decode("ascii")


@lru_cache(maxsize=16)
def _thread_time(moment: datetime) -> bytes:
    return int((moment.timestamp() + _EPOCH_OF_FILETIME) * 10_000_000).to_bytes(8)[:6]


def thread_header(text: str) -> bytes:
    """Return the 22 bytes that all Thread-Index fields of a conversation begin with; nothing if it is none."""
    try:
        index = base64.b64decode("".join(text[:1_000].split()) + "==")
    except (binascii.Error, ValueError):
        return b""
    return index[:THREAD_HEADER] if len(index) >= THREAD_HEADER else b""


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
