"""`answer`, `excuse`, `note`: what staff enter in the register by hand; everything is added, nothing overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from office.errors import CircularsError, NotFoundError, RefusedError
from office.suggestions import did_you_mean
from pipeline.deadlines import end_of, require_plausible
from pipeline.desk import Desk
from pipeline.letter_folders import open_letter
from pipeline.lookup import issued_circular, one_party
from store import register
from store.circulars import Circular, asks_of
from store.database import Connection
from store.delegates import Delegate
from store.notes import add_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as staff give it.

    ``on`` is the day of the answer in the office's zone (today if left out). ``file`` is a scan; its path is recorded,
    so it should lie in the office's folder. ``until`` holds reminders up to that day, for an answer that only
    announces another.
    """

    state: str
    by: str
    on: date | None = None
    note: str = ""
    file: Path | None = None
    delegates: tuple[Delegate, ...] = ()
    until: date | None = None


def answer(desk: Desk, ref: str, party: str, ask: str, given: Given) -> str:
    """Record an answer that came by whatever way; returns the party. Raises NotFoundError or RefusedError."""
    circular = issued_circular(desk, ref)
    if given.file is not None and not given.file.is_file():
        raise NotFoundError(
            f"There is no file {given.file}.", hint="Give the path of the scanned letter, or leave --file out."
        )
    if given.until is not None and given.state != "acknowledged":
        raise RefusedError(
            f"«{given.state}» is an answer: there is nothing to wait for.",
            hint="--until goes with --state acknowledged. More time: circulars extend · a remark: circulars note",
        )
    now = desk.clock()
    answered_at = moment_of(desk, given.on)
    fault = day_before_letter(given.on, letter_date(desk, circular))
    if fault:
        raise RefusedError(f"{fault}.", hint="Give the day on which the answer came.")
    until = _held_until(desk, given.until)
    with desk.store.write() as connection:
        chosen = one_party(connection, circular, party)
        require_ask(connection, circular, ask)
        register.record_answer(
            connection,
            circular_id=circular.id,
            party=chosen,
            ask=ask,
            state=given.state,
            by=given.by,
            answered_at=answered_at,
            recorded_at=now,
            recorded_by=desk.account,
            note=given.note,
            file=str(given.file.resolve()) if given.file else "",
            delegates=given.delegates,
        )
        if until is not None:
            text = given.note or f"{ask}: acknowledged"
            add_note(connection, circular.id, chosen, text, until=until, at=now, by=desk.account)
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """Which asks a party was excused from."""

    party: str
    asks: tuple[str, ...]


def excuse(desk: Desk, ref: str, party: str, ask: str = "", *, note: str = "") -> Excused:
    """Record that a party owes nothing: for one ask, or for every expected one that it has not answered.

    Raises NotFoundError, and RefusedError where it has answered everything.
    """
    circular = issued_circular(desk, ref)
    now = desk.clock()
    with desk.store.write() as connection:
        chosen = one_party(connection, circular, party)
        if ask:
            require_ask(connection, circular, ask)
        asks = (ask,) if ask else _unanswered(connection, circular, chosen)
        for wanted in asks:
            register.record_answer(
                connection,
                circular_id=circular.id,
                party=chosen,
                ask=wanted,
                state="excused",
                by=register.OFFICE,
                answered_at=now,
                recorded_at=now,
                recorded_by=desk.account,
                note=note,
            )
    return Excused(party=chosen, asks=asks)


def _unanswered(connection: Connection, circular: Circular, party: str) -> tuple[str, ...]:
    latest = register.latest_answers(connection, circular.id, party)
    settled = (*register.ANSWERED, "excused")
    expected = register.expected_asks(connection, circular.id)
    asks = tuple(ask for ask in expected if ask not in latest or latest[ask].state not in settled)
    if not asks:
        raise RefusedError(
            f"{party} owes no answer: it has answered, or is excused.", hint="To excuse it all the same, name the ask."
        )
    return asks


def note(desk: Desk, ref: str, party: str, text: str, *, until: date | None = None) -> str:
    """Record a remark on a party, and hold reminders through the day ``until``; returns the party.

    Raises NotFoundError, and RefusedError for an empty remark or a day that has passed.
    """
    if not text.strip():
        raise RefusedError("The remark is empty.", hint="Write it between quotation marks.")
    circular = issued_circular(desk, ref)
    held = _held_until(desk, until)
    with desk.store.write() as connection:
        chosen = one_party(connection, circular, party)
        add_note(connection, circular.id, chosen, text.strip(), until=held, at=desk.clock(), by=desk.account)
    return chosen


def _held_until(desk: Desk, until: date | None) -> datetime | None:
    if until is not None and until < desk.today:
        raise RefusedError(f"{until:%Y-%m-%d} has passed.", hint="Give the day until which reminders are to wait.")
    return None if until is None else end_of(until, desk.office)


def require_ask(connection: Connection, circular: Circular, ask: str) -> None:
    """Raise NotFoundError, with a suggestion, for an ask that the circular does not have."""
    known = [terms.ask for terms in asks_of(connection, circular.id)]
    if ask not in known:
        raise NotFoundError(f"{circular.reference} has no ask «{ask}».", hint=did_you_mean(ask, known))


def moment_of(desk: Desk, on: date | None) -> datetime:
    """Return the moment that counts for the deadline: an answer of an earlier day came some time during that day.

    Raises RefusedError for a day to come.
    """
    if on is None or on == desk.today:
        return desk.clock()
    require_plausible(on)
    if on > desk.today:
        raise RefusedError(f"{on:%Y-%m-%d} has not come yet.", hint="Give the day on which the answer came.")
    return datetime.combine(on, time(12), tzinfo=desk.office.zone)


def letter_date(desk: Desk, circular: Circular) -> date | None:
    """Return the date of a circular's letter, None where its folder was changed or moved since."""
    try:
        return open_letter(desk, circular.slug).letter.date
    except CircularsError:
        return None


def day_before_letter(on: date | None, letter: date | None) -> str:
    """Return what is wrong with the day of an answer that is earlier than the letter, or nothing."""
    if on is None or letter is None or on >= letter:
        return ""
    return f"{on:%Y-%m-%d} is before the letter, which is of {letter:%Y-%m-%d}"


def parse_delegate(text: str, *, speaker: bool = False) -> Delegate:
    """Read «Name; function» as staff type it; raises RefusedError without a name."""
    name, _, function = text.partition(";")
    if not name.strip():
        raise RefusedError(f"«{text}» names nobody.", hint='Write "Amina Njoroge; Minister of Lights".')
    return Delegate(name=" ".join(name.split()), function=" ".join(function.split()), speaker=speaker)


def delegation(members: Sequence[str], speakers: Sequence[str]) -> tuple[Delegate, ...]:
    """Return the members and speakers of a delegation as typed; who is named as both is one person, who speaks."""
    named: dict[str, Delegate] = {}
    for text, speaker in (*((text, False) for text in members), *((text, True) for text in speakers)):
        delegate = parse_delegate(text, speaker=speaker)
        known = named.get(delegate.name.casefold())
        function = delegate.function or (known.function if known else "")
        named[delegate.name.casefold()] = Delegate(name=delegate.name, function=function, speaker=speaker)
    return tuple(named.values())
