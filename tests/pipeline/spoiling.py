"""Spoiling an office, and running every verb on it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from office.errors import CircularsError
from pipeline.approving import approve
from pipeline.archiving import show
from pipeline.checking import check
from pipeline.drafting import preview
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.registering import all_statuses
from pipeline.reporting import report
from pipeline.sending import send
from pipeline.surveying import PlanOptions
from pipeline.translating import translation_status
from tests.pipeline.offices import SLUG, desk_at, dump

SECOND = "second"
Spoil = Callable[[Path], object]  # what it returns does not matter


def outcome(act: Callable[[], Any]) -> Any:
    """Return what a verb returns, or the known error that it ends with; anything else is a failure."""
    try:
        return act()
    except CircularsError as error:
        return error


def run_every_verb(folder: Path) -> dict[str, Any]:
    """Run all verbs on the second letter; the first one's history must not change."""
    before = history(folder)
    found: dict[str, Any] = {}

    def work() -> None:
        with desk_at(folder) as desk:
            found["check"] = outcome(lambda: check(desk))
            found["translate"] = outcome(lambda: translation_status(desk))
            found["preview docx"] = outcome(lambda: preview(desk, SECOND, kind="docx"))
            found["preview eml"] = outcome(lambda: preview(desk, SECOND, kind="eml"))
            found["preview one"] = outcome(lambda: preview(desk, SECOND, to="Kenya"))
            found["plan"] = outcome(lambda: plan(desk, SECOND, PlanOptions(fall_back=True)))
            if not isinstance(found["plan"], CircularsError):
                digest = found["plan"].digest
                outcome(lambda: approve(desk, SECOND, digest))
                found["issue"] = outcome(lambda: issue(desk, SECOND, digest))
                found["send"] = outcome(lambda: send(desk, SECOND))
            found["status"] = outcome(lambda: all_statuses(desk))
            found["show"] = outcome(lambda: show(desk, SLUG, "lens", "eml"))
            found["report"] = outcome(lambda: report(desk, SLUG, "csv"))

    outcome(work)
    for ended in found.values():
        if isinstance(ended, CircularsError):
            assert ended.message
            assert all(finding.message and finding.code for finding in ended.findings)
    assert history(folder) == before
    return found


def history(folder: Path) -> object:
    """What is stored of the letter that has gone, and the files that it left."""
    from store.database import open_store

    store = open_store("sqlite:///circulars.db", folder)
    tables = dump(store)
    store.close()
    kept = {
        name: [row for row in rows if row[{"circulars": 0, "plans": 1}.get(name, 0 if name == "asks" else 1)] == 1]
        for name, rows in tables.items()
        if name in {"circulars", "plans", "asks", "batches", "addressees", "outbox", "answers", "numbers"}
        and name != "numbers"
    }
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "outgoing" / "LU-31-001").rglob("*")
        if path.is_file()
    }
    return kept, files


def folder_for(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def file_for(path: Path) -> None:
    """Put a file in the place of a folder."""
    path.rename(path.with_name("moved"))
    path.touch()


def bomb(name: str, size: int = 60_000_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, b"<a>" + b" " * size)
    return buffer.getvalue()
