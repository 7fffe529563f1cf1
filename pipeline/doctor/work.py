"""What is under way or waits for somebody: who sends, what is held or in doubt, when `tick` and the backup last ran."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from delivery.journal import left_messages
from delivery.journal_lines import highest_number
from delivery.lease import SEND_LOCK, TICK_LOCK, holder, last_taken
from office.model import Office
from pipeline.backing_up import last_backup
from pipeline.doctor.results import Results, Visit, error, good, note, skipped, warning
from store.circulars import Circular, all_circulars
from store.database import SCHEMA_VERSION, Connection, open_store
from store.health import file_health, server_health, store_file, unended_senders
from store.messages import State, counts, highest_id, waiting_ids
from store.schedule import due_circulars
from store.senders import LIFE

_TICK_LATE = timedelta(hours=1)  # what is due longer than that was not seen by any timer
_BACKUP_OLD = timedelta(days=8)  # one a week, and a day for a machine that was off


def look_at_work(office: Office, visit: Visit) -> Results:
    """Look at what sending and the timer have left; the store is only read."""
    yield from _sender(office)
    yield from _backup(office, visit)
    with _reading(office, visit) as connection:
        if connection is None:
            yield skipped(
                "no-register", "There is no store yet, or one of another version: nothing was looked for in it."
            )
            return
        yield from _senders(connection, office, visit)
        yield from _circulars(connection, office)
        yield from _tick(connection, office, visit)


def _sender(office: Office) -> Results:
    who = holder(office.folder, SEND_LOCK)
    yield note("sending", f"Somebody is sending: {who}.") if who else good("not-sending", "Nobody is sending.")


def _backup(office: Office, visit: Visit) -> Results:
    if store_file(office.store_url, office.folder) is None:
        yield note(
            "backup-unknown",
            "Copies of a store on a PostgreSQL server are made with its own tools, and cannot be seen from here.",
            "Make one every day, from a timer: pg_dump --format=custom --file=FILE DATABASE (docs/it-officer.md).",
        )
        return
    made = last_backup(office.folder)
    if made is None:
        yield note(
            "backup-unknown",
            "No copy of the store was made with `circulars backup`; other backups cannot be seen from here.",
            "Make one every day, from a timer: circulars backup FILE (docs/it-officer.md).",
        )
        return
    age = visit.clock() - made.at
    told = f"The last `circulars backup` was {_ago(age)}: {made.file}"
    if age > _BACKUP_OLD:
        yield warning("backup-old", f"{told}.", "See why its timer does not run: systemctl list-timers")
    else:
        yield good("backup", f"{told}.")


@contextmanager
def _reading(office: Office, visit: Visit) -> Iterator[Connection | None]:
    """Open the store for reading where opening changes nothing: it is there, and needs no upgrade."""
    path = store_file(office.store_url, office.folder)
    if path is not None:
        version = file_health(path, seconds=0).schema
    elif visit.offline:
        version = ""
    else:
        version = server_health(office.store_url, clock=visit.clock, seconds=visit.seconds).schema
    if version != SCHEMA_VERSION:
        yield None
        return
    store = open_store(office.store_url, office.folder)
    try:
        with store.read() as connection:
            yield connection
    finally:
        store.close()


def _senders(connection: Connection, office: Office, visit: Visit) -> Results:
    """Name processes that the store believes to be sending and that give no sign of life."""
    alone = store_file(office.store_url, office.folder) is not None
    for sender in unended_senders(connection):
        who = f"{sender.account} on {sender.host}, process {sender.process}"
        silent = visit.clock() - sender.seen_at
        if alone and not holder(office.folder, SEND_LOCK):
            hint = "The next `circulars send` settles what it left; nothing goes twice."
            yield warning("sender-ended", f"{who} was sending and ended without saying so.", hint)
        elif silent > LIFE:
            yield warning(
                "sender-silent",
                f"The last sign of life of {who} came {_ago(silent)}.",
                "Look whether it hangs (journalctl, ps); another sender settles what it leaves.",
            )
        elif not alone:
            yield note("sending", f"Somebody is sending: {who}, begun {_ago(visit.clock() - sender.started_at)}.")


def _circulars(connection: Connection, office: Office) -> Results:
    issued = [circular for circular in all_circulars(connection) if circular.state == "issued"]
    quiet = True
    if issued and not (office.folder / "archive").is_dir():
        quiet = False
        yield error(
            "archive-lost",
            f"The folder archive/ is not there, but {issued[0].reference} is issued: its letters can neither be sent "
            "nor shown.",
            "Put it back from the backup that belongs to the store (docs/it-officer.md, Restore).",
        )
    for circular in issued:
        found = list(_circular(connection, office, circular))
        quiet = quiet and not found
        yield from found
    beyond = highest_number(office.folder)
    if beyond > highest_id(connection):
        yield note(
            "store-behind",
            f"The send journal names message {beyond}, which this store does not have: it is older than the journal.",
            "After a restore this is to be expected; see Restore in docs/it-officer.md.",
        )
    if quiet:
        yield good("register", f"Letters issued: {len(issued)}; none is held, none has messages in doubt.")


def _circular(connection: Connection, office: Office, circular: Circular) -> Results:
    number = counts(connection, circular.id)
    if circular.held:
        yield note("held", f"{circular.reference} is held.", f"To go on: circulars resume {circular.slug}")
    if number[State.IN_DOUBT]:
        yield warning(
            "in-doubt",
            f"{circular.reference}: of {number[State.IN_DOUBT]} messages nobody knows whether they went.",
            f"Settle them: circulars doubt {circular.slug}",
        )
    gone = left_messages(office.folder, circular.slug, circular.id).intersection(waiting_ids(connection, circular.id))
    if gone:
        yield warning(
            "journal-ahead",
            f"{circular.reference}: the send journal knows {len(gone)} messages as gone that wait here to be sent; the "
            "store was probably put back from a backup.",
            f"Nothing goes twice: circulars send {circular.slug} holds the letter and names them, to be settled with "
            f"circulars doubt {circular.slug}",
        )
    left = number[State.SENDING] + number[State.CLAIMED]
    if left and not holder(office.folder, SEND_LOCK):
        yield warning(
            "left-behind",
            f"{circular.reference}: a sender that ended early left {left} messages.",
            f"The next run settles them, and puts into doubt what may have gone: circulars send {circular.slug}",
        )


def _tick(connection: Connection, office: Office, visit: Visit) -> Results:
    ran = last_taken(office.folder, TICK_LOCK)
    now = visit.clock()
    told = f"`tick` last ran {_ago(now - ran)}" if ran else "`tick` has never run here"
    late = due_circulars(connection, now - _TICK_LATE)
    if late and (ran is None or now - ran > _TICK_LATE):
        yield error(
            "tick-missing", f"{told}, and {', '.join(late)} should have been sent by now.",
            "Let a timer run it: systemctl enable --now circulars-tick.timer (docs/it-officer.md).",
        )  # fmt: skip
    elif office.automatic_reminders and (ran is None or now - ran > timedelta(days=1)):
        yield warning(
            "tick-missing", f"{told}, and [reminders] automatic rests on it.",
            "Let a timer run it: systemctl enable --now circulars-tick.timer (docs/it-officer.md).",
        )  # fmt: skip
    else:
        yield note("tick", f"{told}.") if ran is None else good("tick", f"{told}.")


def _ago(age: timedelta) -> str:
    minutes = max(0, round(age.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago" if minutes else "just now"
    return f"{round(minutes / 60)} hours ago" if age < timedelta(days=3) else f"{age.days} days ago"
