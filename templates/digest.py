"""The digest that a second person approves: what exactly would go to whom.

SHA-256 over canonical, uncompressed content: the compiled forms, what is asked by when, and per addressee its
routing, its form and the salted hash of its values; and everybody who is left out, with the reason. Nothing in
it depends on the clock, on tokens, on the order of the rows, or on the machine (docs/decisions/0002).

Beside it, a short hash of each field of each letter tells two plans apart field by field, without their values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from office.sorting import SortedSpool
from templates.forms import Value, pack_values
from templates.merging import Excluded, Merged, Reason, values_hash
from templates.rendering import Forms

VERSION = 2  # of the canonical shape; 2: with the name that stands before the mailbox
SIZE = 32  # bytes of an entry's digest
SHORT = 4  # bytes of the hash of one field, enough to tell two apart
# What is hashed of each letter beside the values of its form, in this order.
ROUTING = ("form", "channel", "name", "mailbox", "copies", "party", "reminder")


def digest_of(shape: object) -> bytes:
    """Return the SHA-256 of a JSON-able value in canonical form."""
    canonical = json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def form_digest(forms: Forms) -> str:
    """Return the digest of a compiled form, in hexadecimal."""
    return digest_of(forms.as_json()).hex()


def form_parts(forms: Forms) -> dict[str, str]:
    """Return a short hash of each part of a form (``subject``, ``text``, ``docx`` …), in hexadecimal."""
    return {name: digest_of(part).hex()[: 2 * SHORT] for name, part in forms.as_json().items()}


def entry_digest(reference: str, merged: Merged, form: str) -> bytes:
    """Return the digest of what one addressee gets; ``form`` is its form's digest."""
    recipient = merged.recipient
    shape = [
        recipient.key,
        recipient.party,
        recipient.channel.value,
        recipient.name,
        list(recipient.to),
        list(recipient.cc),
        merged.form_name,
        form,
        values_hash(reference, recipient.key, pack_values(merged.values)).hex(),
    ]
    if merged.reminder is not None:
        shape.append(values_hash(reference, recipient.key, pack_values(merged.reminder)).hex())
    return digest_of(shape)


def form_mark(name: str) -> bytes:
    """Return the short hash by which a letter's fields name their form."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=SHORT).digest()


def entry_parts(reference: str, merged: Merged) -> bytes:
    """Return the short hash of each field of one letter: those of `ROUTING`, then the values of its form.

    Salted like the hash of all values (`values_hash`), but for the form's: equal values of two addressees have
    different hashes.
    """
    recipient = merged.recipient
    salted = hashlib.blake2b(f"{reference}\n{recipient.key}\n".encode("utf-8", "surrogatepass"), digest_size=SHORT)
    fields: list[Value] = [
        recipient.channel.value, recipient.name, "\n".join(recipient.to), "\n".join(recipient.cc), recipient.party,
        "" if merged.reminder is None else repr(merged.reminder), *merged.values,
    ]  # fmt: skip
    return form_mark(merged.form_name) + b"".join(_short(salted, value) for value in fields)


def _short(salted: hashlib.blake2b, value: Value) -> bytes:
    mark = salted.copy()
    mark.update(str(value).encode("utf-8", "surrogatepass"))
    return mark.digest()


def fields_of(parts: bytes) -> list[bytes]:
    """Cut what `entry_parts` made into the hashes of the fields."""
    return [parts[start : start + SHORT] for start in range(0, len(parts), SHORT)]


class DigestBuilder:
    """Gathers the parts of a plan's digest while addressees stream by; memory does not grow with their number."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._entries = SortedSpool()
        self._excluded = SortedSpool()

    def __len__(self) -> int:
        """How many addressees get the letter."""
        return len(self._entries)

    def add(self, outcome: Merged | Excluded, form: str = "") -> None:
        """Take in one addressee or exclusion.

        Who has the letter already, or is not asked for in this batch, is no part of what is approved.
        """
        if isinstance(outcome, Merged):
            content = entry_digest(self._reference, outcome, form) + entry_parts(self._reference, outcome)
            self._entries.add(outcome.recipient.key, content)
        elif outcome.reason is Reason.FAULTY:
            self._leave_out([outcome.list_name, outcome.reason, dict(outcome.row.cells)])
        elif outcome.reason not in {Reason.ISSUED, Reason.NOT_CHOSEN} and outcome.row.recipient is not None:
            self._leave_out([outcome.list_name, outcome.reason, outcome.row.recipient.key])

    def _leave_out(self, shape: object) -> None:
        self._excluded.add(digest_of(shape).hex())

    def entries(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Yield key, digest and `entry_parts` of each addressee, in the order of the keys."""
        return ((key, content[:SIZE], content[SIZE:]) for key, content in self._entries)

    def digest(self, *, forms: Mapping[str, str], terms: object) -> str:
        """Return the plan's digest; ``terms`` are the asks, attachments and whatever else goes for all."""
        addressees, excluded = hashlib.sha256(), hashlib.sha256()
        for _, digest, _ in self.entries():
            addressees.update(digest)
        for key, _ in self._excluded:
            excluded.update(bytes.fromhex(key))
        totals = addressees.hexdigest(), excluded.hexdigest()
        return digest_of([VERSION, self._reference, dict(forms), terms, *totals]).hex()
