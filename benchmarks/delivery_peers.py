"""Others that send mail, measured beside ours: the same message, the same server, the same number of connections.

Each returns seconds of CPU time, of the sender alone, and seconds on the wall, for a number of messages. What Python
takes to start counts for nobody; building the message counts for mailmerge only, which is what it is for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

PEERS = Path(__file__).parents[1] / ".peers"
MAILMERGE = "mailmerge>=2.3,<2.4"
_SENDER, _RECIPIENT = "bounce@replies.example.int", "minister@example.org"


class Cost(NamedTuple):
    """What it took to send so many messages, in seconds."""

    messages: int
    cpu: float
    wall: float

    @property
    def per_cpu_second(self) -> float:
        """Messages per second of CPU time."""
        return self.messages / self.cpu

    @property
    def per_second(self) -> float:
        """Messages per second on the wall."""
        return self.messages / self.wall


def smtp_source(port: int, message: Path, *, messages: int, connections: int) -> Cost:
    """Send with Postfix's load generator, in C; connections are kept open from message to message."""
    began = time.monotonic()
    process = subprocess.Popen(
        smtp_source_command(port, message, messages=messages, connections=connections),
        env=os.environ | {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"},
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"smtp-source ended with {process.returncode}")
    return Cost(messages, used.ru_utime + used.ru_stime, time.monotonic() - began)


def smtp_source_command(port: int, message: Path, *, messages: int, connections: int) -> list[str]:
    """Return the command: ``-d`` keeps the connections open, all else is as it is by itself."""
    return [
        *("smtp-source", "-d", "-s", str(connections), "-m", str(messages), "-F", str(message)),
        *("-f", _SENDER, "-t", _RECIPIENT, f"inet:127.0.0.1:{port}"),
    ]


def in_python(peer: str, port: int, message: Path, *, messages: int, connections: int) -> Cost:
    """Send with «smtplib» or «aiosmtplib»: the message's bytes as they are, in a process of its own."""
    return _ran([sys.executable, "-P", __file__, peer, str(port), str(message), str(messages), str(connections)])


def mailmerge(port: int, folder: Path, *, messages: int) -> Cost:
    """Send with mailmerge: its template filled in and its client called for every message."""
    python = _mailmerge_python()
    return _ran([str(python), "-P", __file__, "mailmerge", str(port), str(folder), str(messages), "1"])


def _ran(command: list[str]) -> Cost:
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return Cost(*json.loads(ran.stdout))


def _mailmerge_python() -> Path:
    """Return the interpreter of mailmerge's own environment: docx-mailmerge2, a peer too, has a module of that name."""
    python = PEERS / "mailmerge" / "bin" / "python"
    if not (PEERS / "mailmerge" / "installed").exists():
        print(f"Installing {MAILMERGE} into {python.parents[1]}, this once …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(python.parents[1])], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", MAILMERGE], check=True)
        (PEERS / "mailmerge" / "installed").touch()
    return python


def write_template(folder: Path, text: str, html: str, document: bytes) -> None:
    """Write what mailmerge makes the same message of: a template, an attachment, and its settings."""
    (folder / "letter.docx").write_bytes(document)
    (folder / "template.txt").write_text(
        "TO: {{ email }}\nFROM: Example Telecommunication Union <circulars@example.int>\n"
        "SUBJECT: Invitation au Forum 2022 — été\nATTACHMENT: letter.docx\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="boundary"\n\n'
        f"--boundary\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n"
        f"--boundary\nContent-Type: text/html; charset=utf-8\n\n{html}\n\n--boundary--\n",
        encoding="utf-8",
    )


# What runs in processes of their own.


def _send_smtplib(port: int, source: Path, messages: int, connections: int) -> int:
    import smtplib
    from concurrent.futures import ThreadPoolExecutor

    message = source.read_bytes()

    def send(count: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(count):
                client.sendmail(_SENDER, [_RECIPIENT], message)

    with ThreadPoolExecutor(connections) as threads:
        list(threads.map(send, [messages // connections] * connections))
    return messages // connections * connections


def _send_aiosmtplib(port: int, source: Path, messages: int, connections: int) -> int:
    import asyncio

    import aiosmtplib

    message = source.read_bytes()

    async def send(count: int) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for _ in range(count):
                await client.sendmail(_SENDER, [_RECIPIENT], message)

    async def send_all() -> None:
        await asyncio.gather(*(send(messages // connections) for _ in range(connections)))

    asyncio.run(send_all())
    return messages // connections * connections


def _send_mailmerge(port: int, folder: Path, messages: int, connections: int) -> int:
    del connections  # it opens one for each message
    from mailmerge.sendmail_client import SendmailClient  # type: ignore[import-not-found, unused-ignore]
    from mailmerge.template_message import TemplateMessage  # type: ignore[import-not-found, unused-ignore]

    settings = folder / "mailmerge_server.conf"
    settings.write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\nsecurity = Never\nratelimit = 0\n")
    template = TemplateMessage(folder / "template.txt")
    client = SendmailClient(settings, dry_run=False)
    for number in range(messages):
        sender, recipients, message = template.render(
            {"email": f"minister{number}@example.org", "salutation": "Madame la Ministre, Monsieur le Ministre,"}
        )
        client.sendmail(sender, recipients, message)
    return messages


_PEERS = {"smtplib": _send_smtplib, "aiosmtplib": _send_aiosmtplib, "mailmerge": _send_mailmerge}


def _main(peer: str, port: str, source: str, messages: str, connections: str) -> None:
    cpu, wall = time.process_time(), time.monotonic()
    sent = _PEERS[peer](int(port), Path(source), int(messages), int(connections))
    print(json.dumps(Cost(sent, time.process_time() - cpu, time.monotonic() - wall)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
