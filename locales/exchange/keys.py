"""Short marks by which a file that comes back is recognised, where a tool has changed what it was made from."""

from __future__ import annotations

import hashlib

from locales.exchange.model import Unit
from locales.merging import fold

KEY_LENGTH = 12  # hexadecimal digits
WORDING_LENGTH = 8


def unit_key(context: str, msgid: str) -> str:
    """Return a mark of a segment: the same for the same text in the same place, whatever its white space."""
    return _mark(f"{context}\0{fold(msgid)}", KEY_LENGTH)


def wording_mark(unit: Unit) -> str:
    """Return a mark of a translation as it stands; blanks at its edges do not matter."""
    return _mark(unit.msgstr.strip(), WORDING_LENGTH)


def _mark(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
