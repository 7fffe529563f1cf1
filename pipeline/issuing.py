"""`issue`: freezing an approved plan into a batch."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from delivery.archive import FOLDER, store_form
from delivery.lists import described_lists, freeze_lists
from delivery.mail_form import compile_mail_form, compile_reminder
from delivery.message import LAYOUT
from delivery.numbering import fresh_numbers, note_numbers
from office.errors import RefusedError
from office.tokens import TokenKind, Tokens
from pipeline.approving import require_digest
from pipeline.corrigenda import move_corrected
from pipeline.desk import Desk
from pipeline.issued_words import keep_words
from pipeline.letter_folders import find_slug
from pipeline.outbox_rows import RowMaker
from pipeline.plan_changes import LEFT_OUT
from pipeline.planning import changes_since, chosen_options
from pipeline.roles import Role, require_role
from pipeline.surveying import Progress, Survey, ask_terms, survey
from recipients.model import routes
from recipients.official import is_official
from store.batches import BatchTerms, add_addressees, add_batch, plan_is_issued
from store.circulars import (
    Circular,
    circular_of,
    confirm_number,
    replace_asks,
    set_state,
)
from store.continued import Conversation, conversations
from store.database import Connection
from store.outbox import add_rows
from store.plans import Plan, latest_plan, replace_entries
from templates.forms import pack_values
from templates.merging import Merged, values_hash

CHUNK = 1000  # addressees per insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What `issue` froze."""

    reference: str
    slug: str
    digest: str
    addressees: int
    messages: int
    paper: int

    def as_json(self) -> dict[str, object]:
        """Return the shape that `issue --json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def issue(desk: Desk, ref: str, digest: str, *, progress: Progress | None = None) -> Issued:
    """Plan again, compare with the approval, and freeze a batch: forms, values and outbox rows in one transaction.

    Raises RefusedError, saying what differs, unless the latest plan was approved and still holds.
    """
    require_role(desk, Role.SENDER)
    slug = find_slug(desk, ref)
    with desk.store.read() as connection:
        _, approved = _approved_plan(desk, connection, slug, ref, digest)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        # Spooled, so that the store is locked for the inserts only and memory does not grow with the list.
        found = survey(
            desk, slug, chosen_options(approved.options), keep=lambda merged: _spool(spool, merged), progress=progress
        )
        _require_same(desk, approved, found, ref)
        if not found.letters:
            raise RefusedError(f"The plan of {ref} has no addressee.", hint=f"See why: circulars plan {ref}")
        sealed = _seal(desk, found)
        keep_words(desk, found.letter)
        spool.seek(0)
        with desk.store.write() as connection:
            # Again: somebody may have decided otherwise, or issued, while this plan was worked out.
            circular, approved = _approved_plan(desk, connection, slug, ref, found.digest)
            return _freeze(desk, connection, _Batch(circular, approved, found, sealed), spool)


def _seal(desk: Desk, found: Survey) -> dict[str, str]:
    """Put the forms of letters and reminders into the archive; returns their SHA-256 by name."""
    folder, letter, merger = desk.office.folder / FOLDER, found.letter, found.merger
    letters = {name: compile_mail_form(forms, letter, desk.office) for name, forms in merger.forms.items()}
    reminders = {name: compile_reminder(forms, letter, desk.office) for name, forms in merger.reminders.items()}
    return {name: store_form(folder, form) for name, form in (letters | reminders).items() if name in found.forms}


@dataclass(frozen=True, slots=True)
class _Batch:
    circular: Circular
    plan: Plan
    found: Survey
    sealed: dict[str, str]  # form name -> SHA-256 of its sealed form


def _approved_plan(desk: Desk, connection: Connection, slug: str, ref: str, digest: str) -> tuple[Circular, Plan]:
    circular = circular_of(connection, slug)
    latest = latest_plan(connection, circular.id) if circular else None
    if circular is None or latest is None:
        raise RefusedError(f"{ref} has not been planned.", hint=f"Plan it first: circulars plan {ref}")
    require_digest(latest, digest, ref)
    if plan_is_issued(connection, latest.id):
        raise RefusedError(
            f"This plan of {ref} is issued already.",
            hint=f"Send it: circulars send {ref} · for further addressees plan again: circulars plan {ref}",
        )
    if circular.state == "withdrawn":
        raise RefusedError(f"{ref} was withdrawn.", hint="Issue it as a new letter, in a folder of its own.")
    command = f"circulars approve {ref} --digest {latest.digest[:16]}"
    if latest.decision != "approved":
        said = "rejected" if latest.decision else "not approved yet"
        raise RefusedError(f"The latest plan of {ref} is {said}.", hint=f"To approve it: {command}")
    approver = latest.decided_by
    if desk.office.two_person_rule and (approver is None or approver.account == latest.author.account):
        raise RefusedError(
            f"{latest.author.name} planned {ref} and approved it too; the two-person rule wants another account.",
            hint=f"Ask a colleague to run: {command}",
        )
    return circular, latest


def _require_same(desk: Desk, approved: Plan, found: Survey, ref: str) -> None:
    if found.digest == approved.digest:
        return
    with desk.store.read() as connection:
        changed = changes_since(connection, approved, found)
    raise RefusedError(
        f"{ref} is no longer what was approved: {'; '.join(changed.told()) if changed else LEFT_OUT}.",
        hint=f"Look at it, and have it approved again: circulars plan {ref}",
    )


def _spool(spool: IO[str], merged: Merged) -> None:
    recipient = merged.recipient
    line = [
        merged.form_name, merged.language, merged.class_name, pack_values(merged.values).decode(),
        merged.reminder_name, None if merged.reminder is None else pack_values(merged.reminder).decode(),
        recipient.key, recipient.party, recipient.name, recipient.organisation, recipient.country,
        recipient.category, recipient.channel.value, list(recipient.to), list(recipient.cc),
        # Nobody leaves the lists of those who speak for a State.
        "" if is_official(recipient, merged.class_name) else merged.list_name,
    ]  # fmt: skip
    spool.write(json.dumps(line, ensure_ascii=False) + "\n")


def _key(line: Sequence[Any]) -> str:
    """Return the addressee's key of a spooled line."""
    return str(line[6])


