"""The rows of a run, claimed a few at a time so that memory does not grow with the list."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import islice
from operator import attrgetter
from pathlib import Path

from delivery.addressing import envelope_sender
from delivery.archive import FOLDER, load_form
from delivery.dkim import Signer, load_signers, sign_message
from delivery.headers import AddressError, mailbox
from delivery.ledger import Ledger
from delivery.limits import Limits
from delivery.mail_form import MailForm, file_stem
from delivery.message import pieces
from delivery.tally import Tally
from delivery.transports.verdicts import Parcel
from office.files import sync_folder, write_aside
from office.model import Office
from store.messages import OutboxRow, State
from store.outbox import Outcome
from templates.forms import Value, unpack_values
from templates.merging import values_hash

MOST_ASIDE = 50  # messages of a domain that must wait; no more of it are claimed
CLAIM_AGAIN = 1.0  # seconds after a claim that found nothing
AHEAD = 64  # messages made before their turn: more than leave together
MOST_AHEAD = 4_000_000  # bytes of them
CHUNK = 500  # rows claimed at a time; a crash costs nothing, for claimed rows are simply queued again
_size = attrgetter("size")
CHANGED = "What this addressee was to get is no longer what was approved; see: circulars archive verify"
ERASED = "What this addressee was to get has been erased."


class Feed:
    """Yields what is to be mailed; rows for paper are written for the print run on the way.

    ``limit`` is the most messages that the run may try. ``wait`` is how many seconds it takes, after `next` had none,
    until there may be one: 0 if nothing is left. Messages to domains that must wait are set ``aside``, so that others
    go on. Raises `InputError` for keys that cannot sign.
    """

    def __init__(self, ledger: Ledger, tally: Tally, office: Office, *, outgoing: Path, limit: int | None) -> None:
        self._ledger = ledger
        self._tally = tally
        self._form = lru_cache(maxsize=64)(partial(load_form, office.folder / FOLDER))  # spares hashing the path
        self._print = outgoing / "print"
        self._signers = load_signers(office)
        self._left = limit
        self._rows: deque[OutboxRow] = deque()
        self._ahead: dict[int, Parcel] = {}  # made before their turn, by the number of their row
        self.exhausted = False  # the last claim found nothing, and nothing is set aside
        self._claim_at = 0.0
        self.aside: dict[str, deque[OutboxRow]] = {}
        self.wait = 0.0

    def next_chunk(self) -> list[tuple[OutboxRow, Parcel]]:
        """Return the next messages, or none when nothing is left that is due."""
        while rows := self._claim():
            parcels = [pair for row in rows if (pair := self._prepare(row)) is not None]
            if parcels:
                return parcels
        return []

    def next(self, limits: Limits) -> tuple[OutboxRow, Parcel] | None:
        """Return the next message that may go, as one that ``limits`` took; None where none may right now."""
        self.wait = limits.delay()
        while not self.wait and (row := self._next_row(limits)) is not None:
            pair = self._prepare(row)
            if pair is not None:
                limits.took(row.domain)
                return pair
        return None

    def make_ahead(self) -> None:
        """Make the next messages while servers read the last ones: together, they take less time than one by one.

        One that cannot be made, or is no mail, is looked at in its turn.
        """
        size = sum(map(_size, self._ahead.values()))
        for row in islice(self._rows, len(self._ahead), AHEAD):  # nearly always, those before it are made
            if size > MOST_AHEAD or row.role == "paper":
                return
            if row.id not in self._ahead:
                try:
                    made = self._make(row)
                except Exception:
                    return
                if isinstance(made, Parcel):
                    self._ahead[row.id] = made
                    size += made.size

    def _next_row(self, limits: Limits) -> OutboxRow | None:
        waits = []
        for domain, rows in tuple(self.aside.items()):
            waits.append(limits.delay_of(domain))
            if not waits[-1]:
                row = rows.popleft()
                if not rows:
                    del self.aside[domain]
                return row
        while self._rows or self._more():
            row = self._rows.popleft()
            wait = limits.delay_of(row.domain)
            if not wait:
                return row
            self.aside.setdefault(row.domain, deque()).append(row)
            self._ahead.pop(row.id, None)  # nobody knows for how long
            waits.append(wait)
        self.wait = min(waits, default=0.0)
        return None

    def _more(self) -> bool:
        """Claim more; not at every look, nor once for each connection, where there was nothing else."""
        if (self.aside or self.exhausted) and time.monotonic() < self._claim_at:
            return False
        self._rows.extend(self._claim())
        if not self._rows:
            self._claim_at = time.monotonic() + CLAIM_AGAIN
        return bool(self._rows)

    def returned(self) -> None:
        """Note that a message did not leave and may be tried again within the limit."""
        self.exhausted = False
        if self._left is not None:
            self._left += 1

    def _claim(self) -> list[OutboxRow]:
        limit = CHUNK if self._left is None else min(CHUNK, self._left)
        without = frozenset(domain for domain, rows in self.aside.items() if len(rows) >= MOST_ASIDE)
        rows = self._ledger.claim(limit, without) if limit and not self._ledger.held else []
        self.exhausted = not rows and not self.aside
        if self._left is not None:
            self._left -= len(rows)
        return rows

    def _prepare(self, row: OutboxRow) -> tuple[OutboxRow, Parcel] | None:
        parcel = self._ahead.pop(row.id, None)
        if parcel is not None:
            return row, parcel
        made = self._make(row)
        if isinstance(made, Parcel):
            return row, made
        if made:
            self._end(row, Outcome(row_id=row.id, state=State.REFUSED, text=made))
        return None

    def _make(self, row: OutboxRow) -> Parcel | str:
        """Return a row's message; or why it has none, which is empty for one on paper."""
        if row.values is None:
            return ERASED
        form = self._form(row.form)
        values = _approved(row, row.values, form.reference)
        if values is None:
            return CHANGED
        if row.role == "paper":
            self._write_print(row, form, values)
            return ""
        try:
            return make_parcel(row, form, values, self._signers)
        except AddressError as error:
            return f"{error}."

    def _write_print(self, row: OutboxRow, form: MailForm, values: tuple[Value, ...]) -> None:
        self._print.mkdir(parents=True, exist_ok=True)
        document = form.forms.docx_for(values)
        write_aside(self._print / f"{row.id:07}-{file_stem(row.key)}.docx", document)
        sync_folder(self._print)
        self._end(row, Outcome(row_id=row.id, state=State.PRINTED, sha256=hashlib.sha256(document).digest()))

    def _end(self, row: OutboxRow, outcome: Outcome) -> None:
        self._ledger.note(row, outcome)
        self._tally.count(row, outcome)


