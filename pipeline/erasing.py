"""`erase`: a person's values are removed on request, the proof of what was sent stays (docs/secretariat.md).

What goes: key, name, organisation, mailboxes, the values of letters and reminders, servers' words about the mailboxes,
reports and automatic mail, and the files that were written for sending. What stays: that a letter went, when, under
which Message-ID, its SHA-256, and the salted hash of its values; and a suppressed address, for that is what keeps it
from being written to. Mail that people wrote is correspondence: it goes only if that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from delivery.archive import FOLDER
from delivery.sending import OUTGOING
from office.errors import InputError, NotFoundError, RefusedError
from office.model import FilesTransport
from pipeline.desk import Desk
from pipeline.erased_keys import erased_name
from pipeline.lookup import AMBIGUOUS, issued_circular
from pipeline.triage import to_decide
from store.circulars import all_circulars
from store.database import Connection
from store.erasing import Person, PersonsMail, erase_mails, erase_person, find_persons, mails_of, wipe
from store.erasures import Erasure, erasures_of, record_erasure
from store.suppressions import keeps_suppressed

ATTACHMENTS = Path(FOLDER) / "attachments"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToErase:
    """What `erase` would remove of a person: its letters, the mails about it, and mails that it wrote itself.

    ``suppressed`` are mailboxes that stay listed as not to be written to.
    """

    persons: tuple[Person, ...]
    machine_mails: tuple[PersonsMail, ...]
    replies: tuple[PersonsMail, ...]
    suppressed: tuple[str, ...]

    @property
    def key(self) -> str:
        """The person's key."""
        return self.persons[0].key


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was removed. ``replies_left`` are mails that the person wrote; ``is_wiped`` that no trace is in the file."""

    key: str
    stand_ins: Mapping[str, str]  # what stands in place of the key, by reference
    mails: int
    files: int
    replies_left: tuple[PersonsMail, ...]
    suppressed: tuple[str, ...]
    is_wiped: bool

    def as_json(self) -> dict[str, object]:
        """Return the shape that `erase --json` prints."""
        return {
            "erased": dict(self.stand_ins),
            "mails": self.mails,
            "files": self.files,
            "replies_left": [mail.id for mail in self.replies_left],
            "suppressed": list(self.suppressed),
            "wiped": self.is_wiped,
        }


def to_erase(desk: Desk, key: str, *, ref: str = "") -> ToErase:
    """Return what `erase` would remove, of one letter or of all.

    ``key`` is a key, a mailbox that letters went to, or a name as the list had it. Raises NotFoundError where nobody
    is called so, or several are; RefusedError while a message to the person may still go, or nobody knows if it went.
    """
    circular = issued_circular(desk, ref) if ref else None
    with desk.store.read() as connection:
        persons = find_persons(connection, key, circular.id if circular else None)
        if not persons:
            raise _nobody(desk, connection, key, ref)
        keys = tuple(dict.fromkeys(person.key.lower() for person in persons))
        if len(keys) > 1:
            raise NotFoundError(
                f"«{key}» could be {', '.join(keys[:AMBIGUOUS])}.",
                hint="Give the key of one of them: nothing was erased.",
            )
        _require_settled(persons)
        mails = {mail.id: mail for person in persons for mail in mails_of(connection, person)}
        boxes = dict.fromkeys(box for person in persons for box in person.mailboxes)
        suppressed = tuple(box for box in boxes if keeps_suppressed(connection, box))
    return ToErase(
        persons=persons,
        machine_mails=tuple(mail for mail in mails.values() if mail.is_machine),
        replies=tuple(mail for mail in mails.values() if not mail.is_machine),
        suppressed=suppressed,
    )


def _nobody(desk: Desk, connection: Connection, key: str, ref: str) -> NotFoundError | RefusedError:
    for circular in all_circulars(connection):
        for erasure in erasures_of(connection, circular.id):
            if key == erasure.key or desk.tokens.hide(erased_name(circular.id, key)) == erasure.key_hash:
                when = f"{erasure.erased_at.astimezone(desk.office.zone):%Y-%m-%d}"
                return RefusedError(
                    f"{key} was erased from {circular.reference} on {when} by {erasure.erased_by}: nothing is left."
                )
    where = f"addressee of {ref}" if ref else "addressee of any letter"
    return NotFoundError(
        f"No {where} has the key, mailbox or name «{key}».",
        hint="Give it as the list had it. Who got copies only (Cc) stands under the addressee whose copies they were.",
    )


def _require_settled(persons: tuple[Person, ...]) -> None:
    for person in persons:
        doubtful = "in-doubt" in person.unsettled or "sending" in person.unsettled
        if doubtful:
            raise RefusedError(
                f"Nobody knows whether a message of {person.reference} to {person.key} went: nothing was erased.",
                hint=f"Settle it first: circulars doubt {person.slug} {person.key} --sent",
            )
        if person.unsettled:
            raise RefusedError(
                f"A message of {person.reference} to {person.key} has not gone yet: nothing was erased.",
                hint=f"Withdraw it first: circulars withdraw {person.slug} {person.key}",
            )


def erase(desk: Desk, key: str, *, note: str, ref: str = "", replies: bool = False) -> Erased:
    """Remove what is stored of a person, in one transaction; then write the database anew, so that no trace is left.

    ``note`` says why, in words that name nobody; ``replies``: also the mails that the person wrote. Raises like
    `to_erase`, InputError for a note that names the person, RefusedError for replies that nobody has judged or a file
    that cannot be deleted.
    """
    wanted = to_erase(desk, key, ref=ref)
    _require_fit(note, wanted)
    if replies:
        _require_judged(desk, wanted)
    now, erased_mails = desk.clock(), 0
    stand_ins: dict[str, str] = {}
    unused: list[str] = []
    with desk.store.write() as connection:
        for seen in wanted.persons:
            # Again, inside the transaction: something may have been queued meanwhile.
            person = next(
                (one for one in find_persons(connection, seen.key, seen.circular_id) if one.key == seen.key), None
            )
            if person is None:
                continue
            _require_settled((person,))
            mails = [mail for mail in mails_of(connection, person) if replies or mail.is_machine]
            unused.extend(erase_mails(connection, mails, person))
            erased_mails += len(mails)
            hidden = desk.tokens.hide(erased_name(person.circular_id, person.key))
            stand_in = f"erased-{hidden[:12]}"
            stand_ins[person.reference] = stand_in
            erase_person(connection, person, stand_in)
            record_erasure(
                connection,
                Erasure(
                    circular_id=person.circular_id, addressee_id=person.addressee_id, key=stand_in, key_hash=hidden,
                    erased_at=now, erased_by=desk.account, note=note,
                ),
            )  # fmt: skip
        # Before the transaction ends: if a file cannot be deleted, nothing is erased, and it can be tried again.
        files = [*_outgoing_files(desk, wanted), *(desk.office.folder / ATTACHMENTS / name for name in unused)]
        _delete(files)
    return Erased(
        key=wanted.key,
        stand_ins=stand_ins,
        mails=erased_mails,
        files=len(files),
        replies_left=() if replies else wanted.replies,
        suppressed=wanted.suppressed,
        is_wiped=wipe_traces(desk),
    )


def _require_fit(note: str, wanted: ToErase) -> None:
    names = {name.lower() for one in wanted.persons for name in (one.key, one.name, *one.mailboxes) if name}
    if not note.strip():
        raise InputError("Say why it is erased.", hint='For example: --note "request of 4 March, file 2031/17"')
    if any(name in note.lower() for name in names):
        raise InputError("The note names the person, and would stay.", hint="Name the request instead, by its number.")


def _require_judged(desk: Desk, wanted: ToErase) -> None:
    """What a reply answers must be in the register before the reply goes."""
    waiting = {mail.number for mail in to_decide(desk).mails}
    for mail in wanted.replies:
        if mail.id in waiting:
            raise RefusedError(
                f"Nobody has decided yet what mail {mail.id} answers: nothing was erased.",
                hint=f"Decide it first: circulars triage {mail.id}",
            )


def _outgoing_files(desk: Desk, wanted: ToErase) -> Iterator[Path]:
    """Yield the files that were written for sending and printing: their names begin with the numbers of the rows."""
    folders = {OUTGOING, *(one.folder for one in desk.office.transports.values() if isinstance(one, FilesTransport))}
    numbers = {f"{number:07}" for person in wanted.persons for number in person.row_ids}
    for name in sorted(folders):
        for path in sorted((desk.office.folder / name).glob("**/*")):
            number, _, rest = path.name.partition("-")
            if number in numbers and rest and path.is_file():
                yield path


def _delete(files: Iterable[Path]) -> None:
    for path in files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise RefusedError(
                f"{path} cannot be deleted ({error.strerror}): the store is as it was.",
                hint="Look at the rights on its folder, then erase again.",
            ) from error


def wipe_traces(desk: Desk) -> bool:
    """Write the store anew, as `erase` does at its end; returns False where another command has it open."""
    return wipe(desk.store)
