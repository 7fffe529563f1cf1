"""What a report sends back of the mail that it is about: enclosed messages, their headers, copies within its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from replies.mail import InboundMail
from replies.mime import Headers
from replies.server_words import server_words

STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
LONGEST_REPORT = 200_000  # characters that are searched
_RETURNED_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")


def enclosed(mail: InboundMail) -> Iterator[Headers]:
    """Yield the headers of every message that a mail encloses: returned, attached or forwarded."""
    for part in mail.root.walk():
        if part.type in _RETURNED_TYPES:
            for child in part.children:
                yield child.headers


def returned_text(mail: InboundMail) -> str:
    """Return the text of enclosed messages and their headers, and what follows a line like «copy of the message»."""
    pieces = [after_copy_line(mail.text)[1]]
    length = 0
    for part in mail.root.walk():
        if part.type in _RETURNED_TYPES or part.type in STATUS_TYPES:
            piece = part.text
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_REPORT:
                break
    return "\n".join(pieces)[:LONGEST_REPORT]


def after_copy_line(text: str) -> tuple[str, str]:
    """Split a report's text into its own words and the copy of the mail it returns, if there is one."""
    match = _copy_begins().search(text[:LONGEST_REPORT])
    return (text, "") if match is None else (text[: match.start()], text[match.start() :])


@lru_cache
def _copy_begins() -> re.Pattern[str]:
    """Return the line that ends the server's own words: a heading, a field of a report, the copy's first field."""
    heading = rf"[-=_*#. \t]{{0,80}}(?:{server_words('copy').pattern})"
    field = r"reporting-mta:|received:[ \t]*(?:from|by|\()|return-path:"
    return re.compile(rf"^(?:{heading}|{field})", re.IGNORECASE | re.MULTILINE)
