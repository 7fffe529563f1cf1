"""`send`: the way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from delivery.sending import SendProgress, SendSummary
from delivery.sending import send as deliver
from office.model import FilesTransport
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.roles import Role, require_role
from pipeline.stopping import require_going


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a `send` would do, for the person who must agree to it."""

    reference: str
    transport: str
    for_real: bool  # leaves this machine's files


def outgoing(desk: Desk, ref: str) -> Outgoing:
    """Tell where `send` would deliver to.

    Raises RefusedError if one may not send or the letter is not issued, HeldError if it is held.
    """
    require_role(desk, Role.SENDER)
    circular = issued_circular(desk, ref)
    require_going(desk, circular, ref)
    transport = desk.office.transports[desk.office.mail.transport]
    where = f"files in {transport.folder}/" if isinstance(transport, FilesTransport) else transport.host
    return Outgoing(reference=circular.reference, transport=where, for_real=not isinstance(transport, FilesTransport))


def send(
    desk: Desk, ref: str, *, limit: int | None = None, progress: Callable[[SendProgress], None] | None = None
) -> SendSummary:
    """Deliver what is queued, or deferred and due; safe to stop and to start again.

    Raises RefusedError for a letter that is not issued, HeldError for one that is held, BusyError while somebody else
    sends.
    """
    outgoing(desk, ref)
    circular = issued_circular(desk, ref)
    return deliver(
        desk.store,
        desk.office,
        circular_id=circular.id,
        reference=circular.reference,
        limit=limit,
        clock=desk.clock,
        progress=progress,
    )
