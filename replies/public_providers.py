"""Domains in which anybody can have a mailbox: such a domain says nothing about whom a mail is from."""

from __future__ import annotations

import re

# Providers under many top-level domains, and those with one of their own.
_NAMES = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|rocketmail|aol|gmx|proton|protonmail|yandex|zoho|icloud"
    r"|fastmail)\.[a-z.]+"
)
_DOMAINS = re.compile(
    r"(?:me|mac|qq|foxmail|163|126|139|sohu|aliyun|naver|mail|email|hushmail|tutanota|btinternet|rediffmail|maktoob)\.com"
    r"|(?:web|t-online|freenet)\.de|(?:mail|bk|list|inbox|internet|rambler|ya)\.ru|ukr\.net|i\.ua|mail\.by|tut\.by"
    r"|yeah\.net|sina\.com|sina\.cn|189\.cn|daum\.net|hanmail\.net|(?:orange|wanadoo|free|laposte|sfr|neuf|bbox)\.fr"
    r"|bluewin\.ch|(?:libero|virgilio|tin)\.it|(?:terra|uol|bol)\.com\.br|pm\.me|(?:comcast|verizon|att)\.net"
)


def is_public(domain: str) -> bool:
    """Tell whether a domain belongs to a provider of mailboxes for everybody."""
    return bool(_NAMES.fullmatch(domain.lower()) or _DOMAINS.fullmatch(domain.lower()))
