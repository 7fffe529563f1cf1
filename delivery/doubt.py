"""Settling messages of which nobody knows whether they went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from delivery.journal import open_journal
from office.clock import Clock
from office.model import Office
from store.database import Store
from store.doubts import settle
from store.messages import OutboxRow, State

CHUNK = 500  # rows settled per transaction


def settle_doubt(
    store: Store,
    office: Office,
    rows: Sequence[OutboxRow],
    *,
    state: State,
    said: Mapping[int, str] | str,
    clock: Clock,
) -> int:
    """Settle rows in doubt as SENT or REFUSED, or QUEUED again; returns how many. ``said`` is why, for each or all.

    A message that is sent again keeps its Message-ID, so that a mailbox which has it after all shows it once.
    """
    settled = 0
    for circular_id, chunk in _chunks(rows):
        if state is not State.SENT:
            # The journal first: if it ends here, the rows are still in doubt.
            with open_journal(store, office, circular_id, clock) as journal:
                journal.append(stayed=chunk)
        reasons = {row.id: said if isinstance(said, str) else said[row.id] for row in chunk}
        with store.write() as connection:
            settled += settle(connection, reasons, state=state, now=clock())
    return settled


def _chunks(rows: Sequence[OutboxRow]) -> Iterator[tuple[int, list[OutboxRow]]]:
    for circular_id, group in groupby(rows, key=lambda row: row.circular_id):
        theirs = list(group)
        for start in range(0, len(theirs), CHUNK):
            yield circular_id, theirs[start : start + CHUNK]
