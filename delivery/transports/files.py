"""Messages as .eml files, for a try-out or for a machine that passes them on.

The name follows from the row, and the bytes from the sealed form: writing a message again replaces it by itself.
So this transport needs no intents, and a crash leaves nothing in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from delivery.mail_form import file_stem
from delivery.transports.verdicts import Parcel
from office.files import sync_folder, write_aside


def write_messages(folder: Path, parcels: Sequence[tuple[str, Parcel]]) -> None:
    """Write messages, each with its addressee's key, into ``folder``; durable on return. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for key, parcel in parcels:
        write_aside(folder / f"{parcel.row_id:07}-{file_stem(key)}.eml", parcel.message)
    sync_folder(folder)
