"""Mailboxes that get nothing more, from one list or from all. `store.outbox.claim` passes them over.

A suppression holds for one list, or, where its ``list_name`` is empty, for every list. Letters to governments belong to
no list, and nothing that a machine noticed holds them back: for these a person's decision counts alone
(docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from office.domains import comparable_address, domain_of
from store.messages import OutboxRow, State
from store.schema import addressees, outbox, suppressions
from store.statements import Statement

LONGEST_REASON = 500  # characters
_CHUNK = 500


class Kind(StrEnum):
    """Why a mailbox is suppressed, the weakest reason first; but `_strength`."""

    BOUNCE = "bounce"  # a report said that it does not exist, or is out of use
    COMPLAINT = "complaint"  # its provider reported that somebody called a letter spam
    MANUAL = "manual"  # a person of this office decided it
    OPT_OUT = "opt-out"  # its owner left the list


_LEFT_TOO = "; its owner left every list on"  # follows the reason of a person's decision


def _strength(kind: Kind, list_name: str) -> int:
    """Return the weight of a reason: for every list, a person's decision alone also holds back letters to governments.

    An opt-out in its place would let these go.
    """
    kinds = list(Kind)
    return len(kinds) if kind is Kind.MANUAL and not list_name else kinds.index(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One mailbox that gets nothing from a list, or from any where ``list_name`` is empty.

    ``address`` is as `office.domains.comparable_address` has it. ``inbound_id`` is the mail that says so, if any.
    """

    address: str
    list_name: str = ""
    kind: Kind = Kind.MANUAL
    reason: str
    since: datetime
    by: str
    inbound_id: int | None = None

    def holds(self, list_name: str) -> bool:
        """Tell whether it holds back a letter to an addressee of that list; empty: to a government."""
        if not list_name:
            return self.kind is Kind.MANUAL and not self.list_name
        return self.list_name in {"", list_name}

    @property
    def is_left(self) -> bool:
        """Tell whether the owner of the mailbox left, also where a person's decision stands in its place."""
        return self.kind is Kind.OPT_OUT or _LEFT_TOO in self.reason

    def joined_by(self, left: Suppression) -> Suppression:
        """Return it with the day and the reason of an opt-out that it outranks: the owner's wish is not forgotten."""
        _, joined, words = left.reason.partition(_LEFT_TOO)
        told = f"{joined}{words}" if joined else f"{_LEFT_TOO} {left.since:%Y-%m-%d}: {left.reason}"
        told = told[: LONGEST_REASON // 2]
        return replace(self, reason=f"{self.reason[: LONGEST_REASON - len(told)]}{told}")

    @property
    def sentence(self) -> str:
        """What the row of a message says that was not sent."""
        where = f" on the list «{self.list_name}»" if self.list_name else ""
        return f"The mailbox is suppressed{where} ({self.kind}, {self.since:%Y-%m-%d}): {self.reason}"


class Suppressions:
    """Suppressions by address, to ask about many mailboxes."""

    def __init__(self, found: Iterable[Suppression]) -> None:
        self._by_address: dict[str, list[Suppression]] = {}
        for one in found:
            self._by_address.setdefault(one.address, []).append(one)

    def __len__(self) -> int:
        return len(self._by_address)

    def of(self, mailbox: str) -> Sequence[Suppression]:
        """Return all that is said of a mailbox, of whatever list."""
        return self._by_address.get(comparable_address(mailbox), ()) if self._by_address else ()

    def holding(self, mailbox: str, list_name: str) -> Suppression | None:
        """Return what holds back a letter to a mailbox, the strongest reason; None if it may go."""
        holding = [one for one in self.of(mailbox) if one.holds(list_name)]
        return max(holding, key=lambda one: _strength(one.kind, one.list_name), default=None)


def suppress(connection: Connection, one: Suppression) -> bool:
    """Enter a suppression; returns False if the mailbox was suppressed so already, for as strong a reason.

    Of an opt-out and a person's decision for every list, the decision stands and names the other.
    """
    same = (suppressions.c.address == one.address, suppressions.c.list_name == one.list_name)
    row = connection.execute(select(suppressions).where(*same)).first()
    known = None if row is None else _suppression(row)
    if known is not None and _strength(known.kind, known.list_name) >= _strength(one.kind, one.list_name):
        if one.is_left and not known.is_left:
            told = known.joined_by(one)
            connection.execute(update(suppressions).where(*same).values(reason=told.reason))
        return False
    if known is not None and known.is_left and not one.is_left:
        one = one.joined_by(known)
    values: dict[str, object] = {
        "kind": one.kind.value, "reason": one.reason, "since": one.since, "by": one.by[:200],
        "inbound_id": one.inbound_id,
    }  # fmt: skip
    if known is not None:
        connection.execute(update(suppressions).where(*same).values(values))
    else:
        connection.execute(insert(suppressions).values(values | {"address": one.address, "list_name": one.list_name}))
    return True


def unsuppress(
    connection: Connection, address: str, *, list_name: str | None = None, kinds: Collection[Kind] = tuple(Kind)
) -> tuple[Suppression, ...]:
    """Allow writing to an address again, of one list or, by default, of all; returns the suppressions that went."""
    gone = [suppressions.c.address == comparable_address(address), suppressions.c.kind.in_([k.value for k in kinds])]
    if list_name is not None:
        gone.append(suppressions.c.list_name == list_name)
    query = select(suppressions).where(*gone).order_by(suppressions.c.list_name)
    found = tuple(_suppression(row) for row in connection.execute(query))
    connection.execute(delete(suppressions).where(*gone))
    return found


def keeps_suppressed(connection: Connection, address: str) -> bool:
    """Tell whether somebody wished that an address gets nothing; that it bounced is no wish, and is erased."""
    known = select(suppressions.c.address).where(suppressions.c.address == comparable_address(address))
    return connection.execute(known.where(suppressions.c.kind != Kind.BOUNCE.value)).first() is not None


def all_suppressions(connection: Connection) -> tuple[Suppression, ...]:
    """Return every suppression, by address and list."""
    query = select(suppressions).order_by(suppressions.c.address, suppressions.c.list_name)
    return tuple(_suppression(row) for row in connection.execute(query))


def suppressions_of(connection: Connection, addresses: Iterable[str]) -> Suppressions:
    """Return what is said of some mailboxes."""
    wanted = sorted({comparable_address(address) for address in addresses})
    found: list[Suppression] = []
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(_OF_ADDRESSES, {"addresses": wanted[start : start + _CHUNK]})
        found += [_suppression(row) for row in rows]
    return Suppressions(found)


_OF_ADDRESSES = select(suppressions).where(suppressions.c.address.in_(bindparam("addresses", expanding=True)))


def hold_back(connection: Connection, rows: Sequence[OutboxRow], now: datetime) -> frozenset[int]:
    """Mark those of some claimed rows whose mailbox is suppressed, with the reason; returns their ids."""
    if _FIRST.scalar(connection) is None:
        return frozenset()
    mailed = [row for row in rows if row.role != "paper"]
    known = suppressions_of(connection, [row.mailbox for row in mailed])
    held = {row.id: one.sentence for row in mailed if (one := known.holding(row.mailbox, row.list_name)) is not None}
    if held:
        changes = [{"row_id": row_id, "said": said, "at": now} for row_id, said in held.items()]
        connection.execute(_HOLD_BACK, changes)
    return frozenset(held)


_FIRST = Statement(select(suppressions.c.address).limit(1))


def held_back(connection: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Return those of some rows whose mailbox is suppressed."""
    rows = _rows(connection, ids)
    known = suppressions_of(connection, [mailbox for _, mailbox, _ in rows])
    return frozenset(row_id for row_id, mailbox, list_name in rows if known.holding(mailbox, list_name) is not None)


_HOLD_BACK = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.state == State.CLAIMED.value)
    .values(
        state=State.SUPPRESSED.value,
        changed_at=bindparam("at", type_=outbox.c.changed_at.type),
        reply_text=bindparam("said"),
    )
)


def queue_again(connection: Connection, address: str, now: datetime) -> int:
    """Queue the messages that an address did not get, as far as nothing holds them back any more; returns how many."""
    wanted = comparable_address(address)
    query = select(outbox.c.id, outbox.c.mailbox).where(
        outbox.c.state == State.SUPPRESSED, outbox.c.domain == domain_of(address)
    )
    ids = [row.id for row in connection.execute(query) if comparable_address(row.mailbox) == wanted]
    known = suppressions_of(connection, [address])
    free = [row_id for row_id, mailbox, list_name in _rows(connection, ids) if not known.holding(mailbox, list_name)]
    for start in range(0, len(free), _CHUNK):
        chosen = (outbox.c.id.in_(free[start : start + _CHUNK]), outbox.c.state == State.SUPPRESSED)
        connection.execute(update(outbox).where(*chosen).values(state=State.QUEUED, changed_at=now, reply_text=""))
    return len(free)


def listed_message(connection: Connection, circular_id: int, row_id: int) -> tuple[str, str] | None:
    """Return the mailbox and the list of a message of that circular, or None; the list is empty for governments."""
    found = [(mailbox, list_name) for _, mailbox, list_name in _rows(connection, [row_id], circular_id=circular_id)]
    return found[0] if found else None


def _rows(connection: Connection, ids: Sequence[int], *, circular_id: int | None = None) -> list[tuple[int, str, str]]:
    """Return the ids, mailboxes and lists of messages that go by mail."""
    found: list[tuple[int, str, str]] = []
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(outbox.c.id, outbox.c.mailbox, addressees.c.list_name)
            .join(addressees, addressees.c.id == outbox.c.addressee_id)
            .where(outbox.c.id.in_(ids[start : start + _CHUNK]), outbox.c.role != "paper")
        )
        if circular_id is not None:
            query = query.where(outbox.c.circular_id == circular_id)
        found += [(row.id, row.mailbox, row.list_name) for row in connection.execute(query)]
    return found


def _suppression(row: Row[*tuple[Any, ...]]) -> Suppression:
    return Suppression(**{**row._mapping, "kind": Kind(row.kind)})
