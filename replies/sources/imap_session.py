"""One connection to a folder of an IMAP server (RFC 3501): list, read, move, and wait for news.

Mails are named by their UIDs. Reading sets no flag (BODY.PEEK). Every fault is raised as a `CircularsError`.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from office.errors import CircularsError, InputError, NotFoundError, RefusedError
from office.mailboxes import ImapAddress
from office.suggestions import did_you_mean
from replies.sources import pause
from replies.sources.credentials import Login
from replies.sources.imap_faults import no_login, said, unreachable, unwilling

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

TIMEOUT = 60.0  # seconds without a word from the server after which the connection counts as broken
_LOOK = 1.0  # seconds between looks at whether a wait is to end
_LISTED = re.compile(rb"UID (\d+)|RFC822\.SIZE (\d+)|INTERNALDATE \"([^\"]*)\"")
_UID = re.compile(rb"\bUID (\d+)")
_SHORT = re.compile(rb"BODY\[\](?:<\d+>)? (?:NIL|\"((?:[^\"\\]|\\.)*)\")")  # a body that came as no literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A mail in the folder: size in bytes, and when the server took it."""

    uid: int
    size: int
    received_at: datetime | None


class ImapSession:
    """An open folder. It is broken, and to be closed, after a method has raised."""

    def __init__(
        self,
        address: ImapAddress,
        login: Login,
        *,
        tls: ssl.SSLContext | None,
        writable: bool,
        timeout: float = TIMEOUT,
    ) -> None:
        """Connect, log in and open the folder; ``writable`` if mails are to be moved.

        Raises `RefusedError` for a login, `NotFoundError` for a folder, `InputError` for a server's name or
        certificate that is wrong, `UnreachableError` for what may pass.
        """
        self._address = address
        self._secrets = (login.password, login.token)
        self._opened = time.monotonic()
        with self._plain_faults():
            self._box = _connect(address, tls, timeout)
        try:
            if address.security == "starttls":
                self._secure(tls)
            self._log_in(login)
            self.uidvalidity = self._open_folder(writable=writable)
        except BaseException:
            self.close()
            raise

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return time.monotonic() - self._opened

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do now that somebody is logged in (RFC 3501 section 7.2.1), in upper case."""
        return frozenset(self._box.client.capabilities)

    @property
    def certificate_ends(self) -> datetime | None:
        """When the server's certificate ends; None without TLS."""
        shown = self._box.client.sock.getpeercert() if isinstance(self._box.client.sock, ssl.SSLSocket) else None
        ends = (shown or {}).get("notAfter")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None

    def has_folder(self, name: str) -> bool:
        """Tell whether the mailbox has a folder."""
        with self._plain_faults():
            return bool(self._box.folder.exists(name))

    def listing(self, *, after: int = 0) -> list[Listed]:
        """Return the mails with a UID above ``after``, in the order of their UIDs."""
        with self._plain_faults():
            self._box.client.noop()  # lets the server tell what is new
        lines = self._fetch(f"{after + 1}:*", "(UID RFC822.SIZE INTERNALDATE)")
        found = {}
        for line in lines:
            parts = {place: match for match in _LISTED.finditer(_head(line)) if (place := match.lastindex)}
            if 1 not in parts or 2 not in parts:
                continue  # the server tells of a flag
            uid = int(parts[1][1])
            if uid > after:  # «n:*» always includes the last mail
                moment = _moment(parts[3][3]) if 3 in parts else None
                found[uid] = Listed(uid=uid, size=int(parts[2][2]), received_at=moment)
        return [found[uid] for uid in sorted(found)]

    def read(self, uids: Sequence[int], *, most: int | None = None) -> dict[int, bytes]:
        """Return mails by UID, of each at the most ``most`` bytes; those that are not there are left out."""
        part = "BODY.PEEK[]" if most is None else f"BODY.PEEK[]<0.{most}>"
        with self._plain_faults():
            status, answer = self._box.client.uid("FETCH", _set(uids), f"(UID {part})")
        if status != "OK":  # one of them cannot be read: which?
            alone = [self.read([uid], most=most) for uid in uids] if len(uids) > 1 else []
            return {uid: raw for read in alone for uid, raw in read.items()}
        found = {}
        for line, following in zip(answer, [*answer[1:], None], strict=True):
            uid = _UID.search(_head(line)) or (_UID.search(following) if isinstance(following, bytes) else None)
            if uid is None:
                continue
            if isinstance(line, tuple):
                found[int(uid[1])] = bytes(line[1])
            elif short := _SHORT.search(line):
                found[int(uid[1])] = re.sub(rb"\\(.)", rb"\1", short[1] or b"")
        return found

    def present(self, uids: Sequence[int]) -> set[int]:
        """Return which of these mails are in the folder."""
        matches = (_UID.search(_head(line)) for line in self._fetch(_set(uids), "(UID)"))
        return {int(match[1]) for match in matches if match} & set(uids)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to another folder, which is made if it is missing (RFC 6851, or with UIDPLUS, RFC 4315)."""
        from imap_tools.utils import encode_folder

        client, target = self._box.client, encode_folder(folder).decode("ascii")
        can_move = "MOVE" in client.capabilities
        if not can_move and "UIDPLUS" not in client.capabilities:
            raise RefusedError(
                f"The mail server {self._address.server} can neither move mails nor delete single ones.",
                hint="Take moved_to out of [inbox]: mails are remembered and not filed twice, wherever they lie.",
            )
        with self._plain_faults():
            answer = client.uid("MOVE" if can_move else "COPY", _set(uids), target)
            if answer[0] != "OK" and b"TRYCREATE" in b"".join(part for part in answer[1] if part):
                self._expect(client.create(target))
                answer = client.uid("MOVE" if can_move else "COPY", _set(uids), target)
            self._expect(answer)
            if not can_move:
                self._expect(client.uid("STORE", _set(uids), "+FLAGS.SILENT", r"(\Deleted)"))
                self._expect(client.uid("EXPUNGE", _set(uids)))

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Return when the server rings (IDLE, RFC 2177), time is up, or ``stopped`` says so.

        The bell is only a hint: servers forget to ring, and the line may have been cut without a word.
        """
        if "IDLE" not in self._box.client.capabilities:
            pause(seconds, stopped)
            return
        end = time.monotonic() + seconds
        with self._plain_faults():
            self._box.idle.start()  # type: ignore[no-untyped-call]
            rung = False
            while not rung and not stopped() and (left := end - time.monotonic()) > 0:
                look, begun = min(_LOOK, left), time.monotonic()
                # Back early without a word: the connection has ended, which the next line finds out.
                rung = bool(self._box.idle.poll(look)) or time.monotonic() - begun < look / 2
            self._box.idle.stop()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Say goodbye without waiting long."""
        client = self._box.client
        with suppress(OSError, client.error):
            client.sock.settimeout(2)
            client.logout()
        with suppress(OSError):
            client.shutdown()

    def _secure(self, tls: ssl.SSLContext | None) -> None:
        if "STARTTLS" not in self._box.client.capabilities:
            raise InputError(
                f"The mail server {self._address.server} does not offer STARTTLS.",
                hint="If it takes TLS from the start (usually port 993), write imaps:// without ?security=starttls.",
            )
        with self._plain_faults():
            self._box.client.starttls(tls)

    def _log_in(self, login: Login) -> None:
        from imap_tools import UnexpectedCommandStatusError

        box, user = self._box, self._address.user
        with self._plain_faults():
            try:
                if login.token:
                    box.client.authenticate("XOAUTH2", _xoauth2(user, login.token))
                elif (user + login.password).isascii():
                    box.login(user, login.password, initial_folder=None)
                else:
                    box.login_utf8(user, login.password, initial_folder=None)
            except box.client.abort:
                raise
            except (box.client.error, UnexpectedCommandStatusError) as error:
                answer = getattr(error, "command_result", (None, error))[1]
                raise no_login(answer, self._address, hint=login.hint, secrets=self._secrets) from error
            # What it can do once somebody is logged in is more than before.
            self._expect(answer := box.client.capability())
            box.client.capabilities = tuple((answer[1][-1] or b"").decode("ascii", "replace").upper().split())

    def _open_folder(self, *, writable: bool) -> int:
        from imap_tools import MailboxFolderSelectError

        with self._plain_faults():
            try:
                self._box.folder.set(self._address.folder, readonly=not writable)
            except MailboxFolderSelectError as error:
                names = [folder.name for folder in self._box.folder.list()]
                raise NotFoundError(
                    f"The mailbox of {self._address.user} has no folder «{self._address.folder}»: "
                    f"{said(error.command_result[1], self._secrets)}",
                    hint=did_you_mean(self._address.folder, names),
                ) from error
            number = self._box.client.response("UIDVALIDITY")[1][-1]
        return int(number) if number else 0

    def _fetch(self, uids: str, what: str) -> list[Any]:
        with self._plain_faults():
            answer = self._box.client.uid("FETCH", uids, what)
            self._expect(answer)
        return [line for line in answer[1] if line]

    def _expect(self, answer: tuple[str, list[Any]]) -> None:
        if answer[0] != "OK":
            raise unwilling(answer[1], self._address, self._secrets)

    @contextmanager
    def _plain_faults(self) -> Iterator[None]:
        from imaplib import IMAP4

        from imap_tools import ImapToolsError

        try:
            yield
        except CircularsError:
            raise
        except IMAP4.readonly as error:
            raise RefusedError(
                f"{self._address.user} may only read the folder «{self._address.folder}».",
                hint="Take moved_to out of [inbox], or let the server's operator give the right to move mails.",
            ) from error
        except (IMAP4.abort, OSError) as error:
            raise unreachable(error, self._address, self._secrets) from error
        except (IMAP4.error, ImapToolsError, ValueError, IndexError) as error:  # the latter two: an answer ill-formed
            raise unwilling(error, self._address, self._secrets) from error


def _connect(address: ImapAddress, tls: ssl.SSLContext | None, timeout: float) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxUnencrypted

    if address.security == "tls":
        return MailBox(address.host, address.port, timeout=timeout, ssl_context=tls)
    return MailBoxUnencrypted(address.host, address.port, timeout=timeout)


def _xoauth2(user: str, token: str) -> Callable[[bytes], bytes]:
    """Return what answers the server: first the token; then, to its account of what is wrong, nothing."""
    answers = iter([f"user={user}\1auth=Bearer {token}\1\1".encode()])
    return lambda _: next(answers, b"")


def _head(line: tuple[bytes, bytes] | bytes) -> bytes:
    return line[0] if isinstance(line, tuple) else line


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _moment(text: bytes) -> datetime | None:
    from imaplib import Internaldate2tuple

    with suppress(ValueError, OverflowError):
        parts = Internaldate2tuple(b'INTERNALDATE "' + text + b'"')
        return None if parts is None else datetime.fromtimestamp(time.mktime(parts), UTC)
    return None
