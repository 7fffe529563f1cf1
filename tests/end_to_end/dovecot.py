"""A real IMAP server for tests: Debian's Dovecot on loopback, as a process of the test.

It runs as root (then mailboxes belong to nobody) or as any user. Its files lie outside tmp_path, whose folders only
the user who tests may enter.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.delivery.certificates import make_certificate

PASSWORD = "correct-horse"
_WAIT = 15.0  # seconds


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def public_folder() -> Iterator[Path]:
    """A folder that servers running as other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="circulars-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for_port(port: int, process: subprocess.Popen[bytes] | None, log: Path) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"no server on port {port}: {log.read_text() if log.exists() else 'no log'}")


@dataclass
class Dovecot:
    """A server with any number of mailboxes, which all have the same password."""

    folder: Path
    port: int
    tls_port: int
    certificate: Path
    owner: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    def maildir(self, user: str) -> Path:
        return self.folder / "mail" / user

    def url(self, user: str, folder: str = "INBOX") -> str:
        return f"imap://{user}@127.0.0.1:{self.port}/{folder}"

    def client(self, user: str) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, *mails: bytes | str, folder: str = "INBOX") -> None:
        client = self.client(user)
        if folder != "INBOX":
            client.create(folder)
        for mail in mails:
            raw = mail.encode() if isinstance(mail, str) else mail
            assert client.append(folder, "", "", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))[0] == "OK"
        client.logout()

    def kick(self, user: str) -> None:
        """Cut the connections of a user, as a failing network does."""
        configuration = str(self.folder / "dovecot.conf")
        subprocess.run(["doveadm", "-c", configuration, "kick", user], check=True, capture_output=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        wait_for_port(self.port, self.process, self.folder / "dovecot.log")

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)  # those who serve a client would go on for a while
            self.process.wait(_WAIT)
            self.process = None


@contextmanager
def running_dovecot(*, introspection: str = "", settings: str = "") -> Iterator[Dovecot]:
    """Run a server; with ``introspection``, XOAUTH2 tokens are judged by that address (RFC 7662).

    ``settings`` are further lines of dovecot.conf.
    """
    with public_folder() as folder:
        root = os.geteuid() == 0
        owner = "nobody" if root else pwd.getpwuid(os.geteuid()).pw_name
        (folder / "mail").mkdir()
        if root:
            shutil.chown(folder / "mail", owner)
        certificate, _ = make_certificate(folder)
        server = Dovecot(folder, free_port(), free_port(), certificate, owner)
        (folder / "dovecot.conf").write_text(_configuration(server, root=root, introspection=introspection) + settings)
        if introspection:
            (folder / "oauth2.conf").write_text(
                f"introspection_url = {introspection}\nintrospection_mode = get\nusername_attribute = user\n"
            )
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _configuration(server: Dovecot, *, root: bool, introspection: str) -> str:
    folder = server.folder
    person = pwd.getpwnam(server.owner)
    text = f"""\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login{" xoauth2" if introspection else ""}
ssl = yes
ssl_cert = <{server.certificate}
ssl_key = <{folder}/relay.key
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
first_valid_gid = 1
maildir_stat_dirs = yes
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={person.pw_uid} gid={person.pw_gid} home={folder}/mail/%n
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.tls_port}
    ssl = yes
  }}
}}
"""
    if introspection:
        text += f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {folder}/oauth2.conf\n}}\n"
    if not root:
        group = grp.getgrgid(person.pw_gid).gr_name
        text += f"default_internal_user = {server.owner}\ndefault_internal_group = {group}\n"
        text += f"default_login_user = {server.owner}\n"
    return text
