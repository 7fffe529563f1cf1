"""Mail that came in: filed once each with what was attached, and settled by staff."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from office.errors import NotFoundError
from store.schema import addressees, circulars, delivery_events, inbound, inbound_files, outbox

# A report proves that the server had taken the message, even where its answer is not recorded yet (sending).
TAKEN = ("sending", "in-doubt", "sent", "delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundRow:
    """A filed mail without its bytes. ``state`` is filed, triage or settled; ``details`` is what the filing noted."""

    id: int
    fingerprint: str
    message_id: str
    filed_at: datetime
    received_at: datetime
    sender: str
    subject: str
    kind: str
    confidence: str
    state: str
    reason: str
    details: Mapping[str, Any]
    circular_id: int | None
    addressee_id: int | None
    reference: str = ""
    key: str = ""
    party: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """Why the mail was understood as it was, in sentences."""
        return tuple(self.details.get("evidence", ()))


_NAME = func.coalesce(circulars.c.reference, circulars.c.slug).label("reference")


def find_filed(connection: Connection, fingerprint: str) -> int | None:
    """Return the id of a mail already filed under that fingerprint."""
    return connection.execute(select(inbound.c.id).where(inbound.c.fingerprint == fingerprint)).scalar()


def add_mail(
    connection: Connection,
    *,
    fingerprint: str,
    message_id: str,
    filed_at: datetime,
    received_at: datetime,
    sender: str,
    subject: str,
    kind: str,
    confidence: str,
    state: str,
    reason: str,
    details: Mapping[str, object],
    circular_id: int | None,
    addressee_id: int | None,
    thread: str,
    raw: bytes,
) -> int:
    """Store a mail and return its id; the bytes are compressed. The fingerprint must be a new one.

    ``thread`` is the conversation that Outlook thinks it belongs to, or empty.
    """
    values = {
        "fingerprint": fingerprint,
        "message_id": message_id,
        "filed_at": filed_at,
        "received_at": received_at,
        "sender": sender[:320],
        "subject": subject,
        "kind": kind,
        "confidence": confidence,
        "state": state,
        "reason": reason,
        "evidence": json.dumps(details, ensure_ascii=False),
        "circular_id": circular_id,
        "addressee_id": addressee_id,
        "thread": thread,
        "raw": zlib.compress(raw),
    }
    inserted = connection.execute(inbound.insert().values(values)).inserted_primary_key
    return int(inserted[0]) if inserted is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFile:
    """What came with a mail: under a safe name, its contents in the archive under their SHA-256. ``size`` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


def add_files(connection: Connection, inbound_id: int, files: Sequence[InboundFile]) -> None:
    """List what came with a mail, in the order in which it stood there."""
    rows = [
        {
            "inbound_id": inbound_id,
            "position": position,
            "name": file.name,
            "media_type": file.media_type[:200],
            "size": file.size,
            "sha256": file.sha256,
        }
        for position, file in enumerate(files)
    ]
    if rows:
        connection.execute(inbound_files.insert(), rows)


def files_of(connection: Connection, inbound_id: int) -> tuple[InboundFile, ...]:
    """Return what came with a mail."""
    columns = (inbound_files.c.name, inbound_files.c.media_type, inbound_files.c.size, inbound_files.c.sha256)
    query = select(*columns).where(inbound_files.c.inbound_id == inbound_id).order_by(inbound_files.c.position)
    return tuple(InboundFile(**row._mapping) for row in connection.execute(query))


def mails(
    connection: Connection,
    *,
    states: Sequence[str] = ("triage",),
    circular_id: int | None = None,
    party: str | None = None,
    limit: int | None = None,
) -> tuple[InboundRow, ...]:
    """Return filed mails in the order they came, by default those that staff must decide."""
    query = _mails().where(inbound.c.state.in_(states)).order_by(inbound.c.received_at, inbound.c.id)
    if circular_id is not None:
        query = query.where(inbound.c.circular_id == circular_id)
    if party is not None:
        query = query.where(addressees.c.party == party)
    return tuple(_inbound_row(row) for row in connection.execute(query.limit(limit)))


def count_triage(connection: Connection, circular_id: int | None = None) -> int:
    """Return how many mails staff must decide about, of one circular or of whatever circular or none."""
    query = select(func.count()).select_from(inbound).where(inbound.c.state == "triage")
    if circular_id is not None:
        query = query.where(inbound.c.circular_id == circular_id)
    return int(connection.scalar(query) or 0)


def mail_by_id(connection: Connection, inbound_id: int) -> InboundRow:
    """Return one mail; raises `NotFoundError`."""
    row = connection.execute(_mails().where(inbound.c.id == inbound_id)).first()
    if row is None:
        raise NotFoundError(f"There is no mail number {inbound_id}.", hint="`circulars triage` lists them.")
    return _inbound_row(row)


