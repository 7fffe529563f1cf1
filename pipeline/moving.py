"""`store move`: the office goes on with another database, which holds everything that the one before held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from delivery.lease import sending_lease, ticking_lease
from office.errors import BusyError, InputError, RefusedError
from office.reading import FILE_NAME
from office.store_url import ELSEWHERE, holds_password, same_store, with_store_url, write_store_url
from pipeline.desk import Desk
from store.database import Connection, open_store
from store.moving import Content, copy_store, living_sender, mark_moved
from store.senders import bury


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved: from where, to where, and what each table holds there."""

    before: str
    url: str
    tables: tuple[Content, ...]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(content.rows for content in self.tables)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `store move --json` prints."""
        return {"before": self.before, "url": self.url, "tables": [asdict(content) for content in self.tables]}


def move_store(desk: Desk, url: str, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Moved:
    """Copy the store into the empty database at ``url``, check that all is there, and name it in office.toml.

    Interrupted, it leaves the office as it was, and the database empty or complete; the same command then goes on.
    Commands that waited for the old store meanwhile, or open it later, are told that it was moved. Raises BusyError
    while somebody sends, RefusedError or InputError where the database cannot take it.
    """
    before = desk.office.store_url
    if holds_password(url):
        raise InputError("The address of the store holds a password; office.toml is no place for it.", hint=ELSEWHERE)
    if same_store(url, before, desk.office.folder):
        raise RefusedError("That is the store that the office has already.", hint="Name another, empty database.")
    file = desk.office.folder / FILE_NAME
    with_store_url(file.read_text("utf-8-sig"), url)  # that it can be changed is known before anything is copied
    target = open_store(url, desk.office.folder)
    try:
        with ticking_lease(desk.office.folder, desk.clock), _nobody_sends(desk) as source:
            tables = copy_store(source, target, progress)
            write_store_url(file, url)
            mark_moved(source)
    finally:
        target.close()
    return Moved(before=before, url=url, tables=tuple(tables))


@contextmanager
def _nobody_sends(desk: Desk) -> Iterator[Connection]:
    """Let nobody else write to the store, nor begin to send from it."""
    with sending_lease(desk.office.folder, desk.clock), desk.store.write() as connection:
        bury(connection, desk.clock(), alone=desk.store.is_sqlite)
        if sender := living_sender(connection):
            raise BusyError(
                f"Somebody is sending: {sender}.", hint="Wait until that has ended, or stop it there with Ctrl-C."
            )
        yield connection
