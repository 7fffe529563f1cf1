"""Sending over SMTP beside others: python -m benchmarks.delivery [--json] [--messages N] [--connections N].

The message is that of the comparison in docs: text, HTML and a .docx, 28 KB. The server is Postfix's smtp-sink, which
keeps nothing. CPU time is the sender's, without the server's; with ours, all of it counts: claiming the rows, the check
of the values, building, hashing, intents and outcomes in the store on the disk, the journal, and the wire.

messages_per_cpu_second   ours, the median of three runs of two fifths of --messages, or 56,000
ratio_smtp_source         our CPU time for a message over that of Postfix's smtp-source, in C: 1 is as fast (ratios are
                          the median of three rounds, in each of which all have their turn);
                          its options stand below the table: with -d it keeps its connections, and is the faster for it
ratio_smtplib             ours over smtplib's messages per CPU-second: prebuilt bytes, as many threads as connections
ratio_aiosmtplib          likewise, aiosmtplib with prebuilt bytes
ratio_mailmerge           likewise, mailmerge, which builds its messages
peak_mb_140k              most memory of our sender for --messages addressees (140,000 unless told), growth_mb of it
                          over what it needs for a fourteenth of them
starttls_…                to a sink of our own, for smtp-sink has no TLS
line_20ms_…               over a line with 10 ms each way: messages a second, on the wall
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, update

from benchmarks.delivery_peers import Cost, in_python, mailmerge, smtp_source, smtp_source_command, write_template
from delivery.mail_form import MailForm
from delivery.message import LAYOUT
from delivery.sending import send
from office.clock import system_clock
from office.model import SmtpTransport
from office.reading import KEY_NAME
from office.tokens import create_key
from office.ziplayout import store as stored
from store.schema import batches, outbox
from templates.docxform import DocxForm
from templates.rendering import Forms
from tests.delivery.certificates import make_certificate
from tests.delivery.samples import (
    REFERENCE,
    Routes,
    issue_sample,
    open_sample_store,
    sample_forms,
    sample_office,
)

RUNS = 3
ENOUGH = 56_000  # messages, so that what is done once does not count much
DOMAINS = 3000  # of the addressees
MOST_CONNECTIONS = 50  # of all alike: as many as Postfix takes from one client, unless told (postconf(5))
LINE_MS = 10  # each way
FILLER = "Le Forum se tient à Genève. " * 74


class Ours(NamedTuple):
    """What sending took: seconds, and MB at the most."""

    cost: Cost
    peak_mb: float


def forms_of_28_kb() -> Forms:
    """Return forms whose message has the size of the comparison."""
    sample = sample_forms(filler=FILLER)
    document = DocxForm(packed=(stored("word/document.xml", document_content()),), open_parts=(), styles=())
    return Forms(
        language=sample.language, class_name=sample.class_name, slots=sample.slots, subject=sample.subject,
        text=sample.text, html=sample.html, docx=document,
    )  # fmt: skip


def document_content() -> bytes:
    """Return what does not get smaller by compression, the same each time."""
    return random.Random(1).randbytes(15_000)


def prepare(folder: Path, messages: int) -> None:
    """Make an office with that many messages to send."""
    store = open_sample_store(folder)
    office = sample_office(folder)
    create_key(folder / KEY_NAME)
    form = MailForm(forms_of_28_kb(), reference=REFERENCE, zone="Europe/Zurich", office_name=office.name)
    routes: list[Routes] = [[(f"minister{n}@ministry{n % DOMAINS}.example.org", "to")] for n in range(messages)]
    issue_sample(store, office, routes, form=form)
    with store.write() as connection:
        connection.execute(update(batches).values(layout=LAYOUT))
        domain = func.substr(outbox.c.mailbox, func.instr(outbox.c.mailbox, "@") + 1)
        connection.execute(update(outbox).values(domain=domain))
    store.close()


def send_all(folder: Path, port: int, connections: int) -> Ours:
    """Send in this process; TLS is used if the folder has a certificate."""
    secured = (folder / "relay.pem").exists()
    relay = SmtpTransport(
        key="relay", host="127.0.0.1", port=port, security="starttls" if secured else "none", connections=connections,
        ca_file="relay.pem" if secured else "",
    )  # fmt: skip
    store = open_sample_store(folder)
    cpu, wall = time.process_time(), time.monotonic()
    summary = send(store, sample_office(folder, relay), circular_id=1, reference=REFERENCE, clock=system_clock)
    cost = Cost(summary.sent, time.process_time() - cpu, time.monotonic() - wall)
    store.close()
    if summary.remaining or summary.doubtful or summary.stopped:
        raise SystemExit(f"Not all was sent: {summary}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))
    return Ours(cost, round(peak, 1))


@contextmanager
def office_with(messages: int) -> Iterator[Path]:
    """Make an office, in a process of its own: a child's peak begins with what its parent had when it was forked."""
    with tempfile.TemporaryDirectory() as name:
        _python("--prepare", name, "--messages", str(messages))
        yield Path(name)


def ours(folder: Path, port: int, connections: int) -> Ours:
    """Send what an office has, in a process of its own, so that memory is the sender's alone."""
    cost, peak = json.loads(_python("--send", str(folder), str(port), "--connections", str(connections)))
    return Ours(Cost(*cost), peak)


