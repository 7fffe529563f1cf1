"""`status`, `report`: where every party stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from office.errors import NotFoundError
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug, letter_slugs
from pipeline.lookup import issued_circular
from pipeline.sheets import COLUMNS, delegates_cell
from recipients.lists import guarded
from store import messages
from store.batches import count_addressees
from store.circulars import all_circulars, circular_of
from store.inbound import mails
from store.standings import AskCounts, RegisterRow, ask_counts, register_rows

REPORT_COLUMNS = tuple(COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a circular stands. ``state`` is draft, planned, issued or withdrawn; ``delivery`` counts messages."""

    reference: str
    slug: str
    subject: str
    state: str
    held: bool
    addressees: int
    delivery: dict[str, int]
    asks: tuple[AskCounts, ...]
    triage: int

    def as_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        shape: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        return {**shape, "asks": [ask.as_json() for ask in self.asks]}


def status(desk: Desk, ref: str) -> Status:
    """Return where one circular stands; a letter that was never planned is a draft."""
    return _status(desk, find_slug(desk, ref))


def all_statuses(desk: Desk) -> tuple[Status, ...]:
    """Return where every circular stands: those in the register, then the drafts."""
    with desk.store.read() as connection:
        known = [circular.slug for circular in all_circulars(connection)]
    return tuple(_status(desk, slug) for slug in dict.fromkeys([*known, *letter_slugs(desk)]))


def _status(desk: Desk, slug: str) -> Status:
    with desk.store.read() as connection:
        circular = circular_of(connection, slug)
        if circular is None:
            return Status(
                reference="", slug=slug, subject="", state="draft", held=False, addressees=0,
                delivery=_delivery({}), asks=(), triage=0,
            )  # fmt: skip
        return Status(
            reference=circular.reference,
            slug=slug,
            subject=circular.subject,
            state=circular.state,
            held=circular.held,
            addressees=count_addressees(connection, circular.id),
            delivery=_delivery(messages.counts(connection, circular.id, messages.Part.LETTERS)),
            asks=ask_counts(connection, circular.id),
            triage=len(mails(connection, circular_id=circular.id)),
        )


def _delivery(counts: dict[messages.State, int]) -> dict[str, int]:
    return {state.value.replace("-", "_"): counts.get(state, 0) for state in messages.State}


def unclaimed(desk: Desk) -> int:
    """Return how many mails wait in triage, of whatever circular or of none."""
    with desk.store.read() as connection:
        return len(mails(connection))


def report(desk: Desk, ref: str, kind: str) -> str:
    """Return the register as csv or json."""
    circular = issued_circular(desk, ref)
    if kind not in {"csv", "json"}:
        raise NotFoundError(f"There is no report as «{kind}» yet.", hint=did_you_mean(kind, ("csv", "json")))
    with desk.store.read() as connection:
        rows = (_cells(desk, row) for row in register_rows(connection, circular.id))
        if kind == "json":
            return _as_json(rows)
        return _as_csv(rows)


def _cells(desk: Desk, row: RegisterRow) -> Iterator[object]:
    for column in REPORT_COLUMNS:
        value = getattr(row, column)
        if isinstance(value, datetime):
            yield value.astimezone(desk.office.zone).isoformat(timespec="minutes")
        elif column == "delegates":
            yield delegates_cell(row.delegates)
        else:
            yield value


def _as_json(rows: Iterable[Iterable[object]]) -> str:
    # Row by row: 140,000 dictionaries at a time are half a gigabyte.
    buffer = io.StringIO()
    separator = "["
    for row in rows:
        shape = json.dumps(dict(zip(REPORT_COLUMNS, row, strict=True)), ensure_ascii=False, indent=2)
        buffer.write(f"{separator}\n  " + shape.replace("\n", "\n  "))
        separator = ","
    buffer.write("[]" if separator == "[" else "\n]")
    return buffer.getvalue()


def _as_csv(rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(REPORT_COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def _cell(value: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(str(value))
