"""The two addresses of a message that bring things back: reports to the envelope's sender, answers to Reply-To."""

from __future__ import annotations

from delivery import headers
from store.messages import OutboxRow


def envelope_sender(row: OutboxRow) -> str:
    """Return the address to which delivery reports go (RFC 5321 section 4.5.5)."""
    return headers.with_token(row.bounce, row.token) if row.plus_addressing else headers.mailbox(row.bounce)


def reply_address(row: OutboxRow) -> str:
    """Return the address to which answers go."""
    return headers.with_token(row.reply, row.reply_token) if row.plus_addressing else headers.mailbox(row.reply)
