"""Roles on a list for which there are no words of protocol: a misspelt «minster» would be spoken to as anybody is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from letters.model import Letter
from locales.locale import load_locale
from locales.protocol import Kind
from locales.roles import ALIASES
from office.findings import Finding, Level
from office.model import Office
from recipients.model import Row

NEAR = 0.7  # how alike a role must be to a known one to be suggested
SLIP = 0.8  # and to be a slip, where the letter does not speak to each by role


@dataclass(slots=True)
class _Rows:
    """Where a role stands first, and how often."""

    first: int
    count: int = 0


class UnknownRoles:
    """Gathers the roles of one list that no language of the letter has words for."""

    def __init__(self, letter: Letter, office: Office, list_name: str) -> None:
        protocols = [load_locale(language, office.folder / "locales").protocol for language in letter.languages]
        kinds: tuple[Kind, ...] = ("salutation", "note-addressee")
        own = (role for protocol in protocols for kind in kinds for role in protocol.roles(kind))
        self._known = frozenset((*own, *ALIASES))
        personal = [item for item in letter.audiences if item.list_name == list_name and not item.collective]
        self._instead = personal[0].salutation if personal else ""
        self._found: dict[str, _Rows] = {}

    def note(self, row: Row) -> None:
        """Remember the row if its role is not known."""
        role = row.recipient.role if row.recipient is not None else ""
        if role and role not in self._known:
            self._found.setdefault(role, _Rows(first=row.number)).count += 1

    def findings(self, file: str) -> Iterator[Finding]:
        """Yield each role once: all where the letter speaks to each addressee by role, else what looks like a slip."""
        for role, rows in self._found.items():
            if self._instead or get_close_matches(role, self._known, n=1, cutoff=SLIP):
                count = f" ({rows.count} rows)" if rows.count > 1 else ""
                spoken = f": whoever has it is spoken to as «{self._instead}»" if self._instead else ""
                yield Finding(
                    level=Level.WARNING,
                    code="role-unknown",
                    message=f"there are no words for the role «{role}»{count}{spoken}",
                    hint=self._hint(role),
                    file=file,
                    line=rows.first,
                    column="role",
                )

    def _hint(self, role: str) -> str:
        """Name the role that is meant: one that stands within it («minister-of-health»), else the most like it."""
        within = sorted((name for name in self._known if f"-{name}-" in f"-{role}-"), key=len, reverse=True)
        near = [*within, *get_close_matches(role, sorted(self._known), n=1, cutoff=NEAR)]
        meant = f"Did you mean «{near[0]}»?" if near else "circulars protocol shows the roles that have words."
        return f"{meant} An office gives roles of its own words in locales/<language>/protocol.toml."
