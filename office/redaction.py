"""Secrets taken out of what a server or a library says, in whatever way it repeats them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

_LEFT_OUT = "…"
_IN_BASE64 = "[A-Za-z0-9+/_=-]*"
_SHORTEST = 4  # characters of base64 that depend on nothing but the secret


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without the secrets: as they are, as in an address of the web, or anywhere within base64."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        content = secret.encode("utf-8", "surrogateescape")
        for written in (quote(content, safe=""), quote_plus(content), quote(content), secret):
            text = text.replace(written, _LEFT_OUT)
        for core in _cores(content):
            if core in text:
                text = re.sub(f"{_IN_BASE64}{re.escape(core)}{_IN_BASE64}", _LEFT_OUT, text)
    return text


def _cores(secret: bytes) -> Iterator[str]:
    """Yield what the secret alone makes of a base64 text, wherever in a group of three bytes it begins."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret).decode("ascii")
        core = encoded[(shift * 8 + 5) // 6 : (shift + len(secret)) * 8 // 6]
        if len(core) >= _SHORTEST:
            yield core
