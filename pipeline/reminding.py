"""`remind`: parties that owe an answer are reminded by the letter's rules, once each, recomputed until they go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from delivery.numbering import fresh_numbers, note_numbers
from delivery.sending import SendProgress, SendSummary
from delivery.sending import send as deliver
from office.errors import RefusedError
from pipeline.desk import Desk
from pipeline.due_reminders import Due, DueParty, Why, find_due
from pipeline.lookup import issued_circular
from pipeline.outbox_rows import RowMaker
from pipeline.reminder_letters import ReminderLetter, ReminderWriter, Skipped
from pipeline.roles import Role, require_role
from pipeline.stopping import require_going
from store.circulars import Circular, circular_of
from store.database import Connection
from store.messages import Part, Wanted, waiting
from store.outbox import add_rows
from store.owing import holds, settled_asks
from store.reminders import (
    Reminder,
    add_reminder_letters,
    expired_reminders,
    known_reminders,
    next_reminder_id,
    record_reminders,
)
from store.suppressions import Suppressions, all_suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRemind:
    """A party that is reminded: of which asks and until when, by which rules, and at which mailboxes."""

    party: str
    names: str
    asks: Mapping[str, datetime | None]
    rules: tuple[str, ...]
    mailboxes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """Who is reminded today, and why others are not.

    ``others`` are parties by reason (`Why`), ``missed`` what expires unsent, ``expired`` what did so before,
    ``skipped`` mailboxes that are passed over, ``as_sealed`` the keys of addressees for whom today's list is of no use:
    it has them no more, or the letter was changed since. ``refused`` are asks answered on somebody else's web form;
    ``next_day`` is the next day of a rule. ``waiting`` are reminders queued before that have not gone.
    ``is_cut`` tells that further parties are due than those that were asked for.
    """

    circular_id: int
    reference: str
    slug: str
    day: date
    parties: tuple[ToRemind, ...]
    others: Mapping[str, tuple[str, ...]]
    missed: tuple[Reminder, ...]
    expired: tuple[Reminder, ...]
    skipped: tuple[Skipped, ...]
    as_sealed: tuple[str, ...]
    refused: tuple[str, ...]
    next_day: date | None
    waiting: int
    is_cut: bool = False

    @property
    def messages(self) -> int:
        """How many messages are to go, those that wait included."""
        return sum(len(party.mailboxes) for party in self.parties) + self.waiting

    def as_json(self) -> dict[str, object]:
        """Return the shape that `remind --json` prints."""
        return {
            "reference": self.reference,
            "day": self.day,
            "parties": [{name: getattr(party, name) for name in party.__slots__} for party in self.parties],
            "not_reminded": {why: len(parties) for why, parties in self.others.items()},
            "names": {why: list(parties) for why, parties in self.others.items()},
            "missed": [_reminder_as_json(missed) for missed in self.missed],
            "expired": [_reminder_as_json(expired) for expired in self.expired],
            "skipped": [{name: getattr(one, name) for name in one.__slots__} for one in self.skipped],
            "as_sealed": list(self.as_sealed),
            "refused": list(self.refused),
            "next_day": self.next_day,
            "waiting": self.waiting,
        }


def _reminder_as_json(reminder: Reminder) -> dict[str, object]:
    return {name: getattr(reminder, name) for name in reminder.__slots__}


@dataclass(frozen=True, slots=True)
class _Work:
    circular: Circular
    at: datetime  # before anything was read: what changes later withdraws a reminder made then
    due: Due
    letters: Mapping[str, tuple[ReminderLetter, ...]]  # by party
    skipped: Sequence[Skipped]
    as_sealed: Sequence[str]
    expired: Sequence[Reminder]
    waiting: int
    is_cut: bool


def reminding(desk: Desk, ref: str, *, anyway: bool = False) -> Reminding:
    """Tell who would be reminded today, and why others not; nothing is stored.

    ``anyway``: also of asks whose answers may lie unread on somebody else's web form. Raises RefusedError for a letter
    that is not issued, is held or was withdrawn.
    """
    return _shown(_look(desk, ref, anyway=anyway))


def queue_reminders(desk: Desk, ref: str, *, anyway: bool = False, most: int | None = None) -> Reminding:
    """Queue today's reminders, in one transaction with the record of what was missed; raises like `reminding`.

    Of ``most`` parties at a time, if that is given: the next call goes on with others.
    """
    require_role(desk, Role.SENDER)
    work = _look(desk, ref, anyway=anyway, most=most)
    with desk.store.write() as connection:
        _queue(desk, connection, work)
    return _shown(work)


def remind(
    desk: Desk, ref: str, *, anyway: bool = False, progress: Callable[[SendProgress], None] | None = None
) -> tuple[Reminding, SendSummary]:
    """Queue today's reminders, and deliver them with those that wait; safe to stop and to repeat.

    Raises like `reminding`, and BusyError while somebody else sends.
    """
    queued = queue_reminders(desk, ref, anyway=anyway)
    summary = deliver(
        desk.store,
        desk.office,
        circular_id=queued.circular_id,
        reference=queued.reference,
        part=Part.REMINDERS,
        clock=desk.clock,
        progress=progress,
    )
    return queued, summary


def _look(desk: Desk, ref: str, *, anyway: bool, most: int | None = None) -> _Work:
    circular = issued_circular(desk, ref)
    if circular.state == "withdrawn":
        raise RefusedError(f"{circular.reference} was withdrawn: nobody is reminded of it.")
    require_going(desk, circular, ref)
    now = desk.clock()
    with desk.store.read() as connection:
        due = find_due(desk, connection, circular, anyway=anyway)
        suppressed, expired = Suppressions(all_suppressions(connection)), expired_reminders(connection, circular.id)
        left = waiting(connection, circular.id, now, Wanted(part=Part.REMINDERS, reminders_since=now))
    writer = ReminderWriter(desk, circular, due.parties, suppressed)
    letters: dict[str, tuple[ReminderLetter, ...]] = {}
    is_cut = False
    for party in due.parties:
        if is_cut := len(letters) == most:
            break
        if made := writer.write(party):
            letters[party.party] = tuple(made)
        else:
            due.leave_out(Why.NO_MAILBOX, party.party)
    due.parties = [party for party in due.parties if party.party in letters]
    return _Work(circular, now, due, letters, writer.skipped, writer.as_sealed, expired, left, is_cut)


def _queue(desk: Desk, connection: Connection, work: _Work) -> None:
    """Enter what is due and what has expired; passed over is who answered while the reminders were written."""
    circular = circular_of(connection, work.circular.slug)
    if circular is None or circular.state == "withdrawn":
        return
    now, today = work.at, work.due.today
    known, held = known_reminders(connection, circular.id), holds(connection, circular.id, desk.clock())
    settled = settled_asks(connection, circular.id)
    missed = [reminder for reminder in work.due.missed if reminder not in known]
    record_reminders(connection, circular.id, missed, outcome="expired", at=now)
    queued: list[Reminder] = []
    entering = _Entering(desk, connection, circular, now)
    for party in work.due.parties:
        wanted = party.reminders(today)
        if party.party in held or any((party.party, ask) in settled for ask in party.open):
            continue
        if known.isdisjoint(wanted):
            queued.extend(wanted)
            entering.add(work.letters[party.party])
    record_reminders(connection, circular.id, queued, outcome="queued", at=now)
    entering.finish()


class _Entering:
    """Turns reminders into rows of the store."""

    def __init__(self, desk: Desk, connection: Connection, circular: Circular, now: datetime) -> None:
        self._connection = connection
        self._circular_id = circular.id
        self._now = now
        self._reminder_id = next_reminder_id(connection)
        self._addressee, row_id = fresh_numbers(connection, desk.office.folder)
        self._office_folder = desk.office.folder
        self._maker = RowMaker(
            tokens=desk.tokens, circular_id=circular.id, domain=desk.office.mail.domain, now=now, row_id=row_id
        )
        self._letters: list[dict[str, Any]] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, letters: Sequence[ReminderLetter]) -> None:
        """Take in the reminders of a party."""
        for letter in letters:
            self._letters.append(
                {
                    "id": self._reminder_id,
                    "circular_id": self._circular_id,
                    "addressee_id": letter.addressee.id,
                    "form": letter.form,
                    "values": letter.values,
                    "made_at": self._now,
                }
            )
            self._rows.extend(
                self._maker.row(letter.addressee.id, mailbox, role, reminder_id=self._reminder_id)
                for mailbox, role in letter.routes
            )
            self._reminder_id += 1

    def finish(self) -> None:
        """Enter everything."""
        if self._rows:
            note_numbers(self._office_folder, addressee=self._addressee - 1, message=self._maker.row_id - 1)
        add_reminder_letters(self._connection, self._letters)
        add_rows(self._connection, self._rows)


def _shown(work: _Work) -> Reminding:
    due = work.due
    return Reminding(
        circular_id=work.circular.id,
        reference=work.circular.reference,
        slug=work.circular.slug,
        day=due.today,
        parties=tuple(_to_remind(party, work.letters[party.party]) for party in due.parties),
        others={why.value: tuple(due.others[why]) for why in Why if why in due.others},
        missed=tuple(due.missed),
        expired=tuple(work.expired),
        skipped=tuple(work.skipped),
        as_sealed=tuple(work.as_sealed),
        refused=due.refused,
        next_day=due.next_day,
        waiting=work.waiting,
        is_cut=work.is_cut,
    )


def _to_remind(party: DueParty, letters: Sequence[ReminderLetter]) -> ToRemind:
    return ToRemind(
        party=party.party,
        names=party.names,
        asks=party.open,
        rules=tuple(dict.fromkeys(call.rule.text for call in party.calls)),
        mailboxes=tuple(mailbox or "paper" for letter in letters for mailbox, _ in letter.routes),
    )
