"""The place where answers and delivery reports arrive: there, readable, able to do what `track` asks of it."""

from __future__ import annotations

from datetime import timedelta

from office.mailboxes import ImapAddress, imap_address
from office.model import Office
from pipeline.doctor.results import Results, Visit, error, good, note, warning
from replies.sources.imap_session import ImapSession
from replies.sources.opening import access_to

_SOON = timedelta(days=21)  # as for the relay


def look_at_inbox(office: Office, visit: Visit) -> Results:
    """Look at the inbox without fetching from it."""
    address = imap_address(office.inbox.source)
    if address is None:
        yield from _files(office)
        return
    credentials, tls = access_to(address, office, clock=visit.clock)
    session = ImapSession(address, credentials.login(), tls=tls, writable=False, timeout=visit.seconds)
    try:
        yield good("mailbox", f"{address.user} can log in at {address.server}; the folder «{address.folder}» is there.")
        yield from _certificate(session, address, visit)
        yield from _abilities(session, office, address)
    finally:
        session.close()


def _certificate(session: ImapSession, address: ImapAddress, visit: Visit) -> Results:
    ends = session.certificate_ends
    if ends is None:
        return
    left = ends - visit.clock()
    told = f"The certificate of {address.host} ends on {ends:%Y-%m-%d}, in {left.days} days"
    if left < _SOON:
        yield warning(
            "certificate-ends", f"{told}.", "Ask who runs the server to renew it: without it nothing comes in."
        )
    else:
        yield good("certificate", f"{told}.")


def _abilities(session: ImapSession, office: Office, address: ImapAddress) -> Results:
    if "IDLE" in session.capabilities:
        yield good("idle", "The server tells when mail comes (IDLE).")
    else:
        yield note(
            "no-idle", "The server does not tell when mail comes (no IDLE): `track --follow` looks by the clock."
        )
    target = office.inbox.moved_to
    if not target:
        return
    if not session.capabilities & {"MOVE", "UIDPLUS"}:
        yield error(
            "no-move", f"{address.server} can neither move mails nor delete single ones.",
            "Take moved_to out of [inbox]: mails are remembered and not filed twice, wherever they lie.",
        )  # fmt: skip
    elif session.has_folder(target):
        yield good("moved-to", f"Mails that the store has can be moved to «{target}».")
    else:
        yield note("moved-to", f"The folder «{target}» is not there yet; `track` makes it.")


def _files(office: Office) -> Results:
    path = office.folder / office.inbox.source
    if not path.exists():
        yield error(
            "no-inbox", f"There is no mail at {path}.",
            "Let the mail server deliver there, or correct [inbox] source in office.toml.",
        )  # fmt: skip
        return
    try:
        if path.is_dir():
            for folder in (path, path / "new", path / "cur"):
                if folder.is_dir():
                    next(folder.iterdir(), None)
        else:
            path.open("rb").close()
    except OSError as fault:
        yield error(
            "inbox-closed", f"{fault.filename or path} cannot be read: {fault.strerror}.",
            "Let the account that runs `track` read it (a group of its own, or the same account).",
        )  # fmt: skip
        return
    kind = "Maildir" if (path / "new").is_dir() else "folder of mails" if path.is_dir() else "file of mails"
    yield good("inbox", f"{path} is a {kind} that can be read.")
