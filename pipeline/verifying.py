"""`archive verify`: whether everything that was sealed and sent is still what it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from delivery.archive import FOLDER, load_form
from delivery.verifying import TAKEN, Changed, Examined, Standing, examine
from office.errors import CircularsError, NotFoundError
from pipeline.approving import kept_visa
from pipeline.archiving import PAPER, witnesses_of
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from store.archived import BatchSeal, batch_seals, form_names
from store.circulars import Circular, all_circulars
from store.database import Connection
from store.message_rows import rows_in
from store.messages import counts
from store.plans import decisions_of

Progress = Callable[[str, int, int], None]  # the letter, how many messages of it are done, and of how many
STEP = 500  # messages between two reports of progress
MOST_FAULTS = 1000  # that are kept one by one
_CLOSER_LOOKS = 100  # changed rows of a batch of which each is asked what was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One thing that is not as it was issued. ``key`` and ``mailbox`` are empty where it is not one message's own."""

    code: str
    message: str
    key: str = ""
    mailbox: str = ""
    message_id: str = ""


@dataclass(kw_only=True)
class Verified:
    """What `archive verify` found of one circular. ``standings`` count messages; ``wrong`` are the first thousand."""

    reference: str
    forms: int = 0
    addressees: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    faults: int = 0

    def blame(self, wrong: Wrong) -> None:
        """Take in a fault."""
        self.faults += 1
        if len(self.wrong) < MOST_FAULTS:
            self.wrong.append(wrong)

    def as_json(self) -> dict[str, object]:
        """Return the shape that `archive verify --json` prints."""
        return {
            "reference": self.reference,
            "forms": self.forms,
            "addressees": self.addressees,
            "messages": {standing.value.replace("-", "_"): self.standings[standing] for standing in Standing},
            "faults": self.faults,
            "wrong": [{name: getattr(wrong, name) for name in wrong.__slots__} for wrong in self.wrong],
        }


def verify(desk: Desk, ref: str = "", *, progress: Progress | None = None) -> tuple[Verified, ...]:
    """Check all sealed forms, all hashes of values and every message of a circular, or of all that were issued."""
    load_form.cache_clear()
    if ref:
        chosen: tuple[Circular, ...] = (issued_circular(desk, ref),)
    else:
        with desk.store.read() as connection:
            chosen = tuple(circular for circular in all_circulars(connection) if circular.state != "planned")
    return tuple(_verify(desk, circular, progress) for circular in chosen)


def _verify(desk: Desk, circular: Circular, progress: Progress | None) -> Verified:
    found = Verified(reference=circular.reference or circular.slug)
    by_batch: dict[int, _Batch] = {}
    with desk.store.read() as connection:
        witnesses = witnesses_of(desk, connection, circular)  # before the rows: a `send` may be running
        unseen, without_line = set(witnesses.journal), 0
        _verify_forms(desk, connection, circular, found)
        for seal in batch_seals(connection, circular.id):
            found.addressees += seal.entered
            for code, told in _disagreements(seal):
                found.blame(Wrong(code=code, message=f"Batch {seal.number} {told}"))
        _verify_visas(desk, connection, circular, found)
        total = sum(counts(connection, circular.id).values())
        archive = desk.office.folder / FOLDER
        for done, row in enumerate(rows_in(connection, circular.id), start=1):
            batch = by_batch.setdefault(row.batch_id, _Batch())
            examined = examine(archive, circular.reference, row, witnesses, is_thorough=batch.is_worth_a_closer_look)
            found.standings[examined.standing] += 1
            batch.take(examined, found)
            unseen.discard(row.id)
            noted = witnesses.journal.get(row.id)
            if row.state in TAKEN and row.role != PAPER and noted is None:
                without_line += 1
            elif noted not in {None, row.message_id} and examined.standing is Standing.VERIFIED:
                told = f"The send journal has the Message-ID {noted} for it, but the message itself is as it was sent."
                found.blame(_wrong(examined, "journal-changed", told))
            if progress is not None and (done % STEP == 0 or done == total):
                progress(found.reference, done, total)
    for number, batch in by_batch.items():
        batch.close(number, found)
    if unseen:
        told = f"The send journal names {len(unseen):,} messages that the store no longer has, such as"
        found.blame(Wrong(code="messages-missing", message=f"{told} {witnesses.journal[min(unseen)]}."))
    if without_line and witnesses.journal:
        told = f"The send journal lacks {without_line:,} of the messages that went: it was changed."
        found.blame(Wrong(code="journal-incomplete", message=told))
    return found


