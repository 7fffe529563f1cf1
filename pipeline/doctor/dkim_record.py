"""Whether the DKIM record in DNS is that of our key (RFC 6376 section 3.6.1, RFC 8463 section 4.2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from pipeline.doctor.results import Result, error, good, warning


def record_fits(name: str, records: Sequence[dict[str, str]], key_file: Path) -> Result:
    """Compare the records at a name, each as its tags, with the key in a file."""
    try:
        kind, accepted = _public(key_file)
    except (OSError, ValueError, TypeError) as fault:
        return error(
            "dkim-key",
            f"The DKIM key {key_file.name} cannot be used: {fault}.",
            "key_file is a private key in PEM: RSA of 2048 bits, or Ed25519, without a passphrase.",
        )
    wanted = f'In DNS: {name} TXT "v=DKIM1; k={kind}; p={base64.b64encode(accepted[0]).decode("ascii")}"'
    if not records:
        return error("no-dkim", f"There is no DKIM record at {name}: our signatures cannot be verified.", wanted)
    if len(records) > 1:
        return error("two-dkim", f"There are {len(records)} DKIM records at {name}.", f"Leave one. {wanted}")
    tags = records[0]
    if tags.get("k", "rsa").lower() != kind or _decoded(tags["p"]) not in accepted:
        what = "is not that of" if tags["p"] else "was revoked (its p is empty), and is not that of"
        return error("dkim-other", f"The DKIM record at {name} {what} {key_file.name}.", wanted)
    if "y" in tags.get("t", "").split(":"):
        return warning(
            "dkim-testing", f"The DKIM record at {name} says that it is a test (t=y).", f"Take it out. {wanted}"
        )
    return good("dkim", f"The DKIM record at {name} is that of our key.")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _public(key_file: Path) -> tuple[str, tuple[bytes, ...]]:
    """Return the kind of a private key, and its public half in the forms that a record may have, the usual first."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    key = load_pem_private_key(key_file.read_bytes(), password=None)
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519", (key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),)
    if isinstance(key, RSAPrivateKey):
        public = key.public_key()
        forms = (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1)
        return "rsa", tuple(public.public_bytes(Encoding.DER, form) for form in forms)
    raise ValueError("it is neither RSA nor Ed25519")
