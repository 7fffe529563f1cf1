"""How a store is, without opening it as commands do: nothing is made, upgraded or changed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from office.clock import Clock
from office.errors import InputError, NotFoundError
from store.database import LOOK_AT_DISK, LOOK_AT_SERVER, is_damaged
from store.postgresql import with_driver
from store.schema import senders

_CHECKED_EVERY = 10_000  # steps of SQLite's machine between looks at the time
_SHOWN = 5  # problems


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHealth:
    """A store in a file. ``problems`` is what SQLite finds wrong; None if the time did not suffice to look.

    ``schema`` is empty where no store has been made yet, or where it cannot be read for what is wrong; ``journal_mode``
    is «wal» as it ought to be.
    """

    path: Path
    exists: bool
    size: int = 0
    schema: str = ""
    journal_mode: str = ""
    problems: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """A store on a PostgreSQL server. ``ahead`` is by how much its clock is ahead of this machine's.

    ``unsafe`` names settings under which a power cut forgets what was committed; ``replica`` a server that only reads.
    """

    version: str
    host: str
    schema: str
    encoding: str
    ahead: timedelta
    unsafe: tuple[str, ...]
    replica: bool
    encrypted: bool


def store_file(url: str, folder: Path) -> Path | None:
    """Return the file of a store, None for one on a server; raises `InputError` for what is no address."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return folder / (parsed.database or "")


def file_health(path: Path, *, seconds: float) -> FileHealth:
    """Look at a store in a file, its integrity for at most ``seconds``; raises `InputError` if it cannot be read."""
    if not path.exists():
        return FileHealth(path=path, exists=False)
    with _plain_faults(), closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)) as database:
        return _file_health(database, path, seconds)


def _file_health(database: sqlite3.Connection, path: Path, seconds: float) -> FileHealth:
    size = path.stat().st_size
    try:
        database.execute("PRAGMA query_only = ON")
        mode = str(database.execute("PRAGMA journal_mode").fetchone()[0])
        known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        version = database.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
        schema = str(version[0]) if version else ""
        problems = _problems(database, seconds)
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        return FileHealth(path=path, exists=True, size=size, problems=(str(error),))
    return FileHealth(path=path, exists=True, size=size, schema=schema, journal_mode=mode, problems=problems)


def _problems(database: sqlite3.Connection, seconds: float) -> tuple[str, ...] | None:
    """Ask for structure and rows that do not fit (https://www.sqlite.org/pragma.html#pragma_quick_check)."""
    end = time.monotonic() + seconds
    database.set_progress_handler(lambda: time.monotonic() > end, _CHECKED_EVERY)
    try:
        found = [str(row[0]) for row in database.execute(f"PRAGMA quick_check({_SHOWN})")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    return () if found == ["ok"] else tuple(found)


def holds_wal(folder: Path) -> bool:
    """Tell whether SQLite can keep a write-ahead log in a folder: it needs locks and memory shared among processes.

    A small database is made there and removed again. Raises `InputError` if not even that works.
    """
    probe = folder / f".doctor-{time.monotonic_ns()}.db"
    try:
        with _plain_faults(), closing(sqlite3.connect(probe, timeout=5)) as database:
            mode = database.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            database.execute("CREATE TABLE probe (number INTEGER)")
            database.execute("INSERT INTO probe VALUES (1)")
            database.commit()
        return bool(mode == "wal")
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            probe.with_name(probe.name + suffix).unlink(missing_ok=True)


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise InputError(f"The store cannot be read: {error}.", hint=LOOK_AT_DISK) from error


def server_health(url: str, *, clock: Clock, seconds: float) -> ServerHealth:
    """Look at a store on a server; raises `InputError` for the address, `NotFoundError` if it cannot be reached."""
    parsed = with_driver(_parsed(url))
    engine = None
    try:
        engine = create_engine(parsed, hide_parameters=True, connect_args={"connect_timeout": max(2, round(seconds))})
        with engine.connect() as connection:
            return _server_health(connection, parsed, clock)
    except (ArgumentError, NoSuchModuleError, ImportError, TypeError) as error:
        raise InputError(
            f"[store] url in office.toml cannot be used: {error}.",
            hint="For PostgreSQL: pip install 'circulars[postgresql]', in the environment of circulars.",
        ) from error
    except DatabaseError as error:
        raise NotFoundError(
            f"The store cannot be opened: {' '.join(str(error.orig).split())}.",
            hint=LOOK_AT_SERVER,
        ) from error
    finally:
        if engine is not None:
            engine.dispose()


def _server_health(connection: Connection, url: URL, clock: Clock) -> ServerHealth:
    def ask(query: str) -> str:
        return str(connection.execute(text(query)).scalar() or "")

    before = clock()
    there = connection.execute(text("SELECT clock_timestamp()")).scalar()
    ahead = there - (before + (clock() - before) / 2) if isinstance(there, datetime) else timedelta(0)
    has_schema = ask("SELECT to_regclass('alembic_version')")
    settings = {name: ask(f"SELECT current_setting('{name}')") for name in ("fsync", "synchronous_commit")}
    return ServerHealth(
        version=ask("SHOW server_version"),
        host=url.host or "",
        schema=ask("SELECT version_num FROM alembic_version") if has_schema else "",
        encoding=ask("SHOW server_encoding"),
        ahead=ahead,
        unsafe=tuple(f"{name} = {value}" for name, value in settings.items() if value == "off"),
        replica=ask("SELECT pg_is_in_recovery()") == "True",
        encrypted=ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "True",
    )


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InputError(
            "[store] url in office.toml is not the address of a store.",
            hint='For SQLite: url = "sqlite:///circulars.db".',
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSeen:
    """A process that began to send and has not ended, as far as the store knows."""

    account: str
    host: str
    process: int
    started_at: datetime
    seen_at: datetime


def unended_senders(connection: Connection) -> tuple[SenderSeen, ...]:
    """Return the senders of which the store does not know that they have ended, the oldest first."""
    columns = senders.c
    query = select(columns.account, columns.host, columns.process, columns.started_at, columns.seen_at)
    found = connection.execute(query.where(columns.ended_at.is_(None)).order_by(columns.started_at))
    return tuple(SenderSeen(**row._mapping) for row in found)
