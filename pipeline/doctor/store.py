"""The store: whole, of the right version, on a database that keeps what it was told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from office.errors import CircularsError
from office.mailboxes import is_local
from office.model import Office
from pipeline.doctor.results import Result, Results, Visit, error, good, note, of_error, skipped, warning
from store.database import MOVED, SCHEMA_VERSION
from store.health import FileHealth, ServerHealth, file_health, holds_wal, server_health, store_file
from store.moments import PUT_BACK

_ASTRAY = timedelta(seconds=5)  # of clocks; leases and limits are told by them


def look_at_store(office: Office, visit: Visit) -> Results:
    """Look at SQLite's file, or at the PostgreSQL server."""
    path = store_file(office.store_url, office.folder)
    if path is not None:
        yield from _file(file_health(path, seconds=visit.limit / 2), office)
        yield _wal(path, office)
        return
    if visit.offline:
        yield skipped("store-offline", "The store on the server was not looked at, as --offline was given.")
        return
    yield from _server(server_health(office.store_url, clock=visit.clock, seconds=visit.seconds), office)


def _file(found: FileHealth, office: Office) -> Results:
    if not found.exists:
        yield _lost(office) or note("no-store", f"{found.path.name} is not there yet; the next command makes it.")
        return
    if found.problems is None:
        yield skipped(
            "integrity",
            "The store is large: the time did not suffice to check it whole.",
            f"Check it by hand: sqlite3 {found.path} 'PRAGMA integrity_check'",
        )
    elif found.problems:
        yield error("damaged", f"The store is damaged: {'; '.join(found.problems)}.", PUT_BACK)
        if not found.schema:
            return
    else:
        yield good("integrity", f"{found.path.name} is whole ({found.size / 1e6:,.1f} MB).")
    yield _schema(found.schema, office)
    if found.schema and found.journal_mode != "wal":
        yield note(
            "log-off",
            f"The store does not keep a write-ahead log (its journal mode is «{found.journal_mode}»).",
            "The next command sets it: a copy that was put back is like that.",
        )


def _wal(path: Path, office: Office) -> Result:
    try:
        possible = holds_wal(path.parent)
    except CircularsError as fault:
        return of_error("no-wal", fault)
    if possible and path.parent != office.folder:
        return note("store-elsewhere", f"The store lies outside the office folder: {path}.", "Keep it on a local disk.")
    if possible:
        return good("wal", "SQLite can keep its write-ahead log in the office folder.")
    return error(
        "no-wal",
        "SQLite cannot keep its write-ahead log beside the store.",
        "Move the office to a local disk: network file systems have not the locks that it needs.",
    )


def _schema(version: str, office: Office) -> Result:
    if not version:
        return _lost(office) or note("no-schema", "The store is empty; the next command makes it.")
    if version == SCHEMA_VERSION:
        return good("schema", f"The store has the schema {version}, as this version of circulars wants it.")
    if version == MOVED:
        return error(
            "moved",
            "This store was moved: the office has another one now.",
            "Name that one in office.toml, [store] url; it holds everything that happened since.",
        )
    if version < SCHEMA_VERSION:
        return note(
            "schema-older",
            f"The store has the schema {version}; the next command brings it to {SCHEMA_VERSION}.",
            "Make a backup first: circulars backup FILE. There is no way back but that backup.",
        )
    return error(
        "schema-newer",
        f"The store has the schema {version}, newer than this version of circulars knows ({SCHEMA_VERSION}).",
        "Install the version that wrote it, or a newer one.",
    )


def _lost(office: Office) -> Result | None:
    """Return what is wrong if the office has sent letters, but [store] url leads to no store, or to an empty one."""
    if not any((office.folder / "journal").glob("sent-*.log")):
        return None
    return error(
        "store-lost",
        "Letters were sent from this office, but its store is not there: the next command would make an empty one.",
        "Put back the last backup of it, or correct [store] url in office.toml (docs/it-officer.md, Restore).",
    )


def _server(found: ServerHealth, office: Office) -> Results:
    yield good("reachable", f"PostgreSQL {found.version} answers.")
    yield _schema(found.schema, office)
    if found.encoding != "UTF8":
        yield error(
            "encoding",
            f"The database keeps text as {found.encoding}: letters in six languages need UTF8.",
            "Make one that does: createdb --encoding=UTF8 --template=template0 NAME; then move the office there.",
        )
    if found.replica:
        yield error("replica", "The server is a replica that only reads.", "Name the primary in [store] url.")
    if found.unsafe:
        yield error(
            "forgetful",
            f"The server forgets what was committed when the power fails ({', '.join(found.unsafe)}): letters could "
            "go twice.",
            "Set it to on: ALTER DATABASE … SET synchronous_commit = on; fsync stands in postgresql.conf.",
        )
    if found.host and not found.host.startswith("/") and not is_local(found.host) and not found.encrypted:
        yield warning(
            "not-encrypted",
            f"What the register holds travels to {found.host} in the clear.",
            "Add ?sslmode=verify-full to [store] url, and let the server speak TLS.",
        )
    seconds = abs(found.ahead).total_seconds()
    if abs(found.ahead) > _ASTRAY:
        yield warning(
            "clocks",
            f"The clocks of the database server and of this machine differ by {seconds:.0f} seconds.",
            "Let both follow a time server (chrony, systemd-timesyncd): leases and limits go by them.",
        )
    else:
        yield good("clocks", "The clocks of the server and of this machine agree.")
