"""Asking DNS: mail servers, addresses and texts of a name, without waiting long."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.doctor.results import Nameserver

if TYPE_CHECKING:
    from dns.rdatatype import RdataType
    from dns.resolver import Answer, Resolver

NULL_MX = "."  # a domain that takes no mail says so by this name (RFC 7505)
_LIFETIME = 5.0  # seconds for one question, over all servers and tries


class NoDnsError(Exception):
    """No server answers: this is no place from which DNS can be asked."""


class UnansweredError(Exception):
    """The servers answer, but not to this question: a domain whose own servers fail (SERVFAIL), mostly."""


class Names:
    """A resolver: the system's, or one that asks a single server."""

    def __init__(self, nameserver: Nameserver | None = None, *, seconds: float = _LIFETIME) -> None:
        """Raises `NoDnsError` where the system names no server."""
        from dns.exception import DNSException
        from dns.nameserver import Do53Nameserver
        from dns.resolver import Resolver

        try:
            self._resolver: Resolver = Resolver(configure=nameserver is None)
            if nameserver is not None:
                self._resolver.nameservers = [Do53Nameserver(nameserver.address, nameserver.port)]
        except (DNSException, OSError, ValueError) as error:
            raise NoDnsError(str(error)) from error
        self._seconds = seconds

    def exists(self, name: str) -> bool:
        """Tell whether a name has an address."""
        return any(self._asked(name, kind) is not None for kind in ("A", "AAAA"))

    def mail_servers(self, domain: str) -> tuple[str, ...]:
        """Return the hosts that take a domain's mail, the preferred first (RFC 5321 section 5.1); `NULL_MX` for none.

        Empty where no MX record is there.
        """
        answer = self._asked(domain, "MX")
        found = sorted((int(record.preference), str(record.exchange)) for record in answer or ())
        return tuple(host if host == NULL_MX else host.rstrip(".").lower() for _, host in found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, each joined from its strings (RFC 7208 section 3.3)."""
        answer = self._asked(name, "TXT")
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer or ())

    def _asked(self, name: str, kind: RdataType | str) -> Answer | None:
        from dns.resolver import NXDOMAIN, NoAnswer

        with self._plain_faults():
            try:
                # A dot at the end: no search list of this machine is to be tried.
                return self._resolver.resolve(f"{name.rstrip('.')}.", kind, lifetime=self._seconds)
            except (NXDOMAIN, NoAnswer):
                return None

    @contextlib.contextmanager
    def _plain_faults(self) -> Iterator[None]:
        from dns.exception import DNSException, Timeout
        from dns.resolver import NoNameservers

        try:
            yield
        except Timeout as error:
            raise NoDnsError("no answer in time") from error
        except NoNameservers as error:
            answered = any(len(told) > 4 and told[4] is not None for told in error.kwargs.get("errors", ()))
            raise (UnansweredError if answered else NoDnsError)("the servers fail") from error
        except (DNSException, UnicodeError) as error:
            raise UnansweredError(str(error)) from error
