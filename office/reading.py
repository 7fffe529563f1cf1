"""office.toml -> Office, and finding the office one stands in."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from office.errors import InputError, NotFoundError
from office.findings import Finding, has_errors
from office.mailboxes import ImapAddress, imap_address, is_local
from office.model import (
    LANGUAGES,
    Contact,
    FilesTransport,
    Inbox,
    Mail,
    OAuth,
    Office,
    OfficeLook,
    Roles,
    Series,
    Signatory,
    SmtpTransport,
    Transport,
)
from office.tables import TableReader
from office.toml_lines import read_toml

FILE_NAME = "office.toml"
KEY_NAME = "office.key"
GENDERS = ("m", "f", "none", "")
MAX_GRACE = 60  # working days; who needs more should move the deadline
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_DIGITS = re.compile(r"(0[1-9])?")  # the width of a number, such as 03

Person = TypeVar("Person", Signatory, Contact)


def find_office(start: Path) -> Path:
    """Return the nearest folder upward from ``start`` that holds an office.toml; raises `NotFoundError`."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise NotFoundError(
        f"There is no {FILE_NAME} in {start} nor above it.",
        hint="Go to your office folder, name it with --office DIR, or make one: circulars init DIR",
    )


def load_office(folder: Path) -> Office:
    """Read the office in ``folder``; raises `InputError` with every finding if it has errors."""
    office, findings = read_office(folder)
    if office is None:
        raise InputError(f"{FILE_NAME} cannot be used.", hint="Correct the lines named above.", findings=findings)
    return office


def read_office(folder: Path) -> tuple[Office | None, tuple[Finding, ...]]:
    """Read the office in ``folder``; the office is None if there are errors."""
    values, lines, problems = read_toml(folder / FILE_NAME, file=FILE_NAME)
    findings = list(problems)
    if findings:
        return None, tuple(findings)
    reader = TableReader(values, file=FILE_NAME, lines=lines, findings=findings)
    languages = _languages(reader)
    transports = {key: _transport(key, table) for key, table in reader.table("transports").tables()}
    office = Office(
        folder=folder,
        name=reader.text("name"),
        place=reader.text("place", "geneva"),
        zone=_zone(reader),
        languages=languages,
        default_language=reader.choice("default_language", languages, languages[0]),
        profile=reader.text("profile", "itu"),
        two_person_rule=reader.flag("two_person_rule", default=False),
        series={key: _series(key, table) for key, table in reader.table("series").tables()},
        signatories={key: _signatory(key, table) for key, table in reader.table("signatories").tables()},
        contacts={key: _contact(key, table) for key, table in reader.table("contacts").tables()},
        mail=_mail(reader.table("mail"), tuple(transports)),
        transports=transports,
        inbox=_inbox(reader.table("inbox")),
        store_url=_single(reader.table("store"), "url", "sqlite:///circulars.db"),
        look=_look(reader.table("look")),
        roles=_roles(reader.table("roles")),
        automatic_reminders=_automatic(reader.table("reminders")),
        grace_days=_grace_days(reader.table("register")),
    )
    reader.finish()
    return (None if has_errors(findings) else office), tuple(findings)


def _languages(reader: TableReader) -> tuple[str, ...]:
    languages = reader.texts("languages", LANGUAGES)
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown or not languages:
        reader.fault(
            "languages", "unknown-language", f"«languages» cannot hold {', '.join(unknown) or 'nothing'}",
            f"Choose from {', '.join(LANGUAGES)}.",
        )  # fmt: skip
    return tuple(language for language in languages if language in LANGUAGES) or LANGUAGES


def _zone(reader: TableReader) -> ZoneInfo:
    name = reader.text("timezone", "Europe/Zurich")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.fault("timezone", "unknown-zone", f"there is no time zone «{name}»", "Write it like Europe/Zurich.")
        return ZoneInfo("Europe/Zurich")


def _look(table: TableReader) -> OfficeLook:
    colour = table.text("colour", OfficeLook().colour)
    if not _COLOUR.fullmatch(colour):
        table.fault(
            "colour", "bad-colour", f"«{colour}» is not a colour", 'Write six hexadecimal digits: colour = "#12365c".'
        )
        colour = OfficeLook().colour
    look = OfficeLook(
        logo=_folder(table, "logo", ""),
        colour=colour.lower(),
        typeface=table.choice("typeface", ("sans", "serif"), "sans"),
    )
    table.finish()
    return look


def _roles(table: TableReader) -> Roles:
    roles = Roles(author=table.texts("author"), approver=table.texts("approver"), sender=table.texts("sender"))
    table.finish()
    return roles


def _automatic(table: TableReader) -> bool:
    value = table.flag("automatic", default=False)
    table.finish()
    return value


