"""Addresses that links point to: which schemes are allowed, and how an addressee's values become part of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit

from letters.blocks import Field, Text, Value
from templates.frame import clean, constant

NOWHERE = "#"
_SCHEME = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
# Never literal in a URI (RFC 3986 section 2): they would end the attribute or the field that holds the address.
_UNSAFE = re.compile(r"[\s\"'<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")

Target = Sequence[Text | Field | Value]


def whole_address(text: str) -> str:
    """Return an address safe to link to; ``#`` unless it is http, https, mailto or tel (RFC 3986, 6068, 3966)."""
    text = clean(text).strip()
    if not _SCHEME.match(text):
        return NOWHERE
    if text[:4].lower() == "tel:":
        return "tel:" + re.sub(r"[^\d+]", "", text[4:])
    address = _UNSAFE.sub(lambda found: quote(found.group()), text)
    try:
        urlsplit(address)
    except ValueError:
        return NOWHERE
    return address


def address_part(text: str) -> str:
    """Return a value percent-encoded as a part of an address; it cannot begin a query or another scheme."""
    return quote(clean(text), safe="/@,-._~")


ADDRESS_ESCAPES: dict[str, Callable[[str], str]] = {"whole": whole_address, "part": address_part}


def compiled_address(target: Target, mark: Callable[[int, str], str]) -> str:
    """Return a link's address with marks for its values; empty if it cannot be a link.

    ``mark(index, detail)`` makes the mark; ``detail`` is a key of `ADDRESS_ESCAPES`. A value that begins the
    address decides on its scheme and is checked when spliced.
    """
    pieces: list[str] = []
    for position, part in enumerate(target):
        if isinstance(part, Value):
            pieces.append(mark(part.index, "part" if position else "whole"))
        elif isinstance(part, Text):
            pieces.append(_UNSAFE.sub(lambda found: quote(found.group()), constant(part.text)))
    if target and isinstance(target[0], Value):
        return "".join(pieces)
    if all(isinstance(part, Text) for part in target):
        address = whole_address("".join(part.text for part in target if isinstance(part, Text)))
        return "" if address == NOWHERE else constant(address)
    address = "".join(pieces).lstrip()
    return address if _SCHEME.match(address) else ""
