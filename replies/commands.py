"""Which SMTP command a server answered, as the programs that report it put it."""

from __future__ import annotations

import re
from typing import Literal

Command = Literal["connect", "helo", "mail", "rcpt", "data", ""]

# Postfix «in reply to», Exim «after», sendmail «>>>», Yahoo «[RCPT_TO]», Gmail «(state 14)», qmail's sentences.
_BEFORE = (
    r"(?:>>>|<<<|\b(?:in reply to|in response to|after|following|during|for|our|error|command|smtp:))"
    r"[ -]?(?:the |pipelined |smtp |end of ){0,3}"
)
_COMMANDS: dict[Command, re.Pattern[str]] = {
    "connect": re.compile(r"refused to talk to me|after (?:initial )?connection|greeting failed"),
    "helo": re.compile(rf"{_BEFORE}(?:helo|ehlo|starttls|auth)\b|my name was rejected"),
    "mail": re.compile(rf"{_BEFORE}mail from\b|>>> mail\b|sender was rejected|\[mail_from\]"),
    "rcpt": re.compile(rf"{_BEFORE}rcpt\b|not like recipient|\[rcpt_to\]|\(state 1[34]\)|rejected recipient"),
    "data": re.compile(rf"{_BEFORE}(?:data|bdat|text command)\b|>>> \.|i sent the message|\[data\]|\(state 1[78]\)"),
}
_NO_RECIPIENT = re.compile(r"no valid recipients|need rcpt|no recipients")


def answered_command(words: str) -> Command:
    """Return the first SMTP command that the words say was answered; empty if they name none."""
    text = " ".join(words.lower().split())
    found = [(match.start(), name) for name, pattern in _COMMANDS.items() if (match := pattern.search(text))]
    command = min(found)[1] if found else ""
    # A pipelining client shows the answers to RCPT below DATA; that it was left without recipients gives it away.
    return "rcpt" if command == "data" and _NO_RECIPIENT.search(text) else command