def _python(*arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.delivery", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Run Postfix's smtp-sink; yields its port."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [name for name in ("smtp-sink", "smtp-source") if shutil.which(name, path=path) is None]
    if missing:
        raise SystemExit(f"{' and '.join(missing)} of Postfix not found. On Debian: apt install postfix")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    other_account = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    sink = subprocess.Popen(["smtp-sink", *other_account, f"127.0.0.1:{port}", "200"], env=os.environ | {"PATH": path})
    try:
        for _ in range(100):
            time.sleep(0.05)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port
    finally:
        sink.kill()
        sink.wait()


@contextmanager
def server(module: str, *arguments: str) -> Iterator[int]:
    """Run a server of ours in a process of its own; yields the port that it prints."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def measure(messages: int, connections: int) -> dict[str, float]:
    """Return the figures; see the module."""
    with tempfile.TemporaryDirectory() as name, smtp_sink() as port:
        folder = Path(name)
        message = _write_peers(folder)
        figures = {"message_bytes": float(message.stat().st_size), "connections": float(connections)}
        figures |= _beside_others(port, folder, min(messages, max(messages * 2 // 5, ENOUGH)), connections)
        figures |= _memory(port, messages, connections)
        figures |= _slow_line(port, message, messages // 28, connections)
        figures |= _starttls(messages // 14, connections)
    return figures


def _write_peers(folder: Path) -> Path:
    from delivery.message import SPECIMEN, build

    salutation = "Madame la Ministre, Monsieur le Ministre,"
    form = MailForm(forms_of_28_kb(), reference=REFERENCE, zone="Europe/Zurich")
    message = folder / "message.eml"
    message.write_bytes(build(form, (salutation, True), SPECIMEN))
    text = f"{{{{ salutation }}}}\n\nVotre gouvernement est invité(e). {FILLER}"
    write_template(folder, text, f"<html><body><p>{text}</p></body></html>", document_content())
    return message


def _beside_others(port: int, folder: Path, messages: int, connections: int) -> dict[str, float]:
    """Ours and the peers by turns, so that what else the machine does falls on all alike."""
    message = folder / "message.eml"
    rounds: list[dict[str, float]] = []
    for _ in range(RUNS):
        with office_with(messages) as office:
            costs = {"": ours(office, port, connections).cost}
        costs["smtp_source"] = smtp_source(port, message, messages=messages, connections=connections)
        for peer, part in (("smtplib", 4), ("aiosmtplib", 8)):
            costs[peer] = in_python(peer, port, message, messages=messages // part, connections=connections)
        costs["mailmerge"] = mailmerge(port, folder, messages=max(messages // 40, 1))
        rounds.append({name: cost.per_cpu_second for name, cost in costs.items()})

    def median(of: Callable[[dict[str, float]], float]) -> float:
        return statistics.median(map(of, rounds))

    rate = median(lambda rates: rates[""])
    peers = ("smtplib", "aiosmtplib", "mailmerge", "smtp_source")
    return {
        "messages_per_cpu_second": round(rate),
        "cpu_us_per_message": round(1e6 / rate, 1),
        **{f"{peer}_per_cpu_second": round(median(itemgetter(peer))) for peer in peers},
        **{f"ratio_{peer}": round(median(partial(_times, peer)), 2) for peer in peers[:-1]},
        "ratio_smtp_source": round(median(lambda rates: rates["smtp_source"] / rates[""]), 2),
    }


def _times(peer: str, rates: dict[str, float]) -> float:
    return rates[""] / rates[peer]


def _memory(port: int, messages: int, connections: int) -> dict[str, float]:
    with office_with(max(messages // 14, 1)) as office:
        few = ours(office, port, connections)
    with office_with(messages) as office:
        many = ours(office, port, connections)
    return {
        "all_messages": messages,
        "all_per_cpu_second": round(many.cost.per_cpu_second),
        "all_wall_seconds": round(many.cost.wall, 1),
        "peak_mb_140k": many.peak_mb,
        "growth_mb": round(many.peak_mb - few.peak_mb, 1),
    }


def _slow_line(port: int, message: Path, messages: int, connections: int) -> dict[str, float]:
    with server("benchmarks.slow_line", str(port), str(LINE_MS)) as line, office_with(messages) as office:
        mine = ours(office, line, connections).cost
        source = smtp_source(line, message, messages=max(messages // 4, connections), connections=connections)
    return {
        "line_20ms_per_second": round(mine.per_second),
        "line_20ms_smtp_source_per_second": round(source.per_second),
    }


def _starttls(messages: int, connections: int) -> dict[str, float]:
    with office_with(messages) as office:
        make_certificate(office)
        with server("benchmarks.discarding_sink", str(office / "relay.pem"), str(office / "relay.key")) as port:
            mine = ours(office, port, connections).cost
    return {"starttls_per_cpu_second": round(mine.per_cpu_second)}


def _print(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    options = " ".join(
        smtp_source_command(0, Path("MESSAGE"), messages=0, connections=int(figures["connections"]))[:-1]
    )
    table = Table("figure", "value", title=f"{figures['message_bytes']:,.0f} bytes a message", title_justify="left")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,.2f}" if figure % 1 else f"{figure:,.0f}")
    Console().print(table)
    print(f"Beside ours: {options.replace('-m 0', '-m N')}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--messages", type=int, default=140_000)
    parser.add_argument("--connections", type=int, default=MOST_CONNECTIONS)
    parser.add_argument("--prepare", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--send", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.prepare:
        prepare(Path(chosen.prepare), chosen.messages)
    elif chosen.send:
        print(json.dumps(send_all(Path(chosen.send[0]), int(chosen.send[1]), chosen.connections)))
    else:
        figures = measure(chosen.messages, chosen.connections)
        if chosen.json:
            print(json.dumps(figures, indent=2))
        else:
            _print(figures)


if __name__ == "__main__":
    main()
