"""`answer --import`: an edited report read back into the register, for answers on somebody else's web form.

Each row is compared with the register as it was when the report was made (its column `entry` tells) and as it is now.
What nobody edited, and what the register says already, changes nothing. What was edited while the register moved on is
a conflict: told, and left as it is. One fault and nothing at all is recorded: with half a file in the register, nobody
would know which half, while a corrected file can be read again at no risk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote

from locales.states import find_state
from office.errors import InputError, NotFoundError
from office.findings import Finding, Level, has_errors
from office.suggestions import did_you_mean
from pipeline.answering import day_before_letter, letter_date, moment_of
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.sheets import NOTHING_YET, SheetRow, delegates_cell, parse_delegates, read_sheet
from recipients.delimited import shown_path
from store import register
from store.circulars import Circular, asks_of
from store.database import Connection
from store.delegates import Delegate, delegates_of
from store.imports import add_import, first_import
from store.parties import countries_of_parties
from store.register import AnswerRow

SETTLED = (*register.ANSWERED, "excused")
WAY = "web"  # how an answer came that a row does not say otherwise
MOST_COMPARED = 2000  # parties among which a misspelt one is looked for
_COMPARED = 32_000  # characters of a note: a spreadsheet keeps no more in a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What reading back a report did. ``findings`` are the conflicts, and columns that were not there.

    ``earlier`` is when this very file was read for the first time, if it was before.
    """

    recorded: tuple[tuple[str, str, str], ...]  # party, ask, state
    unchanged: int
    conflicts: int
    findings: tuple[Finding, ...]
    earlier: datetime | None

    def as_json(self) -> dict[str, object]:
        """Return the shape that `answer --import --json` prints."""
        return {
            "recorded": [dict(zip(("party", "ask", "state"), one, strict=True)) for one in self.recorded],
            "unchanged": self.unchanged,
            "conflicts": self.conflicts,
            "findings": [finding.as_json() for finding in self.findings],
            "earlier": self.earlier,
        }


