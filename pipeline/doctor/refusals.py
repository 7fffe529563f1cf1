"""What a relay's no to an envelope says of the office, and what is to be done: the words of servers in wide use."""

from __future__ import annotations

import re

from delivery.transports.faults import refuses_client, refuses_sender
from delivery.transports.probing import Answer
from delivery.transports.relay import Relay
from office.model import Office
from pipeline.doctor.results import Result, error

_SPF = re.compile(r"\bSPF\b|\b5\.7\.23\b", re.IGNORECASE)  # RFC 7372
_LOGIN = re.compile(r"\bauthentication (is )?(required|needed)|\bmust authenticate|\bnot authenticated", re.IGNORECASE)


def refused_us(answer: Answer, office: Office, relay: Relay, sender: str, *, at_sender: bool = False) -> Result | None:
    """Say what a refusal means that is about the office; None where it is about the addressee.

    Many servers answer to the sender's address, or to a missing login, only when they are told the addressee's.
    """
    if answer.code // 100 != 5:
        return None
    said = f"{answer.code} {answer.text}"
    section = f"[transports.{office.mail.transport}]"
    if _SPF.search(answer.text):
        domain = office.mail.bounce.rpartition("@")[2]
        return error(
            "spf-refused", f"The relay refuses mail from {sender} because of SPF: {said}",
            f"Let the SPF record of {domain} name this machine"
            + ("." if relay.login else f", or log in at the relay ({section}): then it need not look."),
        )  # fmt: skip
    if answer.code == 530 or _LOGIN.search(answer.text):  # RFC 4954 section 6
        return error(
            "login-wanted", f"The relay wants a login before it takes mail: {said}",
            "Ask who runs the relay: the login was accepted, and does not suffice."
            if relay.login else f"Say in {section} as whom to log in, and with what: user_env, password_env.",
        )  # fmt: skip
    if at_sender or refuses_sender(answer.text):
        return error(
            "sender-refused", f"The relay refuses mail from {sender}: {said}",
            f"Let {'the login' if relay.login else 'this machine'} send as [mail] bounce"
            + (", also with +token; or set plus_addressing = false." if office.mail.plus_addressing else "."),
        )  # fmt: skip
    if refuses_client(answer.text):
        return error(
            "no-relaying", f"The relay {relay.name} does not relay for this office: {said}",
            "Ask who runs the relay to let this login write to everybody."
            if relay.login else f"Set a login in {section}, or let who runs the relay admit this machine's address.",
        )  # fmt: skip
    return None