def raw_mail(connection: Connection, inbound_id: int) -> bytes:
    """Return a mail's bytes as they were fetched; raises `NotFoundError`."""
    packed = connection.execute(select(inbound.c.raw).where(inbound.c.id == inbound_id)).scalar()
    if packed is None:
        raise NotFoundError(f"There is no mail number {inbound_id}.", hint="`circulars triage` lists them.")
    return zlib.decompress(packed)


def send_to_triage(connection: Connection, inbound_id: int, reason: str) -> None:
    """Let staff decide about a mail that is filed; ``reason`` says why."""
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(state="triage", reason=reason))


def settle(
    connection: Connection,
    inbound_id: int,
    *,
    by: str,
    at: datetime,
    decision: str,
    circular_id: int | None = None,
    addressee_id: int | None = None,
    answers: Sequence[int] = (),
) -> None:
    """Record that staff decided about a mail: who, when, in which words, and whom it is from if that was open.

    ``answers`` are the rows that the decision added to the register. Earlier decisions stay in the mail's details.
    Raises `NotFoundError`.
    """
    mail = mail_by_id(connection, inbound_id)
    settled = {
        "by": by,
        "at": at.isoformat(),
        "decision": decision,
        "state_before": mail.state,
        "circular_before": mail.circular_id,
        "addressee_before": mail.addressee_id,
        "answers": list(answers),
    }
    values: dict[str, object] = {"state": "settled", "evidence": _with_settled(mail, [*_settled(mail), settled])}
    if circular_id is not None:
        values["circular_id"] = circular_id
    if addressee_id is not None or circular_id not in {None, mail.circular_id}:
        values["addressee_id"] = addressee_id  # an addressee of another circular would be wrong
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(values))


def unsettle(connection: Connection, inbound_id: int, *, by: str, at: datetime) -> tuple[int, ...]:
    """Take back the latest decision about a mail that stands, and return the rows it had added to the register.

    The mail is again as it was before; the decision stays in its details, with who took it back and when. What the
    register says is not changed. Raises `NotFoundError`, also where there is nothing to take back.
    """
    mail = mail_by_id(connection, inbound_id)
    decisions = _settled(mail)
    place = next((n for n in reversed(range(len(decisions))) if "undone_by" not in decisions[n]), None)
    if place is None:
        raise NotFoundError(f"Nothing is decided about mail {inbound_id}.", hint="Read it: circulars triage N")
    latest = decisions[place]
    decisions[place] = {**latest, "undone_by": by, "undone_at": at.isoformat()}
    values = {
        "state": latest["state_before"],
        "circular_id": latest.get("circular_before", mail.circular_id),  # decided by an older version: kept
        "addressee_id": latest.get("addressee_before", mail.addressee_id),
        "evidence": _with_settled(mail, decisions),
    }
    connection.execute(update(inbound).where(inbound.c.id == inbound_id).values(values))
    return tuple(latest.get("answers", ()))


def _settled(mail: InboundRow) -> list[dict[str, Any]]:
    return list(mail.details.get("settled", ()))


def _with_settled(mail: InboundRow, decisions: Sequence[Mapping[str, object]]) -> str:
    return json.dumps({**mail.details, "settled": decisions}, ensure_ascii=False)


def add_delivery_event(
    connection: Connection,
    outbox_id: int,
    *,
    inbound_id: int | None,
    action: str,
    status: str,
    diagnostic: str,
    at: datetime,
    reason_group: str = "",
    permanent: bool = False,
) -> None:
    """Record what a server reported on a message, and bring the message's state up to it.

    ``reason_group`` is address, mailbox, size, temporary or policy, as far as it is known; ``permanent`` tells that
    trying again is of no use.
    A failure makes it bounced, whatever was reported before. A delivery makes it delivered. A delay changes nothing,
    except that any report proves that a message in doubt had been accepted.
    """
    connection.execute(
        delivery_events.insert().values(
            outbox_id=outbox_id,
            inbound_id=inbound_id,
            action=action[:10],
            status=status[:12],
            diagnostic=diagnostic,
            recorded_at=at,
            reason_group=reason_group[:10],
            permanent=permanent,
        )
    )
    before, after = {
        "failed": (TAKEN, "bounced"),
        "delivered": (("sending", "in-doubt", "sent"), "delivered"),
    }.get(action, (("sending", "in-doubt"), "sent"))
    connection.execute(
        update(outbox).where(outbox.c.id == outbox_id, outbox.c.state.in_(before)).values(state=after, changed_at=at)
    )


def _mails() -> Select[Any]:
    columns = [column for column in inbound.c if column.name not in {"raw", "thread"}]
    return (
        select(*columns, _NAME, addressees.c.key, addressees.c.party)
        .outerjoin(circulars, circulars.c.id == inbound.c.circular_id)
        .outerjoin(addressees, addressees.c.id == inbound.c.addressee_id)
    )


def _inbound_row(row: Row[*tuple[Any, ...]]) -> InboundRow:
    values = dict(row._mapping)
    details = json.loads(values.pop("evidence"))
    texts = {name: values[name] or "" for name in ("reference", "key", "party")}
    return InboundRow(**{**values, **texts}, details=details)
