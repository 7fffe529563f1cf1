"""`send` in a process of its own, to be killed: python -m tests.delivery.crashing_send FOLDER PORT CONNECTIONS [JSON].

Port 0 stands for the transport of files. JSON: ``point`` and ``hit``, where the process kills itself
(`tests.delivery.fault_points`); ``circular``; ``store``, the address of another store than the folder's; ``hours``
that the clock is ahead; ``life`` in seconds of a sender that gives no sign; ``short``: seconds to wait for the server.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from delivery.sending import send
from delivery.transports.relay import Timeouts
from office.clock import system_clock
from office.errors import CircularsError
from office.model import FilesTransport, SmtpTransport, Transport
from store.database import open_store
from tests.delivery.fault_points import arm
from tests.delivery.samples import REFERENCE, sample_office
from tests.postgresql import follow_parent


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def live_for(seconds: float) -> None:
    """Let senders be taken for dead sooner than a test could wait for."""
    import delivery.lease
    import delivery.ledger
    import store.senders

    store.senders.LIFE = timedelta(seconds=seconds)
    delivery.lease.BEAT = delivery.ledger.BEAT = seconds / 5  # type: ignore[attr-defined]


def main() -> None:
    follow_parent()
    folder, port, connections = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    settings = json.loads(sys.argv[4]) if len(sys.argv) > 4 else {}
    if "point" in settings:
        arm(settings["point"], settings["hit"])
    if "life" in settings:
        live_for(settings["life"])
    short = settings.get("short")
    times = Timeouts(connect=5, command=short, data=short, block=short, ending=short, pause=0.01) if short else None
    transport: Transport = FilesTransport(key="files")
    if port:
        transport = SmtpTransport(key="relay", host="127.0.0.1", port=port, security="none", connections=connections)

    def clock() -> datetime:
        return system_clock() + timedelta(hours=settings.get("hours", 0))

    store = open_store(settings.get("store", "sqlite:///circulars.db"), folder)
    tell("ready")
    try:
        summary = send(
            store,
            sample_office(folder, transport),
            circular_id=settings.get("circular", 1),
            reference=REFERENCE,
            clock=clock,
            progress=lambda progress: tell(progress.done),
            timeouts=times,
        )
    except CircularsError as error:
        tell(f"error {error}")
    else:
        tell(f"remaining {summary.remaining} {summary.stopped}")
    store.close()


if __name__ == "__main__":
    main()
