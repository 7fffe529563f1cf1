"""Mailboxes as people type them into a cell: split, checked, normalised.

The rules are those of RFC 5321 (section 4.1.2), RFC 6531 for internationalised ones, as email-validator reads
them, without asking the network. Quoted local parts and address literals are refused: no ministry has them.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Addresses that need no second look: letters without accents, in lower case before the @-sign. They are exactly
# those that email-validator would return unchanged but for the case of the domain, and cost a hundredth.
_PLAIN_LOCAL = r"(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_PLAIN_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_PLAIN_LOCAL})@((?:{_PLAIN_LABEL}\.)+([A-Za-z]{{2,63}}))")
_RESERVED = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})  # left to email-validator
_MAX_PLAIN = 200  # characters; longer ones are left to email-validator

# «Amina Kamau <minister@ke.example.org>»; the limits keep a cell without such a thing cheap.
_NAMED = re.compile(r'(?:"[^"]{0,300}"|[^<>;,\n"]){0,300}<([^<>]{0,500})>')
_SEPARATORS = re.compile(r"[\s;,،؛、；，]+")
_AT_SIGNS = ("@", "＠", "(at)", "[at]")
_REPAIRS = (
    ("＠", "@"),
    ("．", "."),
    ("。", "."),
    ("(at)", "@"),
    ("[at]", "@"),
    ("(dot)", "."),
    ("@@", "@"),
    ("..", "."),
)


class AddressError(ValueError):
    """A mailbox that no mail can be sent to. ``suggestion`` is a likely correction, or empty."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


def split_mailboxes(cell: str) -> list[str]:
    """Return the mailboxes written in a cell, as they stand there.

    They may be separated by semicolons, commas (also Arabic and Chinese ones), spaces or line breaks, and may
    carry a display name or the prefix of a link.
    """
    if "<" in cell:
        cell = _NAMED.sub(r"\1;", cell)
    elif not any(sign in cell for sign in _AT_SIGNS):
        words = " ".join(cell.split())
        return [words] if _SEPARATORS.sub("", words) else []  # words, not several mailboxes: one fault
    return [part.removeprefix("mailto:") for part in _SEPARATORS.split(cell) if part]


def normalise_mailbox(text: str) -> str:
    """Return the mailbox in the form in which it is stored and compared; raises `AddressError`."""
    match = _PLAIN.fullmatch(text) if len(text) <= _MAX_PLAIN else None
    if match and match[3].lower() not in _RESERVED:
        return f"{match[1]}@{match[2].lower()}"
    return _validated(text)


@lru_cache(maxsize=1024)
def _validated(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment admits the domain .test (RFC 2606), to which a rehearsal may be sent.
        checked = validate_email(text, check_deliverability=False, strict=True, test_environment=True)
    except EmailNotValidError as error:
        raise AddressError(str(error), _suggest(text)) from None
    return checked.normalized


def _suggest(text: str) -> str:
    repaired = text.strip(".:,'\"()[]<>")
    for wrong, right in _REPAIRS:
        repaired = repaired.replace(wrong, right)
    repaired = repaired.replace(".@", "@").replace("@.", "@")
    if repaired == text:
        return ""
    try:
        return normalise_mailbox(repaired)
    except AddressError:
        return ""