def import_answers(desk: Desk, ref: str, path: Path) -> Imported:
    """Read an edited report back; raises InputError, with every fault, and then records nothing."""
    circular = issued_circular(desk, ref)
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint=f"Make one: circulars report {ref} --as xlsx")
    rows, remarks = read_sheet(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with desk.store.write() as connection:
        comparison = _Comparison(desk, connection, circular, shown_path(path))
        for row in rows:
            comparison.take(row)
        findings = (*remarks, *comparison.findings)
        if has_errors(findings):
            raise InputError(
                f"{path.name} has faults: nothing of it was recorded.",
                hint="Correct the rows named, and read the file again.",
                findings=findings,
            )
        earlier = first_import(connection, circular.id, sha256)
        recorded = tuple(_record(desk, connection, circular, change) for change in comparison.changes.values())
        add_import(
            connection, circular.id, file=path.name, sha256=sha256, changed=len(recorded), at=desk.clock(),
            by=desk.account,
        )  # fmt: skip
    return Imported(
        recorded=recorded,
        unchanged=comparison.unchanged,
        conflicts=comparison.conflicts,
        findings=findings,
        earlier=earlier,
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """An answer to be recorded: the row, whose it is, and what was recorded before."""

    row: SheetRow
    party: str
    ask: str
    before: AnswerRow | None
    named_before: tuple[Delegate, ...]


class _Comparison:
    """Compares rows with the register, then and now."""

    def __init__(self, desk: Desk, connection: Connection, circular: Circular, file: str) -> None:
        self._desk = desk
        self._circular = circular
        self._file = file
        self._letter_date = letter_date(desk, circular)
        self._parties = _Parties(countries_of_parties(connection, circular.id))
        self._asks = {terms.ask.casefold(): terms.ask for terms in asks_of(connection, circular.id)}
        self._entries = {answer.id: answer for answer in register.all_answers(connection, circular.id)}
        self._latest = {(answer.party, answer.ask): answer for answer in self._entries.values()}
        self._named = delegates_of(connection, circular.id)
        self._seen: dict[tuple[str, str], SheetRow] = {}
        self.changes: dict[tuple[str, str], _Change] = {}
        self.findings: list[Finding] = []
        self.unchanged = self.conflicts = 0

    def take(self, row: SheetRow) -> None:
        """Sort a row: a fault, unchanged, a conflict, or an answer to be recorded."""
        party, ask = self._parties.find(row.party), self._asks.get(row.ask.casefold(), "")
        if not party:
            hint = self._parties.suggestion(row.party)
            message = f"{self._circular.reference} has no party «{row.party}»"
            self._fault(row, "party", "unknown-party", message, hint=hint)
        if not ask:
            hint = did_you_mean(row.ask, self._asks.values())
            message = f"{self._circular.reference} has no ask «{row.ask}»"
            self._fault(row, "ask", "unknown-ask", message, hint=hint)
        if party and ask and self._is_first(row, party, ask):
            self._compare(row, party, ask)

    def _is_first(self, row: SheetRow, party: str, ask: str) -> bool:
        first = self._seen.setdefault((party, ask), row)
        if first is not row:
            message = f"{party} and {ask} stand in row {first.number} already"
            self._fault(row, "party", "row-twice", message, hint="Keep one of the two.")
        return first is row

    def _compare(self, row: SheetRow, party: str, ask: str) -> None:
        now = self._latest.get((party, ask))
        then = self._entries.get(row.entry) if row.entry else None
        if row.entry and (then is None or (then.party, then.ask) != (party, ask)):
            hint = "Was only a part of the table sorted? Make a new report, and enter the answers there."
            message = f"the entry {row.entry} is not of {party} and {ask}"
            self._fault(row, "entry", "entry-elsewhere", message, hint=hint)
            return
        if row.entry is None and now is not None and now.state not in SETTLED:
            then = now  # no such column: nothing tells when the file was made, and nothing decided is at stake
        untouched = self._says(row, then) or (row.entry is None and self._says(row, None))
        if untouched or self._says(row, now):
            self.unchanged += 1
        elif row.state in NOTHING_YET:
            self._say_what(row, then)
        elif then != now:
            self._conflict(row, party, ask, now)
        else:
            self._plan(row, party, ask, now)

    def _plan(self, row: SheetRow, party: str, ask: str, now: AnswerRow | None) -> None:
        hint = "Give the day on which the answer came."
        if row.day is not None and row.day > self._desk.today:
            self._fault(row, "since", "day-to-come", f"{row.day:%Y-%m-%d} has not come yet", hint=hint)
            return
        early = day_before_letter(row.day, self._letter_date)
        if early:
            self._fault(row, "since", "day-before-letter", early, hint=hint)
            return
        named = self._named.get(now.id, ()) if now else ()
        self.changes[party, ask] = _Change(row, party, ask, now, named)

    def _says(self, row: SheetRow, answer: AnswerRow | None) -> bool:
        """Tell whether a row says what is recorded, as far as it has columns for it."""
        if answer is None:
            filled = row.day or row.by or row.note or row.delegates
            return row.state in NOTHING_YET and not filled
        state = (*NOTHING_YET, "open") if answer.state == "open" else (answer.state,)
        shown = parse_delegates(delegates_cell(self._named.get(answer.id, ())))
        return (
            row.state in state
            and row.day in {None, answer.answered_at.astimezone(self._desk.office.zone).date()}
            and row.by in {"", answer.by}
            and (row.note is None or _comparable(row.note) == _comparable(answer.note))
            and (row.delegates is None or row.delegates == shown)
        )

    def _say_what(self, row: SheetRow, then: AnswerRow | None) -> None:
        taken_back = then is not None and then.state != "open"
        message = "the answer was taken out" if taken_back else "something is filled in, but not what was answered"
        hint = "To take an answer back, write «open»." if taken_back else "Write accepted, declined, answered …"
        self._fault(row, "state", "state-empty", message, hint=hint)

    def _conflict(self, row: SheetRow, party: str, ask: str, now: AnswerRow | None) -> None:
        self.conflicts += 1
        stands = "nothing"
        if now is not None:
            entered = now.recorded_at.astimezone(self._desk.office.zone)
            stands = f"«{now.state}», entered by {now.recorded_by} on {entered:%Y-%m-%d}"
        hint = f"Decide: circulars answer {self._circular.slug} {quote(party)} {ask} --state STATE --by {row.by or WAY}"
        message = f"{party}, {ask}: the file says «{row.state}», but the register says {stands} since; left as it is"
        self._fault(row, "state", "answer-conflict", message, hint=hint, level=Level.WARNING)

    def _fault(
        self, row: SheetRow, column: str, code: str, message: str, *, hint: str, level: Level = Level.ERROR
    ) -> None:
        self.findings.append(
            Finding(level=level, code=code, message=message, hint=hint, file=self._file, line=row.number, column=column)
        )


class _Parties:
    """The parties of a circular as a row may name them: as the report does, or by their country."""

    def __init__(self, countries: Mapping[str, Iterable[str]]) -> None:
        self._by_name = {party.casefold(): party for party in countries}
        self._by_country: dict[str, set[str]] = {}
        for party, codes in countries.items():
            for code in codes:
                self._by_country.setdefault(code, set()).add(party)

    def find(self, text: str) -> str:
        """Return the one party that is meant, or nothing."""
        party = self._by_name.get(text.casefold())
        if party:
            return party
        state = find_state(text)
        found = self._by_country.get(state.iso2, set()) if state else set()
        return next(iter(found)) if len(found) == 1 else ""

    def suggestion(self, text: str) -> str:
        """Return a hint that names the nearest party, where they are few enough to compare."""
        if len(self._by_name) > MOST_COMPARED:
            return "Write it as the report does."
        return did_you_mean(text, self._by_name.values())


def _record(desk: Desk, connection: Connection, circular: Circular, change: _Change) -> tuple[str, str, str]:
    row, before = change.row, change.before
    kept = before if before is not None and before.state == row.state else None  # the same answer, told better
    register.record_answer(
        connection,
        circular_id=circular.id,
        party=change.party,
        ask=change.ask,
        state=row.state,
        by=row.by or (kept.by if kept else WAY),
        answered_at=_answered_at(desk, row, before, kept),
        recorded_at=desk.clock(),
        recorded_by=desk.account,
        inbound_id=kept.inbound_id if kept else None,
        addressee_id=kept.addressee_id if kept else None,
        note=row.note if row.note is not None else (kept.note if kept else ""),
        file=kept.file if kept else "",
        delegates=row.delegates if row.delegates is not None else (change.named_before if kept else ()),
    )
    return change.party, change.ask, row.state


def _answered_at(desk: Desk, row: SheetRow, before: AnswerRow | None, kept: AnswerRow | None) -> datetime:
    """The moment of an answer: the one recorded if the day is the same, else the day given, else now."""
    if before is not None and row.day == before.answered_at.astimezone(desk.office.zone).date():
        return before.answered_at
    if kept is not None and row.day is None:
        return kept.answered_at
    return moment_of(desk, row.day)


def _comparable(note: str) -> str:
    """A note without what a spreadsheet may change of it: white space, characters it cannot hold, a very long end."""
    return " ".join("".join(c for c in note if c.isprintable() or c.isspace()).split())[:_COMPARED]
