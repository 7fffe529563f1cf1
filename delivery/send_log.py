"""The log of sending, for who runs the machine: a line for each message, and nobody's name in it unless asked for.

The store knows everything; this is for those who watch a machine, and may be read by more people than the register.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from delivery.headers import one_line
from office.errors import InputError
from office.model import Office, SmtpTransport
from office.redaction import without_words, words_of
from store.messages import OutboxRow
from store.outbox import Outcome

_MAILBOX = re.compile(  # RFC 5321 section 4.1.2 has quoted ones too
    r"""(?:"[^"]*"|[^\s<>()\[\]"',;:]+)(?:[@＠]|%40)[^\s<>()\[\]"',;:]+""",
    re.IGNORECASE,
)
_ENCODED = re.compile(r"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", re.IGNORECASE)  # RFC 2047: nobody knows whose name it hides
_STATUS = re.compile(r"^(?:\d{3}[ -])?([245]\.\d{1,3}\.\d{1,3})\b *")  # RFC 3463, where RFC 2034 puts it
_LEFT_OUT = "<…>"
_LONGEST = 400  # characters of what a server said


class SendLog:
    """Writes what became of a circular's messages. ``addresses`` adds the mailbox, and leaves servers' words alone."""

    def __init__(self, logger: logging.Logger, *, reference: str, relay: str, addresses: bool) -> None:
        self._logger = logger
        self._reference = one_line(reference).replace(" ", "_")
        self._relay = one_line(relay) or "-"
        self._addresses = addresses

    def tell(self, row: OutboxRow, outcome: Outcome) -> None:
        """Write the line of a message."""
        said = one_line(outcome.text)
        status = _STATUS.match(said)
        words = said[status.end() :] if status is not None else said
        if not self._addresses:
            words = without_person(words, row)
        whom = f" to=<{one_line(row.mailbox)}>" if self._addresses else ""
        self._logger.info(
            "%s row=%d %s %s %s %s%s %s", self._reference, row.id, outcome.state.value, outcome.code or "-",
            status[1] if status is not None else "-", self._relay, whom, words[:_LONGEST],
        )  # fmt: skip


def without_person(said: str, row: OutboxRow) -> str:
    """Return a server's words without mailboxes, and without the addressee's name, key or parts of the address."""
    said = _ENCODED.sub(_LEFT_OUT, _MAILBOX.sub(_LEFT_OUT, said))
    words = {row.key, *words_of(row.name)}
    for mailbox in (row.mailbox, row.to_mailbox):
        local = (mailbox or "").rpartition("@")[0]
        words |= {local, *(part for part in words_of(local) if len(part) > 2)}
    return without_words(said, words, _LEFT_OUT)


@contextmanager
def open_log(office: Office, reference: str) -> Iterator[SendLog | None]:
    """Open the log that office.toml names, for appending; None where it names none.

    Raises `InputError` if it cannot be written. A disk that is full later stops the log, not the letters.
    """
    if not office.log.file:
        yield None
        return
    path = office.folder / office.log.file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = _File(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(
            f"The log {path} cannot be written: {error.strerror}.",
            hint="See [log] file in office.toml, and the rights on that folder.",
        ) from error
    handler.setFormatter(_Formatter("%(asctime)s %(message)s"))
    logger = logging.Logger("circulars.sending", logging.INFO)  # no child of the root: nothing else writes into it
    logger.addHandler(handler)
    transport = office.transports[office.mail.transport]
    relay = f"{transport.host}:{transport.port}" if isinstance(transport, SmtpTransport) else "files"
    try:
        yield SendLog(logger, reference=reference, relay=relay, addresses=office.log.addresses)
    finally:
        handler.close()


class _Formatter(logging.Formatter):
    """Moments in UTC, with milliseconds, as RFC 3339 writes them."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


class _File(logging.FileHandler):
    """A file; what cannot be written into it is left out."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say nothing: the store has what the line would have said."""

    def close(self) -> None:
        """Close the file, whatever is left in its buffer."""
        with suppress(OSError):
            super().close()
