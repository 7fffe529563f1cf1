"""`send` in a process of its own, to be killed: python -m tests.delivery.crashing_send FOLDER PORT CONNECTIONS.

Port 0 stands for the transport of files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from delivery.sending import send
from office.clock import system_clock
from office.model import FilesTransport, SmtpTransport, Transport
from tests.delivery.samples import REFERENCE, open_sample_store, sample_office
from tests.postgresql import follow_parent


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> None:
    follow_parent()
    folder, port, connections = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    transport: Transport = FilesTransport(key="files")
    if port:
        transport = SmtpTransport(key="relay", host="127.0.0.1", port=port, security="none", connections=connections)
    store = open_sample_store(folder)
    tell("ready")
    summary = send(
        store,
        sample_office(folder, transport),
        circular_id=1,
        reference=REFERENCE,
        clock=system_clock,
        progress=lambda progress: tell(progress.done),
    )
    store.close()
    tell(f"remaining {summary.remaining} {summary.stopped}")


if __name__ == "__main__":
    main()
