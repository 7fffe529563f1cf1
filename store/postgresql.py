"""What is particular to PostgreSQL: how it is reached, what text it takes, and what it says."""

from __future__ import annotations

from sqlalchemy import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from office.errors import InputError

DRIVER = "postgresql+psycopg"
NAMES = ("postgresql", "postgres", DRIVER)  # as people write the beginning of a URL
_BUSY = {"55P03", "40P01"}  # lock_not_available, deadlock_detected (PostgreSQL manual, appendix A)
_AWAY = "42P01"  # undefined_table
_UPGRADE_LOCK = 0x63697263  # an advisory lock's number is any that no other program in the same database takes


def with_driver(url: URL) -> URL:
    """Return a URL of PostgreSQL with the driver that is installed with circulars; any other one as it is."""
    return url.set(drivername=DRIVER) if url.drivername in NAMES else url


def fit_text(text: str) -> str:
    """Return a text as PostgreSQL can keep it: without NUL (manual, 8.3), for which U+FFFD stands instead.

    What the readers of mail and lists let through has none; a server's answer to a letter may have.
    """
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in text else text


def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let a new connection take any text."""
    from psycopg.types.string import StrDumperUnknown

    class FitText(StrDumperUnknown):
        def dump(self, obj: str) -> bytes:
            return fit_text(obj).encode("utf-8", "replace")  # half of a surrogate pair has no UTF-8

    connection.adapters.register_dumper(str, FitText)


def is_busy(error: DBAPIError) -> bool:
    """Tell whether a statement failed as others hold what it needs; the words are in the server's language."""
    return getattr(error.orig, "sqlstate", None) in _BUSY


def is_away(error: DBAPIError) -> bool:
    """Tell whether a statement failed as a table is not there, which there is as long as nobody puts the store back."""
    return getattr(error.orig, "sqlstate", None) == _AWAY


def begin_upgrade(connection: Connection) -> None:
    """Let one process at a time bring the schema up to date; raises InputError for a database that is not in UTF-8."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise InputError(
            f"The database is made for {encoding}, which has no letters for six languages.",
            hint="Make one for Unicode: createdb --template template0 --encoding UTF8 NAME",
        )
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
