"""Copying a whole store into an empty one, of either kind of database, and proving that all has come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Table, func, insert, select, text
from sqlalchemy.exc import DataError

from office.errors import CircularsError, InputError, RefusedError
from store.database import MOVED, Store
from store.postgresql import fit_text
from store.schema import inbound, metadata, senders

CHUNK = 1000  # rows in memory
FEW = 10  # of mails, which may have megabytes each
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a table holds: how many rows, and a checksum of them that does not hang on their order."""

    table: str
    rows: int
    checksum: str


def copy_store(source: Connection, target: Store, progress: Progress = lambda _done, _total: None) -> list[Content]:
    """Copy everything, in one transaction of ``target``; returns what it holds now, read back and compared.

    ``source`` is inside `Store.write`, so that nothing changes meanwhile. ``progress`` hears of rows done and of all.
    A target that holds the very same already is left as it is: somebody was interrupted right after copying.
    Raises RefusedError if it holds anything else, InputError for what the other kind of database does not take.
    """
    total = sum(_count(source, table) for table in metadata.sorted_tables)
    with target.write() as into:
        if any(_count(into, table) for table in metadata.sorted_tables):
            return _same_already(source, into)
        done, contents = 0, []
        for table in metadata.sorted_tables:  # those that others refer to come first
            copied = _Sum()
            for rows in _chunks(source, table):
                _enter(into, table, [copied.add(row) for row in rows])
                done += len(rows)
                progress(done, total)
            _go_on_counting(into, table)
            contents.append(copied.content(table))
        _require_equal(contents, contents_of(into))
        return contents


def contents_of(connection: Connection) -> list[Content]:
    """Read all tables, and say what they hold."""
    found = []
    for table in metadata.sorted_tables:
        read = _Sum()
        for rows in _chunks(connection, table):
            for row in rows:
                read.add(row)
        found.append(read.content(table))
    return found


def mark_moved(connection: Connection) -> None:
    """Let no command write to this store any more, nor open it: the office has another one."""
    connection.execute(text("UPDATE alembic_version SET version_num = :moved"), {"moved": MOVED})


def living_sender(connection: Connection) -> str:
    """Say who is sending from the store, after `store.senders.bury`; empty if nobody is."""
    query = select(senders).where(senders.c.ended_at.is_(None)).order_by(senders.c.started_at).limit(1)
    found = connection.execute(query).one_or_none()
    return f"{found.account} on {found.host}, process {found.process}" if found else ""


class _Sum:
    """Adds up the hashes of rows."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, row: Row[Any]) -> dict[str, Any]:
        values = {name: fit_text(value) if isinstance(value, str) else value for name, value in row._mapping.items()}
        plain = [
            value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in values.values()
        ]
        self._rows += 1
        self._sum += int.from_bytes(hashlib.sha256(repr(plain).encode("utf-8", "surrogatepass")).digest())
        return values

    def content(self, table: Table) -> Content:
        return Content(table=table.name, rows=self._rows, checksum=f"{self._sum % 2**256:064x}")


def _chunks(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=FEW if table is inbound else CHUNK)
    with connection.execute(query) as found:
        yield from found.partitions()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _enter(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(table), rows)
    except DataError as error:
        raise InputError(
            f"The new store does not take a value of the table {table.name}: {str(error.orig).strip()}",
            hint="Nothing was moved. Tell the developers; the office goes on as it is.",
        ) from error


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that brought their numbers with them; SQLite does so by itself."""
    keys = list(table.primary_key)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    sequence = func.pg_get_serial_sequence(table.name, keys[0].name)
    last = select(func.max(keys[0])).scalar_subquery()
    connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _same_already(source: Connection, into: Connection) -> list[Content]:
    found = contents_of(into)
    if found != contents_of(source):
        raise RefusedError(
            "The new store is not empty: it holds another office, or an older copy of this one.",
            hint="Name an empty database; for PostgreSQL: createdb --template template0 --encoding UTF8 NAME",
        )
    return found


def _require_equal(copied: list[Content], found: list[Content]) -> None:
    for before, after in zip(copied, found, strict=True):
        if before != after:
            raise CircularsError(
                f"The table {before.table} is not the same after copying: {before.rows:,} rows became {after.rows:,}.",
                hint="Nothing was moved. Tell the developers; the office goes on as it is.",
            )
