"""The long verbs in pieces of bounded size: plain functions that a task engine, or a loop, calls until nothing is left.

Each piece is committed when it returns, and safe to repeat: a piece that was killed is simply called again. Pieces of
`send` may run side by side where the store is on PostgreSQL; of the others one at a time. A plan is not cut: its digest
is taken over one state of the lists, in one pass of even memory, and nothing is recorded before its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from delivery.archive import FOLDER
from delivery.mail_form import file_stem
from delivery.verifying import examine
from office.errors import NotFoundError
from office.files import write_aside
from office.suggestions import did_you_mean
from pipeline.archiving import KINDS, witnesses_of
from pipeline.desk import Desk
from pipeline.drafting import render
from pipeline.lookup import issued_circular
from pipeline.reminding import queue_reminders
from pipeline.sending import send
from pipeline.tracking import track
from store.message_rows import rows_in
from store.messages import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """What one piece has done. ``is_last``: another one now would find nothing, or the same obstacle.

    ``after`` is where the next piece of `render_chunk` begins; ``failed`` are keys of addressees whose letter cannot be
    made; ``stopped`` says what stood in the way, empty if nothing did.
    """

    done: int
    is_last: bool
    after: int = 0
    failed: tuple[str, ...] = ()
    stopped: str = ""


def send_chunk(desk: Desk, ref: str, most: int) -> Chunk:
    """Try to deliver ``most`` messages of a circular; raises as `pipeline.sending.send`.

    What was put off for later is no reason for another piece now: the store knows when it is due.
    """
    summary = send(desk, ref, limit=most)
    done = summary.sent + summary.printed + summary.refused + summary.deferred
    return Chunk(done=done, is_last=done < most or bool(summary.stopped), stopped=summary.stopped)


def track_chunk(desk: Desk, most: int, *, source: str = "") -> Chunk:
    """Fetch and file at most ``most`` mails; raises as `pipeline.tracking.track`."""
    summary = track(desk, source=source, limit=most)
    done = summary.filed + summary.triage + summary.already_known
    return Chunk(done=done, is_last=done < most)


def remind_chunk(desk: Desk, ref: str, most: int, *, anyway: bool = False) -> Chunk:
    """Queue today's reminders of at most ``most`` parties, for `send_chunk`; raises as `queue_reminders`."""
    queued = queue_reminders(desk, ref, anyway=anyway, most=most)
    return Chunk(done=len(queued.parties), is_last=not queued.is_cut)


def render_chunk(desk: Desk, ref: str, kind: str, folder: Path, most: int, *, after: int = 0) -> Chunk:
    """Write the letters of ``most`` messages, those after the number ``after``, into a folder, each in a file.

    They are made of the forms and values that were sealed: ``kind`` is eml, docx, pdf, html or txt. Whose letter was
    erased, or is not what was sealed, is named in ``failed``. Raises NotFoundError for another kind.
    """
    if kind not in KINDS:
        raise NotFoundError(f"There is no letter as «{kind}».", hint=did_you_mean(kind, KINDS))
    circular = issued_circular(desk, ref)
    archive, failed = desk.office.folder / FOLDER, []
    folder.mkdir(parents=True, exist_ok=True)
    with desk.store.read() as connection:
        witnesses = witnesses_of(desk, connection, circular)
        rows = list(islice(rows_in(connection, circular.id, part=Part.LETTERS, after=after), most))
        for row in rows:
            found = examine(archive, circular.reference, row, witnesses, is_thorough=False)
            if found.faults or found.form is None or found.values is None or found.content is None:
                failed.append(row.key)
                continue
            is_mail = kind == "eml" and row.role != "paper"
            content = (
                found.content if is_mail else render(kind, found.form.forms, found.values) if kind != "eml" else b""
            )
            if content:
                write_aside(folder / f"{row.id:07}-{file_stem(row.key)}.{kind}", content)
    return Chunk(done=len(rows), is_last=len(rows) < most, after=rows[-1].id if rows else after, failed=tuple(failed))
