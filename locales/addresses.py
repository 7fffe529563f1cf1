"""Addresses of the web and mailboxes that are typed in a text, in any language."""

from __future__ import annotations

import re

# Chinese characters and marks, which follow an address without a space.
_EAST_ASIAN = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"

WEB_ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s\ufffc<>()\[\]«»\"“”،؛؟{_EAST_ASIAN}]+", re.IGNORECASE
)  # fmt: skip
MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
