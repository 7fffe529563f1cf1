"""What every verb works at: the office, its store and key, the clock, and who is at the keyboard."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from office.clock import Clock, system_clock
from office.model import Office
from office.reading import KEY_NAME, load_office
from office.tokens import Tokens, load_tokens
from store.database import Store, open_store
from store.plans import Author


@dataclass(frozen=True)
class Desk:
    """An open office."""

    office: Office
    store: Store
    clock: Clock = system_clock

    @cached_property
    def tokens(self) -> Tokens:
        """The office's signed tokens; raises NotFoundError or InputError if its key is missing or spoilt."""
        return load_tokens(self.office.folder / KEY_NAME)

    @property
    def account(self) -> str:
        """The operating system's account: what the two-person rule goes by, whatever name was given."""
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())

    @property
    def today(self) -> date:
        """The day in the office's zone."""
        return self.clock().astimezone(self.office.zone).date()

    def author(self, name: str = "") -> Author:
        """Return who is acting, under the name given or the account's."""
        return Author(account=self.account, name=name or self.account)


@contextmanager
def open_desk(folder: Path, clock: Clock = system_clock) -> Iterator[Desk]:
    """Open the office in ``folder`` for a command; raises InputError or NotFoundError if it cannot be used."""
    office = load_office(folder)
    store = open_store(office.store_url, folder)
    try:
        yield Desk(office=office, store=store, clock=clock)
    finally:
        store.close()
