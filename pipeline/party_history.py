"""`history`: all that is recorded of one party and circular, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from pipeline.desk import Desk
from pipeline.lookup import issued_circular, one_party
from store.circulars import Circular
from store.database import Connection
from store.deadlines import moves_of, standings_for
from store.delegates import Delegate, delegates_of
from store.inbound import mails
from store.notes import notes_of
from store.parties import Party, find_parties
from store.party_letters import messages_of_party, reminders_of_party
from store.register import history as answers_of
from store.register import latest_answers

_ALL_MAIL = ("filed", "triage", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. ``kind`` is letter, reminder, mail, answer, extension, corrigendum or note.

    ``at`` is when it happened, ``recorded_at`` when it was entered, ``who`` at the keyboard or in the mail. ``text`` is
    the note or subject; ``until`` a new deadline, or the end of a reminder's rest.
    """

    at: datetime
    kind: str
    ask: str = ""
    state: str = ""
    by: str = ""
    who: str = ""
    text: str = ""
    until: datetime | None = None
    recorded_at: datetime | None = None
    mail: int | None = None
    file: str = ""
    delegates: tuple[Delegate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOfParty:
    """Where the party stands on one ask; ``state`` is empty while nothing is recorded."""

    ask: str
    state: str
    due: datetime | None
    provisional: bool
    extended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyHistory:
    """All that is recorded of a party and circular."""

    reference: str
    party: str
    names: tuple[str, ...]
    country: str
    asks: tuple[AskOfParty, ...]
    events: tuple[Event, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `history --json` prints."""
        return asdict(self)


def history(desk: Desk, ref: str, party: str) -> PartyHistory:
    """Return all that is recorded of a party; raises NotFoundError or RefusedError."""
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        chosen = one_party(connection, circular, party)
        known = next((found for found in find_parties(connection, circular.id, chosen) if found.party == chosen), None)
        return _gathered(connection, circular, known or Party(party=chosen, names=(), country="", keys=()))


def _gathered(connection: Connection, circular: Circular, party: Party) -> PartyHistory:
    latest = latest_answers(connection, circular.id, party.party)
    asks = tuple(
        AskOfParty(
            ask=ask,
            state=latest[ask].state if ask in latest else "",
            due=standing.due_at,
            provisional=standing.provisional,
            extended=standing.extended,
        )
        for ask, standing in standings_for(connection, circular.id, party.party).items()
    )
    events = sorted(_events(connection, circular.id, party.party), key=lambda event: event.recorded_at or event.at)
    return PartyHistory(
        reference=circular.reference,
        party=party.party,
        names=party.names,
        country=party.country,
        asks=asks,
        events=tuple(events),
    )


def _events(connection: Connection, circular_id: int, party: str) -> Iterator[Event]:
    yield from _went_out(connection, circular_id, party)
    for mail in mails(connection, states=_ALL_MAIL, circular_id=circular_id, party=party):
        yield Event(
            at=mail.received_at, kind="mail", state=mail.kind, by="mail", who=mail.sender, text=mail.subject,
            recorded_at=mail.filed_at, mail=mail.id,
        )  # fmt: skip
    named = delegates_of(connection, circular_id, party)
    for answer in answers_of(connection, circular_id, party):
        yield Event(
            at=answer.answered_at, kind="answer", ask=answer.ask, state=answer.state, by=answer.by,
            who=answer.recorded_by, text=answer.note, recorded_at=answer.recorded_at, mail=answer.inbound_id,
            file=answer.file, delegates=named.get(answer.id, ()),
        )  # fmt: skip
    for move in moves_of(connection, circular_id, party):
        whom = move.party or "all"
        yield Event(
            at=move.recorded_at, kind=move.kind, ask=move.ask, state=f"for {whom}", who=move.recorded_by,
            text=move.reference or move.note, until=move.due_at,
        )  # fmt: skip
    for note in notes_of(connection, circular_id, party):
        yield Event(at=note.recorded_at, kind="note", who=note.recorded_by, text=note.text, until=note.until)


def _went_out(connection: Connection, circular_id: int, party: str) -> Iterator[Event]:
    for message in messages_of_party(connection, circular_id, party):
        kind = "reminder" if message.is_reminder else "letter"
        to = message.mailbox or f"{message.key}, on paper"
        yield Event(at=message.at, kind=kind, state=message.state, by=message.role, who=to, text=message.said)
    for reminder in reminders_of_party(connection, circular_id, party):
        if reminder.outcome == "expired":  # those queued are there as messages
            text = f"{reminder.rule}, due on {reminder.day:%Y-%m-%d}"
            yield Event(at=reminder.recorded_at, kind="reminder", ask=reminder.ask, state=reminder.outcome, text=text)
