"""A real mail server for tests: Debian's Postfix on loopback, as the office's relay and as the rest of the world.

One instance with two listeners. At the first, the office hands over its letters, and answers to it arrive: mail for
replies.example.int goes into a Dovecot mailbox. All else is sent on to the second listener, «the ministry», which
answers by a table: accepted (and thrown away), no such mailbox, mailbox full, refused by policy.

Its master must be started as root: the tests use sudo if they are run by somebody else.
"""

from __future__ import annotations

import os
import pwd
import smtplib
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.dovecot import Dovecot, free_port, public_folder, wait_for_port

UNKNOWN = "550 5.1.1 No such mailbox here"
FULL = "452 4.2.2 The mailbox is full"
POLICY = "550 5.7.1 Refused by our policy"
MAILBOX = "replies"  # in Dovecot: what is sent to reply@ and bounce@, with any token
_AS_ROOT = () if os.geteuid() == 0 else ("sudo", "-n")


@dataclass(frozen=True)
class Postfix:
    """A running server."""

    folder: Path
    port: int

    def receive(self, sender: str, recipient: str, mail: bytes) -> None:
        """Take a mail, as from anywhere."""
        with smtplib.SMTP("127.0.0.1", self.port) as client:
            client.sendmail(sender, [recipient], mail)

    def reload(self) -> None:
        """Read the settings anew."""
        _postfix(self.folder / "etc", "reload")

    @property
    def log(self) -> str:
        log = self.folder / "postfix.log"
        return log.read_text("utf-8", "replace") if log.exists() else "no log"


@contextmanager
def running_postfix(
    dovecot: Dovecot, answers: Mapping[str, str], *, services: str = "", settings: str = ""
) -> Iterator[Postfix]:
    """Run a server that delivers into a mailbox of ``dovecot``; ``answers``: mailbox of the world to SMTP reply.

    ``services`` and ``settings`` are further lines of master.cf and main.cf.
    """
    with public_folder() as folder:
        configuration = folder / "etc"
        configuration.mkdir()
        (folder / "data").mkdir()
        (folder / "queue").mkdir()
        subprocess.run([*_AS_ROOT, "chown", "postfix", str(folder / "data")], check=True)
        ministry = free_port()
        server = Postfix(folder, free_port())
        (configuration / "master.cf").write_text(_services(server.port, ministry) + services)
        (configuration / "main.cf").write_text(_settings(folder, dovecot, ministry) + settings)
        (configuration / "world").write_text("".join(f"{box} {reply}\n" for box, reply in answers.items()))
        (configuration / "boxes").write_text(
            "".join(f"{name}@replies.example.int {MAILBOX}/\n" for name in ("reply", "bounce"))
        )
        _postfix(configuration, "start")
        try:
            wait_for_port(server.port, None, folder / "postfix.log")
            yield server
        finally:
            _postfix(configuration, "abort")
            subprocess.run([*_AS_ROOT, "chown", "-R", str(os.geteuid()), str(folder)], check=True)


def _postfix(configuration: Path, verb: str) -> None:
    done = subprocess.run(
        [*_AS_ROOT, "/usr/sbin/postfix", "-c", str(configuration), verb], capture_output=True, text=True, check=False
    )
    log = configuration.parent / "postfix.log"
    assert done.returncode == 0, done.stderr + done.stdout + (log.read_text() if log.exists() else "")


def _settings(folder: Path, dovecot: Dovecot, ministry: int) -> str:
    owner = pwd.getpwnam(dovecot.owner)
    return f"""\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /tmp
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = relay.example.int
mydestination =
alias_maps =
alias_database =
biff = no
disable_dns_lookups = yes
smtp_tls_security_level =
smtpd_relay_restrictions = permit_mynetworks, reject
relayhost = [127.0.0.1]:{ministry}
recipient_delimiter = +
virtual_mailbox_domains = replies.example.int
virtual_mailbox_maps = texthash:{folder}/etc/boxes
virtual_mailbox_base = {dovecot.folder}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 2s
delay_warning_time = 3s
smtp_destination_concurrency_failed_cohort_limit = 0
ministry = check_recipient_access texthash:{folder}/etc/world, check_recipient_access static:DISCARD
"""


def _services(port: int, ministry: int) -> str:
    return f"""\
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{ministry} inet n - n - - smtpd
  -o smtpd_recipient_restrictions=$ministry
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
