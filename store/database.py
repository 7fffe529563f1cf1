"""Opening the store: engine, transactions, and the upgrade of an older schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from office.errors import BusyError, InputError, NotFoundError
from store import postgresql
from store.moments import PUT_BACK
from store.statements import Statement

__all__ = ["Connection", "Store", "open_store"]

SCHEMA_VERSION = "0004"  # the newest file in store/migrations/versions
LOOK_AT_DISK = "Look at the disk, and at the rights on circulars.db and its folder; then run the command again."
LOOK_AT_SERVER = (
    "Look whether the server runs and lets you in, with the password in ~/.pgpass or PGPASSWORD; its address is [store]"
    " url in office.toml. Then run the command again."
)
MOVED = "moved"  # in the place of the schema's version: the office has its store elsewhere now
LOCK_TIMEOUT = 60_000  # milliseconds that one command waits for another's transaction


class Store:
    """An open store. Reading and writing happen inside `read` and `write`, one transaction each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._sharing: Connection | None = None  # the connection of `share`, while none is open
        self._opened = self._file()

    @property
    def is_replaced(self) -> bool:
        """Whether another file was put in the place of this one since it was opened: what is written here is lost."""
        return self._file() != self._opened

    def _file(self) -> tuple[int, int] | None:
        path = self.engine.url.database if self.is_sqlite else None
        if not path or path == ":memory:":
            return None
        try:
            found = Path(path).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads: all its queries see the store at one moment."""
        with self._plain_faults("read"), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end, or rolled back whole if anything fails.

        One writes at a time: what it reads cannot change under its hands. Raises `BusyError` where the store was moved,
        or brought up to date by a newer version, since it was opened.
        """
        with self._plain_faults("written"), self.engine.connect() as connection:
            connection.begin()
            if self.is_sqlite:
                _BEGIN.scalar(connection)
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}")
                connection.exec_driver_sql("LOCK TABLE alembic_version IN EXCLUSIVE MODE")  # hinders no reader
            _check_version(connection)
            yield connection
            connection.commit()

    @contextmanager
    def share(self) -> Iterator[Connection]:
        """Open a transaction of one sender among several: it locks rows, not the store.

        Every change in it carries its condition with it. On SQLite, one writes at a time anyway.
        """
        with self._plain_faults("written"):
            # Kept for the next one: a sender has a transaction for every few messages.
            connection, self._sharing = self._sharing or self.engine.connect(), None
            try:
                connection.begin()
                if self.is_sqlite:
                    _BEGIN.scalar(connection)
                    _check_version(connection)
                else:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}")
                yield connection
                connection.commit()
            except BaseException:
                connection.close()  # which rolls back
                raise
            self._sharing = connection

    def close(self) -> None:
        """Close all connections."""
        if self._sharing is not None:
            self._sharing.close()
            self._sharing = None
        self.engine.dispose()

    @contextmanager
    def _plain_faults(self, done: str) -> Iterator[None]:
        """Say in plain words what the database says of locks, disk and damage; our own mistakes pass unchanged."""
        try:
            yield
        except OperationalError as error:
            if "locked" in str(error.orig) or postgresql.is_busy(error):
                raise BusyError(
                    "The store is busy: another command is writing to it.", hint="Try again when it has ended."
                ) from error
            hint = LOOK_AT_DISK if self.is_sqlite else LOOK_AT_SERVER
            raise InputError(f"The store cannot be {done}: {_said(error)}.", hint=hint) from error
        except DataError as error:
            raise InputError(
                f"The store does not take a value: {_said(error)}.",
                hint="Nothing was changed. Shorten what is unusually long: a name, a category, a remark.",
            ) from error
        except DatabaseError as error:
            if postgresql.is_away(error):
                raise InputError(
                    "The store lacks a table: it is being put back from a backup, or somebody has emptied it.",
                    hint="Run the command again when that has ended. Letters that were being sent are settled then.",
                ) from error
            if type(error) is not DatabaseError:  # a kind of its own is a mistake in a query
                raise
            raise InputError(f"The store is damaged: {error.orig}.", hint=PUT_BACK) from error


_BEGIN = Statement(text("BEGIN IMMEDIATE"))
_VERSION = Statement(text("SELECT version_num FROM alembic_version"))


def _check_version(connection: Connection) -> None:
    if _VERSION.scalar(connection) != SCHEMA_VERSION:
        raise BusyError(
            "The store was moved, or brought up to date by a newer version, while this command waited for it.",
            hint="Run the command again.",
        )


def is_damaged(error: BaseException | None) -> bool:
    """Tell whether SQLite finds the file itself spoilt, or none of its own (https://www.sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _said(error: DatabaseError) -> str:
    """Return what the database said, on one line."""
    return " ".join(str(error.orig).split()).rstrip(".")


def open_store(url: str, folder: Path) -> Store:
    """Open the store at ``url``, bringing its schema up to date.

    A relative SQLite path is taken from ``folder``, the office. Raises `InputError` for an address that is not
    one, `NotFoundError` where the database cannot be reached or is newer than this version.
    """
    engine = _engine(url, folder)
    try:
        with engine.connect() as connection:
            version = _schema_version(connection)
            connection.rollback()
        if version != SCHEMA_VERSION:
            _upgrade(engine, version)
    except DatabaseError as error:  # not to be reached, locked for too long, or no database at all
        engine.dispose()
        hint = "See [store] url in office.toml, the disk, and the rights on circulars.db and its folder."
        if engine.dialect.name != "sqlite":
            hint = LOOK_AT_SERVER
        elif is_damaged(error.orig):
            hint = PUT_BACK
        raise NotFoundError(f"The store cannot be opened: {_said(error)}.", hint=hint) from error
    except (InputError, NotFoundError):
        engine.dispose()
        raise
    return Store(engine)


def _engine(url: str, folder: Path) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            file = folder / parsed.database
            parsed = parsed.set(database=str(file))
            with suppress(OSError):  # connecting says what is wrong
                file.touch()  # by the umask, so that a group can share it; SQLite itself would let nobody else write
        engine = create_engine(
            postgresql.with_driver(parsed), hide_parameters=True
        )  # they are people's names and mailboxes
    except ModuleNotFoundError as error:
        raise InputError(
            f"[store] url in office.toml needs the Python package {error.name}, which is not installed.",
            hint="For PostgreSQL: pip install 'circulars[postgresql]', in the environment of circulars.",
        ) from error
    except (ArgumentError, ImportError, ValueError) as error:
        raise InputError(
            f"[store] url in office.toml cannot be used: {error}", hint='For SQLite: url = "sqlite:///circulars.db".'
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "connect", postgresql.prepare)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # Transactions are begun by hand (`Store.write`): the driver's own guessing would take the lock too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {LOCK_TIMEOUT}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an intent that a power cut forgets would send twice
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _schema_version(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _upgrade(engine: Engine, version: str) -> None:
    # Imported here: Alembic costs more than many a command, and is needed once in a store's life.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if version == MOVED:
        raise NotFoundError(
            "This store was moved: the office has another one now.",
            hint="Name that one in office.toml, [store] url; it holds everything that happened since.",
        )
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version and version not in known:
        raise NotFoundError(
            f"The store has the schema {version}, which this version of circulars does not know.",
            hint="Install the version that wrote it, or a newer one.",
        )
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            postgresql.begin_upgrade(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
