"""`corrections`: mailboxes that failed for good or have moved, and the lines that would correct them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from office.errors import CircularsError
from pipeline.desk import Desk
from pipeline.letter_folders import open_letter
from pipeline.lookup import issued_circular
from recipients.corrections import Proposed, add_corrections, read_corrections
from recipients.delimited import FOLDER
from recipients.lists import CORRECTIONS, find_list, read_list
from replies.diagnostics import judge
from replies.moved import new_address
from store.circulars import Circular
from store.database import Connection
from store.failures import Failure, failures, mailboxes_of
from store.inbound import InboundRow, mails

GROUPS = ("address", "mailbox")  # what a correction can mend; policy and size are no fault of the address
_LONGEST_REASON = 200  # characters
_ALL_MAIL = ("filed", "triage", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A mailbox to be corrected. ``group`` is address or mailbox, or ``moved`` where a mail alone says so.

    ``new`` is the address that a report or automatic reply states, ``mail`` its number. ``email`` is what the line
    would say: empty where staff have to find it out. ``state`` is open, ``proposed`` where the file has the key, or
    ``corrected`` where the lists write elsewhere by now.
    """

    key: str
    party: str
    name: str
    mailbox: str
    group: str
    said: str
    at: datetime
    new: str
    mail: int | None
    email: str
    state: str

    def as_json(self) -> dict[str, object]:
        """Return the shape that `corrections --json` prints."""
        return asdict(self)


def corrections(desk: Desk, ref: str) -> tuple[Correction, ...]:
    """Return the mailboxes of a circular that failed for good or moved; raises NotFoundError or RefusedError."""
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        found = tuple(_Found(desk, connection, circular).look())
    known = read_corrections(desk.office.folder / FOLDER / CORRECTIONS)
    today = _mailboxes_today(desk, circular, frozenset(one.key for one in found))
    return tuple(_with_state(one, known, today) for one in found)


def write_corrections(desk: Desk, ref: str) -> int:
    """Add a line for each open one to the file of corrections, and return how many; lines that stand there stay."""
    lines = [
        Proposed(key=one.key, email=one.email, reason=_reason(one, desk.office.zone))
        for one in corrections(desk, ref)
        if one.state == "open"
    ]
    by_key = {line.key.casefold(): line for line in reversed(lines)}
    return add_corrections(desk.office.folder / FOLDER / CORRECTIONS, tuple(by_key.values())[::-1])


def _reason(one: Correction, zone: ZoneInfo) -> str:
    return f"{one.at.astimezone(zone):%Y-%m-%d} {one.mailbox}: {one.said[:_LONGEST_REASON]}"


class _Found:
    """Looks through what failed and what machines wrote, within one transaction."""

    def __init__(self, desk: Desk, connection: Connection, circular: Circular) -> None:
        self._connection = connection
        self._circular = circular
        self._tokens = desk.tokens
        settings = desk.office.mail
        self._own = frozenset(map(str.casefold, (settings.sender, settings.reply, settings.bounce)))
        self._mails = {mail.id: mail for mail in mails(connection, states=_ALL_MAIL, circular_id=circular.id)}
        self._automatic: dict[int, list[InboundRow]] = {}  # by addressee
        for mail in self._mails.values():
            if mail.kind == "auto-reply" and mail.addressee_id is not None:
                self._automatic.setdefault(mail.addressee_id, []).append(mail)

    def look(self) -> Iterator[Correction]:
        """Yield what can be corrected, each mailbox once."""
        told: set[tuple[str, str]] = set()
        for failure in failures(self._connection, self._circular.id):
            group, permanent = failure.group, failure.permanent
            if not group:
                judged = judge("", failure.said, failed=True)
                group, permanent = judged.group, judged.permanent
            if permanent and group in GROUPS:
                told.add((failure.key, failure.mailbox.casefold()))
                yield self._of_failure(failure, group)
        for addressee_id, theirs in self._automatic.items():
            for mail in theirs:
                moved = self._of_mail(addressee_id, mail)
                if moved is not None and (moved.key, moved.mailbox.casefold()) not in told:
                    told.add((moved.key, moved.mailbox.casefold()))
                    yield moved

    def _of_failure(self, failure: Failure, group: str) -> Correction:
        report = self._mails.get(failure.inbound_id or 0)
        texts = (failure.said, str(report.details.get("text", "")) if report else "")
        new = next((found for text in texts if (found := self._new_address(text, failure.mailbox))), "")
        source = failure.inbound_id
        for mail in self._automatic.get(failure.addressee_id, ()):
            if not new:
                new, source = self._new_address(str(mail.details.get("text", "")), failure.mailbox), mail.id
        return Correction(
            key=failure.key,
            party=failure.party,
            name=failure.name,
            mailbox=failure.mailbox,
            group=group,
            said=_line(failure.said) or group,
            at=failure.at,
            new=new,
            mail=source if new else failure.inbound_id,
            email=self._cell(failure.addressee_id, failure.mailbox, new),
            state="open",
        )

    def _of_mail(self, addressee_id: int, mail: InboundRow) -> Correction | None:
        """Return what an automatic reply says of the mailbox that it came from, if that is the addressee's."""
        mailboxes = {mailbox.casefold(): mailbox for mailbox in mailboxes_of(self._connection, addressee_id)}
        old = mailboxes.get(mail.sender.casefold()) or (next(iter(mailboxes.values())) if len(mailboxes) == 1 else "")
        new = self._new_address(str(mail.details.get("text", "")), old) if old else ""
        if not new or new.casefold() in mailboxes:
            return None
        return Correction(
            key=mail.key,
            party=mail.party,
            name=str(mail.details.get("name", "")),
            mailbox=old,
            group="moved",
            said=_line(mail.subject) or "moved",
            at=mail.received_at,
            new=new,
            mail=mail.id,
            email=self._cell(addressee_id, old, new),
            state="open",
        )

    def _new_address(self, text: str, old: str) -> str:
        return new_address(text, old, is_ours=self._is_ours)

    def _is_ours(self, address: str) -> bool:
        """One of the office's own mailboxes, or made of a token, as our Message-IDs are."""
        return address.casefold() in self._own or bool(self._tokens.find(address))

    def _cell(self, addressee_id: int, old: str, new: str) -> str:
        """The whole cell: the addressee's other mailboxes stay. Empty without a new address: nothing is taken away."""
        if not new:
            return ""
        others = mailboxes_of(self._connection, addressee_id)
        return "; ".join(new if mailbox.casefold() == old.casefold() else mailbox for mailbox in others)


def _mailboxes_today(desk: Desk, circular: Circular, keys: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Return the mailboxes that the letter's lists have today for some keys; nothing where they cannot be read."""
    folder = desk.office.folder / FOLDER
    found: dict[str, frozenset[str]] = {}
    try:
        for list_name in open_letter(desk, circular.slug).letter.list_names if keys else ():
            for row in read_list(find_list(folder, list_name), corrections=folder / CORRECTIONS):
                recipient = row.recipient
                if recipient is not None and recipient.key in keys:
                    found[recipient.key] = frozenset(map(str.casefold, (*recipient.to, *recipient.cc)))
    except CircularsError:
        return {}
    return found


def _with_state(one: Correction, known: Mapping[str, object], today: Mapping[str, frozenset[str]]) -> Correction:
    state = "open"
    if one.key in today and one.mailbox.casefold() not in today[one.key]:
        state = "corrected"
    elif one.key.casefold() in known:
        state = "proposed"
    return replace(one, state=state)


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