def _grace_days(table: TableReader) -> int:
    value = table.integer("grace_days", 0, least=0, most=MAX_GRACE)
    table.finish()
    return value


def _single(table: TableReader, key: str, default: str) -> str:
    value = table.text(key, default)
    table.finish()
    return value


def _series(key: str, table: TableReader) -> Series:
    series = Series(key=key, pattern=table.text("pattern"), reset=table.choice("reset", ("year", "never"), "year"))
    table.finish()
    fields = _pattern_fields(series.pattern)
    if "n" not in fields or not fields <= {"n", "yy", "yyyy"}:
        table.fault(
            "pattern",
            "bad-pattern",
            f"the pattern «{series.pattern}» cannot number letters",
            'Use {n} for the number, {n:03} for three digits, {yy} or {yyyy} for the year: "CL-{yy}/{n:03}".',
        )
    elif series.reset == "year" and not fields & {"yy", "yyyy"}:
        table.fault(
            "pattern", "bad-pattern", "the pattern names no year, yet the numbers begin anew every year",
            'Add {yy} to the pattern, or write reset = "never".',
        )  # fmt: skip
    return series


def _pattern_fields(pattern: str) -> set[str]:
    """Return the names in braces; an empty set if the pattern asks for more than digits of a number."""
    try:
        parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return set()
    if any(conversion or not _DIGITS.fullmatch(spec or "") for _, _, spec, conversion in parts):
        return set()
    return {name or "" for _, name, _, _ in parts}


def _person(make: Callable[..., Person], key: str, table: TableReader, *others: str) -> Person:
    gender = table.choice("gender", GENDERS, "")
    names = table.table("names")
    person = make(
        key=key,
        name=table.text("name"),
        gender="" if gender == "none" else gender,
        names={language: names.text(language) for language in LANGUAGES if names.has(language)},
        **{other: table.text(other, "") for other in others},
    )
    names.finish()
    table.finish()
    return person


def _signatory(key: str, table: TableReader) -> Signatory:
    facsimile = _folder(table, "facsimile", "")
    return replace(_person(Signatory, key, table, "title"), facsimile=facsimile)


def _contact(key: str, table: TableReader) -> Contact:
    return _person(Contact, key, table, "tel", "fax", "email")


def _mail(table: TableReader, transports: tuple[str, ...]) -> Mail:
    sender = _mailbox(table, "sender")
    mail = Mail(
        sender=sender,
        reply=_mailbox(table, "reply", sender),
        bounce=_mailbox(table, "bounce", sender),
        plus_addressing=table.flag("plus_addressing", default=True),
        transport=table.choice("transport", transports, transports[0]) if transports else "",
    )
    if not transports:
        table.fault("transport", "no-transport", "no transport is described", "Add a [transports.files] section.")
    table.finish()
    return mail


def _mailbox(table: TableReader, key: str, default: str | None = None) -> str:
    value = table.text(key) if default is None else table.text(key, default)
    if value and (not _MAILBOX.fullmatch(value) or not value.isascii()):
        table.fault(key, "bad-address", f"«{value}» is not a plain mail address", "Write it like office@example.int.")
    return value


def _transport(key: str, table: TableReader) -> Transport:
    kind = table.choice("kind", ("files", "smtp"), "files")
    transport = _files(key, table) if kind == "files" else _smtp(key, table)
    table.finish()
    return transport


def _files(key: str, table: TableReader) -> FilesTransport:
    return FilesTransport(key=key, folder=_folder(table, "folder", "outgoing"))


def _smtp(key: str, table: TableReader) -> SmtpTransport:
    transport = SmtpTransport(
        key=key,
        host=table.text("host"),
        port=table.integer("port", 587, least=1, most=65535),
        security=table.choice("security", ("starttls", "tls", "none"), "starttls"),
        user_env=table.text("user_env", ""),
        password_env=table.text("password_env", ""),
        connections=table.integer("connections", 4, least=1, most=64),
        ca_file=_folder(table, "ca_file", ""),
    )
    if transport.security == "none" and not transport.is_local:
        table.fault(
            "security", "unprotected-relay", f"letters would travel to {transport.host} in the clear",
            'Write security = "starttls" or "tls"; "none" is for a server on this machine only.',
        )  # fmt: skip
    return transport


def _inbox(table: TableReader) -> Inbox:
    inbox = Inbox(
        source=table.text("source", "inbox/"),
        password_env=table.text("password_env", ""),
        oauth=_oauth(table.table("oauth")) if table.has("oauth") else None,
        moved_to=table.text("moved_to", ""),
        ca_file=_folder(table, "ca_file", ""),
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


def _folder(table: TableReader, key: str, default: str) -> str:
    value = table.text(key, default)
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        table.fault(key, "outside-office", f"«{value}» lies outside the office folder", "Name a place inside it.")
        return default
    return value
