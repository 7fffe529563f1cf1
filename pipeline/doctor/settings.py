"""The program itself, and what office.toml says: read with every finding, and held against this machine."""

from __future__ import annotations

import os
import platform
import pwd
import sqlite3
from collections.abc import Sequence

from office.environment import find_secret
from office.errors import sentence
from office.findings import Finding, Level
from office.model import Office, SmtpTransport
from office.reading import FILE_NAME
from pipeline.doctor.results import Result, Results, error, good, note, warning

_LETTERS_OF_ALL = "éЖش会"  # one of each script that letters are set in
_LEVELS = {Level.ERROR: error, Level.WARNING: warning}


def look_at_program() -> Results:
    """Look at versions, time zones, and what PDF files are made with."""
    from importlib.metadata import version

    yield good(
        "versions",
        f"circulars {version('circulars')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.",
    )
    yield _time_zones()
    yield _pdf()


def _time_zones() -> Result:
    from zoneinfo import available_timezones

    count = len(available_timezones())
    if not count:
        return error(
            "no-time-zones", "This machine has no time zone data.", "Install the package tzdata (Debian: tzdata)."
        )
    return good("time-zones", f"{count} time zones are known.")


def _pdf() -> Result:
    hint = "Install circulars anew in its environment: pip install --force-reinstall with the same constraints.txt."
    try:
        import typst

        from templates.pdf.typefaces import font_files, undisplayable

        missing = undisplayable(_LETTERS_OF_ALL)
        fonts = len(font_files())
        typst.compile(b"circulars")
    except Exception as fault:  # an extension that does not load, a file that is gone: whatever it is, PDF fails
        return error("no-pdf", f"PDF files cannot be made here: {type(fault).__name__}: {fault}", hint)
    if missing:
        return error("no-typefaces", f"The typefaces for PDF files lack letters: {missing}.", hint)
    return good("pdf", f"PDF files can be made; {fonts} typefaces are there.")


def look_at_settings(office: Office | None, findings: Sequence[Finding]) -> Results:
    """Tell every finding of office.toml, and who and what it names that this machine does not have."""
    for finding in findings:
        place = f"{finding.place}: " if finding.place else ""
        level = _LEVELS.get(finding.level, note)
        yield level(finding.code, sentence(f"{place}{finding.message}"), finding.hint)
    if office is None:
        return
    if not findings:
        yield good("settings", f"{FILE_NAME} can be read and has no faults.")
    yield from _accounts(office)
    yield _way_out(office)


def _accounts(office: Office) -> Results:
    """Roles name accounts: one that does not exist can do nothing, and nobody notices until then."""
    for role in ("author", "approver", "sender"):
        for name in getattr(office.roles, role):
            try:
                pwd.getpwnam(name)
            except KeyError:
                yield warning(
                    "no-such-account",
                    f"[roles] {role} names the account «{name}», which this machine does not have.",
                    "Correct the name in office.toml, or make the account (adduser).",
                )
    approvers, authors = set(office.roles.approver), set(office.roles.author)
    if office.two_person_rule and len(approvers | authors) == 1:
        yield error(
            "nobody-to-approve",
            "Two persons are wanted for each letter, and [roles] name one account for both.",
            "Name another account in [roles] approver.",
        )


def _way_out(office: Office) -> Result:
    transport = office.transports[office.mail.transport]
    if not isinstance(transport, SmtpTransport):
        return note(
            "transport-files",
            f"Letters are written as files to {transport.folder}/; nothing is really sent.",
            "To send, describe a relay: [transports] in office.toml.",
        )
    names = (transport.user_env, transport.password_env)
    missing = [name for name in names if name and not find_secret(name, os.environ)]
    if missing:
        return error(
            "secret-missing",
            f"[transports.{transport.key}] needs {' and '.join(missing)}, not set in the environment of this command.",
            "Set it as the unit or the shell that sends does, for example: "
            "set -a; . /etc/circulars/secrets.env; set +a",
        )
    return good("transport-smtp", f"Letters are handed to {transport.host}:{transport.port} ({transport.security}).")