def _freeze(desk: Desk, connection: Connection, batch: _Batch, spool: IO[str]) -> Issued:
    now, letter, circular = desk.clock(), batch.found.letter, batch.circular
    mail = desk.office.mail
    batch_id = add_batch(
        connection,
        BatchTerms(
            circular_id=circular.id,
            plan_id=batch.plan.id,
            digest=batch.plan.digest,
            issued_at=now,
            issued_by=desk.account,
            sender=mail.sender,
            sender_name=desk.office.name,
            reply=mail.reply,
            bounce=mail.bounce,
            plus_addressing=mail.plus_addressing,
            layout=LAYOUT,
            settings=freeze_lists(described_lists(desk.office, letter.list_names)),
        ),
    )
    replace_entries(connection, circular.id, ())  # they have become letters; what took their room is used again
    addressee_id, row_id = fresh_numbers(connection, desk.office.folder)
    freezer = _Freezer(
        tokens=desk.tokens,
        circular_id=circular.id,
        batch_id=batch_id,
        reference=letter.reference,
        sealed=batch.sealed,
        addressee_id=addressee_id,
        rows=RowMaker(tokens=desk.tokens, circular_id=circular.id, domain=mail.domain, now=now, row_id=row_id),
    )
    first = batch.found.first
    messages = paper = addressees = 0
    for lines in _chunks(spool):
        begun = conversations(connection, first.circular.id, [_key(line) for line in lines]) if first else {}
        people, rows = freezer.freeze(lines, begun)
        add_addressees(connection, people)
        add_rows(connection, rows)
        addressees += len(people)
        paper += sum(row["role"] == "paper" for row in rows)
        messages += sum(row["role"] != "paper" for row in rows)
    note_numbers(desk.office.folder, addressee=freezer.addressee_id - 1, message=freezer.rows.row_id - 1)
    confirm_number(connection, circular.id, now)
    if circular.state != "issued":
        set_state(connection, circular.id, "issued")
        replace_asks(connection, circular.id, ask_terms(desk, letter))
        move_corrected(desk, connection, letter, circular.id)
    return Issued(
        reference=letter.reference,
        slug=letter.slug,
        digest=batch.plan.digest,
        addressees=addressees,
        messages=messages,
        paper=paper,
    )


def _chunks(spool: IO[str]) -> Iterator[list[list[Any]]]:
    while lines := list(islice(spool, CHUNK)):
        yield [json.loads(line) for line in lines]


@dataclass(kw_only=True)
class _Freezer:
    """Turns spooled lines into rows of the store; the tokens of addressees are made here, once."""

    tokens: Tokens
    circular_id: int
    batch_id: int
    reference: str
    sealed: dict[str, str]
    addressee_id: int
    rows: RowMaker

    def freeze(
        self, lines: Sequence[list[Any]], begun: Mapping[str, Conversation]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the addressees and the outbox rows of some spooled lines.

        ``begun`` are the conversations, by key, in which this letter goes on.
        """
        people: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for line in lines:
            form, language, class_name, values, reminder_form, reminder, *person = line
            key, party, name, organisation, country, category, channel, to, cc, list_name = person
            packed, conversation = values.encode(), begun.get(key)
            people.append(
                {
                    "id": self.addressee_id,
                    "circular_id": self.circular_id,
                    "batch_id": self.batch_id,
                    "key": key,
                    "party": party,
                    "name": name,
                    "organisation": organisation,
                    "country": country,
                    "category": category,
                    "language": language,
                    "class_name": class_name,
                    "channel": channel,
                    "list_name": list_name,
                    "form": self.sealed[form],
                    "values": packed,
                    "values_hash": values_hash(self.reference, key, packed),
                    "token": self.tokens.make(TokenKind.ADDRESSEE, circular=self.circular_id, number=self.addressee_id),
                    "reminder_form": self.sealed[reminder_form] if reminder_form else "",
                    "reminder_values": reminder.encode() if reminder is not None else None,
                    "thread_token": conversation.token if conversation else "",
                    "thread_at": conversation.began_at if conversation else None,
                }
            )
            rows.extend(
                self.rows.row(
                    self.addressee_id, mailbox, role, in_reply_to=conversation.answered(mailbox) if conversation else ""
                )
                for mailbox, role in routes(channel, to, cc)
            )
            self.addressee_id += 1
        return people, rows
