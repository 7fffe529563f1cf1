"""What to do about a message that did not go, in plain words."""

from __future__ import annotations

import re

from store.messages import State

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
# What `delivery.transports.envelope` says of a relay that lacks something, and what is to be done.
_LACKING = {
    "(SMTPUTF8)": "Ask for an address in Latin letters; or the relay's operator for SMTPUTF8, then: retry.",
    "(8BITMIME)": "Ask the relay's operator for 8BITMIME, then: retry; or send it by post.",
    " takes at most ": "Ask the relay's operator to take larger messages, then: retry; or send it by post.",
}

# By subject and detail of the enhanced status code; then by the reply code alone.
_BY_STATUS = {
    "1.1": "The mailbox does not exist. Ask for a new address and correct the list.",
    "1.2": "The domain does not exist. Check the address for a misprint.",
    "1.10": "The domain takes no mail. Ask for another address.",
    "2.1": "The mailbox is closed. Ask for a new address and correct the list.",
    "2.2": "The mailbox is full. Call the addressee, or try again later.",
    "3.4": "The message is too large for this server. Leave the attachment out for this addressee, or send it by post.",
    "4.7": "The server was busy for too long. Try again, or send it by post.",
    "7.1": "The receiving side does not want this mail. Ask its IT staff to let the office's address through.",
}
_BY_CODE = {
    550: "The mailbox was refused. Check the address with the addressee and correct the list.",
    551: "The addressee has moved. Ask for the new address and correct the list.",
    552: "The mailbox is full or the message too large. Call the addressee.",
    553: "The address is not written as this server wants it. Check it with the addressee.",
    554: "The receiving side does not want this mail. Ask its IT staff what it said no to.",
}


def hint_for(state: State, code: int | None, text: str) -> str:
    """Return what to do about a message that is refused, deferred or in doubt."""
    if state is State.DEFERRED:
        return "It will be tried again: run send again later."
    if state is State.IN_DOUBT:
        return "Look for the Message-ID in the relay's log, then settle it with: circulars doubt"
    if code is None:
        for words, hint in _LACKING.items():
            if words in text:
                return hint
    status = _STATUS.search(text)
    if status is not None and f"{int(status[2])}.{int(status[3])}" in _BY_STATUS:
        return _BY_STATUS[f"{int(status[2])}.{int(status[3])}"]
    return _BY_CODE.get(code or 0, "Check the address with the addressee and correct the list.")
