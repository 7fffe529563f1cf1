"""How long an issue takes, with the limits of the relay that it leaves by."""

from __future__ import annotations

from collections import Counter

from delivery.daily_caps import Forecast, forecast
from office.domains import domain_of
from office.model import SmtpTransport
from pipeline.desk import Desk
from recipients.model import routes
from store.database import Connection
from templates.merging import Merged


class Load:
    """Counts the messages that a plan would queue, of all and of domains that have a rate of their own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        transport = desk.office.transports[desk.office.mail.transport]
        self._relay = transport if isinstance(transport, SmtpTransport) else None
        self._by_domain: Counter[str] = Counter()
        self.messages = 0

    def note(self, merged: Merged) -> None:
        """Count the messages to one addressee."""
        recipient = merged.recipient
        for mailbox, role in routes(recipient.channel.value, recipient.to, recipient.cc):
            if role == "paper":
                continue
            self.messages += 1
            if self._relay is not None and self._relay.domains:
                domain = domain_of(mailbox)
                if domain in self._relay.domains:
                    self._by_domain[domain] += 1

    def forecast(self, connection: Connection) -> Forecast | None:
        """Say how long that takes if it begins now; None where messages are written to files."""
        if self._relay is None:
            return None
        now = self._desk.clock()
        return forecast(connection, self._relay, messages=self.messages, by_domain=self._by_domain, now=now)
