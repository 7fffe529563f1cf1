"""Signing messages with the office's keys (DKIM: RFC 6376; ed25519: RFC 8463), off unless office.toml names a key.

A signature is added as a relay would add it: in front of the message when it leaves. The archive, and every SHA-256 of
it, is of the message without (docs/decisions/0015). Signatures carry no time, so the same key and message give the
same one again.
"""

from __future__ import annotations

import base64
import hashlib
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from office.errors import InputError
from office.findings import Finding, Level
from office.model import Dkim, Office

LEAST_RSA = 2048  # bits; RFC 8301 section 3.2
# Signed once more than they occur, even where they do not occur: nobody can add another one (RFC 6376 section 8.15).
_ALWAYS = (b"from", b"to", b"cc", b"subject", b"date", b"reply-to", b"message-id")
# The same, where they occur. RFC 8058 section 4 wants the fields of one-click unsubscription to be signed.
_WHERE_PRESENT = (
    b"in-reply-to", b"references", b"mime-version", b"content-type", b"content-language", b"auto-submitted",
    b"list-id", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_WSP = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_LINE = 72  # characters of a line of the signature

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Signer:
    """A key with the name under which its other half stands in DNS. ``sign`` signs data as ``algorithm`` wants it."""

    domain: str
    selector: str
    algorithm: str
    sign: Sign

    def field(self, names: bytes, headers: bytes, body_hash: bytes) -> bytes:
        """Return a DKIM-Signature field, ending in CRLF: of canonical header fields in the order of ``names``."""
        unsigned = _unsigned(self.algorithm, self.domain, self.selector, names) + body_hash + b";\r\n b="
        # The field signs itself too, without the signature and without CRLF (RFC 6376 section 3.7).
        signature = base64.b64encode(self.sign(headers + _relaxed_field(unsigned)))
        return unsigned + b"\r\n ".join(signature[at : at + _LINE] for at in range(0, len(signature), _LINE)) + b"\r\n"


def sign_message(message: bytes, signers: Sequence[Signer]) -> bytes:
    """Return the DKIM-Signature fields of a message with CRLF line ends, to stand in front of it; none without keys."""
    if not signers:
        return b""
    head, _, body = message.partition(b"\r\n\r\n")
    names, headers = _signed_headers(head)
    body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest())
    return b"".join(signer.field(names, headers, body_hash) for signer in signers)


def relaxed_body(body: bytes) -> bytes:
    """Return a body in relaxed canonical form (RFC 6376 section 3.4.4)."""
    if b"  " in body or b"\t" in body:  # seldom: what these look for is found much faster than by a pattern
        body = _WSP.sub(b" ", body)
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    if b" \r\n" in body:
        body = body.replace(b" \r\n", b"\r\n")
    end = len(body)
    while body[end - 2 : end] == b"\r\n":
        end -= 2
    if end == 0:
        return b""
    return body if end + 2 == len(body) else body[: end + 2]


def _signed_headers(head: bytes) -> tuple[bytes, bytes]:
    """Return the names of the fields to be signed, joined by colons, and the fields themselves in relaxed form."""
    fields: dict[bytes, list[bytes]] = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        field = _relaxed_field(line)
        fields.setdefault(field.partition(b":")[0], []).append(field)
    names: list[bytes] = []
    signed: list[bytes] = []
    for name in (*_ALWAYS, *_WHERE_PRESENT):
        found = fields.get(name, [])
        if found or name in _ALWAYS:
            names += [name] * (len(found) + 1)
            signed += reversed(found)  # of several, the last is taken first (section 5.4.2)
    return b":".join(names), b"".join(field + b"\r\n" for field in signed)


def _relaxed_field(field: bytes) -> bytes:
    """Return a field in relaxed canonical form (RFC 6376 section 3.4.2), without CRLF."""
    name, _, value = field.partition(b":")
    return name.strip(b" \t").lower() + b":" + _WSP.sub(b" ", _FOLD.sub(b"", value)).strip(b" ")


@lru_cache(maxsize=64)
def _unsigned(algorithm: str, domain: str, selector: str, names: bytes) -> bytes:
    """Return the beginning of the field, up to the hash of the body."""
    lines = [b""]
    for name in names.split(b":"):
        if len(lines[-1]) + len(name) >= _LINE:
            lines.append(b"")
        lines[-1] += name + b":"
    listed = b"\r\n ".join(lines)[:-1]
    start = f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed;\r\n d={domain}; s={selector};\r\n h="
    return start.encode("ascii") + listed + b";\r\n bh="


