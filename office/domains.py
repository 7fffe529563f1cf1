"""Domains of mail addresses as they are compared and looked up: in lower case, as A-labels (RFC 5890)."""

from __future__ import annotations

from functools import lru_cache


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, as A-labels; empty for what has none."""
    return a_labels(address.rpartition("@")[2].lower()) if "@" in address else ""


def comparable_address(address: str) -> str:
    """Return the form in which addresses are compared: without case, the domain as A-labels.

    Case never matters in practice (RFC 5321 section 2.4).
    """
    if address.isascii():
        return address.lower()
    local, _, domain = address.rpartition("@")
    return f"{local.casefold()}@{a_labels(domain.lower())}"


@lru_cache(maxsize=4096)
def a_labels(domain: str) -> str:
    """Return a domain in lower case with its labels in ASCII (RFC 5891); one that cannot be is returned unchanged."""
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain
