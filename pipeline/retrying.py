"""`retry`: what was refused or put off, once more, when what was wrong is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from office.errors import RefusedError
from pipeline.desk import Desk
from pipeline.lookup import issued_circular, one_addressee
from pipeline.roles import Role, require_role
from store.retrying import hasten_deferred, queue_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many messages are tried again: ``refused`` ones, and ``deferred`` ones before their time.

    ``suppressed`` are refused ones that stay so, as nobody may write to their mailbox.
    """

    reference: str
    refused: int
    deferred: int
    suppressed: int

    def as_json(self) -> dict[str, object]:
        """Return the shape that `retry --json` prints."""
        return asdict(self)


def retry(desk: Desk, ref: str, keys: Sequence[str] = (), *, refused: bool = False, deferred: bool = False) -> Retried:
    """Queue refused messages again, or let deferred ones be tried now: of some addressees, or of all without keys.

    Nothing is sent. Raises RefusedError for a letter that is not issued or was withdrawn.
    """
    require_role(desk, Role.SENDER)
    circular = issued_circular(desk, ref)
    if circular.state == "withdrawn":
        raise RefusedError(f"{circular.reference} was withdrawn; nothing more of it goes out.")
    now = desk.clock()
    with desk.store.write() as connection:
        chosen = [one_addressee(connection, circular, key) for key in keys]
        queued, suppressed = queue_refused(connection, circular.id, chosen, now) if refused else (0, 0)
        hastened = hasten_deferred(connection, circular.id, chosen, now) if deferred else 0
    return Retried(reference=circular.reference, refused=queued, deferred=hastened, suppressed=suppressed)
