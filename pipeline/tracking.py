"""`track`, `explain`: from the inbox to the register, and why a mail is understood as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from office.errors import NotFoundError
from pipeline.desk import Desk
from pipeline.sent_letters import sent_letters
from replies.explaining import explain as explain_mail
from replies.fetching import TrackSummary
from replies.fetching import track as fetch
from replies.matching import Matcher

MAX_MAIL = 50_000_000  # bytes of a file that `explain` reads


def track(
    desk: Desk, *, source: str = "", limit: int | None = None, progress: Callable[[str], None] | None = None
) -> TrackSummary:
    """Fetch mail from the office's inbox, or from another source, and file what is new, at most ``limit`` mails."""
    return fetch(
        desk.store,
        desk.office,
        desk.tokens,
        source=source,
        limit=limit,
        clock=desk.clock,
        letters=sent_letters(desk),
        progress=progress,
    )


def explain(desk: Desk | None, files: Sequence[Path]) -> list[dict[str, object]]:
    """Say what each mail is and why; nothing is stored. Without an office only the mail itself speaks."""
    found = []
    for path in files:
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_MAIL)
        except OSError as error:
            raise NotFoundError(
                f"{path} cannot be read: {error.strerror}.", hint="Name a mail saved as a file, such as reply.eml."
            ) from error
        if desk is None:
            found.append(explain_mail(raw, file=str(path)))
            continue
        with desk.store.read() as connection:
            matcher = Matcher(connection, desk.tokens, desk.office.mail, letters=sent_letters(desk))
            found.append(explain_mail(raw, file=str(path), matcher=matcher, clock=desk.clock))
    return found
