"""Mail systems as senders: the names that they write by, and how their reports look."""

from __future__ import annotations

from replies.mail import InboundMail
from replies.server_words import server_words

_SEARCHED = 2_000  # characters of the text in which a report has said what it is


def is_from_a_daemon(mail: InboundMail) -> bool:
    """Tell whether a mail comes from a mail system: null return path, or the names that such systems use."""
    return has_null_path(mail) or is_named_like_a_daemon(mail)


def has_null_path(mail: InboundMail) -> bool:
    """Tell whether a mail was sent so that nobody answers it: some servers write a daemon's name for ``<>``."""
    path = mail.return_path
    return path is not None and (not path or server_words("daemon").search(path.partition("@")[0]) is not None)


def is_named_like_a_daemon(mail: InboundMail) -> bool:
    """Tell whether the sender's name or address is one that mail systems use."""
    names = server_words("daemon")
    return bool(names.search(_local(mail)) or names.search(mail.sender.name))


def is_from_a_program(mail: InboundMail) -> bool:
    """Tell whether a mail was sent by some program: it says so, or is named so and answers nobody."""
    if mail.headers.first("auto-submitted"):
        return True
    unanswerable = not mail.sender.address or server_words("program").search(_local(mail)) is not None
    return unanswerable and not (mail.in_reply_to or mail.references)


def has_failure_subject(subject: str) -> bool:
    """Tell whether a subject is one of those that mail systems give their reports; «Re: Undelivered» is not."""
    subject = subject[:500]
    return bool(server_words("subject").search(subject)) and not server_words("answer").match(subject)


def says_delayed(text: str) -> bool:
    """Tell whether words say that delivery goes on being tried."""
    return bool(server_words("delay").search(text[: _SEARCHED * 10]))


def says_final(text: str) -> bool:
    """Tell whether words say that delivery is not tried any more."""
    return bool(server_words("final").search(text[: _SEARCHED * 10]))


def opens_like_a_report(own: str) -> bool:
    """Tell whether a text begins as mail systems begin their reports."""
    return bool(server_words("opening").search(own[:_SEARCHED]))


def _local(mail: InboundMail) -> str:
    return mail.sender.address.partition("@")[0]
