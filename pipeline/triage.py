"""`triage`: what waits for a person's decision, what it seems to say, deciding, and taking a decision back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from office.errors import RefusedError
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug
from pipeline.lookup import one_party, require_issued
from replies.invitations import read_calendar_answer
from replies.mail import parse_mail
from replies.people import find_people
from replies.quoted import new_text
from replies.suggesting import Suggestion, suggest, suggest_from_calendar
from store import inbound, register
from store.circulars import Circular, asks_of, circular_by_id
from store.database import Connection
from store.delegates import Delegate
from store.inbound import InboundFile, InboundRow
from store.parties import first_addressee
from store.triage import ReceivedReply, received_replies

DECIDED = (*register.ANSWERED, "excused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mail in the list of those that wait. ``party`` is empty where it is not known."""

    number: int
    received_at: datetime
    party: str
    sender: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """What waits for staff: mails of which it is unclear whose they are, and replies that nobody has judged."""

    unclear: tuple[InboundRow, ...]
    replies: tuple[ReceivedReply, ...]

    @property
    def mails(self) -> tuple[Waiting, ...]:
        """Every mail once, the oldest first."""
        found = {row.id: _waiting(row.id, row) for row in self.unclear}
        for reply in self.replies:
            found.setdefault(reply.inbound_id, _waiting(reply.inbound_id, reply))
        return tuple(sorted(found.values(), key=lambda mail: (mail.received_at, mail.number)))


