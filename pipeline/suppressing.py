"""`suppress`, `unsuppress`, `suppressions`, `unsubscribe`: mailboxes that get nothing more, from one list or from all.

A file is recorded whole or not at all, and reading it again changes nothing (docs/delivery.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

from office.domains import comparable_address
from office.errors import InputError, NotFoundError
from office.files import write_aside
from office.findings import Finding, Level
from office.suggestions import did_you_mean
from office.tokens import TokenKind
from pipeline.desk import Desk
from pipeline.sheets import parse_day
from recipients.addresses import AddressError, normalise_mailbox
from recipients.columns import squash
from recipients.delimited import FOLDER, shown_path
from recipients.lists import find_list
from recipients.rows import guarded, unguarded
from recipients.tables import SUFFIXES, read_table
from store.database import Connection
from store.suppressions import (
    LONGEST_REASON,
    Kind,
    Suppression,
    all_suppressions,
    listed_message,
    queue_again,
    suppress,
    unsuppress,
)

COLUMNS = ("address", "list", "kind", "reason", "since", "by")  # of an export, all read back but the last
_HEADINGS = {"email": "address", "e-mail": "address", "mail": "address", "mailbox": "address"} | {
    name: name for name in (*COLUMNS[:-1], "token")
}
ASKED = "asked to be taken off the list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What reading a file of suppressions did. ``known`` are those that were recorded before."""

    added: int
    known: int
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the shape that `suppress --import --json` prints."""
        return {"added": self.added, "known": self.known, "findings": [one.as_json() for one in self.findings]}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What `unsuppress` did: how many messages wait for the mailbox now, and which lists its owner had left."""

    queued: int
    opt_outs: tuple[Suppression, ...]


def suppress_address(desk: Desk, address: str, reason: str, *, list_name: str = "") -> bool:
    """Never write to an address again, from one list or from any; returns False if it was so already.

    Raises NotFoundError for what is no address, and for a list that the office does not have.
    """
    one = Suppression(
        address=_address(address), list_name=_known_list(desk, list_name), reason=_reason(reason), since=desk.clock(),
        by=desk.account,
    )  # fmt: skip
    with desk.store.write() as connection:
        return suppress(connection, one)


def unsuppress_address(desk: Desk, address: str, *, list_name: str | None = None) -> TakenBack | None:
    """Allow writing to an address again; returns what that took back, None if it was not suppressed.

    With ``list_name``, only what was said of that list is taken back.
    """
    address = address.strip()
    with desk.store.write() as connection:
        gone = unsuppress(connection, address, list_name=list_name)
        if not gone:
            return None
        return TakenBack(
            queued=queue_again(connection, address, desk.clock()),
            opt_outs=tuple(one for one in gone if one.is_left),
        )


def suppressions(desk: Desk, *, list_name: str | None = None) -> tuple[Suppression, ...]:
    """Return every suppression, or those of one list and those of all lists."""
    with desk.store.read() as connection:
        return tuple(
            one for one in all_suppressions(connection) if list_name is None or one.list_name in {"", list_name}
        )


def unsubscribe(desk: Desk, token: str) -> tuple[str, str, bool]:
    """Record that the owner of a mailbox left a list; returns the mailbox, the list, and whether that was new.

    ``token`` is the one that the letter's List-Unsubscribe field bears, or an address or link that holds it. Raises
    NotFoundError for a token that this office did not make, InputError for one of a letter to a government.
    """
    with desk.store.write() as connection:
        one = _of_token(desk, connection, token)
        return one.address, one.list_name, suppress(connection, one)


def _of_token(desk: Desk, connection: Connection, text: str) -> Suppression:
    found = next((token for token in desk.tokens.find(text) if token.kind is TokenKind.ROW), None)
    message = listed_message(connection, found.circular, found.number) if found else None
    if message is None:
        raise NotFoundError(
            "That token is of no letter of this office.",
            hint="Copy it whole: 31 letters and digits, from the link or from the field List-Unsubscribe.",
        )
    mailbox, list_name = message
    if not list_name:
        raise InputError(
            f"The letter to {mailbox} went to a government: that is no list which one leaves.",
            hint="Ask there who shall get the letters, and correct the list of addressees.",
        )
    return Suppression(
        address=comparable_address(mailbox), list_name=list_name, kind=Kind.OPT_OUT, reason=ASKED, since=desk.clock(),
        by=desk.account,
    )  # fmt: skip


def export_suppressions(desk: Desk, path: Path) -> int:
    """Write every suppression into a CSV file that `import_suppressions` reads back; returns how many.

    What a spreadsheet would take for a formula gets an apostrophe in front. Raises InputError if the file cannot be
    written.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    found = suppressions(desk)
    for one in found:
        since = one.since.astimezone(UTC).isoformat(timespec="seconds")
        writer.writerow(map(guarded, (one.address, one.list_name, one.kind.value, one.reason, since, one.by)))
    try:
        write_aside(path, text.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.", hint="Name a folder that is there.") from error
    return len(found)


def import_suppressions(desk: Desk, path: Path) -> Imported:
    """Read suppressions from a table: addresses, or the tokens that a web form received.

    Columns: address or token; list, kind, reason, since. Raises InputError with every fault, and then records nothing.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name} is no table.", hint=f"Save it as one of {', '.join(SUFFIXES)}.")
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Name a file such as opt-outs.csv.")
    with desk.store.write() as connection:
        reading = _Reading(desk, connection, path)
        reading.read()
        added = sum(suppress(connection, one) for one in reading.found)
    return Imported(added=added, known=len(reading.found) - added, findings=tuple(reading.findings))


