"""The errors that end a command. Everything short of that is a finding.

CircularsError
├── InputError        what a user wrote cannot be used; carries every finding (exit 1)
├── NotFoundError     a letter, addressee, party, ask or file that is not there (exit 1)
├── RefusedError      asked for something the rules forbid: unapproved, already issued, changed (exit 1)
│   └── HeldError     somebody has stopped this letter; once it is resumed, it goes on (exit 3)
├── BusyError         somebody else is doing this right now (exit 3)
└── UnreachableError  a server does not answer, or the connection broke; later it may go (exit 3)
"""

from __future__ import annotations

from collections.abc import Sequence

from office.findings import Finding

_ENDS = (".", "!", "?", "…", ":")


def sentence(text: str) -> str:
    """Return a text, such as one that ends in a server's words, with a full stop where it has no end of its own."""
    return text if text.endswith(_ENDS) else f"{text}."


class CircularsError(Exception):
    """Base of all errors meant for the person at the keyboard: what is wrong, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)

    @property
    def told(self) -> str:
        """What is wrong and what to do next, as sentences that follow each other."""
        return f"{sentence(self.message)} {self.hint}".rstrip()


class InputError(CircularsError):
    """A file that a user wrote cannot be used; ``findings`` lists all its faults."""


class NotFoundError(CircularsError):
    """Something was named that does not exist; the hint suggests what was meant."""


class RefusedError(CircularsError):
    """The request breaks a rule of the product, such as issuing what nobody approved."""


class HeldError(RefusedError):
    """The letter is held: nothing is wrong with it, and it goes on when somebody resumes it."""

    exit_code = 3


class BusyError(CircularsError):
    """Another process holds what is needed; the message says who."""

    exit_code = 3


class UnreachableError(CircularsError):
    """A server does not answer, turns everybody away for now, or the connection broke: worth another try."""

    exit_code = 3
