"""Which numbers of addressees and messages were ever given, kept outside the store.

Tokens, Message-IDs and the send journal lean on these numbers. A store put back from a backup would hand out the same
ones again, perhaps to others: a reply to the letter of then would be filed under somebody else. The file grows by a
line with each batch and each run of reminders, written before the store's transaction is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from delivery.journal_lines import FOLDER, highest_number
from office.files import sync_folder
from store.batches import next_ids
from store.database import Connection

NAME = "numbers.log"
_LINE = re.compile(rb"addressee (\d{1,10}) message (\d{1,10})\n")
_MOST = 2_000_000_000  # what the store can count to; more is damage


def fresh_numbers(connection: Connection, office_folder: Path) -> tuple[int, int]:
    """Return the next addressee's and the next message's number: those of the store, unless higher ones were given."""
    addressee, message = next_ids(connection)
    highest_addressee, highest_message = _given(office_folder)
    return max(addressee, highest_addressee + 1), max(message, highest_message + 1)


def note_numbers(office_folder: Path, *, addressee: int, message: int) -> None:
    """Note the highest numbers given, durably; to be done before the transaction in which they are ends."""
    path = office_folder / FOLDER / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        # Begins a line of its own: a power cut may have left half of one.
        os.write(descriptor, f"\naddressee {addressee} message {message}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _given(office_folder: Path) -> tuple[int, int]:
    path = office_folder / FOLDER / NAME
    if not path.is_file():  # an office of an older version
        return 0, min(highest_number(office_folder), _MOST)
    addressee = message = 0
    for found in _LINE.finditer(path.read_bytes()):
        numbers = int(found[1]), int(found[2])
        if max(numbers) <= _MOST:
            addressee, message = max(addressee, numbers[0]), max(message, numbers[1])
    return addressee, message
