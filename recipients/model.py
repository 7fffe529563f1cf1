"""Addressees as the rest of the product sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from office.findings import Finding, Level

Gender = Literal["m", "f", ""]  # "" is unknown: it has forms of its own, never a guess


class Channel(StrEnum):
    """How an addressee wants letters."""

    EMAIL = "email"
    PAPER = "paper"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One addressee: an office held, not a person.

    ``key`` identifies the office across imports; ``party`` is who owes the answer. ``country`` is an ISO 3166
    alpha-2 code or empty. ``languages`` are BCP 47 tags in order of preference; two that are wished in one letter
    are one entry, ``fr+ar``. ``to`` and ``cc`` are normalised addresses (RFC 5321 mailboxes). ``extra`` holds every
    other column under its normalised name.
    """

    key: str
    party: str
    name: str = ""
    title: str = ""
    role: str = ""
    gender: Gender = ""
    organisation: str = ""
    category: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    channel: Channel = Channel.EMAIL
    extra: Mapping[str, str] = field(default_factory=dict)


def routes(channel: str, to: Sequence[str], cc: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the mailbox and role (to, cc, paper) of every message that an addressee gets; paper has no mailbox."""
    if channel != Channel.PAPER:
        yield from ((mailbox, "to") for mailbox in to)
        yield from ((mailbox, "cc") for mailbox in cc)
    if channel != Channel.EMAIL:
        yield "", "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list: the addressee, or nothing if the row is faulty, and what was found.

    ``number`` is the row as a spreadsheet shows it (the heading is row 1). ``cells`` are the row's cells as
    they stood in the file, by heading.
    """

    number: int
    cells: Mapping[str, str]
    recipient: Recipient | None
    findings: tuple[Finding, ...] = ()

    @property
    def reasons(self) -> str:
        """Why the row was refused and what to do, in one line."""
        errors = [finding for finding in self.findings if finding.level is Level.ERROR]
        return "; ".join(f"{error.message} ({error.hint})" if error.hint else error.message for error in errors)
