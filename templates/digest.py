"""The digest that a second person approves: what exactly would go to whom.

SHA-256 over canonical, uncompressed content: the compiled forms, what is asked by when, and per addressee its
routing, its form and the salted hash of its values; and everybody who is left out, with the reason. Nothing in
it depends on the clock, on tokens, on the order of the rows, or on the machine (docs/decisions/0002).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from templates.forms import pack_values
from templates.merging import Excluded, Merged, Reason, values_hash
from templates.rendering import Forms

VERSION = 1  # of the canonical shape


def digest_of(shape: object) -> bytes:
    """Return the SHA-256 of a JSON-able value in canonical form."""
    canonical = json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def form_digest(forms: Forms) -> str:
    """Return the digest of a compiled form, in hexadecimal."""
    return digest_of(forms.as_json()).hex()


def entry_digest(reference: str, merged: Merged, form: str) -> bytes:
    """Return the digest of what one addressee gets; ``form`` is its form's digest."""
    recipient = merged.recipient
    shape = [
        recipient.key,
        recipient.party,
        recipient.channel.value,
        list(recipient.to),
        list(recipient.cc),
        merged.form_name,
        form,
        values_hash(reference, recipient.key, pack_values(merged.values)).hex(),
    ]
    if merged.reminder is not None:
        shape.append(values_hash(reference, recipient.key, pack_values(merged.reminder)).hex())
    return digest_of(shape)


class DigestBuilder:
    """Gathers the parts of a plan's digest while addressees stream by."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self.entries: list[tuple[str, bytes]] = []
        self._excluded: list[bytes] = []

    def add(self, outcome: Merged | Excluded, form: str = "") -> None:
        """Take in one addressee or exclusion.

        Who has the letter already, or is not asked for in this batch, is no part of what is approved.
        """
        if isinstance(outcome, Merged):
            self.entries.append((outcome.recipient.key, entry_digest(self._reference, outcome, form)))
        elif outcome.reason is Reason.FAULTY:
            self._excluded.append(digest_of([outcome.list_name, outcome.reason, dict(outcome.row.cells)]))
        elif outcome.reason not in {Reason.ISSUED, Reason.NOT_CHOSEN} and outcome.row.recipient is not None:
            self._excluded.append(digest_of([outcome.list_name, outcome.reason, outcome.row.recipient.key]))

    def digest(self, *, forms: Mapping[str, str], terms: object) -> str:
        """Return the plan's digest; ``terms`` are the asks, attachments and whatever else goes for all."""
        self.entries.sort()
        addressees = hashlib.sha256(b"".join(digest for _, digest in self.entries)).hexdigest()
        excluded = hashlib.sha256(b"".join(sorted(self._excluded))).hexdigest()
        return digest_of([VERSION, self._reference, dict(forms), terms, addressees, excluded]).hex()
