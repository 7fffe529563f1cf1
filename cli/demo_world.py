"""The world outside the demo's office: a mail server that is not always willing, and ministries that answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from mailbox import Maildir
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiosmtpd import smtp

HOST = "127.0.0.1"
ACCEPTED = "250 2.0.0 Ok"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that the server took."""

    sender: str  # of the envelope
    mailbox: str
    message: EmailMessage


@dataclass
class PostOffice:
    """An SMTP handler: takes most mail, refuses some mailboxes for good, and defers one once."""

    refused: set[str] = field(default_factory=set)
    deferred: set[str] = field(default_factory=set)
    delivered: list[Delivered] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: smtp.SMTP, _session: smtp.Session, envelope: smtp.Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if address in self.refused:
            return "550 5.1.1 No such mailbox here"
        if address in self.deferred:
            self.deferred.discard(address)
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, _server: smtp.SMTP, _session: smtp.Session, envelope: smtp.Envelope) -> str:  # noqa: N802 - as above
        """Take a message."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = BytesParser(EmailMessage, policy=default).parsebytes(content)
        for mailbox in envelope.rcpt_tos:
            self.delivered.append(Delivered(envelope.mail_from or "", mailbox, message))
        return ACCEPTED


@contextmanager
def running_server(post_office: PostOffice) -> Iterator[int]:
    """Run the mail server on this machine only; yields its port."""
    from aiosmtpd.controller import Controller

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    controller = Controller(post_office, hostname=HOST, port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


ACCEPTANCES = {
    "ar": "يشرفني أن أؤكد مشاركة الوزير في المنتدى.",
    "zh": "我谨确认部长将出席论坛。",
    "en": "I have the honour to confirm that the Minister will attend the Forum.",
    "fr": "J'ai l'honneur de confirmer la participation du Ministre au Forum.",
    "ru": "Имею честь подтвердить участие Министра в Форуме.",
    "es": "Tengo el honor de confirmar la participación del Ministro en el Foro.",
}


@dataclass(frozen=True, slots=True)
class World:
    """Writes the answers of ministries into the office's Maildir. ``now`` is the moment at which they answer."""

    inbox: Path
    now: datetime

    def accept(self, letter: Delivered) -> str:
        """The ministry accepts, in its language; returns the mailbox."""
        language = str(letter.message["Content-Language"] or "en")
        self._post(self._reply(letter, ACCEPTANCES.get(language, ACCEPTANCES["en"])))
        return letter.mailbox

    def decline(self, letter: Delivered) -> str:
        """The ministry declines; returns the mailbox."""
        self._post(self._reply(letter, "The Minister regrets that he is unable to attend this year."))
        return letter.mailbox

    def out_of_office(self, letter: Delivered) -> None:
        """A machine answers that nobody is there."""
        mail = self._reply(letter, "I am out of the office until 4 April 2022.")
        mail.replace_header("Subject", "Automatic reply: " + str(letter.message["Subject"]))
        mail["Auto-Submitted"] = "auto-replied"
        self._post(mail)

    def colleague(self, letter: Delivered) -> None:
        """Somebody else at the ministry answers for it."""
        name, domain = "protocol", letter.mailbox.rpartition("@")[2]
        self._post(
            self._reply(letter, "The Minister will attend. The list of the delegation follows.", f"{name}@{domain}")
        )

    def stranger(self, letter: Delivered) -> None:
        """Somebody who got no letter writes about it."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = "Alex Stranger <alex@stranger.example.net>"
        mail["To"] = str(letter.message["From"])
        mail["Subject"] = "May I attend your Forum?"
        mail["Message-ID"] = "<stranger-1@stranger.example.net>"
        mail["Date"] = self.now
        mail.set_content("I read about the Forum in the newspaper. May I come?")
        self._post(mail)

    def delivery_report(self, letter: Delivered) -> None:
        """The receiving server finds, after it took the message, that the mailbox is gone (RFC 3464)."""
        domain = letter.mailbox.rpartition("@")[2]
        report = (
            f"From: Mail Delivery System <MAILER-DAEMON@{domain}>\r\nTo: {letter.sender}\r\n"
            f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <report-1@{domain}>\r\n"
            f"Date: {self.now:%a, %d %b %Y %H:%M:%S %z}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="report"\r\n\r\n'
            "--report\r\nContent-Type: text/plain\r\n\r\nThe mailbox is no longer in use.\r\n"
            f"--report\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.{domain}\r\n\r\n"
            f"Final-Recipient: rfc822; {letter.mailbox}\r\nAction: failed\r\nStatus: 5.1.6\r\n"
            "Diagnostic-Code: smtp; 550 5.1.6 The mailbox has moved, no forwarding address\r\n\r\n"
            f"--report\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message['Message-ID']}\r\n\r\n"
            "--report--\r\n"
        )
        self._store(report.encode())

    def _reply(self, letter: Delivered, text: str, sender: str = "") -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = sender or letter.mailbox
        mail["To"] = str(letter.message["Reply-To"])
        mail["Subject"] = "Re: " + str(letter.message["Subject"])
        mail["In-Reply-To"] = str(letter.message["Message-ID"])
        mail["Message-ID"] = f"<reply-{len(list(self.inbox.rglob('*')))}@{letter.mailbox.rpartition('@')[2]}>"
        mail["Date"] = self.now
        mail.set_content(text + "\n")
        return mail

    def _post(self, mail: EmailMessage) -> None:
        self._store(mail.as_bytes())

    def _store(self, raw: bytes) -> None:
        Maildir(self.inbox, create=True).add(raw)