def _disagreements(seal: BatchSeal) -> Iterator[tuple[str, str]]:
    """Yield what of a batch does not agree with what was planned and approved: a code, and words."""
    if seal.planned is not None and seal.planned != seal.entered:
        code = "addressees-missing" if seal.entered < seal.planned else "addressees-added"
        yield code, f"was approved for {seal.planned:,} addressees; the store has {seal.entered:,} of it."
    if not seal.is_readable:
        yield "plan-changed", "was made of a plan that is gone or can no longer be read."
    elif len(seal.digests) > 1:
        yield "plan-changed", "and its plan no longer have the same digest: one of them was changed."
    if seal.decision != "approved":
        said = seal.decision or "not approved"
        yield "decision-changed", f"was issued, but its plan is {said} now: a decision was changed."
    if seal.mail is not None and tuple(seal.mail) != seal.sent_from:
        yield "batch-changed", "no longer has the mail addresses that were approved: they were changed."


def _verify_visas(desk: Desk, connection: Connection, circular: Circular, found: Verified) -> None:
    for decision in decisions_of(connection, circular.id):
        if not decision.visa_sha256:
            continue
        try:
            kept_visa(desk, decision)
        except CircularsError as error:
            code = "visa-missing" if isinstance(error, NotFoundError) else "visa-changed"
            found.blame(Wrong(code=code, message=f"The visa {decision.visa_name}: {error.message}"))


def _verify_forms(desk: Desk, connection: Connection, circular: Circular, found: Verified) -> None:
    for name in form_names(connection, circular.id):
        found.forms += 1
        try:
            load_form(desk.office.folder / FOLDER, name)
        except CircularsError as error:
            code = Changed.FORM_MISSING if isinstance(error, NotFoundError) else Changed.FORM
            found.blame(Wrong(code=code.value, message=error.message))


class _Batch:
    """The messages of one batch: where none of them agrees with its SHA-256, what they have in common was changed."""

    def __init__(self) -> None:
        self._agreeing = 0
        self._at_fault: list[Examined] = []
        self._more = 0

    @property
    def is_worth_a_closer_look(self) -> bool:
        """Whether so few messages disagree that it pays to find out why."""
        return len(self._at_fault) < _CLOSER_LOOKS

    def take(self, examined: Examined, found: Verified) -> None:
        """Take in a message; faults of its own are told at once, of forms they are told already."""
        self._agreeing += examined.standing is Standing.VERIFIED and examined.row.role != PAPER
        if examined.is_row_at_fault:
            if len(self._at_fault) < MOST_FAULTS:
                self._at_fault.append(examined)
            else:
                self._more += 1
            return
        for fault in examined.faults:
            if fault.code not in {Changed.FORM, Changed.FORM_MISSING}:
                found.blame(_wrong(examined, fault.code.value, fault.message))

    def close(self, number: int, found: Verified) -> None:
        """Tell of the messages that disagree, once all are known."""
        if len(self._at_fault) > 1 and not self._agreeing:
            told = self._at_fault[0].blame_batch().faults[0].message
            found.blame(Wrong(code=Changed.BATCH.value, message=f"Batch {number}: {told}"))
            return
        for examined in self._at_fault:
            found.blame(_wrong(examined, Changed.ROW.value, examined.faults[0].message))
        found.faults += self._more


def _wrong(examined: Examined, code: str, message: str) -> Wrong:
    row = examined.row
    return Wrong(code=code, message=message, key=row.key, mailbox=row.mailbox, message_id=row.message_id)
