"""Surveying: a letter merged with all its addressees, counted and digested. `plan` and `issue` both begin so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from delivery.lists import described_lists
from letters.calendars import letter_calendars
from letters.model import Letter
from locales.languages import languages_of
from locales.locale import office_locale
from office.errors import InputError
from office.findings import Finding, has_errors
from office.folding import folded
from pipeline.checking import letter_findings, office_findings
from pipeline.corrigenda import CorrectedDeadline, corrected_deadlines
from pipeline.deadlines import late_from
from pipeline.desk import Desk
from pipeline.erased_keys import who_has_it
from pipeline.first_letters import FirstLetter, LeftBehind, LookBehind, first_letter
from pipeline.leaving import Leaving
from pipeline.letter_folders import open_letter, released_languages
from pipeline.plan_changes import form_fields
from recipients.model import Recipient
from store.batches import issued_names
from store.circulars import AskTerms, circular_of
from templates.digest import DigestBuilder, digest_of, form_digest
from templates.merging import Excluded, Merged, Merger, Reason
from templates.rendering import Forms

# Exclusions worth a look, one by one.
LISTED = (Reason.FAULTY, Reason.LANGUAGE_WAITS, Reason.REPEATED, Reason.WORDING)
SHOWN_EXCLUSIONS = 1000

Progress = Callable[[int, int | None], None]  # how many rows are done, and of how many, if that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What a plan is limited to; nothing means everything."""

    languages: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    fall_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """One addressee that is left out, for the person who reads the plan."""

    list_name: str
    row: int
    key: str
    name: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """An addressee that has the letter, under the name of somebody else than the list has now."""

    key: str
    before: str
    name: str
    mailboxes: tuple[str, ...]


@dataclass(kw_only=True)
class Survey:
    """What planning found: counts, exclusions, and the digest over all of it."""

    letter: Letter
    merger: Merger
    findings: tuple[Finding, ...]
    builder: DigestBuilder
    number: int | None
    issued: Mapping[str, str]  # the keys of those who have the letter already, and their names then
    terms: Mapping[str, object]  # what goes for all addressees alike
    by_language: Counter[str] = field(default_factory=Counter)
    by_class: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    exclusions: list[Exclusion] = field(default_factory=list)
    successors: list[Successor] = field(default_factory=list)
    first: FirstLetter | None = None  # the letter that this one continues
    left_behind: tuple[LeftBehind, ...] = ()
    faulty: set[str] = field(default_factory=set)  # lists that have faulty rows
    leaving: Leaving | None = None  # who is on lists that one may leave
    forms: dict[str, str] = field(default_factory=dict)  # form name -> digest
    fields: dict[str, dict[str, object]] = field(default_factory=dict)  # form name -> what its values and parts are
    digest: str = ""

    @property
    def letters(self) -> int:
        """How many addressees get the letter."""
        return len(self.builder)

    def count(self, merged: Merged) -> None:
        """Take in an addressee."""
        if merged.form_name not in self.forms:
            self._describe(merged.form_name, self.merger.forms[merged.form_name])
        if merged.reminder is not None and merged.reminder_name not in self.forms:
            self._describe(merged.reminder_name, self.merger.reminders[merged.reminder_name])
        self.by_language[merged.language] += 1
        self.by_class[merged.class_name] += 1
        self.by_channel[merged.recipient.channel.value] += 1
        self.by_rule[merged.rule] += 1
        self.builder.add(merged, self.forms[merged.form_name])
        if self.leaving is not None:
            self.leaving.note(merged.list_name, merged.recipient, merged.class_name)

    def _describe(self, name: str, forms: Forms) -> None:
        self.forms[name] = form_digest(forms)
        self.fields[name] = form_fields(forms)

    def leave_out(self, excluded: Excluded) -> None:
        """Take in an exclusion."""
        self.excluded[excluded.reason.value] += 1
        self.builder.add(excluded)
        recipient = excluded.row.recipient
        if excluded.reason is Reason.FAULTY:
            self.faulty.add(excluded.list_name)
        if excluded.reason is Reason.ISSUED and recipient is not None:
            self._look_for_successor(recipient)
        if excluded.reason in LISTED and len(self.exclusions) < SHOWN_EXCLUSIONS:
            cells = excluded.row.cells
            self.exclusions.append(
                Exclusion(
                    list_name=excluded.list_name,
                    row=excluded.row.number,
                    key=recipient.key if recipient else "",
                    name=(recipient.name or recipient.organisation) if recipient else next(iter(cells.values()), ""),
                    reason=excluded.reason.value,
                    detail=excluded.detail,
                )
            )

    def _look_for_successor(self, recipient: Recipient) -> None:
        before = self.issued.get(recipient.key, "")
        has_changed = before and recipient.name and folded(before) != folded(recipient.name)
        if has_changed and len(self.successors) < SHOWN_EXCLUSIONS:
            self.successors.append(
                Successor(key=recipient.key, before=before, name=recipient.name, mailboxes=recipient.to)
            )


