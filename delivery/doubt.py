"""Settling messages of which nobody knows whether they went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from delivery.journal import Journal
from office.clock import Clock
from store.database import Store
from store.messages import OutboxRow
from store.outbox import settle

CHUNK = 500  # rows settled per transaction


def settle_doubt(
    store: Store, office_folder: Path, rows: Sequence[OutboxRow], *, sent: bool, by: str, clock: Clock
) -> int:
    """Settle rows in doubt, as a person decided: they arrived, or they are to be sent again; returns how many.

    A message that is sent again keeps its Message-ID, so that a mailbox which has it after all shows it once.
    """
    settled = 0
    for circular_id, chunk in _chunks(rows):
        if not sent:
            # The journal first: if it ends here, the rows are still in doubt.
            with Journal(office_folder, circular_id) as journal:
                journal.append(stayed=[(row.id, row.message_id) for row in chunk])
        with store.write() as connection:
            settled += settle(connection, [row.id for row in chunk], sent=sent, by=by, now=clock())
    return settled


def _chunks(rows: Sequence[OutboxRow]) -> Iterator[tuple[int, list[OutboxRow]]]:
    for circular_id, group in groupby(rows, key=lambda row: row.circular_id):
        theirs = list(group)
        for start in range(0, len(theirs), CHUNK):
            yield circular_id, theirs[start : start + CHUNK]
