"""An IMAP server of a hundred lines that can be told to misbehave, for what a well-bred one never does."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

LINE = re.compile(rb"(\S+) (UID )?(\S+) ?(.*)", re.DOTALL)


@dataclass
class Mailbox:
    """What the server holds, and how it behaves."""

    mails: dict[int, bytes] = field(default_factory=dict)
    filed: dict[str, list[bytes]] = field(default_factory=dict)  # other folders
    uidvalidity: int = 7
    capabilities: str = "IMAP4rev1 IDLE MOVE UIDPLUS"
    password: str = "secret"
    token: str = ""
    login_answer: bytes = b"NO [AUTHENTICATIONFAILED] Wrong."
    open_answer: bytes = b""  # instead of opening the folder
    fetch_answer: bytes = b""  # instead of listing or reading
    withheld: set[int] = field(default_factory=set)  # listed, yet reading them fails
    vanishing: set[int] = field(default_factory=set)  # deleted by somebody between listing and reading
    cut_after: int = 10**9  # mails; then the connection breaks, once
    uid_last: bool = False  # UID after the contents, as RFC 3501 allows
    as_text: bool = False  # short contents as a quoted string
    read_only: bool = False
    chatty: bool = False  # tells of flags amid other answers
    deaf: bool = False  # never rings
    commands: list[str] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    port: int = 0

    def url(self, folder: str = "INBOX") -> str:
        return f"imap://replies@127.0.0.1:{self.port}/{folder}"


class _Conversation(socketserver.StreamRequestHandler):
    box: Mailbox
    told: int  # how many mails the other side knows of

    def handle(self) -> None:
        self.say(b"* OK [CAPABILITY IMAP4rev1 STARTTLS IDLE] ready")
        while line := self.rfile.readline().rstrip(b"\r\n"):
            match = LINE.match(line)
            assert match is not None
            tag, name, rest = match[1], match[3].decode().upper(), match[4]
            self.box.commands.append(f"{'UID ' if match[2] else ''}{name} {rest.decode()}".strip())
            act = getattr(self, f"on_{name.lower()}", None)
            answer = b"BAD unknown" if act is None else act(rest)
            if answer is None:
                return
            self.say(tag + b" " + answer)

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def on_capability(self, _: bytes) -> bytes:
        self.say(b"* CAPABILITY " + self.box.capabilities.encode())
        return b"OK done"

    def on_noop(self, _: bytes) -> bytes:
        self.told = len(self.box.mails)
        return b"OK done"

    def on_logout(self, _: bytes) -> bytes:
        self.say(b"* BYE")
        return b"OK done"

    def on_login(self, rest: bytes) -> bytes:
        self.box.logins.append(rest)
        return b"OK in" if rest.endswith(b'"' + self.box.password.encode() + b'"') else self.box.login_answer

    def on_authenticate(self, rest: bytes) -> bytes:
        import base64

        self.say(b"+ ")
        given = base64.b64decode(self.rfile.readline())
        self.box.logins.append(rest + b" " + given)
        wanted = self.box.token if rest == b"XOAUTH2" else self.box.password
        if wanted.encode() in given:
            return b"OK in"
        self.say(b"+ " + base64.b64encode(b'{"status":"401"}'))
        assert self.rfile.readline() == b"\r\n"
        return self.box.login_answer

    def on_examine(self, rest: bytes) -> bytes:
        if self.box.open_answer:
            return self.box.open_answer
        if rest != b'"INBOX"':
            return b"NO [NONEXISTENT] no such folder"
        self.told = len(self.box.mails)
        self.say(b"* %d EXISTS" % self.told)
        self.say(b"* OK [UIDVALIDITY %d] here" % self.box.uidvalidity)
        return b"OK [READ-ONLY] open"

    def on_select(self, rest: bytes) -> bytes:
        return self.on_examine(rest).replace(b"READ-ONLY", b"READ-ONLY" if self.box.read_only else b"READ-WRITE")

    def on_list(self, _: bytes) -> bytes:
        for name in ("INBOX", *self.box.filed):
            self.say(f'* LIST () "/" "{name}"'.encode())
        return b"OK done"

    def on_create(self, rest: bytes) -> bytes:
        self.box.filed[rest.strip(b'"').decode()] = []
        return b"OK done"

    def on_fetch(self, rest: bytes) -> bytes | None:
        if self.box.fetch_answer:
            return self.box.fetch_answer
        span, _, what = rest.partition(b" ")
        if b"RFC822.SIZE" in what:
            after = int(span.partition(b":")[0])
            listed = [uid for uid in self.box.mails if uid >= after] or list(self.box.mails)[-1:]
            for uid in listed:
                size, moment = len(self.box.mails[uid]), b'INTERNALDATE "08-Apr-2022 09:00:00 +0000"'
                self.say(b"* 1 FETCH (UID %d RFC822.SIZE %d %s)" % (uid, size, moment))
                if self.box.chatty:
                    self.say(b"* 1 FETCH (FLAGS (\\Seen) UID %d)" % uid)
            return b"OK done"
        uids = [int(uid) for uid in span.split(b",")]
        for uid in self.box.vanishing & set(uids):
            self.box.mails.pop(uid, None)
        if b"BODY" not in what:
            for uid in uids:
                if uid in self.box.mails:
                    self.say(b"* 1 FETCH (UID %d)" % uid)
            return b"OK done"
        return self._read(uids, what)

    def _read(self, uids: list[int], what: bytes) -> bytes | None:
        if self.box.withheld & set(uids):
            return b"NO [SERVERBUG] this one is broken"
        for uid in uids:
            if self.box.cut_after == 0:
                self.box.cut_after = 10**9
                return None
            self.box.cut_after -= 1
            if uid in self.box.mails:
                self._hand_out(uid, what)
        return b"OK done"

    def _hand_out(self, uid: int, what: bytes) -> None:
        raw = self.box.mails[uid]
        part = re.search(rb"<0\.(\d+)>", what)
        place, raw = (b"<0>", raw[: int(part[1])]) if part else (b"", raw)
        if self.box.as_text:
            body = b'"' + raw.replace(b"\\", rb"\\").replace(b'"', rb"\"") + b'"' if raw else b"NIL"
        else:
            body = b"{%d}\r\n%s" % (len(raw), raw)
        if self.box.uid_last:
            self.say(b"* 1 FETCH (BODY[]%s %s UID %d)" % (place, body, uid))
        else:
            self.say(b"* 1 FETCH (UID %d BODY[]%s %s)" % (uid, place, body))

    def on_copy(self, rest: bytes) -> bytes:
        span, _, target = rest.partition(b" ")
        name = target.strip(b'"').decode()
        if name not in self.box.filed:
            return b"NO [TRYCREATE] no such folder"
        self.box.filed[name] += [self.box.mails[int(uid)] for uid in span.split(b",")]
        return b"OK done"

    def on_move(self, rest: bytes) -> bytes:
        answer = self.on_copy(rest)
        return self.on_expunge(rest.partition(b" ")[0]) if answer.startswith(b"OK") else answer

    def on_store(self, _: bytes) -> bytes:
        return b"OK done"

    def on_expunge(self, rest: bytes) -> bytes:
        for uid in rest.split(b","):
            del self.box.mails[int(uid)]
        return b"OK done"

    def on_idle(self, _: bytes) -> bytes:
        self.say(b"+ idling")
        self.request.settimeout(0.02)
        while True:
            with suppress(TimeoutError):
                if self.request.recv(100) == b"DONE\r\n":
                    break
                return b"BAD"
            if len(self.box.mails) > self.told and not self.box.deaf:
                self.told = len(self.box.mails)
                self.say(b"* %d EXISTS" % self.told)
        self.request.settimeout(None)
        return b"OK done"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls is not None:  # the handshake is the conversation's, in its own thread
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side does not trust us, or is gone: no news for the screen."""


@contextmanager
def running(box: Mailbox) -> Iterator[Mailbox]:
    """Serve a mailbox on a port of this machine, which is ``box.port``."""
    handler = type("Conversation", (_Conversation,), {"box": box})
    with _Server(("127.0.0.1", box.port), handler) as server:
        box.port = server.server_address[1]
        server.tls = box.tls
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(5)


def until(true: object, seconds: float = 10.0) -> None:
    """Wait for something that happens in another thread."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
