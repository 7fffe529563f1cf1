"""office.toml on mail: relays, where answers arrive, keys that sign, lists that one may leave."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from office.domains import a_labels
from office.errors import InputError
from office.findings import Level
from office.mailboxes import ImapAddress, imap_address, is_local
from office.model import (
    Dkim,
    DomainLimit,
    FilesTransport,
    Inbox,
    Mail,
    MailingList,
    OAuth,
    SmtpTransport,
    Transport,
)
from office.tables import TableReader

_MAILBOX = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*")
_USUAL = {25: "starttls", 465: "tls", 587: "starttls"}  # what ports want (RFC 3207, 6409, 8314)
_HTTPS = re.compile(r"https://[!-;=?-~]+")  # printable ASCII but angle brackets


def read_mail(table: TableReader, transports: tuple[str, ...]) -> Mail:
    """Return [mail]; ``transports`` are the keys of those described."""
    sender = _mailbox(table, "sender")
    mail = Mail(
        sender=sender,
        reply=_mailbox(table, "reply", sender),
        bounce=_mailbox(table, "bounce", sender),
        plus_addressing=table.flag("plus_addressing", default=True),
        transport=table.choice("transport", transports, transports[0]) if transports else "",
        dkim=tuple(_dkim(below) for below in table.array("dkim")),
    )
    if not transports:
        table.fault("transport", "no-transport", "no transport is described", "Add a [transports.files] section.")
    table.finish()
    return mail


def _dkim(table: TableReader) -> Dkim:
    key = Dkim(
        domain=table.text("domain").lower(),
        selector=table.text("selector"),
        key_file=read_folder(table, "key_file", ""),
    )
    for name, value in (("domain", key.domain), ("selector", key.selector)):
        if value and not _DOMAIN.fullmatch(value):
            table.fault(name, "bad-domain", f"«{value}» is no name of the domain name system", "See [[mail.dkim]].")
    if not key.key_file:
        table.fault("key_file", "no-key-file", "the key is not named", 'Write key_file = "dkim.pem".')
    table.finish()
    return key


def _mailbox(table: TableReader, key: str, default: str | None = None) -> str:
    value = table.text(key) if default is None else table.text(key, default)
    if value and (not _MAILBOX.fullmatch(value) or not value.isascii()):
        table.fault(key, "bad-address", f"«{value}» is not a plain mail address", "Write it like office@example.int.")
    return value


def read_transport(key: str, table: TableReader) -> Transport:
    """Return one of [transports]."""
    kind = table.choice("kind", ("files", "smtp"), "files")
    transport = _files(key, table) if kind == "files" else _smtp(key, table)
    table.finish()
    return transport


def _files(key: str, table: TableReader) -> FilesTransport:
    return FilesTransport(key=key, folder=read_folder(table, "folder", "outgoing"))


def _smtp(key: str, table: TableReader) -> SmtpTransport:
    transport = SmtpTransport(
        key=key,
        host=table.text("host"),
        port=table.integer("port", 587, least=1, most=65535),
        security=table.choice("security", ("starttls", "tls", "none"), "starttls"),
        user_env=table.text("user_env", ""),
        password_env=table.text("password_env", ""),
        connections=table.integer("connections", 4, least=1, most=64),
        ca_file=read_folder(table, "ca_file", ""),
        user=table.text("user", ""),
        password_keyring=table.text("password_keyring", ""),
        oauth=_oauth(table.table("oauth")) if table.has("oauth") else None,
        rate=table.integer("rate", 0, least=0, most=1_000_000),
        per_day=table.integer("per_day", 0, least=0, most=100_000_000),
        warm_up=_warm_up(table),
        per_connection=table.integer("per_connection", 0, least=0, most=1_000_000),
        dsn=table.flag("dsn", default=True),
        pipelining=table.flag("pipelining", default=True),
        in_the_clear=table.flag("in_the_clear", default=False),
        domains=_domain_limits(table.table("domains")),
    )
    _check_protection(table, transport)
    _check_login(table, transport)
    return transport


def _check_protection(table: TableReader, transport: SmtpTransport) -> None:
    usual = _USUAL.get(transport.port, transport.security)
    if usual != transport.security != "none":
        table.fault(
            "security", "unusual-security",
            f'port {transport.port} usually wants security = "{usual}", not "{transport.security}"',
            f'Write security = "{usual}", or the port that goes with "{transport.security}".', Level.WARNING,
        )  # fmt: skip
    if transport.security != "none" or transport.is_local:
        return
    if not transport.in_the_clear:
        table.fault(
            "security", "unprotected-relay", f"letters would travel to {transport.host} in the clear",
            'Write security = "starttls" or "tls"; "none" is for a server on this machine, or with in_the_clear = true '
            "for one in the same guarded network.",
        )  # fmt: skip
    elif transport.logs_in:
        table.fault(
            "in_the_clear", "unprotected-login", f"a password would travel to {transport.host} in the clear",
            "Take the login out: the relay then knows this machine by its address; or protect the connection.",
        )  # fmt: skip


def _check_login(table: TableReader, transport: SmtpTransport) -> None:
    ways = [name for name in ("password_env", "password_keyring", "oauth") if getattr(transport, name)]
    if len(ways) > 1:
        told = ", ".join(ways)
        table.fault(ways[1], "several-logins", f"there are several ways to log in: {told}", "Keep one of them.")
    if transport.user and transport.user_env:
        table.fault("user_env", "several-users", "«user» and «user_env» both name the user", "Keep one of them.")
    if ways and not transport.user and not transport.user_env:
        table.fault(
            ways[0], "no-user", "it is said with what to log in, but not as whom",
            'Name the user: user = "…", or the environment variable user_env.',
        )  # fmt: skip


def _warm_up(table: TableReader) -> tuple[int, ...]:
    if not table.has("warm_up"):
        return ()
    caps = table.raw("warm_up")
    if isinstance(caps, list) and caps and all(type(cap) is int and 0 < cap <= 100_000_000 for cap in caps):
        return tuple(caps)
    table.fault(
        "warm_up", "bad-warm-up", "the caps of the first days are not a list of whole numbers",
        "Write them like [500, 1000, 2000, 5000].",
    )  # fmt: skip
    return ()


def _domain_limits(table: TableReader) -> dict[str, DomainLimit]:
    limits = {}
    for key, below in table.tables():
        domain = a_labels(key.lower())
        if not _DOMAIN.fullmatch(domain):
            table.fault(
                key, "bad-domain", f"«{key}» is not the domain of mail addresses",
                "Write what stands after the @, like example.org.",
            )  # fmt: skip
        limits[domain] = _domain_limit(below)
    return limits


def _domain_limit(table: TableReader) -> DomainLimit:
    limit = DomainLimit(
        connections=table.integer("connections", 0, least=0, most=64),
        rate=table.integer("rate", 0, least=0, most=1_000_000),
    )
    table.finish()
    return limit


def read_list(key: str, table: TableReader) -> MailingList:
    """Return one of [lists]."""
    described = MailingList(
        key=key,
        name=table.text("name"),
        id=table.text("id").lower(),
        unsubscribe_url=table.text("unsubscribe_url", ""),
    )
    if described.id and not (_DOMAIN.fullmatch(described.id) and "." in described.id):
        table.fault(
            "id", "bad-list-id", f"«{described.id}» is no List-Id", "Write it like stakeholders.lists.example.int."
        )
    url = described.unsubscribe_url
    if url and (not _HTTPS.fullmatch(url) or url.count("{token}") != 1):
        table.fault(
            "unsubscribe_url", "bad-unsubscribe-url", f"«{url}» cannot serve one-click unsubscription",
            "Write an https address with {token} in it, like https://example.int/leave/{token}.",
        )  # fmt: skip
    table.finish()
    return described


def read_inbox(table: TableReader) -> Inbox:
    """Return [inbox]."""
    inbox = Inbox(
        source=table.text("source", "inbox/"),
        password_env=table.text("password_env", ""),
        password_keyring=table.text("password_keyring", ""),
        oauth=_oauth(table.table("oauth")) if table.has("oauth") else None,
        moved_to=table.text("moved_to", ""),
        ca_file=read_folder(table, "ca_file", ""),
    )
    try:
        address = imap_address(inbox.source)
    except InputError as error:
        table.fault("source", "bad-mailbox", error.message.rstrip("."), error.hint)
    else:
        _check_move(table, inbox.moved_to, address)
    table.finish()
    return inbox


def _check_move(table: TableReader, target: str, address: ImapAddress | None) -> None:
    if target and address is None:
        table.fault(
            "moved_to", "not-on-server", "mail is moved on an IMAP server only; files stay as they are",
            "Take the line out.",
        )  # fmt: skip
    elif address is not None and target.upper() == address.folder.upper():
        table.fault("moved_to", "same-folder", "mail would be moved to where it is", "Name another folder.")


def _oauth(table: TableReader) -> OAuth:
    oauth = OAuth(
        token_url=table.text("token_url"),
        client_id=table.text("client_id"),
        client_secret_env=table.text("client_secret_env", ""),
        refresh_token_env=table.text("refresh_token_env", ""),
        scope=table.text("scope", ""),
    )
    if oauth.token_url and not _is_protected(oauth.token_url):
        message = f"secrets would travel to «{oauth.token_url}» in the clear"
        table.fault("token_url", "unprotected-token", message, "It begins with https://.")
    if not oauth.client_secret_env and not oauth.refresh_token_env:
        table.fault(
            "client_secret_env", "no-secret", "nothing proves who asks for the token",
            "Name the environment variable of the client's secret, of a refresh token, or both.",
        )  # fmt: skip
    table.finish()
    return oauth


def _is_protected(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and is_local(parts.hostname or ""))
        )
    except ValueError:
        return False


def read_folder(table: TableReader, key: str, default: str) -> str:
    """Return a path that stays inside the office folder."""
    value = table.text(key, default)
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        table.fault(key, "outside-office", f"«{value}» lies outside the office folder", "Name a place inside it.")
        return default
    return value