class _Reading:
    """Turns the rows of a table into suppressions, and its faults into findings."""

    def __init__(self, desk: Desk, connection: Connection, path: Path) -> None:
        self._desk = desk
        self._connection = connection
        self._path = path
        self._file = shown_path(path)
        self._lists: dict[str, str] = {}
        self.found: list[Suppression] = []
        self.findings: list[Finding] = []

    def read(self) -> None:
        records, remarks = read_table(self._path)
        self.findings.extend(remarks)
        heading = next(records, None)
        names = [_HEADINGS.get(squash(cell), "") for cell in heading[1]] if heading else []
        if not {"address", "token"} & set(names):
            raise InputError(
                f"{self._file} has no column «address» or «token».",
                hint=f"Give the first row these names: {', '.join(COLUMNS)}; or token.",
            )
        for number, cells in records:
            texts = {name: unguarded(cell).strip() for name, cell in zip(names, cells, strict=False) if name}
            self._take(number, texts)
        faults = [finding for finding in self.findings if finding.level is Level.ERROR]
        if faults:
            raise InputError(
                f"{self._path.name} has faults: nothing of it was recorded.",
                hint="Correct the rows named, and read the file again.",
                findings=self.findings,
            )

    def _take(self, number: int, texts: dict[str, str]) -> None:
        before = len(self.findings)
        one = self._whose(number, texts)
        kind = self._kind(number, texts.get("kind", ""))
        since = self._since(number, texts.get("since", ""))
        list_name = self._list(number, texts.get("list", ""))
        if one is None or len(self.findings) > before:
            return
        one = replace(one, kind=kind or one.kind, since=since or one.since, list_name=list_name or one.list_name)
        self.found.append(replace(one, reason=_reason(texts.get("reason", "")) or one.reason))

    def _whose(self, number: int, texts: dict[str, str]) -> Suppression | None:
        address, token = texts.get("address", ""), texts.get("token", "")
        try:
            if address:
                return Suppression(
                    address=_address(address), reason=f"read from {self._path.name}", since=self._desk.clock(),
                    by=self._desk.account,
                )  # fmt: skip
            if token:
                return _of_token(self._desk, self._connection, token)
        except (NotFoundError, InputError) as error:
            self._fault(number, "address" if address else "token", "not-suppressible", error.message, error.hint)
            return None
        self._fault(number, "address", "cell-empty", "the row has no address", "Fill it in, or take the row out.")
        return None

    def _kind(self, number: int, text: str) -> Kind | None:
        if not text:
            return None
        try:
            return Kind(text.casefold())
        except ValueError:
            self._fault(
                number, "kind", "unknown-kind", f"«{text}» is no kind", did_you_mean(text.casefold(), list(Kind))
            )
            return None

    def _since(self, number: int, text: str) -> datetime | None:
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text) if "T" in text else None
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
        day = parse_day(text)
        if day is None:
            self._fault(number, "since", "not-a-day", f"«{text}» is no date", "Write it as 2022-04-05.")
            return None
        return datetime.combine(day, time(0), tzinfo=self._desk.office.zone).astimezone(UTC)

    def _list(self, number: int, text: str) -> str:
        if text not in self._lists:
            try:
                self._lists[text] = _known_list(self._desk, text)
            except NotFoundError as error:
                self._fault(number, "list", "unknown-list", error.message, error.hint)
                return ""
        return self._lists[text]

    def _fault(self, number: int, column: str, code: str, message: str, hint: str) -> None:
        self.findings.append(
            Finding(
                level=Level.ERROR, code=code, message=message.rstrip("."), hint=hint, file=self._file, line=number,
                column=column,
            )
        )  # fmt: skip


def _address(text: str) -> str:
    """Return an address as it is compared; raises NotFoundError for what is none."""
    text = text.strip()
    try:
        return comparable_address(normalise_mailbox(text))
    except AddressError as error:
        hint = f"Did you mean {error.suggestion}?" if error.suggestion else "Write it like minister@example.org."
        raise NotFoundError(f"«{text}» is not a mail address.", hint=hint) from None


def _known_list(desk: Desk, name: str) -> str:
    """Return the name of a list of the office, or nothing for every list; raises NotFoundError for another name."""
    if name and name not in desk.office.lists:
        find_list(desk.office.folder / FOLDER, name)
    return name


def _reason(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_REASON]


def of_addresses(found: Sequence[Suppression]) -> list[dict[str, object]]:
    """Return the shape that `suppressions --json` prints."""
    return [
        {
            "address": one.address, "list": one.list_name, "kind": one.kind.value, "reason": one.reason,
            "since": one.since, "by": one.by, "mail": one.inbound_id,
        }
        for one in found
    ]  # fmt: skip
