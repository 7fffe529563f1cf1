"""Addresses and Message-IDs out of header fields, however badly they are written (RFC 5322 section 3.4, 3.6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from office.domains import a_labels, comparable_address
from replies.charsets import decode_words

LONGEST_ADDRESS = 320  # RFC 5321: 64 for the local part, 255 for the domain, and the at sign
_LONGEST_BARE = 20_000  # characters searched for identifiers that lost their angle brackets
EAST_ASIAN = "\u2e80-\ud7ff\uf900-\uffef"  # in these scripts no blank parts an address from the words around it
_WIDE_PUNCTUATION = "\u3001\u3002\u3008-\u3011\uff08\uff09\uff0c\uff1a\uff1b\uff1c\uff1e"
_CHARACTERS = rf"[^\s<>()\[\],;:\"'@{_WIDE_PUNCTUATION}]"
_ADDRESS = re.compile(rf"{_CHARACTERS}{{1,64}}(?:'{_CHARACTERS}{{1,64}})?@{_CHARACTERS}{{1,255}}")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\n]|\\.){1,64}"@[^\s<>(),;:"@]{1,255}')
_ANGLE = re.compile(r"<([^<>]{0,1000})>")
_COMMENT = re.compile(r"\(([^()]*)\)")
_IN_ANGLES = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>\"(),;]{1,500}@[^\s<>\"(),;]{1,400}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with its display name; either may be empty."""

    address: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


def mailboxes(value: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes of an address field's raw value: encoded words are decoded after it is taken apart."""
    found = (_mailbox(piece) for piece in _pieces(value))
    return tuple(mailbox for mailbox in found if mailbox.address or mailbox.name)


def find_addresses(text: str) -> tuple[str, ...]:
    """Return everything in running text that looks like an address, once each, in order."""
    return tuple(dict.fromkeys(match.group().strip(".") for match in _ADDRESS.finditer(text)))


def message_ids(value: str) -> tuple[str, ...]:
    """Return the Message-IDs of a field without angle brackets; white space that folding put inside is removed."""
    found = [re.sub(r"\s+", "", match) for match in _IN_ANGLES.findall(value)]
    if not found:
        found = _BARE_ID.findall(value[:_LONGEST_BARE])
    return tuple(dict.fromkeys(identifier for identifier in found if identifier))


def domain_of(address: str) -> str:
    """Return the part after the last at sign, in lower case."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def same_address(one: str, other: str) -> bool:
    """Tell whether two addresses are one mailbox.

    Case never matters in practice (RFC 5321 section 2.4), nor whether a domain is written in its own script or as
    A-labels (RFC 5890).
    """
    return one.casefold() == other.casefold() or comparable_address(one) == comparable_address(other)


def spellings(address: str) -> frozenset[str]:
    """Return the ways in which a mailbox may have been listed: as it stands, in lower case, the domain either way."""
    local, _, domain = address.rpartition("@")
    return frozenset({address, address.lower(), *(f"{local}@{spelt}" for spelt in domain_spellings(domain))})


def domain_spellings(domain: str) -> frozenset[str]:
    """Return a domain in lower case, in its own script and as A-labels."""
    domain = domain.lower()
    return frozenset({domain, a_labels(domain), _u_labels(domain)})


@lru_cache(maxsize=4096)
def _u_labels(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    import idna

    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _pieces(value: str) -> Iterator[str]:
    """Split at commas and semicolons that stand in no quotes, brackets or comments."""
    start = depth = 0
    quoted = escaped = angle = False
    for position, character in enumerate(value):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character in "<>":
            angle = character == "<"
        elif character in ",;" and not depth and not angle:
            yield value[start:position]
            start = position + 1
    yield value[start:]


def _mailbox(piece: str) -> Mailbox:
    inside = _ANGLE.findall(piece)
    if inside:
        address = _first_address(inside[-1]) or _first_address(piece)
        return Mailbox(address, _name(piece[: piece.rfind("<")]) or ("" if address else _name(inside[-1])))
    address = _first_address(piece)
    comment = _COMMENT.search(piece)
    return Mailbox(address, _name(comment[1]) if comment else ("" if address else _name(piece)))


def _first_address(text: str) -> str:
    match = _QUOTED_LOCAL.search(text[:2_000]) or _ADDRESS.search(text[:2_000])
    if match is None:
        return ""
    local, _, domain = match.group().strip(".").rpartition("@")
    return f"{local}@{domain.lower()}"[:LONGEST_ADDRESS]


def _name(text: str) -> str:
    text = re.sub(r"\\(.)", r"\1", text.strip().strip('"'))
    return " ".join(decode_words(text).strip().strip("\"'").split())[:500]
