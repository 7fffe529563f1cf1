"""Sending over SMTP: messages per CPU-second and peak memory, to a server on this machine that keeps nothing.

    python -m benchmarks.delivery [--json] [--messages N] [--connections N]

The message is that of the comparison in docs: text, HTML and a .docx, 28 KB. CPU time is the sender's, without
the server's; building the message, the intents and outcomes in the store, and the journal are all in it.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from delivery.mail_form import MailForm
from delivery.sending import send
from office.clock import system_clock
from office.model import SmtpTransport
from office.ziplayout import store as stored
from templates.docxform import DocxForm
from templates.rendering import Forms
from tests.delivery.samples import (
    REFERENCE,
    issue_sample,
    open_sample_store,
    plain_routes,
    sample_forms,
    sample_office,
)


def forms_of_28_kb() -> Forms:
    """Return forms whose message has the size of the comparison."""
    sample = sample_forms(filler="Le Forum se tient à Genève. " * 110)
    content = random.Random(1).randbytes(15_000)
    document = DocxForm(packed=(stored("word/document.xml", content),), open_parts=(), styles=())
    return Forms(
        language=sample.language, class_name=sample.class_name, slots=sample.slots, subject=sample.subject,
        text=sample.text, html=sample.html, docx=document,
    )  # fmt: skip


def prepare(folder: Path, messages: int) -> None:
    """Make an office with that many messages to send."""
    store = open_sample_store(folder)
    office = sample_office(folder)
    form = MailForm(forms_of_28_kb(), reference=REFERENCE, zone="Europe/Zurich", office_name=office.name)
    issue_sample(store, office, plain_routes(messages), form=form)
    store.close()


def send_all(folder: Path, port: int, connections: int) -> dict[str, float]:
    """Send in this process and return what it cost."""
    relay = SmtpTransport(key="relay", host="127.0.0.1", port=port, security="none", connections=connections)
    store = open_sample_store(folder)
    cpu, wall = time.process_time(), time.monotonic()
    summary = send(store, sample_office(folder, relay), circular_id=1, reference=REFERENCE, clock=system_clock)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "sent": summary.sent,
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(wall, 2),
        "per_cpu_second": round(summary.sent / cpu),
        "peak_mb": round(peak / (1024 * (1024 if sys.platform == "darwin" else 1)), 1),
    }


def measure(messages: int, connections: int) -> dict[str, float]:
    """Send to a server in a process of its own, from another one, so that memory is the sender's alone."""
    with tempfile.TemporaryDirectory() as name:
        # In a process of its own: a child's peak begins with what its parent had when it was forked.
        _python("benchmarks.delivery", "--prepare", name, "--messages", str(messages))
        sink = subprocess.Popen([sys.executable, "-m", "benchmarks.discarding_sink"], stdout=subprocess.PIPE, text=True)
        try:
            assert sink.stdout is not None
            port = sink.stdout.readline().strip()
            sent = _python("benchmarks.delivery", "--send", name, port, "--connections", str(connections))
        finally:
            sink.kill()
            sink.communicate()
    result: dict[str, float] = json.loads(sent)
    return result


def _python(module: str, *arguments: str) -> str:
    ran = subprocess.run([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return ran.stdout


def main() -> None:
    """Measure a tenth and the whole, so that growth of memory shows."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--prepare", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--send", nargs=2, metavar=("FOLDER", "PORT"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.prepare:
        prepare(Path(chosen.prepare), chosen.messages)
        return
    if chosen.send:
        print(json.dumps(send_all(Path(chosen.send[0]), int(chosen.send[1]), chosen.connections)))
        return
    results = [measure(count, chosen.connections) for count in (chosen.messages // 10, chosen.messages)]
    if chosen.json:
        print(json.dumps(results, indent=2))
        return
    print(f"{'messages':>9} {'CPU s':>7} {'wall s':>7} {'per CPU s':>9} {'peak MB':>8}")
    for result in results:
        print(
            f"{result['sent']:>9,} {result['cpu_seconds']:>7} {result['wall_seconds']:>7} "
            f"{result['per_cpu_second']:>9,} {result['peak_mb']:>8}"
        )


if __name__ == "__main__":
    main()
