"""What office.toml says, as typed values (docs/installation.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from office.mailboxes import is_local

LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")  # in the order in which United Nations organizations list them


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A numbered series of references: ``pattern`` has ``{n}``, ``{yy}``, ``{yyyy}``; ``reset`` as it says."""

    key: str
    pattern: str
    reset: Literal["year", "never"] = "year"

    def counter_year(self, year: int) -> int:
        """Return the year under which a letter's number is counted: 0 where the numbers never begin anew."""
        return year if self.reset == "year" else 0

    def reference(self, *, year: int, number: int) -> str:
        """Return the reference of a number, such as ``CL-22/010``."""
        return self.pattern.format(yy=f"{year % 100:02}", yyyy=f"{year:04}", n=number)

    def has_made(self, reference: str) -> bool:
        """Tell whether a reference looks like one of this series."""
        parts = re.split(r"(\{\w+(?::[^}]*)?\})", self.pattern)
        return (
            re.fullmatch("".join(r"\d+" if part.startswith("{") else re.escape(part) for part in parts), reference)
            is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs. ``title`` is a key in locales; ``names`` are forms for languages whose script has its own."""

    key: str
    name: str
    gender: Literal["m", "f", ""] = ""
    title: str = ""
    facsimile: str = ""  # the picture of the signature, below the office folder; empty = none
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask. Without a gender, no title («Mme», «Ms.») is printed."""

    key: str
    name: str
    gender: Literal["m", "f", ""] = ""
    tel: str = ""
    fax: str = ""
    email: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim:
    """A key with which messages are signed (RFC 6376); ``key_file`` is a PEM file below the office folder."""

    domain: str
    selector: str
    key_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How mail leaves. ``sender``, ``reply`` and ``bounce`` are mailboxes; tokens are added after a plus sign."""

    sender: str
    reply: str
    bounce: str
    plus_addressing: bool = True
    transport: str = "files"
    dkim: tuple[Dkim, ...] = ()

    @property
    def domain(self) -> str:
        """The office's mail domain, in which its Message-IDs and calendar entries are named."""
        return self.sender.rpartition("@")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesTransport:
    """Writes one .eml file per message into ``folder`` (below the office folder)."""

    key: str
    folder: str = "outgoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How to get a token for a mailbox (RFC 6749): with a refresh token, or else with the client's own secret."""

    token_url: str
    client_id: str
    client_secret_env: str = ""
    refresh_token_env: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLimit:
    """How fast the addressees of one domain may get mail; 0 is without a limit. ``rate`` is messages a minute."""

    connections: int = 0
    rate: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTransport:
    """A relay. Secrets are read from the environment variables named or from a keyring, never from the file.

    0 is without a limit. ``rate`` is messages a minute, ``per_day`` recipients in 24 hours, ``warm_up`` the daily
    caps of the relay's first days of use, ``per_connection`` messages before a new connection is made.
    """

    key: str
    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user_env: str = ""
    password_env: str = ""
    connections: int = 4
    ca_file: str = ""  # a private authority's certificate, below the office folder; empty = the system's
    user: str = ""  # where it is no secret
    password_keyring: str = ""  # the service under which a keyring has the user's password
    oauth: OAuth | None = None
    rate: int = 0
    per_day: int = 0
    warm_up: tuple[int, ...] = ()
    per_connection: int = 0
    in_the_clear: bool = False  # letters may travel unprotected to another machine; a password never does
    dsn: bool = True  # asks for delivery reports where the relay announces it (RFC 3461)
    pipelining: bool = True  # sends on without waiting for each answer where the relay announces it (RFC 2920)
    domains: Mapping[str, DomainLimit] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether the relay is this machine, so that letters may travel to it in the clear."""
        return is_local(self.host)

    @property
    def logs_in(self) -> bool:
        """Whether anything is said of a login."""
        return bool(self.user or self.user_env or self.password_env or self.password_keyring or self.oauth)


Transport = FilesTransport | SmtpTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingList:
    """A list whose addressees may leave it; ``key`` is the name of its file in recipients/.

    ``id`` is its List-Id (RFC 2919), ``unsubscribe_url`` the https address of one-click unsubscription (RFC 8058)
    with ``{token}`` in it, empty where there is none.
    """

    key: str
    name: str
    id: str
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Where answers arrive. Secrets are read from the environment variables named, never from the file."""

    source: str = "inbox/"
    password_env: str = ""
    password_keyring: str = ""
    oauth: OAuth | None = None
    moved_to: str = ""  # a folder of the server, into which a mail is moved that the store has; empty = it stays
    ca_file: str = ""  # as for a relay


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLook:
    """What documents and mail have in common. ``colour`` is ``#rrggbb``; ``typeface`` that of PDF files."""

    logo: str = ""  # a picture below the office folder; empty = none
    colour: str = "#12365c"
    typeface: Literal["sans", "serif"] = "sans"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLog:
    """The file in which sending tells what became of each message; names of mailboxes only with ``addresses``."""

    file: str = ""  # absolute, or below the office folder; empty = none
    addresses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The accounts of the operating system that may plan, approve and send; a role without accounts is anybody's."""

    author: tuple[str, ...] = ()
    approver: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office: its folder and what its office.toml says."""

    folder: Path
    name: str
    place: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    default_language: str
    profile: str
    two_person_rule: bool
    series: Mapping[str, Series]
    signatories: Mapping[str, Signatory]
    contacts: Mapping[str, Contact]
    mail: Mail
    transports: Mapping[str, Transport]
    inbox: Inbox
    store_url: str
    automatic_reminders: bool = False  # `tick` reminds by itself
    look: OfficeLook = field(default_factory=OfficeLook)
    roles: Roles = field(default_factory=Roles)
    lists: Mapping[str, MailingList] = field(default_factory=dict)
    log: SendingLog = field(default_factory=SendingLog)
    grace_days: int = 0  # working days after a deadline in which an answer does not count as late yet
