"""Mail in a folder of an IMAP server: what is new by its UIDs, in small portions, over a connection that may break.

A mail is known again by UIDVALIDITY and UID. Flags are neither used nor set: somebody may read the mailbox too.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from office.errors import CircularsError, RefusedError
from office.mailboxes import ImapAddress
from replies.sources import KEPT_OF_LARGER, LARGEST_MAIL, TOO_LARGE, SourceMail, Unreadable
from replies.sources.credentials import Credentials
from replies.sources.imap_session import ImapSession, Listed
from store.fetching import LONGEST_SOURCE, Known, Position

RECONNECT = 8 * 60.0  # seconds; firewalls and servers cut longer connections, often without a word
_PORTION = 8 * 1024 * 1024  # bytes fetched at once, or one mail
_MAILS_AT_ONCE = 50
_MOVED_AT_ONCE = 500


class ImapSource:
    """A folder on a server. It is connected to when it is read, and stays connected until `close` or a fault."""

    def __init__(
        self, address: ImapAddress, credentials: Credentials, *, tls: ssl.SSLContext | None, moved_to: str = ""
    ) -> None:
        self.name = str(address)[:LONGEST_SOURCE]
        self._address = address
        self._credentials = credentials
        self._tls = tls
        self._moved_to = moved_to
        self._session: ImapSession | None = None

    def mails(self, known: Known) -> Iterator[SourceMail | Unreadable]:
        """Yield what is not known, by rising UIDs; mails that are known and were to be moved are moved now."""
        session = self._connected()
        last = known.position
        after = last.last_uid if last is not None and last.uidvalidity == session.uidvalidity else 0
        with self._closing_on_faults():
            found = session.listing(after=0 if self._moved_to else after)
        self._move([each.uid for each in found if _mark(session, each.uid) in known.names])
        whole = True  # nothing has been left out so far
        for portion in _portions([each for each in found if _mark(session, each.uid) not in known.names]):
            with self._closing_on_faults():
                contents = _read(session, portion)
                missing = [each.uid for each in portion if each.uid not in contents]
                withheld = session.present(missing) if missing else set()  # others were deleted meanwhile
            for each in portion:
                if each.uid in contents:
                    yield self._mail(session, each, contents[each.uid], whole=whole)
                elif each.uid in withheld:
                    whole = False
                    yield Unreadable(name=self._shown(each.uid), reason="the mail server does not hand it out")

    def present(self) -> Known:
        """Return with what all that lies in the folder now counts as known."""
        session = self._connected()
        with self._closing_on_faults():
            found = session.listing()
        last = found[-1].uid if found else 0
        return Known(position=Position(uidvalidity=session.uidvalidity, last_uid=last))

    def stored(self, marks: Collection[str]) -> None:
        """Move mails that the store has, if they are to be moved."""
        self._move([int(mark.partition(".")[2]) for mark in marks])

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait for the server to ring, or for the time to pass; begin a new connection now and then."""
        session = self._connected()
        with self._closing_on_faults():
            session.wait(min(seconds, max(0.0, RECONNECT - session.age)), stopped)
        if session.age >= RECONNECT:
            self.close()

    def close(self) -> None:
        """End the connection; the next reading begins another."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connected(self) -> ImapSession:
        if self._session is None:
            login = self._credentials.login()
            try:
                self._session = ImapSession(self._address, login, tls=self._tls, writable=bool(self._moved_to))
            except RefusedError:
                self._credentials.forget()
                raise
        return self._session

    @contextmanager
    def _closing_on_faults(self) -> Iterator[None]:
        try:
            yield
        except CircularsError:
            self.close()
            raise

    def _move(self, uids: Sequence[int]) -> None:
        for start in range(0, len(uids) if self._moved_to else 0, _MOVED_AT_ONCE):
            session = self._connected()
            with self._closing_on_faults():
                session.move(uids[start : start + _MOVED_AT_ONCE], self._moved_to)

    def _mail(self, session: ImapSession, listed: Listed, raw: bytes, *, whole: bool) -> SourceMail:
        too_large = max(listed.size, len(raw)) > LARGEST_MAIL
        return SourceMail(
            name=self._shown(listed.uid),
            raw=raw[:KEPT_OF_LARGER] if too_large else raw,
            received_at=listed.received_at,
            problem=TOO_LARGE if too_large else "",
            mark=_mark(session, listed.uid),
            position=Position(uidvalidity=session.uidvalidity, last_uid=listed.uid) if whole else None,
        )

    def _shown(self, uid: int) -> str:
        return f"{self._address.folder} UID {uid}"


def _mark(session: ImapSession, uid: int) -> str:
    return f"{session.uidvalidity}.{uid}"


def _read(session: ImapSession, portion: Sequence[Listed]) -> dict[int, bytes]:
    """Read a portion, and of a mail that is too large only the beginning."""
    large = [each.uid for each in portion if each.size > LARGEST_MAIL]
    usual = [each.uid for each in portion if each.size <= LARGEST_MAIL]
    contents = session.read(usual) if usual else {}
    return contents | (session.read(large, most=KEPT_OF_LARGER) if large else {})


def _portions(mails: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Divide what is to be fetched, so that neither memory nor the loss of a connection hurts."""
    portion: list[Listed] = []
    size = 0
    for each in mails:
        if portion and (len(portion) == _MAILS_AT_ONCE or size + each.size > _PORTION):
            yield portion
            portion, size = [], 0
        portion.append(each)
        size += KEPT_OF_LARGER if each.size > LARGEST_MAIL else each.size
    if portion:
        yield portion
