"""office.toml -> Office, and finding the office one stands in."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from office.errors import InputError, NotFoundError
from office.findings import Finding, has_errors
from office.mail_settings import read_folder, read_inbox, read_list, read_mail, read_transport
from office.model import (
    LANGUAGES,
    Contact,
    Office,
    OfficeLook,
    Roles,
    SendingLog,
    Series,
    Signatory,
)
from office.store_url import read_store_url
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
    transports = {key: read_transport(key, table) for key, table in reader.table("transports").tables()}
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
        mail=read_mail(reader.table("mail"), tuple(transports)),
        transports=transports,
        inbox=read_inbox(reader.table("inbox")),
        store_url=read_store_url(reader.table("store")),
        look=_look(reader.table("look")),
        roles=_roles(reader.table("roles")),
        automatic_reminders=_automatic(reader.table("reminders")),
        grace_days=_grace_days(reader.table("register")),
        log=_log(reader.table("log")),
        lists={key: read_list(key, table) for key, table in reader.table("lists").tables()},
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
        logo=read_folder(table, "logo", ""),
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


def _log(table: TableReader) -> SendingLog:
    log = SendingLog(file=table.text("file", ""), addresses=table.flag("addresses", default=False))
    table.finish()
    return log


def _grace_days(table: TableReader) -> int:
    value = table.integer("grace_days", 0, least=0, most=MAX_GRACE)
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
    facsimile = read_folder(table, "facsimile", "")
    return replace(_person(Signatory, key, table, "title"), facsimile=facsimile)


def _contact(key: str, table: TableReader) -> Contact:
    return _person(Contact, key, table, "tel", "fax", "email")
