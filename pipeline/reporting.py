"""`report`: the register as a file, in the kind that is wanted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from locales.locale import office_locale
from office.errors import NotFoundError, RefusedError
from office.suggestions import did_you_mean
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.report_calendar import DueDay, write_calendar
from pipeline.report_chart import Curve, draw_chart
from pipeline.report_workbook import write_workbook
from pipeline.sheets import COLUMNS, delegates_cell
from recipients.rows import guarded
from store.batches import first_issued_at
from store.circulars import Circular, all_circulars
from store.database import Connection
from store.deadlines import FOR_ALL, own_extensions, times_moved
from store.owing import settled_asks
from store.register import CHANNELS, STATES
from store.standings import AskCounts, RegisterRow, ask_counts, everybody_has_a_country, register_rows
from store.timeline import reply_moments

KINDS = ("csv", "xlsx", "json", "ics", "svg", "history")
BINARY_KINDS = frozenset({"xlsx"})


def report(desk: Desk, ref: str, kind: str, *, language: str = "") -> bytes:
    """Return the register of a circular as a file; a calendar is of all circulars where ``ref`` is empty.

    ``language`` is that of ``history``, the office's default if empty. Texts are UTF-8; a CSV begins with a byte
    order mark, for spreadsheets otherwise take UTF-8 for something else. Raises NotFoundError or RefusedError.
    """
    if kind not in KINDS:
        raise NotFoundError(
            f"There is no report as «{kind}».", hint=did_you_mean(kind, KINDS) or f"One of: {', '.join(KINDS)}."
        )
    if kind == "ics":
        return _calendar(desk, ref).encode()
    if not ref:
        raise RefusedError("Only a calendar can be of all letters.", hint=f"Name one: circulars report REF --as {kind}")
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        if kind == "history":
            lines = history_lines(desk, connection, circular, ask_counts(connection, circular.id), language)
            return "".join(f"{line}\n" for line in lines).encode()
        return _WRITERS[kind](desk, connection, circular)


def history_lines(
    desk: Desk, connection: Connection, circular: Circular, counts: Iterable[AskCounts], language: str = ""
) -> tuple[str, ...]:
    """Return a sentence for the next letter on each ask whose deadline has passed: how many had replied in time."""
    languages = desk.office.languages
    if language and language not in languages:
        raise NotFoundError(
            f"The office has no language «{language}».",
            hint=f"It has: {', '.join(languages)} ([office.toml] languages).",
        )
    locale = office_locale(desk.office, language or desk.office.default_language)
    noun = "administrations" if everybody_has_a_country(connection, circular.id) else "addressees"
    past = [ask for ask in counts if _is_past(ask, desk.clock())]
    several = len(past) > 1
    lines = []
    for ask in past:
        share = locale.number(round(100 * ask.in_time / ask.parties))
        line = locale.counted("history", noun, ask.in_time, {"share": share})
        lines.append(f"{ask.id}{locale.colon} {line}" if several else line)
    return tuple(lines)


def _is_past(ask: AskCounts, now: datetime) -> bool:
    return bool(ask.expected and ask.parties and ask.due is not None and not ask.provisional and ask.due <= now)


def _workbook(desk: Desk, connection: Connection, circular: Circular) -> bytes:
    rows = (_cells(row) for row in register_rows(connection, circular.id))
    choices = {"state": STATES, "by": CHANNELS}
    return write_workbook(
        tuple(COLUMNS), rows, choices=choices, explained=tuple(COLUMNS.items()), zone=desk.office.zone
    )


def _json(desk: Desk, connection: Connection, circular: Circular) -> bytes:
    # Row by row: 140,000 dictionaries at a time are half a gigabyte.
    buffer = io.StringIO()
    separator = "["
    for row in register_rows(connection, circular.id):
        shape = dict(zip(COLUMNS, _in_zone(desk, _cells(row)), strict=True))
        written = json.dumps(shape, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        buffer.write(f"{separator}\n  {written}")
        separator = ","
    buffer.write("[]" if separator == "[" else "\n]")
    return buffer.getvalue().encode()


def _csv(desk: Desk, connection: Connection, circular: Circular) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in register_rows(connection, circular.id):
        writer.writerow([_text(value) for value in _in_zone(desk, _cells(row))])
    return buffer.getvalue().encode("utf-8-sig")


def _svg(desk: Desk, connection: Connection, circular: Circular) -> bytes:
    moments = reply_moments(connection, circular.id)
    curves = [
        Curve(ask=ask.id, parties=ask.parties, due=ask.due, moments=moments.get(ask.id, ()))
        for ask in ask_counts(connection, circular.id)
        if ask.expected
    ]
    subject = " ".join(circular.subject.split())
    issued_at = first_issued_at(connection, circular.id)
    return draw_chart(
        f"{circular.reference}  {subject}", curves, issued_at=issued_at, until=desk.clock(), zone=desk.office.zone
    ).encode()


_WRITERS: dict[str, Callable[[Desk, Connection, Circular], bytes]] = {
    "csv": _csv, "xlsx": _workbook, "json": _json, "svg": _svg,
}  # fmt: skip


def _cells(row: RegisterRow) -> Iterator[object]:
    for column in COLUMNS:
        yield delegates_cell(row.delegates) if column == "delegates" else getattr(row, column)


def _in_zone(desk: Desk, values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, datetime):
            yield value.astimezone(desk.office.zone).isoformat(timespec="minutes")
        else:
            yield value


def _text(value: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(str(value))


def _calendar(desk: Desk, ref: str) -> str:
    with desk.store.read() as connection:
        issued = [issued_circular(desk, ref)] if ref else all_circulars(connection)
        days = [day for circular in issued if circular.state == "issued" for day in _due_days(connection, circular)]
    return write_calendar(days, domain=desk.office.mail.domain, now=desk.clock(), zone=desk.office.zone)


def _due_days(connection: Connection, circular: Circular) -> Iterator[DueDay]:
    moved = times_moved(connection, circular.id)
    counts = {ask.id: ask for ask in ask_counts(connection, circular.id)}
    subject = " ".join(circular.subject.split())
    for ask in counts.values():
        if ask.due is not None:
            yield DueDay(
                reference=circular.reference, subject=subject, ask=ask.id, due=ask.due, parties=ask.parties,
                open=ask.silent + ask.acknowledged, provisional=ask.provisional, moves=moved.get((ask.id, FOR_ALL), 0),
            )  # fmt: skip
    settled = settled_asks(connection, circular.id)
    for own in own_extensions(connection, circular.id):
        over = not own.decides or (own.party, own.ask) in settled
        moves = sum(moved.get((own.ask, whose), 0) for whose in (FOR_ALL, own.party))
        yield DueDay(
            reference=circular.reference, subject=subject, ask=own.ask, due=own.due_at, party=own.party,
            open=0 if over else 1, parties=1, moves=moves,
        )  # fmt: skip
