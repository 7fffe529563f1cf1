"""What reports on the fate of a mail come down to: facts of one recipient, and of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from replies.diagnostics import Group, Judgement, judge

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]

COMPLAINT = "abuse"  # the one type of feedback report that says that somebody called a mail spam (RFC 5965)
# RFC 6430: the contrary; RFC 6591: a check of signatures failed, which is for whoever runs the mail; its older name.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dkim"})


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

    ``feedback`` is the type of a feedback report in small letters, empty if it states none; None for other reports.
    ``envelope_id`` is the ENVID of the mail it is about (RFC 3461). ``general`` is what a report in a form of its
    own says of the mail, whether or not it names a recipient; it is there only if a code, a field, or clear words on
    a recipient say so.
    """

    recipients: tuple[Reported, ...]
    standard: bool
    feedback: str | None = None
    envelope_id: str = ""
    returned: str = ""
    general: Reported | None = None

    @property
    def complaint(self) -> bool:
        """Tell whether somebody may complain of the mail."""
        return self.feedback is not None and self.feedback not in _NO_COMPLAINTS


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