def _waiting(number: int, mail: InboundRow | ReceivedReply) -> Waiting:
    return Waiting(
        number=number,
        received_at=mail.received_at,
        party=mail.party,
        sender=mail.sender,
        subject=mail.subject,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAsk:
    """An ask that is not decided for a party. ``state`` is what the register says of it now."""

    id: str
    what: str
    expected: bool
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mail read as the answer of one party to one letter.

    ``suggestion`` is what it seems to say, and ``settles`` the asks that would be answered by it: none for a question,
    or where the suggestion says why there is none.
    """

    reference: str
    party: str
    asks: tuple[OpenAsk, ...]
    suggestion: Suggestion | None
    settles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOnDesk:
    """A filed mail with its new text, what came with it, and whose answer it may be, the likeliest first.

    ``people`` are those that a list in the text names, as far as they can be told.
    """

    row: InboundRow
    text: str
    files: tuple[InboundFile, ...]
    people: tuple[Delegate, ...]
    readings: tuple[Reading, ...]


def to_decide(desk: Desk) -> ToDecide:
    """Return what waits for a person's decision, the oldest first."""
    with desk.store.read() as connection:
        return ToDecide(unclear=inbound.mails(connection), replies=received_replies(connection))


def open_mail(desk: Desk, inbound_id: int) -> MailOnDesk:
    """Return a filed mail; raises NotFoundError."""
    with desk.store.read() as connection:
        row = inbound.mail_by_id(connection, inbound_id)
        text = row.details.get("text")
        if not isinstance(text, str):  # filed by an earlier version
            text = new_text(parse_mail(inbound.raw_mail(connection, inbound_id), clock=desk.clock).text)
        files = inbound.files_of(connection, inbound_id)
        readings = tuple(
            _reading(desk, connection, row, circular, party, text=text, attached=bool(files))
            for circular, party in _owners(connection, row)
        )
    return MailOnDesk(row=row, text=text, files=files, people=find_people(text), readings=readings)


def read_as(desk: Desk, mail: MailOnDesk, ref: str, party: str) -> Reading:
    """Read a mail as the answer of a party that staff name; raises NotFoundError or RefusedError."""
    with desk.store.read() as connection:
        circular = require_issued(connection, find_slug(desk, ref), ref)
        chosen = one_party(connection, circular, party)
        return _reading(desk, connection, mail.row, circular, chosen, text=mail.text, attached=bool(mail.files))


def _owners(connection: Connection, row: InboundRow) -> Iterable[tuple[Circular, str]]:
    """Yield whose answer to which circular a mail may be: as it is filed, then the candidates."""
    named = [(row.circular_id, row.party)] if row.party else []
    named += [(one["circular_id"], one["party"]) for one in row.details.get("candidates", ())]
    for circular_id, party in dict.fromkeys(named):
        circular = circular_by_id(connection, circular_id) if circular_id is not None else None
        if circular is not None:
            yield circular, party


def _reading(
    desk: Desk, connection: Connection, row: InboundRow, circular: Circular, party: str, *, text: str, attached: bool
) -> Reading:
    latest = register.latest_answers(connection, circular.id, party)
    asks = tuple(
        OpenAsk(id=terms.ask, what=terms.what, expected=terms.expected, state=state)
        for terms in asks_of(connection, circular.id)
        if (state := latest[terms.ask].state if terms.ask in latest else "open") not in DECIDED
    )
    if row.kind == "calendar":
        calendar = read_calendar_answer(parse_mail(inbound.raw_mail(connection, row.id), clock=desk.clock))
        suggestion = suggest_from_calendar(calendar) if calendar is not None else None
    else:
        suggestion = _suggested(text, asks, attached=attached)
    partly_decided = any(answer.inbound_id == row.id and answer.state in DECIDED for answer in latest.values())
    if suggestion is not None and suggestion.state and not suggestion.what and partly_decided:
        suggestion = None  # what the mail says in general has been judged
    settles = _settled_by(suggestion, asks)
    return Reading(reference=circular.reference, party=party, asks=asks, suggestion=suggestion, settles=settles)


def _suggested(text: str, asks: Sequence[OpenAsk], *, attached: bool) -> Suggestion | None:
    """Suggest for what is expected; an offer is looked at only if it alone is spoken of."""
    expected = [ask.what for ask in asks if ask.expected]
    found = suggest(text, asks=expected, has_attachments=attached)
    if found is None or not found.what:
        offered = suggest(text, asks=[ask.what for ask in asks if not ask.expected], has_attachments=attached)
        if offered is not None and offered.what:
            return offered
    return found


def _settled_by(suggestion: Suggestion | None, asks: Sequence[OpenAsk]) -> tuple[str, ...]:
    if suggestion is None or suggestion.state not in register.STATES:
        return ()
    if suggestion.what:
        return tuple(ask.id for ask in asks if ask.what == suggestion.what)
    return tuple(ask.id for ask in asks if ask.expected and ask.state != suggestion.state)


def decide(
    desk: Desk,
    inbound_id: int,
    *,
    state: str,
    ref: str = "",
    party: str = "",
    asks: Sequence[str] = (),
    delegates: Sequence[Delegate] = (),
) -> str:
    """Decide what a mail says: of some asks, or of all that are expected; returns the party.

    ``ref`` and ``party`` may be left out where filing has found them; ``delegates`` are those whom the answer names.
    Raises NotFoundError or RefusedError for what does not exist or is not known.
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
        answered = tuple(asks) or _undecided(connection, circular, chosen)
        recorded = [
            _record(desk, connection, mail, state, circular_id=circular.id, party=chosen, ask=ask, delegates=delegates)
            for ask in answered
        ]
        inbound.settle(
            connection,
            inbound_id,
            by=desk.account,
            at=desk.clock(),
            decision=f"{chosen}: {', '.join(answered)} {state}",
            circular_id=circular.id,
            addressee_id=mail.addressee_id
            if mail.party == chosen
            else first_addressee(connection, circular.id, chosen),
            answers=recorded,
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
    decision = note or "set aside"
    with desk.store.write() as connection:
        mail = inbound.mail_by_id(connection, inbound_id)
        recorded = [
            _record(
                desk, connection, mail, "open", circular_id=reply.circular_id, party=reply.party, ask=ask, note=decision
            )
            for reply in received_replies(connection)
            for ask in (reply.asks if reply.inbound_id == inbound_id else ())
        ]
        inbound.settle(connection, inbound_id, by=desk.account, at=desk.clock(), decision=decision, answers=recorded)


def _record(
    desk: Desk,
    connection: Connection,
    mail: InboundRow,
    state: str,
    *,
    circular_id: int,
    party: str,
    ask: str,
    note: str = "",
    delegates: Sequence[Delegate] = (),
) -> int:
    return register.record_answer(
        connection,
        circular_id=circular_id,
        party=party,
        ask=ask,
        state=state,
        by="mail",
        answered_at=mail.received_at,
        recorded_at=desk.clock(),
        recorded_by=desk.account,
        inbound_id=mail.id,
        note=note,
        delegates=delegates,
    )


def undo(desk: Desk, inbound_id: int) -> str:
    """Take back the latest decision about a mail, and return it in words.

    The register then says again what it said before: by new entries, so that the history tells all of it. Raises
    NotFoundError if nothing is decided, RefusedError if the register was changed since.
    """
    now = desk.clock()
    with desk.store.write() as connection:
        taken_back = [
            register.take_back(connection, answer_id, at=now, by=desk.account)
            for answer_id in inbound.unsettle(connection, inbound_id, by=desk.account, at=now)
        ]
    return ", ".join(f"{answer.party}: {answer.ask} {answer.state}" for answer in taken_back) or "set aside"
