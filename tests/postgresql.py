"""A PostgreSQL server of Debian's packages for the tests, and its databases in the place of SQLite's files."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"  # the server refuses to run as root
ROLE = "circulars"
SQLITE_URL = "sqlite:///circulars.db"
MARK = ".database"  # a file in an office's folder: its database, and the folder that it was made for
ENVIRONMENT = "CIRCULARS_TESTS_POSTGRESQL"  # the server's socket folder, for the tests' child processes
# A test's database need not survive the machine; what a client may lose when it is killed is the same either way.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "Asia/Kathmandu",  # nothing may hang on the server's zone
}


class Server:
    """A running server, reached through its socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._template = ""

    def url(self, database: str) -> str:
        """Return what office.toml would say."""
        return f"postgresql://{ROLE}@/{database}?host={self.folder}"

    def create(self, template: str = "") -> str:
        """Make a database, an empty store or a copy of another one; returns its name."""
        name = f"office_{os.getpid()}_{next(self._numbers)}"
        self._command(f'CREATE DATABASE {name} TEMPLATE "{template or self._empty_store()}" STRATEGY FILE_COPY')
        return name

    def create_empty(self, options: str = "") -> str:
        """Make a database without any table; returns its name."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        self._command(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return name

    def drop(self, database: str) -> None:
        self._command(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _empty_store(self) -> str:
        from store.database import open_store

        if not self._template:
            self._template = self.create_empty()
            open_store(self.url(self._template), self.folder).close()
        return self._template

    def _command(self, words: str) -> None:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(words))
        engine.dispose()


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server of its own until the end of the block."""
    account = pwd.getpwnam(ACCOUNT) if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the name of a socket has 107 bytes at most
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    user = account.pw_uid if account else None

    def run(program: str, *arguments: str) -> None:
        command = [str(PROGRAMS / program), *arguments]
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)

    data = str(folder / "data")
    options = " ".join(f"-c {name}={value}" for name, value in (SETTINGS | {"unix_socket_directories": folder}).items())
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        folder.chmod(0o755)
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Gives each office that would have a SQLite file a database, and a copied office a copy when it is opened."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._made: dict[Path, str] = {}
        self._engines: list[Engine] = []

    def engine(self, open_engine: Callable[[str, Path], Engine], url: str, folder: Path) -> Engine:
        """Open an office's store; `close_all` will close it if nobody else does."""
        engine = open_engine(self.url(url, folder), folder)
        self._engines.append(engine)
        return engine

    def close_all(self) -> None:
        """Close the connections that tests left open."""
        while self._engines:
            self._engines.pop().dispose()

    def url(self, url: str, folder: Path) -> str:
        """Return the URL of an office's database for that of its SQLite file; other URLs stay as they are."""
        if url != SQLITE_URL or not folder.is_dir():
            return url
        mark, here = folder / MARK, str(folder.resolve())
        name, _, made_for = mark.read_text("utf-8").partition("\n") if mark.exists() else ("", "", "")
        if made_for != here:
            for engine in self._engines:  # a database is copied while nobody is connected to it
                engine.dispose()
            name = self.server.create(template=name)
            mark.write_text(f"{name}\n{here}", "utf-8")
            self._made[folder.resolve()] = name
        return self.server.url(name)

    def drop_within(self, folder: Path) -> None:
        """Forget the databases of the offices in a folder."""
        for place in [place for place in self._made if place.is_relative_to(folder.resolve())]:
            self.server.drop(self._made.pop(place))


@contextmanager
def offices_in(databases: Databases) -> Iterator[None]:
    """Open the stores of offices in PostgreSQL, here and in the tests' own child processes."""
    from store import database

    opened = database._engine
    os.environ[ENVIRONMENT] = str(databases.server.folder)
    database._engine = partial(databases.engine, opened)
    try:
        yield
    finally:
        database._engine = opened
        del os.environ[ENVIRONMENT]


_IN_CHILD = ExitStack()  # kept, or it would end at once


def follow_parent() -> None:
    """In a child process of a test: open offices where the test does, until the process ends."""
    if ENVIRONMENT in os.environ:
        _IN_CHILD.enter_context(offices_in(Databases(Server(Path(os.environ[ENVIRONMENT])))))