def survey(
    desk: Desk,
    ref: str,
    options: PlanOptions,
    *,
    keep: Callable[[Merged], None] | None = None,
    progress: Progress | None = None,
) -> Survey:
    """Merge a letter with its addressees and digest the outcome; ``keep`` sees each addressee that gets it.

    Raises NotFoundError for an unknown letter and InputError, with every finding, if it has errors.
    """
    opened = open_letter(desk, ref)
    letter = opened.letter
    released = released_languages(desk, letter)
    # What a language still lacks that waits for a later batch does not stop the others.
    going = replace(letter, languages=released or letter.languages)
    findings = (*opened.findings, *office_findings(desk), *letter_findings(desk, going))
    if has_errors(findings):
        raise InputError(
            f"{letter.slug} has errors and cannot be planned.",
            hint=f"Correct them, then: circulars check {letter.slug}",
            findings=findings,
        )
    with desk.store.read() as connection:
        circular = circular_of(connection, letter.slug)
        issued = issued_names(connection, circular.id) if circular else {}
        have_it = who_has_it(desk, connection, circular.id, issued.keys()) if circular else issued.keys()
        corrected = corrected_deadlines(desk, connection, letter)
        first = first_letter(connection, letter)
    merger = Merger(
        letter,
        desk.office,
        released=released,
        only_languages=options.languages,
        only_keys=options.keys,
        issued=have_it,
        fall_back=options.fall_back,
        continued=first.addressees if first else None,
        everybody=first is None or first.everybody,
    )
    behind = LookBehind(first) if first else None
    found = Survey(
        letter=letter,
        merger=merger,
        findings=findings,
        builder=DigestBuilder(letter.reference),
        number=opened.number,
        issued=issued,
        terms=_terms(desk, letter, corrected, first),
        first=first,
        leaving=Leaving(desk.office) if desk.office.lists else None,
    )
    total = merger.expected_rows() if progress is not None else None
    for done, outcome in enumerate(merger.merge_lists(), start=1):
        if isinstance(outcome, Merged):
            found.count(outcome)
            if keep is not None:
                keep(outcome)
        else:
            found.leave_out(outcome)
        if behind is not None:
            behind.note(outcome)
        if progress is not None and done % 500 == 0:
            progress(done, total)
    if "ics" in letter.attach:
        found.terms = {**found.terms, "calendar": _calendar_digests(desk, letter, found.by_language)}
    if behind is not None:
        with desk.store.read() as connection:
            found.left_behind = behind.found(connection, issued)
    if found.leaving is not None:
        found.findings = (*found.findings, *found.leaving.findings())
    found.digest = found.builder.digest(forms=found.forms, terms=found.terms)
    return found


def _terms(
    desk: Desk, letter: Letter, corrected: Iterable[CorrectedDeadline], first: FirstLetter | None
) -> Mapping[str, object]:
    """What goes for all addressees alike and is approved with the letter."""
    asks = [
        [
            ask.ask, ask.what, ask.due_at.isoformat() if ask.due_at else None, ask.provisional, ask.expected,
            list(ask.reply), list(ask.remind),
        ]
        for ask in ask_terms(desk, letter)
    ]  # fmt: skip
    mail, lists = desk.office.mail, described_lists(desk.office, letter.list_names)
    # By the moments alone: where the deadlines stood before may change until it is issued.
    moves = [[one.reference, one.ask, one.due_at.isoformat(), one.provisional] for one in corrected]
    return {
        "asks": asks,
        "attach": list(letter.attach),
        "mail": [mail.sender, mail.reply, mail.bounce, mail.plus_addressing],
        **({"moves": moves} if moves else {}),
        **({"lists": {key: [one.id, one.name, one.unsubscribe_url] for key, one in lists.items()}} if lists else {}),
        **({"continues": [first.circular.reference, first.relation]} if first else {}),
    }


def _calendar_digests(desk: Desk, letter: Letter, languages: Iterable[str]) -> Mapping[str, str]:
    """The calendar files of each language; what they say need not stand in the text. The subject is in the form."""
    domain = desk.office.mail.domain
    digests = {}
    for language in sorted(set(languages)):
        locale = office_locale(desk.office, languages_of(language)[0])
        files = letter_calendars(letter, subject="", locale=locale, zone=desk.office.zone, domain=domain)
        digests[language] = digest_of([[file.method, file.content] for file in files]).hex()
    return digests


def ask_terms(desk: Desk, letter: Letter) -> tuple[AskTerms, ...]:
    """Return what the register must know of a letter's asks."""
    terms = []
    for ask in letter.asks:
        deadline = letter.deadlines.get(ask.deadline)
        due_at = deadline.cut_off(desk.office.zone) if deadline else None
        terms.append(
            AskTerms(
                ask=ask.id,
                what=ask.what,
                due_at=due_at,
                late_at=late_from(due_at, desk.office) if due_at else None,
                provisional=deadline.provisional if deadline else False,
                expected=ask.expected,
                deadline=ask.deadline,
                reply=ask.reply,
                remind=ask.remind,
            )
        )
    return tuple(terms)
