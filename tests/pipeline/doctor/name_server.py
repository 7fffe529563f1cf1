"""A DNS server of the tests on loopback: it knows a few records, and can fail or keep silent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from pipeline.doctor.results import Nameserver

Records = Mapping[tuple[str, str], Sequence[str]]  # (name, type) -> contents


@dataclass
class NameServer:
    """What the server knows. ``failing`` are names at which it fails (SERVFAIL); ``silent``: it answers nothing."""

    records: dict[tuple[str, str], Sequence[str]]
    failing: set[str] = field(default_factory=set)
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> Nameserver:
        return Nameserver(address="127.0.0.1", port=self.port)

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        known = {known for known, _ in self.records}
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, list(found)))
        elif name not in known:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def name_server(records: Records, **how: object) -> Iterator[NameServer]:
    server = NameServer(dict(records), **how)  # type: ignore[arg-type]

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            answer = server.answer(wire)
            if not server.silent:
                socket.sendto(answer, self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as listening:
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
