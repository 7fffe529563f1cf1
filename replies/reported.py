"""What reports on the fate of a mail come down to: facts of one recipient, and of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replies.diagnostics import Group, Judgement, judge

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a report says of one recipient.

    ``address`` is the one the mail was first meant for, as far as the report tells; ``final`` the one it ended at.
    ``status`` is an RFC 3463 code, as stated or as the words mean, or empty; ``diagnostic`` the server's own words.
    """

    address: str
    final: str = ""
    action: Action
    status: str = ""
    diagnostic: str = ""
    permanent: bool
    group: Group = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report: ``standard`` tells whether it has a form that programs read; ``returned`` is the text it sends back.

    ``envelope_id`` is the ENVID of the mail it is about (RFC 3461). ``general`` is what a report in a form of its
    own says of the mail, whether or not it names a recipient; it is there only if a code, a field, or clear words on
    a recipient say so.
    """

    recipients: tuple[Reported, ...]
    standard: bool
    complaint: bool = False
    envelope_id: str = ""
    returned: str = ""
    general: Reported | None = None


def reported(
    address: str,
    *,
    final: str = "",
    action: Action,
    stated: str = "",
    diagnostic: str = "",
    words: str = "",
    session: str = "",
) -> Reported:
    """Judge one recipient: ``stated`` is the status given, ``diagnostic`` the server's words, ``words`` all of them.

    ``words`` are what the report says around the diagnostic; ``session`` is where the command that was answered
    stands, if elsewhere.
    """
    judgement = (
        judge(stated, diagnostic, words, session, failed=action == "failed")
        if action in {"failed", "delayed"}
        else Judgement()
    )
    return Reported(
        address=address,
        final=final,
        action=action,
        status=judgement.status or stated[:20],
        diagnostic=" ".join((diagnostic or words).split())[:1_000],
        permanent=action == "failed" and judgement.permanent,
        group=judgement.group,
    )
