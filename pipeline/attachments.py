"""Saving what came with a mail, for staff to look at with their own programs."""

from __future__ import annotations

from pathlib import Path

from delivery.archive import FOLDER
from pipeline.desk import Desk
from replies import attachments
from store import inbound


def save_attachments(desk: Desk, inbound_id: int, folder: Path) -> tuple[Path, ...]:
    """Write a mail's attachments into ``folder`` under safe names, over nothing that is there; returns the files.

    Raises `NotFoundError` if there is no such mail or the archive lacks one, `InputError` if one is damaged or cannot
    be written.
    """
    with desk.store.read() as connection:
        inbound.mail_by_id(connection, inbound_id)
        files = inbound.files_of(connection, inbound_id)
    return attachments.save_attachments(desk.office.folder / FOLDER, files, folder)
