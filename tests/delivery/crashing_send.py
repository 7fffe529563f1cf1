"""`send` in a process of its own, to be killed: python -m tests.delivery.crashing_send FOLDER PORT CONNECTIONS [JSON].

Port 0 stands for the transport of files. JSON: ``point`` and ``hit``, where the process kills itself
(`tests.delivery.fault_points`); ``circular``; ``store``, the address of another store than the folder's; ``hours``
that the clock is ahead; ``life`` in seconds of a sender that gives no sign; ``short``: seconds to wait for the server;
``resend``: nothing is sent, but what is in doubt queued again.

With ``-`` in place of JSON, it is read from the standard input, a line for each process, one after the other; what is
written is how each ended. So nothing has to be loaded anew.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import delivery.doubt
from delivery.lease import settle_the_dead
from delivery.sending import send
from delivery.transports.relay import Timeouts
from office.clock import Clock, system_clock
from office.errors import CircularsError
from office.model import FilesTransport, Office, SmtpTransport, Transport
from store.database import Store, open_store
from store.message_rows import rows_in
from store.messages import State
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
    if sys.argv[4:] != ["-"]:
        run(folder, port, connections, json.loads(sys.argv[4]) if len(sys.argv) > 4 else {})
        return
    import aiosmtplib  # noqa: F401  # before the processes part

    for line in sys.stdin:
        process = os.fork()
        if not process:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # until the end of the process
            run(folder, port, connections, json.loads(line))
            os._exit(0)
        tell(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def run(folder: Path, port: int, connections: int, settings: dict[str, Any]) -> None:
    if "point" in settings:
        arm(settings["point"], settings.get("hit", 1))
    if "life" in settings:
        live_for(settings["life"])
    short = settings.get("short")
    times = Timeouts(connect=5, command=short, data=short, block=short, ending=short, pause=0.01) if short else None
    transport: Transport = FilesTransport(key="files")
    if port:
        transport = SmtpTransport(key="relay", host="127.0.0.1", port=port, security="none", connections=connections)
    office, circular = sample_office(folder, transport), settings.get("circular", 1)

    def clock() -> datetime:
        return system_clock() + timedelta(hours=settings.get("hours", 0))

    store = open_store(settings.get("store", "sqlite:///circulars.db"), folder)
    tell("ready")
    try:
        if settings.get("resend"):
            resend(store, office, circular, clock)
            return
        summary = send(
            store,
            office,
            circular_id=circular,
            reference=REFERENCE,
            clock=clock,
            progress=lambda progress: tell(progress.done),
            timeouts=times,
        )
        tell(f"remaining {summary.remaining} {summary.stopped}")
    except CircularsError as error:
        tell(f"error {error}")
    finally:
        store.close()


def resend(store: Store, office: Office, circular_id: int, clock: Clock) -> None:
    """Queue again what is in doubt, as a person does."""
    settle_the_dead(store, office.folder, clock)
    with store.read() as connection:
        rows = list(rows_in(connection, circular_id, (State.IN_DOUBT,)))
    delivery.doubt.settle_doubt(store, office, rows, state=State.QUEUED, said="send it again", clock=clock)


if __name__ == "__main__":
    main()
