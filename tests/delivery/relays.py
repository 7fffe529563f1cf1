"""An office whose relay is a sink, and sinks that answer as a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from delivery.mail_form import MailForm
from delivery.sending import SendSummary, send
from delivery.transports.relay import Timeouts
from office.model import Office, SmtpTransport
from store.database import Store
from store.message_rows import rows_in
from store.messages import OutboxRow, counts
from tests.delivery.samples import (
    NOW,
    REFERENCE,
    issue_sample,
    open_sample_store,
    sample_office,
)
from tests.delivery.sink import Script, Sink

QUICK = Timeouts(connect=10, command=10, data=10, block=10, ending=10, pause=0.01)


class Setup:
    """An office with an issued circular, whose relay is a sink."""

    def __init__(
        self,
        folder: Path,
        *,
        routes: list[Any],
        connections: int = 1,
        form: MailForm | None = None,
        **settings: Any,
    ) -> None:
        self.settings = SmtpTransport(key="relay", host="127.0.0.1", port=1, security="none", connections=connections)
        self.settings = replace(self.settings, **settings)
        self.office: Office = sample_office(folder, self.settings)
        self.store: Store = open_sample_store(folder)
        self.circular_id = issue_sample(self.store, self.office, routes, form=form)
        self.now = NOW

    def send(self, sink: Sink | None, **arguments: Any) -> SendSummary:
        if sink is not None:
            self.settings = replace(self.settings, port=sink.port)
            self.office = replace(self.office, transports={"relay": self.settings})
        return send(
            self.store,
            self.office,
            circular_id=self.circular_id,
            reference=REFERENCE,
            clock=lambda: self.now,
            timeouts=arguments.pop("timeouts", QUICK),
            **arguments,
        )

    def states(self) -> dict[str, int]:
        with self.store.read() as connection:
            return {state.value: number for state, number in counts(connection, self.circular_id).items() if number}

    def rows(self) -> list[OutboxRow]:
        with self.store.read() as connection:
            return list(rows_in(connection, self.circular_id))


def at(step: str, reply: str, *, match: str = "", times: int = 10**9) -> Script:
    """Return a script that answers one step with ``reply``, for arguments that contain ``match``."""
    left = [times]

    def script(happening: str, argument: str) -> str:
        if happening == step and match in argument and left[0]:
            left[0] -= 1
            return reply
        return ""

    return script


@contextmanager
def sink_with(script: Script | None = None, **settings: Any) -> Iterator[Sink]:
    sink = Sink(**settings)
    sink.script = script or sink.script
    with sink.running():
        yield sink
