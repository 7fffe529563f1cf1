"""`backup`: a copy of the store, safe while others send; what else belongs to a backup; and when the last was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from office.clock import Clock, system_clock
from office.errors import InputError, NotFoundError, RefusedError
from office.files import write_aside
from office.model import Office, SmtpTransport
from office.reading import load_office
from store.copying import copy_file
from store.health import store_file

RECORD = Path("journal") / "backup.json"  # beside the send journal: it is of this machine, and in no backup
ALSO = (  # what belongs to a backup besides the store, where it is there
    "office.key",
    "inbox.token",
    "relay-*.token",
    "office.toml",
    "archive",
    "letters",
    "recipients",
    "locales",
    "templates",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy of the store: its size in bytes and its schema. ``also`` names what is to be kept with it."""

    file: Path
    size: int
    schema: str
    also: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `backup --json` prints."""
        return {"file": str(self.file), "size": self.size, "schema": self.schema, "also": list(self.also)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The last backup that was made on this machine."""

    at: datetime
    file: str


def back_up(
    folder: Path,
    target: Path,
    *,
    into_folder: bool = False,
    clock: Clock = system_clock,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Backup:
    """Copy the store of the office in ``folder``; a ``target`` that is a folder gets a file named by the moment.

    With ``into_folder`` it must be one: none is made, for its disk may just not be mounted.

    The store is not upgraded. Raises `RefusedError` for a store on a server or a file that is there already,
    `NotFoundError` where no store or no such folder is, `InputError` for a damaged one.
    """
    office = load_office(folder)
    source = store_file(office.store_url, folder)
    if source is None:
        raise RefusedError(
            "The store lies on a PostgreSQL server, which has tools of its own for this.",
            hint="pg_dump --format=custom --file=FILE DATABASE; keep with it what docs/it-officer.md names.",
        )
    if not source.is_file():
        raise NotFoundError(f"There is no store at {source} yet.", hint="The first command in the office makes it.")
    now = clock()
    if target.is_dir():
        target /= f"{source.stem}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    elif into_folder:
        raise NotFoundError(f"There is no folder {target}.", hint="Make it, mount its disk, or name a file.")
    if not target.parent.is_dir():
        raise NotFoundError(f"There is no folder {target.parent}.", hint="Make it, or name another file.")
    if target.exists():
        raise RefusedError(f"{target} is there already.", hint="Name a new file, or a folder.")
    if target.resolve().parent == folder.resolve() and target.name.startswith(source.name):
        raise InputError(f"{target.name} could be taken for the store's own file.", hint="Name another file.")
    schema = copy_file(source, target, progress)
    _record(folder, target, now)
    also = _also(office)
    return Backup(file=target, size=target.stat().st_size, schema=schema, also=also)


def _also(office: Office) -> tuple[str, ...]:
    """Return what of the folder goes with the store: what every office has, and files that its settings name."""
    found = [path.name for pattern in ALSO for path in sorted(office.folder.glob(pattern))]
    named = [key.key_file for key in office.mail.dkim]
    named += [transport.ca_file for transport in office.transports.values() if isinstance(transport, SmtpTransport)]
    named += [
        office.inbox.ca_file,
        office.look.logo,
        *(signatory.facsimile for signatory in office.signatories.values()),
    ]
    return *found, *(
        name
        for name in dict.fromkeys(filter(None, named))
        if (office.folder / name).exists() and Path(name).parts[0] not in found
    )


def last_backup(folder: Path) -> Made | None:
    """Return the last backup that `back_up` made of an office here; None if none is known."""
    try:
        told = json.loads((folder / RECORD).read_text("utf-8"))
        return Made(at=datetime.fromisoformat(told["at"]).astimezone(UTC), file=str(told["file"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _record(folder: Path, target: Path, now: datetime) -> None:
    path = folder / RECORD
    with suppress(OSError):  # a copy that was made is worth more than the note of it
        path.parent.mkdir(exist_ok=True)
        content = json.dumps({"at": now.astimezone(UTC).isoformat(), "file": str(target.resolve())})
        # For `doctor` of all who may look into the folder: the timer copies under a umask that shuts them out.
        path.unlink(missing_ok=True)
        write_aside(path, content.encode("utf-8"), path.parent.stat().st_mode & 0o666)
