"""Edited reports that were read back, so that one can tell how old the answers on somebody else's web form are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from store.schema import answer_imports


def add_import(
    connection: Connection, circular_id: int, *, file: str, sha256: str, changed: int, at: datetime, by: str
) -> None:
    """Record that a file was read back; ``changed`` is the number of answers that it brought."""
    connection.execute(
        insert(answer_imports).values(
            circular_id=circular_id, file=file, sha256=sha256, changed=changed, imported_at=at, imported_by=by[:100]
        )
    )


def first_import(connection: Connection, circular_id: int, sha256: str) -> datetime | None:
    """Return when this very file was first read back; None if it never was."""
    query = select(func.min(answer_imports.c.imported_at)).where(
        answer_imports.c.circular_id == circular_id, answer_imports.c.sha256 == sha256
    )
    found: datetime | None = connection.scalar(query)
    return found


def latest_import(connection: Connection, circular_id: int) -> datetime | None:
    """Return when an edited report was last read back; None if none ever was."""
    query = select(func.max(answer_imports.c.imported_at)).where(answer_imports.c.circular_id == circular_id)
    found: datetime | None = connection.scalar(query)
    return found