def _approved(row: OutboxRow, packed: bytes, reference: str) -> tuple[Value, ...] | None:
    """Return a row's values; None if they are not those that were approved with the letter, or cannot be read."""
    try:
        if row.values_hash is None or row.values_hash == values_hash(reference, row.key, packed):
            return unpack_values(packed)
    except (ValueError, TypeError, AttributeError):  # text, where somebody has edited the store
        pass
    return None


def make_parcel(row: OutboxRow, form: MailForm, values: tuple[Value, ...], signers: Sequence[Signer] = ()) -> Parcel:
    """Build a row's message, signed, and its envelope; raises `AddressError` if its mailbox is no address."""
    recipient = mailbox(row.mailbox)
    beginning, common = pieces(form, values, row)
    digest = hashlib.sha256(beginning)
    digest.update(common)
    if signers:
        beginning = sign_message(beginning + common, signers) + beginning
    size = len(beginning) + len(common)
    utf8 = not recipient.isascii()  # in its local part, for its domain stands in A-labels
    plain = True  # quoted-printable and base64 are ASCII without such lines, and a field begins with its name
    return Parcel(  # by their places: to name them would take as long as the rest of it
        row.id, row.message_id, envelope_sender(row), recipient, (beginning, common), size, utf8, row.token, plain,
        digest.digest(),
    )  # fmt: skip
