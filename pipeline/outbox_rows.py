"""New rows of the outbox, of letters and of reminders: their tokens and Message-IDs are made here, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from office.domains import domain_of
from office.tokens import TokenKind, Tokens


@dataclass(kw_only=True)
class RowMaker:
    """Makes the queued rows of one circular; ``row_id`` is the id of the next one."""

    tokens: Tokens
    circular_id: int
    domain: str
    now: datetime
    row_id: int

    def row(
        self, addressee_id: int, mailbox: str, role: str, *, reminder_id: int | None = None, in_reply_to: str = ""
    ) -> dict[str, Any]:
        """Return the row of one message, or of one paper copy, with the columns of the table.

        ``in_reply_to`` is the Message-ID of another letter that it answers; that of its letter, a reminder finds.
        """
        token = self.tokens.make(TokenKind.ROW, circular=self.circular_id, number=self.row_id)
        row = {
            "id": self.row_id,
            "circular_id": self.circular_id,
            "addressee_id": addressee_id,
            "mailbox": mailbox,
            "domain": domain_of(mailbox),
            "role": role,
            "state": "queued",
            "message_id": f"{token}@{self.domain}",
            "token": token,
            "changed_at": self.now,
            "reminder_id": reminder_id,
            "in_reply_to": in_reply_to,
        }
        self.row_id += 1
        return row
