"""From what [inbox] source or --inbox says to the place with mail."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from office.clock import Clock
from office.errors import InputError, RefusedError
from office.mailboxes import ImapAddress, imap_address
from office.model import Inbox, Office
from replies.sources import Source
from replies.sources.credentials import Credentials
from replies.sources.files import FileSource
from replies.sources.imap import ImapSource


def open_source(office: Office, source: str, *, clock: Clock) -> Source:
    """Return the source at an address, the office's own if it is empty; a relative path begins at the office.

    On a server, mails are moved only where the address is the office's own. Raises `InputError` for an address or
    settings that cannot be used, `RefusedError` for a mailbox whose password the office does not have.
    """
    address = imap_address(source or office.inbox.source)
    if address is None:
        return FileSource(office.folder / Path(source or office.inbox.source).expanduser(), office=office.folder)
    _require_own(address, office.inbox)
    credentials, tls = access_to(address, office, clock=clock)
    return ImapSource(address, credentials, tls=tls, moved_to="" if source else office.inbox.moved_to)


def access_to(address: ImapAddress, office: Office, *, clock: Clock) -> tuple[Credentials, ssl.SSLContext | None]:
    """Return what opens the office's own mailbox; raises `InputError` for settings that cannot be used."""
    credentials = Credentials(
        office.inbox, user=address.user, folder=office.folder, environment=os.environ, clock=clock
    )
    return credentials, None if address.security == "none" else _tls_context(office.inbox, office.folder)


def _require_own(address: ImapAddress, inbox: Inbox) -> None:
    """Passwords go to the server for which they were written down, and to no other."""
    own = imap_address(inbox.source)
    if own is None or own.account != address.account:
        raise RefusedError(
            f"The office has no password for {address.user} at {address.server}.",
            hint="Only folders of the mailbox that [inbox] source in office.toml names can be fetched from a server.",
        )


def _tls_context(inbox: Inbox, folder: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(folder / inbox.ca_file) if inbox.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"The certificate {inbox.ca_file} of [inbox] cannot be read: {error}.",
            hint="ca_file is a PEM file in the office folder.",
        ) from error
