"""`track`, `triage`, `explain`: from the inbox to the register, and what staff decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from office.errors import NotFoundError, RefusedError
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug
from pipeline.lookup import one_party, require_issued
from pipeline.sent_letters import sent_letters
from replies.explaining import explain as explain_mail
from replies.fetching import TrackSummary
from replies.fetching import track as fetch
from replies.mail import parse_mail
from replies.matching import Matcher
from replies.quoted import new_text
from store import inbound, register
from store.circulars import Circular
from store.database import Connection
from store.inbound import InboundRow
from store.parties import first_addressee
from store.triage import ReceivedReply, received_replies

DECIDED = (*register.ANSWERED, "excused")
MAX_MAIL = 50_000_000  # bytes of a file that `explain` reads


def track(desk: Desk, *, source: str = "", progress: Callable[[str], None] | None = None) -> TrackSummary:
    """Fetch mail from the office's inbox, or from another source, and file what is new."""
    return fetch(
        desk.store,
        desk.office,
        desk.tokens,
        source=source,
        clock=desk.clock,
        letters=sent_letters(desk),
        progress=progress,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """What waits for staff: mails of which it is unclear whose they are, and replies that nobody has judged."""

    unclear: tuple[InboundRow, ...]
    replies: tuple[ReceivedReply, ...]


def to_decide(desk: Desk) -> ToDecide:
    """Return what waits for a person's decision, the oldest first."""
    with desk.store.read() as connection:
        return ToDecide(unclear=inbound.mails(connection), replies=received_replies(connection))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOnDesk:
    """A filed mail with its new text, for the person who decides."""

    row: InboundRow
    text: str


def open_mail(desk: Desk, inbound_id: int) -> MailOnDesk:
    """Return a filed mail; raises NotFoundError."""
    with desk.store.read() as connection:
        row = inbound.mail_by_id(connection, inbound_id)
        raw = inbound.raw_mail(connection, inbound_id)
    return MailOnDesk(row=row, text=new_text(parse_mail(raw, clock=desk.clock).text))


def decide(desk: Desk, inbound_id: int, *, state: str, ref: str = "", party: str = "", ask: str = "") -> str:
    """Decide what a mail says: of one ask, or of all that are expected; returns the party.

    ``ref`` and ``party`` may be left out where filing has found them. Raises NotFoundError or RefusedError for
    what does not exist or is not known.
    """
    with desk.store.write() as connection:
        mail = inbound.mail_by_id(connection, inbound_id)
        name = ref or mail.reference
        if not name or not (party or mail.party):
            raise RefusedError(
                f"Whose answer mail {inbound_id} is, and to which letter, is not known.",
                hint=f"Say it: circulars triage {inbound_id} --ref REF --party PARTY --state {state}",
            )
        circular = require_issued(connection, find_slug(desk, name), name)
        chosen = one_party(connection, circular, party or mail.party)
        asks = (ask,) if ask else _undecided(connection, circular, chosen)
        now = desk.clock()
        for wanted in asks:
            register.record_answer(
                connection,
                circular_id=circular.id,
                party=chosen,
                ask=wanted,
                state=state,
                by="mail",
                answered_at=mail.received_at,
                recorded_at=now,
                recorded_by=desk.account,
                inbound_id=inbound_id,
            )
        decision = f"{chosen}: {', '.join(asks) or 'no ask'} {state}"
        inbound.settle(
            connection,
            inbound_id,
            by=desk.account,
            at=now,
            decision=decision,
            circular_id=circular.id,
            addressee_id=mail.addressee_id
            if mail.party == chosen
            else first_addressee(connection, circular.id, chosen),
        )
    return chosen


def _undecided(connection: Connection, circular: Circular, party: str) -> tuple[str, ...]:
    """The expected asks that nobody has decided; raises RefusedError if there are none left."""
    latest = register.latest_answers(connection, circular.id, party)
    open_asks = tuple(
        ask
        for ask in register.expected_asks(connection, circular.id)
        if ask not in latest or latest[ask].state not in DECIDED
    )
    if not open_asks:
        raise RefusedError(f"Every ask of {circular.reference} is decided for {party}.", hint="Name one with --ask.")
    return open_asks


def set_aside(desk: Desk, inbound_id: int, note: str) -> None:
    """Decide that a mail is no answer; it stays filed, with the note, and what it was taken to answer is open again."""
    now = desk.clock()
    with desk.store.write() as connection:
        inbound.settle(connection, inbound_id, by=desk.account, at=now, decision=note or "set aside")
        for reply in received_replies(connection):
            for ask in reply.asks if reply.inbound_id == inbound_id else ():
                register.record_answer(
                    connection,
                    circular_id=reply.circular_id,
                    party=reply.party,
                    ask=ask,
                    state="open",
                    by="mail",
                    answered_at=reply.received_at,
                    recorded_at=now,
                    recorded_by=desk.account,
                    inbound_id=inbound_id,
                    note=note or "set aside",
                )


def explain(desk: Desk | None, files: Sequence[Path]) -> list[dict[str, object]]:
    """Say what each mail is and why; nothing is stored. Without an office only the mail itself speaks."""
    found = []
    for path in files:
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_MAIL)
        except OSError as error:
            raise NotFoundError(
                f"{path} cannot be read: {error.strerror}.", hint="Name a mail saved as a file, such as reply.eml."
            ) from error
        if desk is None:
            found.append(explain_mail(raw, file=str(path)))
            continue
        with desk.store.read() as connection:
            matcher = Matcher(connection, desk.tokens, desk.office.mail, letters=sent_letters(desk))
            found.append(explain_mail(raw, file=str(path), matcher=matcher, clock=desk.clock))
    return found