def load_signers(office: Office) -> tuple[Signer, ...]:
    """Return the office's keys, ready to sign; raises `InputError` with every fault of their files."""
    signers, findings = _read(office)
    if any(finding.level is Level.ERROR for finding in findings):
        raise InputError(
            "The messages cannot be signed (DKIM): nothing was sent.",
            hint="Correct what is named above, or take [[mail.dkim]] out of office.toml.",
            findings=findings,
        )
    return signers


def dkim_findings(office: Office) -> tuple[Finding, ...]:
    """Return what is wrong with the office's keys; one that belongs to another account is looked at when that sends."""
    return tuple(finding for finding in _read(office)[1] if finding.code != _NOT_OURS)


_NOT_OURS = "dkim-key-of-others"


def _read(office: Office) -> tuple[tuple[Signer, ...], tuple[Finding, ...]]:
    signers: list[Signer] = []
    findings: list[Finding] = []
    for dkim in office.mail.dkim:
        try:
            signers.append(_signer(dkim, office.folder / dkim.key_file))
        except _KeyFault as fault:
            findings.append(_finding(Level.ERROR, fault.code, f"{dkim.key_file}: {fault}", fault.hint))
        findings.extend(_not_aligned(dkim, office.mail.domain))
    return tuple(signers), tuple(findings)


def _not_aligned(dkim: Dkim, sender: str) -> Iterator[Finding]:
    """Warn of a domain that is not that of From: receivers would not count the signature (RFC 7489 section 3.1.1)."""
    if not f".{sender.lower()}".endswith(f".{dkim.domain}"):
        message = f"the signing domain {dkim.domain} is not that of the sender, {sender}, nor one above it"
        hint = "Receivers that go by DMARC will not count such a signature: sign with the domain of [mail] sender."
        yield _finding(Level.WARNING, "dkim-not-aligned", message, hint)


def _finding(level: Level, code: str, message: str, hint: str) -> Finding:
    return Finding(level=level, code=code, message=message, hint=hint, file="office.toml")


class _KeyFault(Exception):  # noqa: N818 - it becomes a finding
    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


def _signer(dkim: Dkim, path: Path) -> Signer:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise _KeyFault("dkim-key-unusable", "is no file", "Name the private key, a PEM file.")
        if stat.S_IMODE(mode) & 0o077:
            raise _KeyFault(
                "dkim-key-readable", "other accounts may read this private key", f"chmod 600 {dkim.key_file}"
            )
        pem = path.read_bytes()
    except FileNotFoundError:
        raise _KeyFault(
            "dkim-key-missing", "there is no such file",
            f"Make one: openssl genpkey -algorithm ed25519 -out {dkim.key_file} && chmod 600 {dkim.key_file}",
        ) from None  # fmt: skip
    except PermissionError:
        raise _KeyFault(
            _NOT_OURS, "your account may not read this key", "Let the account that sends own the file."
        ) from None
    except OSError as error:
        raise _KeyFault("dkim-key-unusable", f"cannot be read: {error.strerror}", "Look at the disk.") from None
    algorithm, sign = _algorithm(pem)
    return Signer(domain=dkim.domain, selector=dkim.selector, algorithm=algorithm, sign=sign)


def _algorithm(pem: bytes) -> tuple[str, Sign]:
    """Return the name of the algorithm and the function of a private key; raises `_KeyFault`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise _KeyFault(
            "dkim-key-unusable", "the key has a password", "Store it without: only the account that sends may read it."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise _KeyFault(
            "dkim-key-unusable", "is no private key in PEM form", "It begins with -----BEGIN PRIVATE KEY-----"
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        ed25519 = key
        return "ed25519-sha256", lambda data: ed25519.sign(hashlib.sha256(data).digest())  # RFC 8463 section 3
    if not isinstance(key, RSAPrivateKey):
        raise _KeyFault("dkim-key-unusable", "is a key of another kind", "DKIM has ed25519 and RSA.")
    if key.key_size < LEAST_RSA:
        raise _KeyFault(
            "dkim-key-weak", f"the RSA key has {key.key_size} bits", f"Receivers want {LEAST_RSA} at least."
        )
    rsa, padding, digest = key, PKCS1v15(), SHA256()
    return "rsa-sha256", lambda data: rsa.sign(data, padding, digest)
