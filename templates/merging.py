"""Letter × addressees: which compiled form each addressee gets, and the values that fill its slots.

Nothing is stored or sent here, and no list is held in memory: rows come in, merged addressees and exclusions
come out, one at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from letters.composed import Composed
from letters.composing import compose
from letters.model import Audience, Letter
from letters.reminding import compose_reminder
from letters.values import slot_values
from locales.languages import languages_of
from locales.locale import Locale, office_locale
from locales.states import office_states
from office.expressions import ExpressionError
from office.model import Office
from recipients.audience import choose_language, matches, recipient_scope
from recipients.lists import CORRECTIONS, find_list, read_list
from recipients.model import Recipient, Row
from recipients.tables import expected_rows
from templates.forms import Value
from templates.look import Look, load_look
from templates.rendering import Forms, compile_forms


class Reason(StrEnum):
    """Why somebody on a list gets no letter in this plan."""

    FAULTY = "faulty-row"  # the row cannot be used; it is written back with its reasons
    NO_AUDIENCE = "no-audience"  # no [[audience]] of the letter matches
    REPEATED = "repeated"  # an earlier audience of this letter has this addressee already
    LANGUAGE_WAITS = "language-not-released"  # comes in a later batch
    ISSUED = "already-issued"  # has the letter
    NOT_CHOSEN = "not-chosen"  # outside --lang or --only
    NOT_FIRST = "not-an-addressee-of-the-first"  # never got the letter that this one continues
    WORDING = "no-wording"  # a field or a salutation cannot be worked out for this addressee


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One addressee with the form and the values that make the letter. ``rule`` says what decided the language.

    The language is a pair such as ``fr+ar`` where the letter is bilingual.
    ``reminder`` are the values of its reminder, None if nobody is ever reminded. ``list_name`` is the list that has it.
    """

    recipient: Recipient
    class_name: str
    language: str
    rule: str
    values: tuple[Value, ...]
    reminder: tuple[Value, ...] | None = None
    list_name: str = ""

    @property
    def form_name(self) -> str:
        """The name of the compiled form."""
        return form_name(self.language, self.class_name)

    @property
    def reminder_name(self) -> str:
        """The name of the reminder's compiled form; empty if there is none."""
        return "" if self.reminder is None else reminder_name(self.language, self.class_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """One row that gets no letter in this plan."""

    list_name: str
    row: Row
    reason: Reason
    detail: str = ""


def form_name(language: str, class_name: str) -> str:
    """Return the name of a compiled form, such as ``fr/member-states`` or ``fr+ar/member-states``."""
    return f"{language}/{class_name}"


def reminder_name(language: str, class_name: str) -> str:
    """Return the name of a reminder's compiled form, such as ``fr/member-states/reminder``."""
    return f"{form_name(language, class_name)}/reminder"


class Merger:
    """Merges one letter; compiled forms are kept, as every addressee of a language and class shares one.

    ``released`` are the languages that may go out; ``only_languages`` and ``only_keys`` limit the batch where
    they are not empty (a bilingual letter is in it if its pair is named, or both of its languages); ``issued`` are
    the keys that have the letter already. With ``fall_back``, an addressee whose language is not released gets the
    next one by the rule instead of waiting. ``continued`` are the addressees of the letter that this one continues, by
    key, with the languages in which they got it: each gets this one in the same language, and nobody else gets it
    unless ``everybody`` does.
    """

    def __init__(
        self,
        letter: Letter,
        office: Office,
        *,
        released: Sequence[str],
        only_languages: Sequence[str] = (),
        only_keys: Sequence[str] = (),
        issued: Container[str] = frozenset(),
        fall_back: bool = False,
        continued: Mapping[str, str] | None = None,
        everybody: bool = False,
    ) -> None:
        self.letter = letter
        self.office = office
        self._released = frozenset(released)
        self._only_languages = frozenset(only_languages)
        self._only_keys = frozenset(only_keys)
        self._issued = issued
        self._continued: Mapping[str, str] = continued or {}
        self._everybody = everybody or continued is None
        self._states = office_states(office.folder / "locales")
        self._available = [tag for tag in letter.languages if tag in self._released or not fall_back]
        self._look: Look = load_look(office.folder, office.look)
        self._composed: dict[str, tuple[Composed, Forms]] = {}
        self._reminders: dict[str, tuple[Composed, Forms]] = {}
        self._locales: dict[str, Locale] = {}

    @property
    def forms(self) -> dict[str, Forms]:
        """The forms that addressees needed so far, by name."""
        return {name: forms for name, (_, forms) in self._composed.items()}

    @property
    def reminders(self) -> dict[str, Forms]:
        """The forms of reminders that addressees needed so far, by name."""
        return {name: forms for name, (_, forms) in self._reminders.items()}

    def compiled(self, language: str, class_name: str) -> tuple[Composed, Forms]:
        """Return the letter composed and compiled for a language and class; raises InputError with findings."""
        name = form_name(language, class_name)
        if name not in self._composed:
            composed = compose(self.letter, self.office, language=language, class_name=class_name)
            self._composed[name] = composed, compile_forms(composed, self._look)
        return self._composed[name]

    def reminder(self, language: str, class_name: str) -> tuple[Composed, Forms]:
        """Return the letter's reminder composed and compiled; raises InputError with findings."""
        name = reminder_name(language, class_name)
        if name not in self._reminders:
            composed = compose_reminder(self.letter, self.office, language=language, class_name=class_name)
            self._reminders[name] = composed, compile_forms(composed, self._look)
        return self._reminders[name]

    def locale(self, language: str) -> Locale:
        """Return a language's data, the office's laid over; looked up once, not for each addressee."""
        if language not in self._locales:
            self._locales[language] = office_locale(self.office, language)
        return self._locales[language]

    def expected_rows(self) -> int:
        """Return about how many rows `merge_lists` will come to; raises `NotFoundError` or `InputError` like it."""
        folder = self.office.folder / "recipients"
        names = [name for name, _ in groupby(audience.list_name for audience in self.letter.audiences)]
        return sum(expected_rows(find_list(folder, name)) for name in names)

    def merge_lists(self, wanted: Callable[[Recipient], bool] | None = None) -> Iterator[Merged | Excluded]:
        """Merge every list that the audiences name, in their order: the first audience that matches decides.

        With ``wanted``, addressees for whom it is false are passed over.
        """
        folder = self.office.folder / "recipients"
        corrections = folder / CORRECTIONS
        taken: set[int] = set()  # hashes: 140,000 keys would weigh too much
        settled: dict[str, set[int]] = {}  # row numbers of a list that is read once more for a later audience
        groups = [(name, tuple(group)) for name, group in groupby(self.letter.audiences, key=lambda a: a.list_name)]
        for number, (list_name, audiences) in enumerate(groups, start=1):
            comes_again = any(name == list_name for name, _ in groups[number:])
            done = settled.setdefault(list_name, set())
            path: Path = find_list(folder, list_name)
            for row in read_list(path, corrections=corrections):
                if row.number in done or (wanted and row.recipient is not None and not wanted(row.recipient)):
                    continue
                outcome = self.merge_row(row, list_name, audiences, taken)
                if comes_again and isinstance(outcome, Excluded) and outcome.reason is Reason.NO_AUDIENCE:
                    continue  # a later audience may be theirs
                if comes_again:
                    done.add(row.number)
                yield outcome

    def merge_row(self, row: Row, list_name: str, audiences: Sequence[Audience], taken: set[int]) -> Merged | Excluded:
        """Merge one row. ``taken`` holds hashes of the keys that have a letter, and grows."""
        recipient = row.recipient

        def excluded(reason: Reason, detail: str = "") -> Excluded:
            return Excluded(list_name=list_name, row=row, reason=reason, detail=detail)

        if recipient is None:
            return excluded(Reason.FAULTY, row.reasons)
        if not self._everybody and recipient.key not in self._continued:
            return excluded(Reason.NOT_FIRST)
        try:
            audience = next((a for a in audiences if matches(recipient, a.where)), None)
        except ExpressionError as error:
            return excluded(Reason.WORDING, error.message)
        if audience is None:
            return excluded(Reason.NO_AUDIENCE)
        mark = _hash(recipient.key)
        if mark in taken:
            return excluded(Reason.REPEATED)
        taken.add(mark)
        return self._merge(recipient, audience, excluded)

    def _merge(self, recipient: Recipient, audience: Audience, excluded: Callable[..., Excluded]) -> Merged | Excluded:
        if recipient.key in self._issued:
            return excluded(Reason.ISSUED)
        letter = self.letter
        language, rule = self._language(recipient, audience)
        languages = languages_of(language)
        if self._only_keys and recipient.key not in self._only_keys:
            return excluded(Reason.NOT_CHOSEN)
        waiting = [tag for tag in languages if tag not in self._released]
        if waiting:
            return excluded(Reason.LANGUAGE_WAITS, ", ".join(waiting))
        only = self._only_languages
        if only and language not in only and not only.issuperset(languages):
            return excluded(Reason.NOT_CHOSEN, language)
        try:
            values = self.values(recipient, self.compiled(language, audience.name)[0])
            reminder = None
            if letter.reminds:
                reminder = self.values(recipient, self.reminder(language, audience.name)[0])
        except (ExpressionError, LookupError) as error:
            return excluded(Reason.WORDING, str(error))
        return Merged(
            recipient=recipient, class_name=audience.name, language=language, rule=rule, values=values,
            reminder=reminder, list_name=audience.list_name,
        )  # fmt: skip

    def _language(self, recipient: Recipient, audience: Audience) -> tuple[str, str]:
        """Return the addressee's language and what decided it: that of the letter which this one continues, if any."""
        before = self._continued.get(recipient.key, "")
        if before and set(languages_of(before)) <= set(self._available):
            return before, "first-letter"
        return choose_language(
            recipient,
            available=self._available,
            source=self.letter.source,
            default=self.office.default_language,
            bilingual=audience.bilingual,
            states=self._states,
        )

    def values(self, recipient: Recipient, composed: Composed) -> tuple[Value, ...]:
        """Work out an addressee's slot values; raises ExpressionError or LookupError where one has none."""
        return tuple(value for part in composed.parts for value in self._values(recipient, part))

    def _values(self, recipient: Recipient, part: Composed) -> tuple[Value, ...]:
        if not part.slots:
            return ()
        locale = self.locale(part.language)
        country = locale.country(recipient.country) if recipient.country else ""
        return slot_values(part, recipient_scope(recipient, country, part.language), locale)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def values_hash(reference: str, key: str, packed: bytes) -> bytes:
    """Return the salted hash of an addressee's packed values (`pack_values`): it stays when the values are erased.

    The salt is made of the reference and the key, so that the same inputs give the same digest anywhere.
    """
    salt = hashlib.sha256(f"{reference}\n{key}".encode()).digest()
    return hashlib.sha256(salt + packed).digest()
