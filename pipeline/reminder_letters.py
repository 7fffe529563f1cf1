"""What each addressee of a reminder gets, and where: from the list as it is today, or as it was sealed.

A successor in office is greeted by name and written to at today's mailbox, as long as the list still has the key and
the reminder still has the words that were sealed; how it looks may have changed, as with another version of this
program. Otherwise nothing of the list is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from delivery.archive import FOLDER, load_form
from delivery.mail_form import MailForm
from letters.daily import daily_values
from letters.model import Letter
from locales.locale import office_locale
from office.errors import CircularsError
from pipeline.desk import Desk
from pipeline.due_reminders import DueParty
from pipeline.first_letters import languages_of_first
from pipeline.letter_folders import open_letter
from recipients.model import routes
from store.circulars import Circular
from store.messages import pack_reminder
from store.reminders import FAILED, Reminded
from store.suppressions import Suppressions
from templates.forms import pack_values, unpack_values
from templates.merging import Merged, Merger
from templates.rendering import Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLetter:
    """One addressee's reminder. ``values`` are packed with the name (`store.messages.pack_reminder`)."""

    addressee: Reminded
    form: str
    values: bytes
    routes: tuple[tuple[str, str], ...]  # mailbox and role


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A mailbox that is not reminded: ``reason`` is suppressed, bounced or refused."""

    party: str
    mailbox: str
    reason: str


class ReminderWriter:
    """Makes the reminders of a circular.

    ``skipped`` grows with every mailbox that is passed over, ``as_sealed`` with the key of every addressee for whom
    nothing of the list as it is today could be used.
    """

    def __init__(self, desk: Desk, circular: Circular, due: Sequence[DueParty], suppressed: Suppressions) -> None:
        self._desk = desk
        self._slug = circular.slug
        self._keys = frozenset(person.key for party in due for person in party.addressees)
        self._suppressed = suppressed
        self._unchanged: dict[str, bool] = {}  # by the SHA-256 of the sealed form: whether its words are today's
        self.skipped: list[Skipped] = []
        self.as_sealed: list[str] = []

    def write(self, party: DueParty) -> tuple[ReminderLetter, ...]:
        """Return the reminders of a party's addressees; those whom no mailbox is left are passed over."""
        made = (self._letter(party, person) for person in party.addressees)
        return tuple(letter for letter in made if letter.routes)

    def _letter(self, party: DueParty, person: Reminded) -> ReminderLetter:
        form = load_form(self._desk.office.folder / FOLDER, person.form)
        fresh = self._fresh(person, form)
        if fresh is None or fresh.reminder is None:
            self.as_sealed.append(person.key)
            name, sealed = person.name, unpack_values(person.values or b"[]")
            ways: Iterable[tuple[str, str]] = ((row.mailbox, row.role) for row in person.rows if row.is_letter)
        else:
            recipient = fresh.recipient
            name, sealed = recipient.name, fresh.reminder
            ways = routes(recipient.channel, recipient.to, recipient.cc)
        day = party.day(self._desk.today, self._desk.office)
        values = daily_values(form.forms.slots, sealed, day, partial(office_locale, self._desk.office))
        open_ways = self._open_ways(party, person, ways)
        return ReminderLetter(
            addressee=person,
            form=person.form,
            values=pack_reminder(name, pack_values(values)),
            routes=tuple(open_ways),
        )

    def _open_ways(
        self, party: DueParty, person: Reminded, ways: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, str]]:
        """Yield the mailboxes that may be written to; the Cc only where a rule says so."""
        failed = {row.mailbox.lower(): row.state for row in person.rows if row.mailbox and row.state in FAILED}
        for mailbox, role in ways:
            held = self._suppressed.holding(mailbox, person.list_name)
            reason = "suppressed" if held else failed.get(mailbox.lower(), "")
            if role == "cc" and not party.cc:
                continue
            if reason:
                self.skipped.append(Skipped(party=party.party, mailbox=mailbox, reason=reason))
            else:
                yield mailbox, role

    def _fresh(self, person: Reminded, form: MailForm) -> Merged | None:
        """Return the addressee as the list has it today, if its reminder would still be the sealed one."""
        merged = self._on_the_list.get(person.key)
        if merged is None or (merged.language, merged.class_name) != (person.language, person.class_name):
            return None
        assert self._merger is not None  # noqa: S101 - somebody was found on its lists
        _, today = self._merger.reminder(merged.language, merged.class_name)
        if person.form not in self._unchanged:
            self._unchanged[person.form] = _words(today) == _words(form.forms)
        return merged if self._unchanged[person.form] else None

    @cached_property
    def _merger(self) -> Merger | None:
        try:
            letter: Letter = open_letter(self._desk, self._slug).letter
        except CircularsError:  # the draft was changed or moved since; what was sealed serves
            return None
        if not letter.reminds:
            return None
        before = languages_of_first(self._desk, letter)
        return Merger(letter, self._desk.office, released=letter.languages, continued=before, everybody=True)

    @cached_property
    def _on_the_list(self) -> dict[str, Merged]:
        """The addressees by key, as the lists have them today; nobody where letter or lists cannot be used."""
        if self._merger is None:
            return {}
        try:
            found = self._merger.merge_lists(lambda recipient: recipient.key in self._keys)
            return {outcome.recipient.key: outcome for outcome in found if isinstance(outcome, Merged)}
        except CircularsError:
            return {}


def _words(forms: Forms) -> tuple[object, ...]:
    """Return what a reminder says, and what its values are, whatever it looks like."""
    slots = tuple((slot.name, slot.kind, slot.role, slot.rank, slot.language) for slot in forms.slots)
    return slots, forms.subject, forms.text
